"""A marked turn as a fixture that `voicebot replay` runs: the caller's side up to that turn, and what it should mean.

    recording  ░░ bot ░░ ▓ caller ▓ ░░ bot ░░ ▓ caller ▓ ░ ...          the caller's side only
                             │                    │ the marked turn
    fixture    ─ the line ─ ▓ turn ▓ ▓ turn ▓      └ understood: {intent, slots}

The turns before it are in, because what a sentence means depends on what was asked. The sound is the caller's own
voice: whoever has the files has personal data. Numbers of callers are left out.
"""

from __future__ import annotations

import io
import re
import wave
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt
import yaml

from voicebot.audio import wav_of
from voicebot.console.training_office import Regression
from voicebot.errors import VoicebotError
from voicebot.records.views import Correction, Turn, WholeCall
from voicebot.replay.script import CallScript

RATE_MS = 8
FRAME_MS = 20
BEFORE_MS, AFTER_MS = 300, 700
"""So much of the line is kept around what the caller says."""
LINE_MS = 1000
"""A stretch of the line alone, to fill the time between turns."""
SHORTEST_MS = 200
_NAME = re.compile(r"[^A-Za-z0-9_-]+")

Samples = npt.NDArray[np.int16]


@dataclass(frozen=True, slots=True)
class _Spoken:
    """A turn of the caller and the stretch of the recording that holds it, in ms."""

    turn: Turn
    start: int
    end: int


def regression(call: WholeCall, number: int, wav: bytes) -> Regression:
    """The fixture of the marked turn `number` of this call. Raises VoicebotError for a turn that cannot be one."""
    marked = next((turn for turn in call.turns if turn.number == number), None)
    if marked is None or marked.who != "caller" or not marked.corrections:
        raise VoicebotError(f"第{number}句不是客户说的，或者没有标记为错")
    side = _callers_side(wav)
    upto = [turn for turn in call.turns if turn.number <= number and turn.who in {"caller", "keys"}]
    spoken = {one.turn.number: one for one in _placed(upto, len(side) // RATE_MS)}
    pieces, turns, at = [_line(side, list(spoken.values()))], list[dict[str, Any]](), LINE_MS
    for turn in upto:
        if turn.who == "keys":
            turns.append({"keys": turn.text})
            continue
        piece = spoken[turn.number]
        pieces.append(side[piece.start * RATE_MS : piece.end * RATE_MS])
        turns.append(_turn(piece, at, turn.corrections[-1] if turn is marked else None))
        at += piece.end - piece.start
    script = {
        "title": f"标记为错的一句：{_wanted(marked, marked.corrections[-1])['intent']}",
        "at": call.summary.began.isoformat(timespec="seconds"),
        "turns": turns,
        "background": {"start_ms": 0, "end_ms": LINE_MS},
    }
    CallScript.model_validate(script)
    text = yaml.safe_dump(script, allow_unicode=True, sort_keys=False, width=120)
    name = f"{_NAME.sub('-', call.summary.name).strip('-')[:60]}-{number:03d}"
    return Regression(name, wav_of(np.concatenate(pieces).astype("<i2").tobytes()), text)


def _callers_side(wav: bytes) -> Samples:
    with wave.open(io.BytesIO(wav)) as file:
        samples = np.frombuffer(file.readframes(file.getnframes()), "<i2")
        return samples.reshape(-1, file.getnchannels())[:, 0]


def _placed(turns: Sequence[Turn], length: int) -> Iterator[_Spoken]:
    """Where each of the caller's turns lies: whole frames, with a little of the line around, none in another."""
    said = [turn for turn in turns if turn.who == "caller"]
    free = 0
    for turn, following in zip(said, [*said[1:], None], strict=True):
        latest = length if following is None else max(free, round(following.at * 1000) - BEFORE_MS)
        start = min(max(free, round(turn.at * 1000) - BEFORE_MS), length)
        end = max(min(round(turn.until * 1000) + AFTER_MS, latest), start + SHORTEST_MS)
        start, end = start // FRAME_MS * FRAME_MS, min(end, length) // FRAME_MS * FRAME_MS
        if end - start < SHORTEST_MS:
            raise VoicebotError(f"录音里没有第{turn.number}句")
        yield _Spoken(turn, start, end)
        free = end


def _line(side: Samples, spoken: Sequence[_Spoken]) -> Samples:
    """The quietest stretch of the line in which the caller says nothing; silence where there is none."""
    quiet = np.ones(len(side) // (FRAME_MS * RATE_MS), dtype=bool)
    for one in spoken:
        quiet[one.start // FRAME_MS : one.end // FRAME_MS] = False
    frames, wanted = FRAME_MS * RATE_MS, LINE_MS // FRAME_MS
    whole = side[: len(quiet) * frames].reshape(-1, frames).astype(np.float64)
    power = np.where(quiet, (whole**2).mean(axis=1), np.inf)
    if len(power) < wanted:
        return np.zeros(LINE_MS * RATE_MS, np.int16)
    sums = np.lib.stride_tricks.sliding_window_view(power, wanted).sum(axis=1)
    best = int(sums.argmin())
    if not np.isfinite(sums[best]):
        return np.zeros(LINE_MS * RATE_MS, np.int16)
    return side[best * frames : (best + wanted) * frames]


def _turn(piece: _Spoken, at: int, right: Correction | None) -> dict[str, Any]:
    """A turn of the script; `at` is where its piece begins in the fixture's sound."""
    turn, length = piece.turn, piece.end - piece.start
    first = min(max(0, round(turn.at * 1000) - piece.start), length - FRAME_MS)
    last = min(max(first + FRAME_MS, round(turn.until * 1000) - piece.start), length)
    text = (right.text if right is not None else "") or turn.text or "嗯"
    told: dict[str, Any] = {"caller": text.replace("[", "").replace("]", "")}
    if right is not None:
        told["understood"] = _wanted(turn, right)
    segment = {"start_ms": at, "end_ms": at + length}
    return {**told, "segment": {**segment, "speech_start_ms": at + first, "speech_end_ms": at + last}}


def _wanted(turn: Turn, right: Correction) -> dict[str, Any]:
    wanted: dict[str, Any] = {"intent": right.intent or turn.intent}
    return wanted | ({"slots": dict(right.slots)} if right.slots else {})
