"""Numbers that name something and are said digit by digit: telephones, orders, tail numbers, waybills."""

from __future__ import annotations

import re

from voicebot.tts.numerals import digits, grouped_digits

_MOBILE = re.compile(r"(?<![\dA-Za-z.])(?:\+?86[- ]?)?(1[3-9]\d)([- ]?)(\d{4})\2(\d{4})(?![\d])")
_LANDLINE = re.compile(r"(?<![\dA-Za-z.-])(0\d{2,3})[- ](\d{3,4})[- ]?(\d{4})(?![\d-])")
_SERVICE = re.compile(r"(?<![\dA-Za-z.-])([48]00)[- ]?(\d{3})[- ]?(\d{4})(?![\d-])|(?<!\d)(95\d{3})(?!\d)")
_MASKED = re.compile(r"(?:(?<=尾号)|(?<![\dA-Za-z])(?:\d{0,6}))[*＊xX×•]{3,}\s*(\d{3,4})(?!\d)")
_DIALLED = re.compile(
    r"(拨打|拨|请打|电话|热线|客服)([是为：: ]*)(\d{3,8})(?![\d.]|[个次元])|(?<=给)(1\d{2,4})(?=打)"
)
_NAMED = re.compile(
    r"(尾号|末尾|后[三四五六]位(?:数字|数)?|前[三四五六]位(?:数字|数)?|验证码|取件码|提货码|密码|口令|编号|编码"
    r"|[单卡账帐票批工]号|号码|流水号|序列号|订单|运单|工单|房间?号?|门牌号?)"
    r"((?:是|为|叫|[：:]|\s|\u2063|「|“|\")*)([A-Za-z]{0,4})"
    r"[-－ ]?(\d[\d -]*\d|\d)(?![\d.]|[个件笔单元天年月日%])"
)
_ISOLATED = re.compile(r"(?<![\d.,])([A-Za-z]{0,4})[-－]?(\d{8,})(?![\d.]|[\u4e07\u4ebf元块])")
_DOTTED = re.compile(r"(?<![\d.])\d+(?:\.\d+){2,}(?![\d.])")
_ZERO_FIRST = re.compile(r"(?<![\d.,:：/-])(0\d+)(?![\d.,:：/-])")


def read_codes(text: str) -> str:
    """`text` with such numbers in words; groups are parted by a space, at which the voice pauses a little."""
    text = _MASKED.sub(_masked, text)
    text = _MOBILE.sub(lambda found: _spaced(found[1], found[3], found[4]), text)
    text = _LANDLINE.sub(lambda found: _spaced(*found.groups()), text)
    text = _SERVICE.sub(lambda found: _spaced(*(group for group in found.groups() if group)), text)
    text = _DIALLED.sub(_dialled, text)
    text = _NAMED.sub(_named, text)
    text = _DOTTED.sub(lambda found: "点".join(map(digits, found[0].split("."))), text)
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
    runs = re.findall(r"\d+", found[4])
    spoken = grouped_digits(runs[0]) if len(runs) == 1 else _spaced(*runs)
    letters = f" {found[3]} " if found[3] else ""
    return f"{found[1]}{found[2]}{letters}{spoken}"


def _lettered(letters: str, number: str) -> str:
    return f" {letters} {grouped_digits(number)}" if letters else grouped_digits(number)
