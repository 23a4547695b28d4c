"""What a sentence means as the answer to a question: yes or no, or the detail that was asked for."""

from __future__ import annotations

import re
from collections.abc import Mapping

from voicebot.nlu.pinyin import syllables
from voicebot.nlu.understanding import Slot

_YES = re.compile(
    "(?:是|对|嗯|恩|好|行|可以|没错|要|中|成|有|需要|确认|确定|当然|同意|愿意|没问题|就是|正确|得|妥|ok|okay|yes|方便|会|能|在|想|哎|嗯哼|按你说的办?|就这样|就这么办|"
    "没关系可以|是我|本人)(?:的|啊|呀|吧|了|呢|嘞|滴|哒|对|是|好|行|嗯|可以|要|没错|我|这个|它|就是)*"
)
_NO = re.compile(
    "(?!没错|没问题|没毛病|不错)(?:不|没有?|别|否|错|算|甭|拒绝|no|未|免|反对)(?:是|对|用|要|行|可以|需要|想|必|同意|愿意|好|能|了|会|确认|确定|的|啊|呀|吧|没有|不|这个|我|错|在|有|麻烦|成|中|完全)*"
)
YES_NO = frozenset({"yes_no", "confirm"})
"""Questions that are answered with yes or no."""

OPEN = frozenset({"anything", "menu"})
"""Names of questions that ask for nothing in particular."""

_SLOTS_OF = {"digits": ("order_number", "phone", "tail_number"), "rating_10": ("rating",),
             "past_date": ("date",), "future_date": ("date",),
             "order_number": ("order_number", "tail_number")}  # fmt: skip
_ABOUT = {
    "reason": {"complaint_quality", "complaint_wrong_item", "complaint_missing_item", "complaint_price", "repair_fault",
               "return_goods", "exchange_goods", "cancel_order", "product_info", "deny", "complaint_service"},
    "address": {"modify_address", "logistics_trace", "order_status", "out_of_scope", "smalltalk"},
    "product": {"product_info", "stock", "out_of_scope", "order_status", "repair_fault", "installation"},
    "rating": {"thanks", "complaint_quality", "complaint_service", "smalltalk", "affirm", "out_of_scope"},
    "date": {"installation", "order_status", "expedite", "out_of_scope", "affirm"},
    "choice": {"affirm", "out_of_scope", "exchange_goods", "stock", "product_info"},
}  # fmt: skip
_AROUND = re.compile(
    "订单号码|订单编号|订单号|运单号|单号|订单|号码|手机号码|手机号|电话号码|电话|尾号|后四位|最后四位|末四位|后面四位|后面|前面|开头|结尾|"
    "我的|我|打个|打了|打|评|大约|就要|是|就|的|了|吧|那个|这个|大概|应该|差不多|在|买|叫|姓|想|要|选|给|元|块|第|个|号|嗯|呃|啊|哦|对|那|哈|呢|吗|啦|你|记|一下|好像|可能|也许|到|收货|地址|人|那单|单|下|台|件|然后|再|和"
)


def yes_or_no(bare: str) -> str | None:
    """affirm or deny when a (bare) sentence is nothing but that, else None."""
    if _NO.fullmatch(bare) or _misheard_no(bare):
        return "deny"
    return "affirm" if _YES.fullmatch(bare) else None


def _misheard_no(bare: str) -> bool:
    """铺对, 谱是 and 步要 are 不对, 不是 and 不要: nobody begins a yes with that sound."""
    return len(bare) > 1 and syllables(bare[0])[:1] in (("bu",), ("pu",)) and bool(_YES.fullmatch(bare[1:]))


def wanted_slots(expecting: str | None) -> tuple[str, ...]:
    """The slots that answer the question of this name."""
    if expecting is None or expecting in YES_NO or expecting in OPEN:
        return ()
    return _SLOTS_OF.get(expecting, (expecting,))


def only_details(plain: str, slots: Mapping[str, Slot]) -> bool:
    """Is a normalised sentence nothing but its slots and the words around them?"""
    if not slots:
        return False
    rest = re.sub(r"[,，。.!！?？;；…、\s:：-]+", "", plain)
    for slot in sorted(slots.values(), key=lambda one: -len(one.text)):
        rest = rest.replace(re.sub(r"[,，。\s]+", "", slot.text), "")
    return not _AROUND.sub("", rest)


def beside(expecting: str, intent: str) -> bool:
    """May the answer to this question look like that intent without the caller wanting it?"""
    return intent in _ABOUT.get(expecting, {"out_of_scope", "smalltalk"})
