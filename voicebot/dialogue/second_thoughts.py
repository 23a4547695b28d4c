"""Does the caller think better of it (算了,不退了), and what does he say instead (不对,是X)?"""

from __future__ import annotations

import re

_DEED = "(?:办|退|换|改|开|查|修|装|催|弄|搞|登记|取消|申请|投诉|预约|约|报|处理|要求|麻烦)"
_OBJECT = "(?:理|货|款|票|发票|单|订单|地址|修|装|这个|它)?"
_LEAVES = re.compile(
    f"算了|不(?:想|要|用|再)?{_DEED}{_OBJECT}(?:了|啦|吧)|不用了|不必了|不需要了|没事了|当我没说"
    f"|先(?:不|别)(?:用|要)?{_DEED}|先不用|先不要|先这样|(?:再|我)(?:想想|考虑|想一想)|再说吧|改天再"
)
_ASKS = re.compile("吗|么|呢|为什么|凭什么|怎么|咋|能不能|可不可以|不能|不给|不让|没法|办不了|退不了|[?？]")
"""You will not take it back, will you? is a complaint, and nobody has thought better of anything."""


def gives_up(text: str) -> bool:
    """Is what was begun not wanted any more?"""
    return bool(_LEAVES.search(text)) and not _ASKS.search(text)


_CORRECTION = re.compile("不对|说错了?|错了|不是这个|哦不|啊不|更正")
_NAMES_IT = re.compile(
    "^(?:嗯|呃|啊|那个|那|就|应该)*(?:(?:发票)?(?:抬头|名称|名字|单位|公司名称|公司名|公司全称|全称|公司)?(?:就|应该)?"
    "(?:写成|写|叫做|叫|开成|开|填|改成|换成|是|为))+"
)


def instead(text: str) -> str:
    """What a sentence names that corrects or answers: 不对,抬头是云帆公司 is 云帆公司."""
    rest = _CORRECTION.split(text)[-1].strip("，,。.!！ ")
    named = _NAMES_IT.sub("", rest).strip("，,。.!！ 吧啊呀")
    return named or rest or text
