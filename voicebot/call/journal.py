"""Events and actions as JSON objects and back: one line each, in the order in which they happened.

A journal begins with {"journal": 1, ...}; then each event, `{"event": NAME, "at": ..., ...}`, is followed by the
actions that it caused, `{"action": NAME, ...}`. Audio stands in the recording beside it: a Heard line names the
frame's place in the caller's channel (`from`, in samples), and how much went out to him meanwhile (`sent`), which
stands in the bot's channel. Where nothing is recorded, it says whether the frame was speech, which is enough to go
through the same turns again.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any

from voicebot import actions, events
from voicebot.actions import Action, Feed
from voicebot.events import Alternative, Event, Heard, Transcribed, Transcript, Word

VERSION = 1
EVENTS: dict[str, type[Any]] = {kind.__name__: kind for kind in events.Event.__args__}
ACTIONS: dict[str, type[Any]] = {kind.__name__: kind for kind in actions.Action.__args__}

LOUD = (b"\x00\x10" * 20 + b"\x00\xf0" * 20) * 4
"""A voice of 200 Hz: what stands for speech where nothing was recorded."""
SILENT = bytes(320)


def write_event(event: Event, *, place: int | None = None, speech: bool | None = None) -> dict[str, Any]:
    """One event. Of a Heard, `place` (samples into the recording) or else `speech` stands for the audio."""
    if isinstance(event, Heard):
        at: dict[str, Any] = {"event": "Heard", "at": round(event.at, 4)}
        if place is None:
            return {**at, "speech": bool(speech)}
        return {**at, "from": place, **({"sent": len(event.sent) // 2} if event.sent else {})}
    line = {"event": type(event).__name__, **dataclasses.asdict(event)}
    line["at"] = round(event.at, 4)
    return line


def write_action(action: Action) -> dict[str, Any]:
    """One action. Of a Feed the number of samples stands for the audio."""
    if isinstance(action, Feed):
        return {"action": "Feed", "utterance": action.utterance, "samples": len(action.pcm) // 2}
    return {"action": type(action).__name__, **dataclasses.asdict(action)}


def read_event(line: Mapping[str, Any], caller: bytes | None = None, bot: bytes | None = None) -> Event:
    """The event of a line; `caller` and `bot` are the recording's channels (8 kHz, 16 bit), if there is one."""
    fields = {name: value for name, value in line.items() if name != "event"}
    if line["event"] == "Heard":
        return Heard(line["at"], _frame(line, caller), _sent(line, bot))
    if line["event"] == "Transcribed":
        fields["transcript"] = _transcript(line["transcript"])
        return Transcribed(**fields)
    event: Event = EVENTS[line["event"]](**fields)
    return event


def _frame(line: Mapping[str, Any], caller: bytes | None) -> bytes:
    if "from" not in line:
        return LOUD if line["speech"] else SILENT
    if caller is None:
        raise ValueError("the journal's audio stands in a recording that is not there")
    return caller[line["from"] * 2 : line["from"] * 2 + 320]


def _sent(line: Mapping[str, Any], bot: bytes | None) -> bytes:
    """What went out up to then, as the recording has it: to a frame, which is what echoes are looked for by."""
    count = line.get("sent", 0)
    if bot is None or not count:
        return b""
    end = (round(line["at"] * 8000) // 160 + 1) * 160
    return bot[max(0, end - count) * 2 : end * 2].rjust(count * 2, b"\0")


def _transcript(data: Mapping[str, Any]) -> Transcript:
    alternatives = tuple(
        Alternative(**{**reading, "words": _words(reading["words"])}) for reading in data["alternatives"]
    )
    return Transcript(data["text"], data["confidence"], _words(data["words"]), alternatives)


def _words(rows: Sequence[Mapping[str, Any]]) -> tuple[Word, ...]:
    return tuple(Word(**row) for row in rows)


def replay(
    lines: Sequence[Mapping[str, Any]],
    receive: Callable[[Event], list[Action]],
    caller: bytes | None = None,
    bot: bytes | None = None,
) -> Iterator[tuple[dict[str, Any], list[Mapping[str, Any]], list[dict[str, Any]]]]:
    """Feed a journal's events to a call; yields (event, actions in the journal, actions now) of each."""
    place = 0
    while place < len(lines):
        line = lines[place]
        place += 1
        if "event" not in line:
            continue
        before: list[Mapping[str, Any]] = []
        while place < len(lines) and "action" in lines[place]:
            before.append(lines[place])
            place += 1
        yield dict(line), before, [write_action(action) for action in receive(read_event(line, caller, bot))]
