"""Dictated digit strings: order numbers, telephone numbers, last four digits; and corrections of them.

People dictate in groups with pauses and fillers (幺三八,呃,零零零零,然后六六一二), name repeats (三个八),
and correct themselves, wholly (不对,是六七八九) or in part (最后一位是八不是七).
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass

from voicebot.nlu.numbers import DIGITS, blanked

SPOKEN_DIGITS: dict[str, str] = {
    **{char: str(value) for char, value in DIGITS.items() if char not in "俩仨"},
    **{str(value): str(value) for value in range(10)},
    "洞": "0",
    "幺": "1",
    "拐": "7",
    "勾": "9",
}
"""Every character that stands for a digit in a dictated string."""

_D = "[" + "".join(SPOKEN_DIGITS) + "]"
_COUNT = "[一二两俩三仨四五六七八九十2-9]"
_UNIT = "[十百千万亿拾佰仟萬億]"
_ONE = rf"(?:{_COUNT}个{_D}(?!{_UNIT})|双{_D}(?!{_UNIT})|{_D}(?!{_UNIT}|个))"
_FILLER = (
    "呃|嗯|额|啊|哦|唔|哎|那个|然后|就是|这个|后边|后面|接着|接下来|再来|再|完了|还有|杠|横杠|空格"
    "|最后|中间|前面|连着|接|的话|是"
)
_BETWEEN = rf"(?:[\s,、.。\-—…;:]|{_FILLER})*"
_GROUP = re.compile(rf"(?<!{_D}|{_UNIT}|第)(?<!{_D}点){_ONE}(?:[\s\-]?{_ONE})*")
_ELEMENT = re.compile(rf"(?P<count>{_COUNT})个(?P<many>{_D})|双(?P<two>{_D})|(?P<one>{_D})")
_GAP = re.compile(rf"{_BETWEEN}$")
_PLACES = re.compile(
    rf"(?:倒数|倒)?第(?:{_D}|十)+[位个](?:数字?)?|(?:最?[前后末]|开头|末尾|后面|前面|最后面?)?(?:{_D}|十)+(?:位数?|个数字?)"
    rf"|(?:\d{{4}}|[一二]{_D}{_D}{_D})年|{_D}{{2}}年"
)
_COUNTED = re.compile("[天号月日年点块元件个周分岁位只台次遍]")

RESTART = re.compile("不对|(?<!是)不是(?!.{0,2}吗)|说错了?|错了|哦不|更正|重说|重新说|我重来|打错")
"""Where a caller takes back what he has just said."""

_NOT_BUT = re.compile(rf"(?<!是)不是(?P<wrong>{_ONE}+)(?:[,、\s]*(?:而?是|应该是)|[,、]+)(?P<right>{_ONE}+)")
_BUT_NOT = re.compile(rf"(?P<right>{_ONE}+)[,、\s]*不是(?P<wrong>{_ONE}+)")
_INTO = re.compile(rf"(?P<wrong>{_ONE}+)(?:改成|换成|改为|应该是|得改成|其实是)(?P<right>{_ONE}+)")


@dataclass(frozen=True, slots=True)
class Run:
    """Digits said in one go at text[start:end], fillers and pauses between their groups left out."""

    digits: str
    start: int
    end: int


def digit_runs(text: str) -> list[Run]:
    """Every dictated run in `text` (normalised), in order; a lone digit before a counted thing is none."""
    plain = _PLACES.sub(lambda match: "□" * len(match[0]), blanked(text))
    runs: list[Run] = []
    for match in _GROUP.finditer(plain):
        run = Run(_read(match[0]), match.start(), match.end())
        if len(run.digits) == 1 and _COUNTED.match(plain, run.end):
            continue
        if runs and _belongs(runs[-1], run) and _GAP.match(plain[runs[-1].end : run.start]):
            runs[-1] = Run(runs[-1].digits + run.digits, runs[-1].start, run.end)
        else:
            runs.append(run)
    return runs


def _belongs(before: Run, after: Run) -> bool:
    """Groups go together unless one of them is a whole number already."""
    return len(before.digits) < 10 and len(after.digits) < 10


def _read(span: str) -> str:
    return "".join(_element(match) for match in _ELEMENT.finditer(span))


def _element(match: re.Match[str]) -> str:
    if match["many"]:
        return SPOKEN_DIGITS[match["many"]] * _count(match["count"])
    return SPOKEN_DIGITS[match["two"]] * 2 if match["two"] else SPOKEN_DIGITS[match["one"]]


def _count(char: str) -> int:
    return 10 if char == "十" else int(char) if char.isdecimal() else DIGITS[char]


def digits_of(text: str, length: int | None = None) -> str:
    """The digits that a caller gave when he was asked for digits, his corrections applied; "" for none.

    Of several runs the one with `length` digits is taken, else the longest.
    """
    text = _without_denied(text)
    marks = list(RESTART.finditer(text))
    if not marks:
        return _best(text, length)
    before, after = text[: marks[-1].start()], text[marks[-1].end() :]
    first = digits_of(before, length)
    return (correct(first, after) if first else None) or _best(after, length) or first


def _best(text: str, length: int | None) -> str:
    runs = [run.digits for run in digit_runs(text)]
    fitting = [digits for digits in runs if len(digits) == length]
    return fitting[-1] if fitting else max(runs, key=len, default="")


def _without_denied(text: str) -> str:
    """不是六六一二,是六七八九 and 是六七八九不是六六一二 both leave 是六七八九."""
    for pattern in (_NOT_BUT, _BUT_NOT):
        match = pattern.search(text)
        if match and len(_read(match["wrong"])) > 1:
            text = text[: match.start()] + "是" + match["right"] + text[match.end() :]
    return text


_NUMBER = "[一二两三四五六七八九十1-9]"
_PLACE = re.compile(
    rf"(?:(?P<back>倒数|倒)?第(?P<nth>{_NUMBER}{{1,2}})[位个](?:数字?)?"
    rf"|(?P<side>前面?|开头|最前面?|后面?|最后面?|末尾?)(?:的|那)?(?P<many>{_NUMBER}{{1,2}})?(?:位|个)?(?:数字?)?)"
    rf"(?:不是{_ONE}+[,、\s]*)?(?:应该|得)?(?:是|改成|改为|换成|为)?[,、\s]*(?P<right>{_ONE}+)"
)
_APPEND = re.compile(
    rf"(?P<side>前面|开头|后面|最后|末尾)?(?:还有|再加|加上?|还少|少了?|漏了?)一?个?(?P<more>{_ONE}+)"
)
_TOO_MANY = re.compile(rf"多(?:了|说了|出)?一?个?(?P<digit>{_D})")
_REPEAT = re.compile(rf"(?P<count>{_COUNT})个(?P<digit>{_D})(?!{_UNIT})|双(?P<two>{_D})")


def correct(previous: str, text: str) -> str | None:
    """`previous` (Arabic digits) corrected by what the caller says next (normalised); None for no change.

    Understands places (最后一位是八, 前三位是一三九), replacements (不是七是八), repeats (是两个二), digits
    left out or too many, a part that fits one place only, and a whole new number.
    """
    for attempt in (_by_place, _by_replacement, _by_count, _whole_or_part):
        corrected = attempt(previous, text)
        if corrected:
            return corrected
    return None


def _by_place(previous: str, text: str) -> str | None:
    digits, changed = previous, False
    for match in _PLACE.finditer(text):
        right = _read(match["right"])
        start = _place(match, len(previous), len(right))
        if start is None:
            return None
        digits = digits[:start] + right + digits[start + len(right) :]
        changed = True
    return digits if changed else None


def _place(match: re.Match[str], total: int, size: int) -> int | None:
    """Where the corrected digits begin; None when the place and the number of digits do not fit."""
    if match["nth"]:
        nth = _small(match["nth"])
        start = total - nth if match["back"] else nth - 1
        return start if start >= 0 and start + size <= total else None
    many = _small(match["many"]) if match["many"] else size
    if many != size or size > total:
        return None
    return 0 if match["side"][0] in "前开" or match["side"].startswith("最前") else total - size


def _small(text: str) -> int:
    """1..19 in Chinese or Arabic."""
    if text.isdecimal():
        return int(text)
    tens, _, ones = text.rpartition("十")
    return (
        (10 if "十" in text else 0) + (DIGITS[ones] if ones else 0) + (10 * (DIGITS[tens] - 1) if tens else 0)
    )


def _by_replacement(previous: str, text: str) -> str | None:
    for pattern in (_NOT_BUT, _BUT_NOT, _INTO):
        match = pattern.search(text)
        if match:
            wrong, right = _read(match["wrong"]), _read(match["right"])
            if previous.count(wrong) == 1:
                return previous.replace(wrong, right)
    return None


def _by_count(previous: str, text: str) -> str | None:
    if match := _TOO_MANY.search(text):
        digit = SPOKEN_DIGITS[match["digit"]]
        return _resized(previous, digit, lambda size: size - 1)
    if match := _APPEND.search(text):
        more = _read(match["more"])
        if match["side"]:
            return more + previous if match["side"] in ("前面", "开头") else previous + more
        return _resized(previous, more, lambda size: size + 1) if len(more) == 1 else None
    match = _REPEAT.search(text)
    if match and len(digits_of(text)) < min(4, len(previous)):
        wanted = 2 if match["two"] else _count(match["count"])
        return _resized(previous, SPOKEN_DIGITS[match["two"] or match["digit"]], lambda _: wanted)
    return None


def _resized(previous: str, digit: str, size: Callable[[int], int]) -> str | None:
    """`previous` with its only run of `digit` made longer or shorter; None when there is not exactly one."""
    runs = list(re.finditer(f"{digit}+", previous))
    if len(runs) != 1:
        return None
    run = runs[0]
    changed = previous[: run.start()] + digit * size(len(run[0])) + previous[run.end() :]
    return changed if changed != previous else None


def _whole_or_part(previous: str, text: str) -> str | None:
    digits = _best(_without_denied(text), len(previous))
    if not digits or digits == previous:
        return None
    if len(digits) >= len(previous) or not previous:
        return digits
    return _fitted(previous, digits) if len(digits) > 2 else None


def _fitted(previous: str, part: str) -> str | None:
    """Lay `part` over the one place of `previous` that it differs least from, at most half of it changed."""
    size = len(part)
    costs = sorted(
        (sum(a != b for a, b in zip(previous[at : at + size], part, strict=True)), -at)
        for at in range(len(previous) - size + 1)
    )
    if not 0 < costs[0][0] <= size // 2 or (len(costs) > 1 and costs[1][0] == costs[0][0]):
        return None
    at = -costs[0][1]
    return previous[:at] + part + previous[at + size :]
