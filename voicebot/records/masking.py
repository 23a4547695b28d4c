"""Masking: numbers of telephones, orders and cards, addresses, names and mail addresses as pages and exports show them.

Three ways, from certain to likely: values that are known to be private in this call (the customer's name, his
address) are replaced wherever they stand; values under a private key are masked whatever they look like; and in free
text what has the shape of something private is masked. A shape is a guess, and guesses err on the side of masking.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

STAR = "*"
_CHINESE_DIGITS = "零〇洞一幺二两三四五六七八九拐勾"
_MAIL = re.compile(r"[\w.+-]+@[\w-]+(?:\.[\w-]+)+", re.ASCII)
_LONG = re.compile(r"(?<![\d.])\+?\d(?:[ \-]?\d){4,}")
_SPOKEN = re.compile(f"[{_CHINESE_DIGITS}](?:[,，、 ]?[{_CHINESE_DIGITS}]){{4,}}")
_PLACE = re.compile(
    r"(?:[\u4e00-\u9fff]{2,8}?(?:省|自治区|市|区|县|镇|乡|街道)){0,4}"
    r"[\u4e00-\u9fff]{1,10}?(?:路|街|巷|弄|道|大道|小区|花园|新村|村|公寓|大厦|广场|苑|庭|府)"
    r"[\u4e00-\u9fff\d\-]{0,6}?(?:[\d零一二三四五六七八九十百]+(?:号楼|号|弄|栋|幢|座|单元|室|楼|层))+"
)
_ROOM = re.compile(
    r"(?:[\d零一二三四五六七八九十百]+(?:号楼|栋|幢|座|单元)){1,3}[\d零一二三四五六七八九十百]{1,6}(?:室|号)?"
)
_SURNAMES = (
    "王李张刘陈杨黄赵吴周徐孙马朱胡郭何高林罗郑梁谢宋唐许韩冯邓曹彭曾肖田董袁潘于蒋蔡余杜叶程苏魏吕丁任沈姚卢姜崔钟谭陆汪范金"
    "石廖贾夏韦付方白邹孟熊秦邱江尹薛闫段雷侯龙史陶黎贺顾毛郝龚邵万钱严覃武戴莫孔向汤欧司诸上"
)
"""What a name begins with, as a guess: the most frequent surnames."""
_NAMED = re.compile(
    r"((?:我叫|我是|我姓|姓名是?|名字[是叫]|叫做|收件人是?|收货人是?)\s*)"
    rf"([{_SURNAMES}][\u4e00-\u9fff]{{0,3}}?)(?=[，。,、！!\s]|$|先生|女士|小姐)"
)
_TITLED = re.compile(rf"([{_SURNAMES}])([\u4e00-\u9fff]{{1,2}})(?=先生|女士|小姐)")
_NOT_NAMES = frozenset(["金卡", "金卡会员", "白金卡", "上次", "上午", "上周", "方便", "高兴", "龙卡", "万一"])
_DAY = re.compile(r"20\d\d-(?:0\d|1[0-2])-[0-3]\d(?: [0-2]\d)?")
_SERVICES = frozenset(
    ["10000", "10010", "10086", "11185", "12306", "12315", "12321", "12333", "12345", "12348"]
)
"""Numbers that everybody knows."""

PRIVATE_KEYS = frozenset(
    [
        "phone",
        "caller",
        "called",
        "number",
        "order_number",
        "order",
        "tracking",
        "name",
        "customer_name",
        "surname",
        "contact",
        "address",
        "street",
        "email",
        "mail",
        "tax_number",
        "invoice_title",
        "title_name",
        "card",
        "card_number",
        "ticket_number",
        "id_number",
        "recipient",
        "tail",
        "tail_number",
        "phone_tail",
        "tracking_tail",
        "keys",
    ]
)
"""What stands under these keys is masked whatever it looks like."""


def mask(text: str, known: Sequence[str] = ()) -> str:
    """Free text with what is private masked; `known` are values to be masked wherever they stand."""
    for value in sorted(known, key=len, reverse=True):
        if len(value) >= 2:
            text = text.replace(value, mask_value(value))
    text = _MAIL.sub(lambda found: mask_value(found.group()), text)
    text = _LONG.sub(_number, text)
    text = _SPOKEN.sub(lambda found: STAR * 3 + found.group()[-2:], text)
    text = _PLACE.sub(STAR * 3, text)
    text = _ROOM.sub(STAR * 3, text)
    text = _NAMED.sub(_name_said, text)
    return _TITLED.sub(_name_titled, text)


def _number(found: re.Match[str]) -> str:
    text = found.group()
    return text if _DAY.fullmatch(text) or text in _SERVICES else mask_digits(text)


def _name_said(found: re.Match[str]) -> str:
    said, name = found.groups()
    return found.group() if name in _NOT_NAMES else f"{said}{mask_name(name)}"


def _name_titled(found: re.Match[str]) -> str:
    return found.group() if found.group() in _NOT_NAMES else f"{found.group(1)}{STAR * len(found.group(2))}"


def mask_digits(number: str) -> str:
    """A number: of eleven digits and more the first three and the last four are shown, of fewer the last two."""
    digits = re.sub(r"\D", "", number)
    if len(digits) == 11:
        return f"{digits[:3]}****{digits[-4:]}"
    if len(digits) > 11:
        return f"****{digits[-4:]}"
    return f"***{digits[-2:]}" if len(digits) >= 5 else STAR * len(digits)


def mask_phone(number: str | None) -> str:
    """A caller's number as lists show it; "" for none."""
    return "" if not number else mask_digits(number.removeprefix("+86"))


def mask_name(name: str) -> str:
    """The first character of a name: 王**."""
    return name[:1] + STAR * max(1, len(name) - 1) if name else ""


def mask_value(value: str) -> str:
    """A value that is private whatever it looks like."""
    if re.fullmatch(r"[+\d][\d \-]*", value):
        return mask_digits(value)
    if "@" in value:
        user, _, host = value.partition("@")
        return f"{user[:1]}***@{host}"
    return mask_name(value) if len(value) <= 4 else STAR * 3


def mask_data(value: Any, known: Sequence[str] = (), key: str = "") -> Any:
    """Plain data with everything private masked, in whatever depth."""
    if isinstance(value, Mapping):
        goods = GOODS & value.keys()
        return {
            name: mask_data(one, known, "" if goods and name == "name" else str(name))
            for name, one in value.items()
        }
    if isinstance(value, list | tuple):
        return [mask_data(one, known, key) for one in value]
    if key in PRIVATE_KEYS and value not in (None, "") and not isinstance(value, bool):
        return mask_value(str(value))
    return mask(value, known) if isinstance(value, str) else value


GOODS = frozenset({"product_code", "price", "price_fen", "short"})
"""Beside these keys a name is that of goods."""

KNOWN_KEYS = frozenset(
    [
        "name",
        "customer_name",
        "surname",
        "phone",
        "caller",
        "address",
        "street",
        "contact",
        "recipient",
        "email",
    ]
)
"""Values under these keys are worth looking for in what was said."""


def known_values(value: Any, key: str = "") -> Iterable[str]:
    """Private values in plain data that may be said elsewhere in the same call; at least two characters each."""
    if isinstance(value, Mapping):
        goods = GOODS & value.keys()
        for name, one in value.items():
            yield from known_values(one, "" if goods and name == "name" else str(name))
    elif isinstance(value, list | tuple):
        for one in value:
            yield from known_values(one, key)
    elif key in KNOWN_KEYS and isinstance(value, str) and len(value) >= 2:
        yield value
