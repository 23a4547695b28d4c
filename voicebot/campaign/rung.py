"""What people say who are rung: no time now, call again later, are you a machine, where is my number from.

Callers of a hotline do not say such things, so understanding has no intents for them. The words stand in the dialogue
(constants.said: a regular expression for each intent, the first that is found counts; said_here: those of one
dialogue, which come first; not_said: where this is found none does) and stand in for what was understood, except in
answers in own words.

    我在开车，半小时后打给我 ── said.call_back ──► intent call_back; time 15:30, by the clock of whoever is rung
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from decimal import Decimal

from voicebot.dialogue.script import Script
from voicebot.dialogue.vocabulary import INTENTS
from voicebot.events import Transcript
from voicebot.nlu.dates import find_dates
from voicebot.nlu.numbers import parse_number
from voicebot.nlu.times import find_times
from voicebot.nlu.understanding import Intent, Slot, Understanding

OWN = frozenset({"call_back", "busy", "robot", "my_number", "what_for", "doubted", "already"})
"""Intents that only dialogues of placed calls have."""
SURE = 0.97
FREE = "anything"
"""What is expected where he answers in his own words."""

Understand = Callable[[Transcript, str | None, Sequence[str]], Understanding]

_UNITS = {"分钟": 1, "分": 1, "刻钟": 15, "小时": 60, "钟头": 60, "钟": 60}
_SPAN = re.compile(
    r"(?P<before>过|再过|等)?(?P<half>半)?(?P<count>[一二两三四五六七八九十\d]+|半)?个?(?P<and>半)?(?:个)?"
    r"(?P<unit>小时|钟头|分钟|刻钟|分)(?P<more>半)?(?:钟)?(?P<after>以后|之后|过后|后)?"
)

_LATER = re.compile("^(?:那|就|[，, ])*(?:早上|上午|中午|下午|晚上|傍晚)吧?[。. ]*$")
"""方便吗? 下午吧 is neither a yes nor a no."""
_AFTER_WORK = re.compile("(?:下班|收工|下课|放学)(?:了|以后|之后|后)?")
AFTER_WORK = "18:30"


class SayingsError(ValueError):
    """A pattern of `constants.said` or `not_said` that is none."""


@dataclass(frozen=True)
class Sayings:
    """The words of a dialogue, of the intents that it knows. `of` raises SayingsError with the key that is wrong."""

    patterns: tuple[tuple[str, re.Pattern[str]], ...] = ()
    never: re.Pattern[str] | None = None

    @staticmethod
    def of(script: Script) -> Sayings:
        """Those of a dialogue's constants; none where it has none."""
        given: dict[str, object] = {}
        for key in ("said_here", "said"):
            words = script.constants.get(key) or {}
            if not isinstance(words, Mapping):
                raise SayingsError(f"{key}: write intent: words, each a regular expression")
            given = {**given, **{name: one for name, one in words.items() if name not in given}}
        unknown = sorted(set(given) - OWN - INTENTS)
        if unknown:
            raise SayingsError(
                f"said.{unknown[0]}: there is no such intent; there are {', '.join(sorted(OWN))}"
            )
        never = script.constants.get("not_said")
        known = [name for name in given if name in INTENTS or name in script.intents]
        patterns = tuple((str(name), _compiled(f"said.{name}", given[name])) for name in known)
        return Sayings(patterns, _compiled("not_said", never) if never else None)

    def intent(self, text: str) -> str | None:
        """What these words want, if they want anything of it."""
        if self.never is not None and self.never.search(text):
            return None
        return next((name for name, pattern in self.patterns if pattern.search(text)), None)


def _compiled(key: str, words: object) -> re.Pattern[str]:
    try:
        return re.compile(str(words))
    except re.error as error:
        raise SayingsError(f"{key}: this is no regular expression ({error})") from None


def as_rung(understand: Understand, said: Sayings, now: datetime) -> Understand:
    """Understanding of somebody who is rung at `now`, on his own clock."""

    def heard(transcript: Transcript, expecting: str | None, known: Sequence[str]) -> Understanding:
        found = understand(transcript, expecting, known)
        return found if expecting == FREE else meant(found, said, now, expecting)

    return heard


def meant(found: Understanding, said: Sayings, now: datetime, expecting: str | None = None) -> Understanding:
    """What was said, as somebody means it who is rung and was asked for what is expected."""
    name = said.intent(found.text)
    if name is None:
        return _ahead(found, now, later=expecting == "yes_no" and bool(_LATER.search(found.text)))
    slots = found.slots
    if name in {"call_back", "busy"}:
        slots = {**slots, **_with_a_day(_when(found.text, now), now)}
    return replace(found, intents=(Intent(name, SURE),), slots=slots, turn="finished", unasked=())


def _ahead(found: Understanding, now: datetime, later: bool) -> Understanding:
    """A time that is named in a call that he did not begin lies ahead: 周三, 下午吧."""
    if not (later or found.intent in {"out_of_scope", "inform"}) or set(found.slots) - {"date", "time"}:
        return found
    told = _when(found.text, now)
    intents = (Intent("inform", SURE),) if later and told else found.intents
    return replace(found, intents=intents, slots={**found.slots, **told})


def _with_a_day(told: dict[str, Slot], now: datetime) -> dict[str, Slot]:
    """A time of the day alone is the next such time."""
    if "date" in told or "time" not in told:
        return told
    clock = told["time"]
    day = now.date() + timedelta(days=0 if str(clock.value) > f"{now:%H:%M}" else 1)
    return {**told, "date": Slot(day.isoformat(), clock.text)}


def _when(text: str, now: datetime) -> dict[str, Slot]:
    """The time to come that is named: from now on (半小时后), or a day and a time of the day."""
    from_now = _from_now(text, now)
    if from_now:
        return from_now
    told: dict[str, Slot] = {}
    for day in find_dates(text, now.date(), "future"):
        if day.value >= now.date():
            told.setdefault("date", Slot(day.value.isoformat(), day.text))
    for clock in sorted(find_times(text), key=lambda one: one.vague):
        told.setdefault("time", Slot(clock.value, clock.text))
    after_work = _AFTER_WORK.search(text)
    if after_work and "time" not in told:
        told["time"] = Slot(AFTER_WORK, after_work[0])
    return told


def _from_now(text: str, now: datetime) -> dict[str, Slot]:
    """半小时后, 过两个小时: the day and the time of day that are meant."""
    for match in _SPAN.finditer(text):
        length = _length(match)
        if length:
            at = now + length
            return {
                "date": Slot(at.date().isoformat(), match[0]),
                "time": Slot(f"{at:%H:%M}", match[0]),
            }
    return {}


def _length(match: re.Match[str]) -> timedelta | None:
    """How long a span is: 半个小时, 一个半小时, 两小时, 二十分钟, 一刻钟."""
    if not (match["before"] or match["after"]):
        return None
    count = match["count"]
    if match["half"] or count == "半":
        value: Decimal | None = Decimal("0.5")
    else:
        value = parse_number(count) if count else None
    if value is None:
        return None
    more = Decimal("0.5") if match["and"] or match["more"] else Decimal(0)
    return timedelta(minutes=float((value + more) * _UNITS[match["unit"]]))
