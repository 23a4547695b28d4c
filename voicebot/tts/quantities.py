"""Money, shares, measures and counts as they are said: 128.5元 -> 一百二十八块五, 3-5天 -> 三到五天."""

from __future__ import annotations

import re

from voicebot.nlu.numbers import amount_to_chinese
from voicebot.tts.numerals import MINUS, digits, number, trimmed

NUMBER = r"\d+(?:,\d{3})+(?:\.\d+)?|\d+(?:\.\d+)?"
TO = r"\s*(?:-|~|～|–|—|至|到)\s*"
_START = r"(?<![\dA-Za-z.])"

UNITS = {
    "kg": "公斤", "mg": "毫克", "km": "公里", "dm": "分米", "cm": "厘米", "mm": "毫米", "nm": "纳米",
    "ml": "毫升", "mah": "毫安时", "ah": "安时", "ma": "毫安", "kw": "千瓦", "wh": "瓦时", "kwh": "度",
    "hz": "赫兹", "khz": "千赫", "mhz": "兆赫", "ghz": "吉赫", "db": "分贝", "kb": "K", "mb": "兆",
    "gb": "G", "tb": "T", "mbps": "兆", "min": "分钟", "ms": "毫秒", "℃": "摄氏度", "°c": "摄氏度",
    "°f": "华氏度", "°": "度", "㎡": "平方米", "m²": "平方米", "m2": "平方米", "cm²": "平方厘米",
    "km²": "平方公里", "m³": "立方米", "m3": "立方米", "cm³": "立方厘米", "kpa": "千帕", "mpa": "兆帕",
    "pa": "帕", "lm": "流明", "fps": "帧", "rpm": "转每分钟", "kcal": "千卡", "kj": "千焦",
    "inch": "寸", "\"": "寸", "″": "寸",
}  # fmt: skip
"""A written unit, in lower case (it may be written in any), to what is said."""

LETTERS = {
    "g": "克", "m": "米", "l": "升", "t": "吨", "h": "小时", "H": "小时", "s": "秒", "w": "瓦", "L": "升", "W": "瓦",
    "V": "伏", "A": "安", "G": "G", "T": "T", "M": "兆", "K": "K", "k": "K", "P": "P", "p": "P",
}  # fmt: skip
"""Units of one letter, whose case matters."""

_CURRENCIES = {
    "$": "美元", "US$": "美元", "A$": "澳元", "HK$": "港币", "€": "欧元", "£": "英镑", "USD": "美元",
    "HKD": "港币", "AUD": "澳元", "EUR": "欧元", "GBP": "英镑", "JPY": "日元",
}  # fmt: skip

_COUNTED = (
    "个半?小时|个|天|位|件|次|小时|年|周|分钟|份|台|部|只|张|箱|包|瓶|种|款|家|条|双|套|倍|米|公斤|千克|升|把|盒"
    "|斤|袋|颗|片|支|枚|枝|名|人|笔|单(?!元)|项|页|顿|杯|块|根|对|门|步|遍|趟|副|幅|床|辆|克|吨|公里|厘米|毫米|层|集|寸"
    "|本|扇|罐|桶|期|秒|场|处|点|句|道|轮|批|成|代|万|亿|千|百|平"
)
_UNIT = rf"(?i:{'|'.join(sorted(map(re.escape, UNITS), key=len, reverse=True))})|[{''.join(LETTERS)}]"
_VOUCHER = "优惠|代金|抵用|抵扣|消费|购物|现金|礼品|红包|无门槛|券|话费|补贴|定金|押金"

_MYRIAD = re.compile(r"(?<=\d)[wW](?=[+多元块人件张台条个次])")
_MONEY_SIGN = re.compile(
    rf"(?P<n>-)?(?:¥|￥|RMB|CNY)\s*(?P<n2>-)?\s*(?P<a>{NUMBER})(?:{TO}(?:¥|￥)?\s*(?P<b>{NUMBER}))?(?P<m>[万亿])?\s*(?:元|块钱|块)?"
)
_MONEY = re.compile(
    rf"(?P<n>{MINUS})?{_START}(?P<a>{NUMBER})(?:[元块]?{TO}(?P<b>{NUMBER}))?(?P<m>[万亿])?\s*(?:元|块钱|块(?!\d|[\u4e00-\u9fff]*[屏板])"
    rf"|RMB)(?P<v>(?:的)?(?:{_VOUCHER}))?"
)
_JIAO = re.compile(rf"{_START}(\d)角(\d)?分?")
_FOREIGN = re.compile(
    rf"(?P<c>{'|'.join(map(re.escape, sorted(_CURRENCIES, key=len, reverse=True)))})\s*(?P<a>{NUMBER})"
)
_PERCENT = re.compile(rf"(?P<a>(?:{MINUS})?(?:{NUMBER}))\s*[%％]?(?:{TO}(?P<b>{NUMBER}))?\s*(?P<s>[%％‰])")
_REBATE = re.compile(rf"{_START}(\d)\.?(\d)?\s?折")
_SIZES = re.compile(
    rf"{_START}((?:{NUMBER})(?:\s*(?:{_UNIT}))?(?:\s*[x×X*]\s*(?:{NUMBER})(?:\s*(?:{_UNIT}))?)+)"
)
_FRACTION = re.compile(r"(?<![\d/.])([1-9]\d{0,2})\s?/\s?([1-9]\d{0,2})(?![\d/.])")
_MEASURE = re.compile(
    r"(?<![A-Za-z\d]-)"
    rf"(?P<n>{MINUS})?{_START}(?P<a>{NUMBER})(?:{TO}(?P<b>{NUMBER}))?(?P<m>[万亿])?\s*"
    rf"(?P<u>{_UNIT})(?P<per>\s*/\s*(?:h|s|min|小时|天|年|月|次))?(?![A-Za-z\d²³])"
)
_COUNT = re.compile(
    rf"(?<!第){_START}(?P<a>{NUMBER})(?:{TO}(?P<b>{NUMBER}))?\s*(?P<t>[多余几来])?(?P<u>{_COUNTED})"
)
_RANGE = re.compile(rf"{_START}(?P<a>{NUMBER}){TO}(?P<b>{NUMBER})(?![\dA-Za-z-])")


def read_quantities(text: str) -> str:
    """`text` with amounts, shares, measures, sizes and counts in words."""
    text = _MYRIAD.sub("万", text)
    text = _MONEY_SIGN.sub(_money, text)
    text = _FOREIGN.sub(lambda found: number(trimmed(found["a"])) + _CURRENCIES[found["c"]], text)
    text = _MONEY.sub(_money, text)
    text = _JIAO.sub(lambda found: yuan(f"0.{found[1]}{found[2] or ''}"), text)
    text = _PERCENT.sub(_percent, text)
    text = _REBATE.sub(lambda found: digits(found[1] + (found[2] or ""), one="一") + "折", text)
    text = _SIZES.sub(_sizes, text)
    text = _FRACTION.sub(lambda found: f"{number(found[2])}分之{number(found[1])}", text)
    text = _MEASURE.sub(_measure, text)
    text = _COUNT.sub(lambda found: _span(found) + (found["t"] or "") + found["u"], text)
    return _RANGE.sub(lambda found: f"{number(found['a'])}到{number(found['b'])}", text)


def unit_name(unit: str) -> str:
    """What a written unit is called; itself where it is no known one."""
    return LETTERS.get(unit) or UNITS.get(unit.lower(), unit)


def yuan(amount: str) -> str:
    """An amount in yuan ("1,299.00", "0.8") as it is said: 一千二百九十九块, 八毛."""
    plain = trimmed(amount.replace(",", ""))
    if len(plain.partition(".")[2]) > 2:
        return number(plain) + "元"
    return "零元" if plain == "0" else amount_to_chinese(plain)


def _money(found: re.Match[str]) -> str:
    negative = found["n"] or found.groupdict().get("n2")
    return ("负" if negative else "") + _amount(found)


def _amount(found: re.Match[str]) -> str:
    low, high, myriad = found["a"], found["b"], found["m"] or ""
    voucher = found.groupdict().get("v") or ""
    if myriad:
        return _join(low, high, counting=True) + myriad + ("元" if voucher or "." in low else "块") + voucher
    if voucher and not voucher.startswith("的"):
        return _join(low, high, counting=False) + "元" + voucher
    first = yuan(low)
    if high is None:
        return first + voucher
    return f"{first.removesuffix('块') if '.' not in low else first}到{yuan(high)}{voucher}"


def _join(low: str, high: str | None, counting: bool) -> str:
    first = number(trimmed(low), counting)
    return first if high is None else f"{first}到{number(trimmed(high), counting)}"


def _span(found: re.Match[str]) -> str:
    return _join(found["a"], found["b"], counting=True)


def _percent(found: re.Match[str]) -> str:
    share = "千分之" if found["s"] == "‰" else "百分之"
    sign, low = ("负", found["a"][1:]) if found["a"].startswith("-") else ("", found["a"])
    spoken = f"{sign}{share}{number(trimmed(low))}"
    return spoken if found["b"] is None else f"{spoken}到{share}{number(trimmed(found['b']))}"


def _sizes(found: re.Match[str]) -> str:
    """20x30x40cm: each number, with 乘 between; a unit is said where it is written."""
    pieces = re.split(r"\s*[x×X*]\s*", found[1])
    spoken = []
    for piece in pieces:
        amount = re.match(NUMBER, piece)
        if amount is None:
            return found[0]
        unit = piece[amount.end() :].strip()
        spoken.append(number(trimmed(amount[0])) + unit_name(unit))
    return "乘".join(spoken)


def _measure(found: re.Match[str]) -> str:
    unit, myriad = unit_name(found["u"]), found["m"] or ""
    counting = bool(myriad) or not unit.isascii()
    spoken = _resolution(found, unit) or _join(found["a"], found["b"], counting) + myriad
    below = ("零下" if "度" in unit else "负") if found["n"] else ""
    spaced = f" {unit}" if unit.isascii() else unit
    if not found["per"]:
        return f"{below}{spoken}{spaced}"
    return f"每{unit_name(found['per'].strip(' /'))}{below}{spoken}{spaced}"


def _resolution(found: re.Match[str], unit: str) -> str:
    """1080P is said digit by digit."""
    return digits(found["a"], one="一") if unit == "P" and found["b"] is None and len(found["a"]) > 2 else ""
