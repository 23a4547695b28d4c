"""Did the bot do what the fixture wants? One verdict for each expectation."""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from voicebot.nlu.digits import digits_of
from voicebot.nlu.normalize import normalize
from voicebot.replay.caller import TurnTimes
from voicebot.replay.log import CallLog, Entry
from voicebot.replay.script import (
    Bot,
    BotTurn,
    CallerTurn,
    CallScript,
    HeardWanted,
    KeysTurn,
    Phrases,
    UnderstoodWanted,
    found,
)


@dataclass(frozen=True, slots=True)
class Verdict:
    """One expectation: `turn` is its place in the script (None: the whole call), `what` says it in words."""

    turn: int | None
    what: str
    held: bool
    got: str = ""


def judge(script: CallScript, log: CallLog, times: Sequence[TurnTimes], *, realtime: bool) -> list[Verdict]:
    """Every expectation of the script against what happened."""
    verdicts: list[Verdict] = []
    for place, turn in enumerate(script.turns):
        window = _window(place, script, times)
        if isinstance(turn, BotTurn):
            verdicts += _said(place, turn.bot, log, window)
            continue
        if times[place].started is None:
            verdicts.append(Verdict(place, "the caller gets the word", False, "the call was over before"))
            continue
        if isinstance(turn, CallerTurn):
            verdicts += _caller_turn(place, turn, log, window)
        if isinstance(turn, CallerTurn | KeysTurn) and turn.within_ms is not None and realtime:
            gap = times[place].gap_ms
            held = gap is not None and gap <= turn.within_ms
            verdicts.append(Verdict(place, f"answered within {turn.within_ms} ms", held, f"{gap} ms"))
    return verdicts + list(_whole_call(script, log))


def _window(place: int, script: CallScript, times: Sequence[TurnTimes]) -> tuple[float, float]:
    """From the beginning of the caller's turn at or before `place` to that of the next one."""
    is_bot = isinstance(script.turns[place], BotTurn)
    before = [t.started for t in times[: place + (0 if is_bot else 1)] if t.started is not None]
    after = [t.started for t in times[place + 1 :] if t.started is not None]
    return (before[-1] if before else 0.0, after[0] if after else math.inf)


def _said(place: int, wanted: Bot, log: CallLog, window: tuple[float, float]) -> Iterator[Verdict]:
    text = "".join(entry.data["text"] for entry in log.between(*window, "say"))
    yield from _phrases(place, "the bot says", wanted.says, wanted.absent, text)
    if wanted.expecting is not None:
        asked = [entry.data["expecting"] for entry in log.between(*window, "asked")]
        got = asked[-1] if asked else None
        yield Verdict(place, f"the bot asks for {wanted.expecting}", got == wanted.expecting, str(got))


def _phrases(place: int, who: str, wanted: Phrases, absent: Phrases, text: str) -> Iterator[Verdict]:
    for phrase in wanted:
        yield Verdict(place, f"{who} {phrase}", found(phrase, text), text)
    for phrase in absent:
        yield Verdict(place, f"{who} not {phrase}", not found(phrase, text), text)


def _caller_turn(
    place: int, turn: CallerTurn, log: CallLog, window: tuple[float, float]
) -> Iterator[Verdict]:
    if turn.heard is not None:
        yield from _heard(place, turn, turn.heard, log.between(*window, "heard"))
    if turn.understood is not None:
        yield from _understood(place, turn.understood, log.between(*window, "understood"))


def _heard(place: int, turn: CallerTurn, wanted: HeardWanted, heard: list[Entry]) -> Iterator[Verdict]:
    text = "".join(entry.data["text"] for entry in heard)
    yield from _phrases(place, "it is heard", wanted.contains, wanted.absent, text)
    if wanted.digits is not None:
        digits = digits_of(normalize(text))
        yield Verdict(place, f"the digits {wanted.digits} are heard", digits == wanted.digits, digits or text)
    if wanted.cer_max is not None:
        rate = character_error_rate(turn.words, text)
        yield Verdict(
            place,
            f"at most {wanted.cer_max:.0%} of the characters are wrong",
            rate <= wanted.cer_max,
            f"{rate:.0%}: {text}",
        )


def _understood(place: int, wanted: UnderstoodWanted, understood: list[Entry]) -> Iterator[Verdict]:
    intents = [intent["name"] for entry in understood for intent in entry.data["intents"]]
    slots: dict[str, Any] = {}
    for entry in understood:
        slots |= {name: slot["value"] for name, slot in entry.data["slots"].items()}
    last: Mapping[str, Any] = understood[-1].data if understood else {}
    if wanted.intent is not None:
        yield Verdict(place, f"understood as {wanted.intent}", wanted.intent in intents, ", ".join(intents))
    if wanted.intents is not None:
        held = tuple(intents) == tuple(wanted.intents)
        yield Verdict(place, f"understood as {', '.join(wanted.intents)}", held, ", ".join(intents))
    for name, value in wanted.slots.items():
        yield Verdict(place, f"{name} is {value}", str(slots.get(name)) == str(value), str(slots.get(name)))
    for name in ("mood", "turn"):
        value = getattr(wanted, name)
        if value is not None:
            yield Verdict(place, f"{name} is {value}", last.get(name) == value, str(last.get(name)))


def _whole_call(script: CallScript, log: CallLog) -> Iterator[Verdict]:
    deeds = [
        (entry.data.get("name") or entry.data.get("to"), entry.data.get("arguments", {}))
        for entry in log.entries
        if entry.kind in {"look", "do", "transfer"}
    ]
    names = ", ".join(str(name) for name, _ in deeds)
    for deed in script.done:
        held = any(
            name == deed.name and all(str(arguments.get(k)) == str(v) for k, v in deed.arguments.items())
            for name, arguments in deeds
        )
        yield Verdict(None, f"{deed.name} is done {dict(deed.arguments) or ''}".strip(), held, names)
    for name in script.absent:
        yield Verdict(None, f"{name} is not done", all(name != done for done, _ in deeds), names)
    if script.ended is not None:
        yield Verdict(None, f"the call is ended by {script.ended}", log.ended == script.ended, str(log.ended))


def character_error_rate(wanted: str, heard: str) -> float:
    """Edits (Levenshtein) from the wanted to the heard text, by characters without marks, per wanted character."""
    a, b = ([c for c in text if c.isalnum()] for text in (wanted, heard))
    row = list(range(len(b) + 1))
    for i, x in enumerate(a, 1):
        previous, row[0] = row[0], i
        for j, y in enumerate(b, 1):
            previous, row[j] = row[j], min(row[j] + 1, row[j - 1] + 1, previous + (x != y))
    return row[-1] / max(len(a), 1)
