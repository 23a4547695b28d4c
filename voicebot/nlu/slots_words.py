"""Reasons and choices: details that are recognised by their words."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

from voicebot.errors import VoicebotError
from voicebot.nlu.numbers import parse_number
from voicebot.nlu.pinyin import find_like, syllables
from voicebot.nlu.understanding import Slot
from voicebot.nlu.words import FOLDER, read_words

_DENIED = re.compile("(?:不是|没有|没|不是因为|并非|也不|不算|是不是)$")
_WANTS_AWAY = re.compile("退|换|取消|不要|因为|由于|原因|理由|拒收")
_NOT_GOODS = re.compile(
    "付款|支付|页面|优惠码|优惠券|登录|登陆|链接|网页|小程序|验证码|账号|密码|账单|(?i:app|wifi)"
)
_ONLY_WITH_CAUSE = {"价格", "发货太慢", "尺寸不合适", "不想要了", "七天无理由", "别人送了", "与描述不符"}


@dataclass(frozen=True, slots=True, eq=False)
class Reasons:
    """Each value of the slot `reason` with the pattern that shows it, the particular ones first."""

    patterns: tuple[tuple[str, re.Pattern[str]], ...]

    @staticmethod
    def load(folder: Path = FOLDER) -> Reasons:
        """reasons.yaml of `folder`. Raises VoicebotError that names a faulty pattern."""
        where = folder / "reasons.yaml"
        patterns = []
        for name, words in (read_words("reasons", folder).get("reasons") or {}).items():
            try:
                patterns.append((str(name), re.compile("|".join(str(words).split()) or r"(?!)")))
            except re.error as error:
                raise VoicebotError(
                    f"{where}: {name} holds a pattern that cannot be read ({error})."
                ) from None
        return Reasons(tuple(patterns))


@lru_cache(maxsize=1)
def standard_reasons() -> Reasons:
    """The reasons that are installed, read once."""
    return Reasons.load()


def reason_of(text: str, asked: bool, reasons: Reasons | None = None) -> Slot | None:
    """Why the caller wants to return, exchange or cancel; the value is a key of reasons.yaml.

    Weak reasons (price, size, change of mind) count only beside a wish to return or cancel, or when asked for.
    """
    caused = asked or bool(_WANTS_AWAY.search(text))
    for name, pattern in (reasons or standard_reasons()).patterns:
        if not caused and (name in _ONLY_WITH_CAUSE or _NOT_GOODS.search(text)):
            continue
        for match in pattern.finditer(text):
            if not _DENIED.search(text, 0, match.start()):
                return Slot(name, match[0])
    return None


@dataclass(frozen=True, slots=True)
class Option:
    """One of the answers that were offered: its value, and the ways to say it (the first as it was offered)."""

    value: str
    names: tuple[str, ...]


_N = "[一二两三四五六七八九十1-9]"
_ORDINAL = re.compile(
    rf"(?P<back>倒数)?第(?P<nth>{_N})(?:个|种|项|款|条|单|笔|件|台|家|张|选项)?(?![天次遍回年月周步句位批轮季集声代])|选项?(?P<pick>{_N})(?![个件台])|(?P<number>{_N})号(?!楼|线|店|院)"
)
_LAST = re.compile("最后(?:那|面那|的那)?(?:一)?(?:个|种|项|款|条|单|件|笔)|最后面的")
_LATTER = re.compile(
    "后(?:面|边|头)?(?:那|这|一|的那)?(?:一)?(?:个|种|项|款|条|单|件|笔)|后者|后面的|下面(?:那个|的)"
)
_FORMER = re.compile(
    "前(?:面|边|头)?(?:那|这|一|的那)?(?:一)?(?:个|种|项|款|条|单|件|笔)|前者|前面的|头一?个|首个|上面(?:那个|的)|最前面的"
)
_MIDDLE = re.compile("中间(?:那|的那)?(?:一)?(?:个|种|项|款|条)|中间的")
_LETTER = re.compile(r"(?<![A-Za-z])(?P<letter>[A-Ha-h])(?![A-Za-z])")
_ALL = re.compile(
    "(?:两|三|几)(?:个|样|件|种|单)都(?:要|退|换|查|是)|全都?(?:要|退|换|部)|都(?:要|退掉|退了|换)|全部"
)
_ANY = re.compile("都行|都可以|随便|无所谓|哪个都|怎么都|你(?:看着|帮我)(?:办|定|选)|看着办|听你的")


def choice_of(text: str, asked: bool, options: Sequence[Option] = ()) -> Slot | None:
    """Which of several was meant.

    With `options` the value is an option's value (or "all", "any"). Without, it is the position, 1 for the first,
    -1 for the last. An option's own words count before positions; letters and bare numbers only when asked.
    """
    named = _named(text, options)
    if named:
        return named
    place = _position(text, asked, len(options))
    if place is not None:
        position, said = place
        if not options:
            return Slot(position, said)
        index = position - 1 if position > 0 else len(options) + position
        return Slot(options[index].value, said) if 0 <= index < len(options) else None
    if asked or options:
        for value, pattern in (("all", _ALL), ("any", _ANY)):
            if match := pattern.search(text):
                return Slot(value, match[0])
    return _sounding(text, options)


def _named(text: str, options: Sequence[Option]) -> Slot | None:
    """The option whose longest name is said and not refused; names that several options share decide nothing."""
    best: list[tuple[int, Slot]] = []
    for option in options:
        sizes = [
            (len(name), name)
            for name in option.names
            if name in text and not re.search("(?:不要|不用|不想|不是|不需要|别)$", text[: text.index(name)])
        ]
        if sizes:
            size, name = max(sizes)
            best.append((size, Slot(option.value, name)))
    best.sort(key=lambda one: -one[0])
    return best[0][1] if best and (len(best) == 1 or best[0][0] > best[1][0]) else None


def _position(text: str, asked: bool, size: int) -> tuple[int, str] | None:
    if match := _LAST.search(text):
        return -1, match[0]
    if match := _ORDINAL.search(text):
        nth = _small(match["nth"] or match["pick"] or match["number"])
        if match["nth"] or asked:
            return (-nth if match["back"] else nth), match[0]
    for pattern, position in ((_LATTER, -1), (_FORMER, 1), (_MIDDLE, (size + 1) // 2 or 2)):
        if match := pattern.search(text):
            return position, match[0]
    if not asked:
        return None
    if match := _LETTER.search(text):
        return ord(match["letter"].upper()) - ord("A") + 1, match[0]
    number = parse_number(text.strip("吧,。的啊就选那要"))
    return (int(number), text) if number is not None and 1 <= number <= 20 else None


def _small(text: str) -> int:
    value = parse_number(text)
    return int(value) if value is not None else 0


def _sounding(text: str, options: Sequence[Option]) -> Slot | None:
    """The option that was heard, when its words were misrecognised."""
    sounds = syllables(text)
    scored = []
    for option in options:
        for name in option.names:
            needle = syllables(name)
            if len(needle) > 1:
                scored.append((find_like(needle, sounds)[2], len(needle), option, name))
    scored.sort(key=lambda one: (-one[0], -one[1]))
    if (
        scored
        and scored[0][0] >= 0.75
        and all(s < scored[0][0] or o is scored[0][2] for s, _, o, _ in scored)
    ):
        return Slot(scored[0][2].value, scored[0][3])
    return None
