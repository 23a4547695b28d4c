"""What a bot's turn asks of its caller, told from its words alone, as a caller tells it."""

from __future__ import annotations

import re

KINDS: dict[str, str] = {
    "doubt": r"(?:您是要|您是想|您想)(?P<about>[^，。？]+?)[，,]?(?:对吗|是吗|吗)？",
    "readback": r"(?:订单号|听到的是|要查订单|重复一下，)[^，。？]*?(?P<digits>\d{4,})[，]?(?:对吗|吗)？",
    "phone_readback": r"(?:号码是|尾号)\d{4,}[，](?:对吗|可以吗)？",
    "this_order": r"是(?P<about>[^。？，]*下单的[^。？]*?)(?:那一单)?吗？",
    "which_order": r"最近的订单有(?P<about>[^？]*)是哪一个？",
    "which_item": r"(?P<about>[^。？]*)您说的是哪一件？",
    "tail": r"后四位[。？]?$|(?:说|报)[^。？]*后四位|尾号四位|尾号的?后?四位|四位数字",
    "number": r"(?:说|报|按)(?:一下)?订单号",
    "reason": r"原因是什么|是质量问题，还是|是什么原因",
    "opened": r"拆封过吗",
    "method": r"上门取件，还是",
    "variant": r"想换哪种",
    "address": r"新的收货地址|完整的新地址|新地址，",
    "invoice_kind": r"个人发票，还是",
    "invoice_title": r"公司的全称",
    "remedy": r"希望怎么处理|请说补发",
    "visit_date": r"哪天上门|说一个日期",
    "visit_part": r"上午、下午，还是晚上",
    "confirm": r"(?P<about>[^。？]*)(?:确定办理吗|确定吗|申请吗|对吗|确认吗|可以吗)？",
    "hurry": r"催一下吗？",
    "offer_return": r"(?:办退货|改成退货)吗？",
    "offer_cancel": r"取消这个订单吗？",
    "offer_repair": r"(?:维修|报修)吗？",
    "solved": r"能解决吗？",
    "offer_human": r"转人工[^。？]*好吗？",
    "callback": r"回电，好吗？",
    "phone": r"电话号码",
    "product": r"哪款商品|哪个商品",
    "detail": r"什么问题。|具体情况",
    "there": r"还在吗|没有听到|还在听吗",
    "closing": r"还有其他可以帮您|还有什么可以帮您|还有别的需要",
    "open": r"有什么可以帮您|想办什么|您请说|您说。|换个说法|再说一遍|办什么",
}
"""Each kind of question, and the words it is known by; of two that end at one place, the first counts."""

YES_NO = frozenset(
    [
        "doubt",
        "readback",
        "phone_readback",
        "this_order",
        "opened",
        "confirm",
        "hurry",
        "offer_return",
        "offer_cancel",
        "offer_repair",
        "solved",
        "offer_human",
        "callback",
    ]
)
"""Kinds that are answered by yes or no."""

_PATTERNS = {kind: re.compile(pattern) for kind, pattern in KINDS.items()}


def question(said: str) -> tuple[str, str]:
    """The kind of the last question in what the bot said ("" for none), and what that question is about."""
    best: tuple[int, str, str] = (0, "", "")
    for kind, pattern in _PATTERNS.items():
        for found in pattern.finditer(said):
            if found.end() > best[0]:
                groups = found.groupdict()
                best = (found.end(), kind, groups.get("about") or groups.get("digits") or found.group())
    return best[1], best[2]
