"""Numbers that name something and are said digit by digit: telephones, orders, tail numbers, waybills."""

from __future__ import annotations

import re

from voicebot.tts.numerals import digits, grouped_digits

_MOBILE = re.compile(r"(?<![\dA-Za-z.])(?:\+?86[- ]?)?(1[3-9]\d)([- ]?)(\d{4})\2(\d{4})(?![\d])")
_LANDLINE = re.compile(r"(?<![\dA-Za-z.-])(0\d{2,3})[- ](\d{3,4})[- ]?(\d{4})(?![\d-])")
_SERVICE = re.compile(r"(?<![\dA-Za-z.-])([48]00)[- ]?(\d{3})[- ]?(\d{4})(?![\d-])|(?<!\d)(95\d{3})(?!\d)")
_MASKED = re.compile(r"(?:(?<=尾号)|(?<![\dA-Za-z])(?:\d{0,6}))[*＊xX×•]{3,}\s*(\d{3,4})(?!\d)")
_DIALLED = re.compile(
    r"(拨打|拨|请打|电话|热线|客服|分机|转)([是为：: ]*)(\d{3,8})(?![\d.]|[个次元块万人])|(?<=给)(1\d{2,4})(?=打)"
)
_KNOWN = re.compile(
    r"(?<![\d.])(10086|10010|12306|12315|12345|618(?=大促|活动|年中|购物))(?![\d.]|[件个元块万次人分])"
)
_ROOM = re.compile(r"(?<=单元)(\d{3,4})(?!\d)|(?<![\d.])(\d{3,4})(?=室|号?房(?!间))")
_NAMED = re.compile(
    r"(尾号|末尾|[后末前][三四五六]位(?:数字|数)?|验证码|取件码|提货码|密码|口令|编号|编码|邮编|QQ|分机"
    r"|[单卡账帐票批工]号|号码|流水号|序列号|(?:[订运工]|退货|换货|退款|维修|服务|发货|快递|物流|售后)单|房间?号|门牌号?)"
    r"((?:是|为|叫|[：:]|\s|\u2063|「|“|\")*)([A-Za-z]{0,4})"
    r"[-－ ]?(\d[\d -]*\d|\d)(?![\d.]|[个件笔单元天年月日%])"
)
_ISOLATED = re.compile(r"(?<![\d.,])([A-Za-z]{0,4})[-－]?(\d{8,})(?![\d.]|[\u4e07\u4ebf元块])")
_HYPHENED = re.compile(r"(?<![\d-])\d+(?:-\d+){2,}(?![\d-])")
_DOTTED = re.compile(r"(?<![\d.])\d+(?:\.\d+){2,}(?![\d.])")
_ZERO_FIRST = re.compile(r"(?<![\d.,:：/-])(0\d+)(?![\d.,:：/-])")


def read_codes(text: str) -> str:
    """`text` with such numbers in words; groups are parted by a space, at which the voice pauses a little."""
    text = _MASKED.sub(_masked, text)
    text = _MOBILE.sub(lambda found: _spaced(found[1], found[3], found[4]), text)
    text = _LANDLINE.sub(lambda found: _spaced(*found.groups()), text)
    text = _SERVICE.sub(lambda found: _spaced(*(group for group in found.groups() if group)), text)
    text = _DIALLED.sub(_dialled, text)
    text = _KNOWN.sub(lambda found: digits(found[1]), text)
    text = _ROOM.sub(lambda found: digits(found[0]), text)
    text = _NAMED.sub(_named, text)
    text = _DOTTED.sub(
        lambda found: "点".join(digits(number, one="一") for number in found[0].split(".")), text
    )
    text = _HYPHENED.sub(lambda found: _grouped(found[0]), text)
    text = _ISOLATED.sub(lambda found: _lettered(found[1], found[2]), text)
    return _ZERO_FIRST.sub(lambda found: grouped_digits(found[1]), text)


def _spaced(*groups: str) -> str:
    return " ".join(map(digits, groups))


def _masked(found: re.Match[str]) -> str:
    tail = digits(found[1])
    return tail if found.string[: found.start()].endswith("尾号") else f"尾号{tail}"


def _dialled(found: re.Match[str]) -> str:
    if found[4]:
        return digits(found[4])
    return f"{found[1]}{found[2]}{grouped_digits(found[3])}"


def _named(found: re.Match[str]) -> str:
    spoken = _grouped(found[4])
    letters = f" {found[3]} " if found[3] else ""
    return f"{found[1]}{found[2]}{letters}{spoken}"


def _grouped(code: str) -> str:
    """Runs of digits with hyphens or blanks between them."""
    return " ".join(map(grouped_digits, re.findall(r"\d+", code)))


def _lettered(letters: str, number: str) -> str:
    return f" {letters} {grouped_digits(number)}" if letters else grouped_digits(number)
