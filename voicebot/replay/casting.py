"""Making a fixture from a script: the caller's turns are spoken, laid one after another, and sent over the line.

| background | lead  turn 1  tail | lead  turn 2  tail | ...      all of it whole frames of 20 ms
"""

from __future__ import annotations

import os
from collections.abc import Callable, Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import yaml

from voicebot.audio import FRAME_SAMPLES, RATE, read_wav, to_pcm, to_samples, write_wav
from voicebot.errors import VoicebotError
from voicebot.files import write_whole
from voicebot.ports import Synthesizer
from voicebot.replay.fixture import Fixture
from voicebot.replay.line import degrade, read_loss_pattern
from voicebot.replay.noise import MADE, Signal
from voicebot.replay.reading import Checked, read_checked
from voicebot.replay.script import PAUSE, TURNS, CallerTurn, CallScript, KeysTurn, Line, Segment, Span

Voices = Callable[[str, float], Synthesizer]
"""The voice of this name at this speed. Raises VoicebotError for a name that it does not know."""

CALLER_VOICES = ("zm_yunxi", "zm_yunxia", "zf_xiaobei")
"""Voices of callers; the bot's own is none of them."""

LEAD_MS, TAIL_MS = 200, 300
QUIET_BACKGROUND_MS, NOISY_BACKGROUND_MS = 1000, 6000
_TONE_DBFS = -14.0
_ROWS, _COLUMNS = (697, 770, 852, 941), (1209, 1336, 1477, 1633)
_KEYPAD = "123A456B789C*0#D"


def read_script(path: Path) -> Checked[CallScript]:
    """The script of a call. Raises VoicebotError with a line for each mistake."""
    return read_checked(path, CallScript)


def make(checked: Checked[CallScript], voices: Voices, out: Path) -> Fixture:
    """Make the call of a script, and write its WAV and YAML into the folder `out`, which is made if need be.

    Raises VoicebotError, and writes nothing, when the script cannot be spoken.
    """
    path = checked.path
    script, pcm = cast(checked, voices)
    try:
        out.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise VoicebotError(f"{out} cannot be a folder for fixtures ({error.strerror}).") from error
    target = out / f"{path.stem}.yaml"
    script = script.model_copy(update={"line": _moved(script.line, path.parent, out)})
    write_wav(target.with_suffix(".wav"), pcm)
    write_whole(target, _written(script).encode())
    return Fixture(target, script, pcm)


def cast(checked: Checked[CallScript], voices: Voices) -> tuple[CallScript, bytes]:
    """The script with its segments, and the sound: 8 kHz, 16-bit, mono. The same input gives the same bytes."""
    script = checked.value
    line = _placed(checked)
    talk = _talk(checked, voices)
    takes = _takes(checked, voices)
    background = Span(start_ms=0, end_ms=NOISY_BACKGROUND_MS if line.noise else QUIET_BACKGROUND_MS)
    clean, segments = _laid_out(background, takes)
    options = replace(line.options(script.seed), level_dbfs=None)
    turns = tuple(
        turn.model_copy(update={"segment": segments[number]}) if number in segments else turn
        for number, turn in enumerate(script.turns)
    )
    script = script.model_copy(update={"turns": turns, "background": background})
    return script, degrade(to_pcm(clean), options, talk)


def _laid_out(background: Span, takes: Mapping[int, Signal]) -> tuple[Signal, dict[int, Segment]]:
    """The takes one after another behind the background, and where each of them lies."""
    sound = [np.zeros(_samples(background.end_ms))]
    start_ms, segments = background.end_ms, {}
    for number, take in takes.items():
        padded = np.concatenate([np.zeros(_samples(LEAD_MS)), take, np.zeros(_samples(TAIL_MS))])
        padded = np.pad(padded, (0, -len(padded) % FRAME_SAMPLES))
        begin, end = bounds(padded)
        segments[number] = Segment(
            start_ms=start_ms,
            end_ms=start_ms + len(padded) * 1000 // RATE,
            speech_start_ms=start_ms + begin * 1000 // RATE,
            speech_end_ms=start_ms + end * 1000 // RATE,
        )
        sound.append(padded)
        start_ms = segments[number].end_ms
    return np.concatenate(sound), segments


def _takes(checked: Checked[CallScript], voices: Voices) -> dict[int, Signal]:
    """The clean sound of each turn that sounds, by its number."""
    script = checked.value
    performers = {
        number: _performer(checked, voices, turn, number)
        for number, turn in enumerate(script.turns)
        if isinstance(turn, CallerTurn)
    }
    takes = {}
    for number, turn in enumerate(script.turns):
        if isinstance(turn, CallerTurn):
            take = _spoken(turn.caller, performers[number], checked.where("turns", number, "caller"))
            takes[number] = levelled(take, script.line.level_dbfs + turn.gain_db)
        elif isinstance(turn, KeysTurn) and turn.in_band:
            takes[number] = tones(turn.keys, turn.gap_ms)
    return takes


def _performer(checked: Checked[CallScript], voices: Voices, turn: CallerTurn, number: int) -> Synthesizer:
    where = checked.where(*(("turns", number, "voice") if turn.voice else ("voice",)))
    return _voice(voices, turn.voice or checked.value.voice, turn.speed, where)


def _voice(voices: Voices, name: str, speed: float, where: str) -> Synthesizer:
    try:
        return voices(name, speed)
    except VoicebotError as error:
        raise VoicebotError(f"{where}: {error}") from error


def _talk(checked: Checked[CallScript], voices: Voices) -> list[bytes]:
    """What is said near the caller, each sentence by the next voice that is not his."""
    others = [voice for voice in CALLER_VOICES if voice != checked.value.voice]
    talk = []
    for number, sentence in enumerate(checked.value.line.talk):
        where = checked.where("line", "talk", number)
        voice = _voice(voices, others[number % len(others)], 1.0, where)
        talk.append(to_pcm(levelled(_spoken(sentence, voice, where), -24.0)))
    return talk


def _spoken(text: str, voice: Synthesizer, where: str) -> Signal:
    """The text with its pauses; what silence the voice puts around each piece is cut away."""
    pieces = []
    for number, part in enumerate(PAUSE.split(text)):
        if number % 2:
            pieces.append(np.zeros(_samples(int(part))))
        elif part.strip():
            said = to_samples(b"".join(voice.synthesize(part.strip()))).astype(np.float64)
            begin, end = bounds(said)
            pieces.append(said[max(0, begin - 160) : end + 160])
    sound = np.concatenate(pieces)
    if not sound.any():
        raise VoicebotError(f"{where}: the voice makes no sound of {text!r}; write words that can be spoken.")
    return sound


def bounds(sound: Signal) -> tuple[int, int]:
    """Where a clean recording begins and ends to sound, in samples: 5 ms at most 40 dB below its loudest."""
    windows = np.pad(sound, (0, -len(sound) % 40)).reshape(-1, 40)
    power = np.mean(windows**2, axis=1)
    loud = np.flatnonzero(power > max(float(power.max(initial=0.0)) * 1e-4, 1.0))
    return (int(loud[0]) * 40, min(len(sound), int(loud[-1] + 1) * 40)) if loud.size else (0, 0)


def levelled(sound: Signal, dbfs: float) -> Signal:
    """The sound with what is at most 30 dB below its loudest 20 ms at this level on average."""
    frames = np.pad(sound, (0, -len(sound) % FRAME_SAMPLES)).reshape(-1, FRAME_SAMPLES)
    power = np.mean(frames**2, axis=1)
    spoken = float(np.mean(power[power > power.max() / 1000]))
    scaled: Signal = sound * (32768.0 * 10 ** (dbfs / 20) / np.sqrt(spoken))
    return scaled


def tones(keys: str, gap_ms: int) -> Signal:
    """The keys as a telephone sounds them (ITU-T Q.23): each a pair of tones, of 100 ms or half the gap."""
    sound = np.zeros(_samples(gap_ms) * len(keys))
    time = np.arange(_samples(min(100, gap_ms // 2))) / RATE
    amplitude = 32768.0 * 10 ** (_TONE_DBFS / 20)
    for number, key in enumerate(keys):
        row, column = divmod(_KEYPAD.index(key), 4)
        pair = np.sin(2 * np.pi * _ROWS[row] * time) + np.sin(2 * np.pi * _COLUMNS[column] * time)
        start = number * _samples(gap_ms)
        sound[start : start + len(time)] = amplitude * pair
    return sound


def _placed(checked: Checked[CallScript]) -> Line:
    """The line with the names of its files made whole, each of them tried before anything is spoken."""
    line = _moved(checked.value.line, checked.path.parent, None)
    readers: dict[str, Callable[[str], object]] = {
        "noise": read_wav,
        "room": read_wav,
        "loss_pattern": read_loss_pattern,
    }
    for key, read in readers.items():
        name = getattr(line, key)
        if name is not None and name not in MADE:
            try:
                read(name)
            except VoicebotError as error:
                also = f" (or noise is one of {', '.join(MADE)})" if key == "noise" else ""
                raise VoicebotError(f"{checked.where('line', key)}: {error}{also}") from error
    return line


def _moved(line: Line, source: Path, target: Path | None) -> Line:
    """The line with its files, given relative to the folder `source`, relative to `target` (None: absolute)."""
    update: dict[str, Any] = {}
    for key in ("noise", "room", "loss_pattern"):
        name = getattr(line, key)
        if name is not None and name not in MADE:
            place = (source / name).resolve()
            update[key] = str(place) if target is None else os.path.relpath(place, target.resolve())
    return line.model_copy(update=update) if update else line


def _written(script: CallScript) -> str:
    data = script.model_dump(mode="json", exclude_unset=True)
    data["turns"] = [
        dict(sorted(turn.items(), key=lambda item: item[0] not in TURNS)) for turn in data["turns"]
    ]
    text = yaml.safe_dump(data, allow_unicode=True, sort_keys=False, default_flow_style=None, width=110)
    return f"# The sound belongs to this text: voicebot fixtures make speaks it again after a change.\n{text}"


def _samples(ms: int) -> int:
    return ms * RATE // 1000
