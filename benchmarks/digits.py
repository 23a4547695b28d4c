"""Digit strings spoken by recorded humans: how many are heard right, digit for digit.

    python -m benchmarks.digits [--count N] [--first SEED] [--json]

Material: digits recorded by two speakers (data/digits of the test data), strung together as that data's README
says: each trimmed to its speech at -38 dBFS, 25 ms before and 50 ms after, gaps of 0-100 ms, 300 ms of silence before
and 500 ms after, 一 said as 幺 in half of the strings; lengths 4, 8 and 11, `count` strings each. Conditions:

clean     as assembled
noisy     with a recorded noise at 15 dB under the speech
tight     each digit cut 30 dB under its own peak and no gaps: nearly connected speech

The weights in voicebot/asr/digit_strings.py were fitted on other strings. Times are processor time.
Three recognisers hear the same audio, none of them knows the length:

free      Vosk's general dictation, its best text
single    Vosk with a grammar of single digits and [unk], its best text
ours      voicebot with `expecting="digits"`
"""

from __future__ import annotations

import argparse
import json
import os
import random
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from voicebot import models
from voicebot.asr.vosk import VoskRecognizer
from voicebot.audio import RATE, read_wav, to_pcm, to_samples
from voicebot.config import load
from voicebot.nlu.digits import SPOKEN_DIGITS, digits_of

Signal = npt.NDArray[np.float64]

ROOT = Path(__file__).resolve().parents[1]
MODEL = "vosk-model-small-cn-0.22"
SPEAKERS = ("speaker_a", "speaker_b")
LENGTHS = (4, 8, 11)
CONDITIONS = ("clean", "noisy", "tight")
DIGITS = "零一二三四五六七八九"
SNR_DB = 15.0


@dataclass(frozen=True)
class Spoken:
    """One string, who says it in which condition, and its audio."""

    speaker: str
    condition: str
    digits: str
    pcm: bytes


def data() -> Path:
    """The folder of third-party test data: $VOICEBOT_TESTDATA, else shared/data beside the checkout."""
    return Path(os.environ.get("VOICEBOT_TESTDATA", ROOT.parent / "shared" / "data"))


def strings(count: int, first: int, conditions: tuple[str, ...] = CONDITIONS) -> Iterator[Spoken]:
    """`count` strings for each speaker, length and condition, from the seeds `first`, `first` + 1, ..."""
    for speaker in SPEAKERS:
        for length in LENGTHS:
            for seed in range(first, first + count):
                for condition in conditions:
                    digits, signal = assemble(speaker, length, seed, condition == "tight")
                    if condition == "noisy":
                        signal = noisy(signal, seed)
                    yield Spoken(speaker, condition, digits, to_pcm(signal))


def assemble(speaker: str, length: int, seed: int, tight: bool = False) -> tuple[str, Signal]:
    """The Arabic digits of one string, and its audio."""
    rng = random.Random(seed * 100 + length)
    said = [rng.choice(DIGITS) for _ in range(length)]
    one = "幺" if rng.random() < 0.5 and (data() / "digits" / speaker / "幺.wav").is_file() else "一"
    parts = [np.zeros(RATE * 3 // 10)]
    for position, digit in enumerate(said):
        gap = rng.uniform(0, 0.1) if position and not tight else 0.0
        parts += [np.zeros(int(gap * RATE)), recorded(speaker, one if digit == "一" else digit, tight)]
    parts.append(np.zeros(RATE // 2))
    return "".join(str(DIGITS.index(digit)) for digit in said), np.concatenate(parts)


@cache
def recorded(speaker: str, digit: str, tight: bool) -> Signal:
    """One digit, trimmed to its speech."""
    signal = to_samples(read_wav(data() / "digits" / speaker / f"{digit}.wav")).astype(np.float64)
    step = RATE // 100
    power = (signal[: len(signal) // step * step].reshape(-1, step) ** 2).mean(axis=1)
    levels = 10 * np.log10(power / 32768**2 + 1e-12)
    loud = np.nonzero(levels > (levels.max() - 30 if tight else -38))[0]
    before, after = (0, 0) if tight else (RATE // 40, RATE // 20)
    trimmed: Signal = signal[max(0, loud[0] * step - before) : (loud[-1] + 1) * step + after]
    return trimmed


@cache
def noises() -> list[Signal]:
    """The recorded noises."""
    paths = sorted((data() / "noise").glob("*.wav"))
    return [to_samples(read_wav(path)).astype(np.float64) for path in paths]


def noisy(signal: Signal, seed: int) -> Signal:
    """The signal in one of the noises, at SNR_DB under the power of its speech."""
    rng = random.Random(seed)
    noise = rng.choice(noises())
    noise = np.resize(np.roll(noise, rng.randrange(len(noise))), len(signal))
    speech = float((signal[signal != 0] ** 2).mean())
    mixed: Signal = signal + noise * np.sqrt(speech / float((noise**2).mean()) / 10 ** (SNR_DB / 10))
    return mixed


Hear = Callable[[bytes], tuple[str, float, list[str]]]
"""From audio to the digits heard, their confidence, and all alternatives."""


def ours(recognizer: VoskRecognizer) -> Hear:
    """voicebot, told to expect digits."""

    def hear(pcm: bytes) -> tuple[str, float, list[str]]:
        stream = recognizer.stream("digits")
        for at in range(0, len(pcm), 320):
            stream.accept(pcm[at : at + 320])
        heard = stream.finish()
        return digits_of(heard.text), heard.confidence, [digits_of(a.text) for a in heard.alternatives]

    return hear


def plain(grammar: list[str] | None) -> Hear:
    """Vosk as it comes, free or with a grammar."""
    import vosk

    model = vosk.Model(str(models.folder(MODEL)))
    given = () if grammar is None else (json.dumps(grammar, ensure_ascii=False),)
    engine = vosk.KaldiRecognizer(model, RATE, *given)

    def hear(pcm: bytes) -> tuple[str, float, list[str]]:
        for at in range(0, len(pcm), 3200):
            engine.AcceptWaveform(pcm[at : at + 3200])
        text = json.loads(engine.FinalResult())["text"]
        engine.Reset()
        digits = "".join(SPOKEN_DIGITS.get(character, "") for character in text)
        return digits, 1.0, [digits]

    return hear


@dataclass
class Tally:
    """Strings heard, right, right somewhere in the list; seconds of audio and of work."""

    heard: int = 0
    right: int = 0
    listed: int = 0
    audio_s: float = 0.0
    work_s: float = 0.0

    def add(self, spoken: Spoken, digits: str, listed: list[str], seconds: float) -> None:
        """Count one string."""
        self.heard += 1
        self.right += digits == spoken.digits
        self.listed += spoken.digits in listed
        self.audio_s += len(spoken.pcm) / 2 / RATE
        self.work_s += seconds


def measure(
    count: int, first: int, conditions: tuple[str, ...]
) -> tuple[dict[tuple[str, ...], Tally], list[tuple[float, bool]]]:
    """Tallies by recogniser, condition, speaker and length; and of ours each confidence with its rightness."""
    import vosk

    vosk.SetLogLevel(-2)
    grammars = load().path(load().paths.grammars)
    hearers = {
        "free": plain(None),
        "single": plain([*DIGITS, "幺", "[unk]"]),
        "ours": ours(VoskRecognizer.open(models.folder(MODEL), grammars)),
    }
    tallies: dict[tuple[str, ...], Tally] = {}
    certain: list[tuple[float, bool]] = []
    for spoken in strings(count, first, conditions):
        for name, hear in hearers.items():
            began = time.process_time()
            digits, confidence, listed = hear(spoken.pcm)
            key = (name, spoken.condition, spoken.speaker, str(len(spoken.digits)))
            tallies.setdefault(key, Tally()).add(spoken, digits, listed, time.process_time() - began)
            if name == "ours":
                certain.append((confidence, digits == spoken.digits))
    return tallies, certain


def records(tallies: dict[tuple[str, ...], Tally]) -> Iterator[dict[str, Any]]:
    """One row a recogniser, condition, speaker and length."""
    for (name, condition, speaker, length), tally in tallies.items():
        yield {
            "recognizer": name,
            "condition": condition,
            "speaker": speaker,
            "length": int(length),
            "strings": tally.heard,
            "right": tally.right,
            "listed": tally.listed,
            "rtf": round(tally.work_s / tally.audio_s, 4),
        }


def show(tallies: dict[tuple[str, ...], Tally], certain: list[tuple[float, bool]]) -> None:
    """Print the tables."""
    conditions = list(dict.fromkeys(key[1] for key in tallies))
    for condition in conditions:
        print(
            f"\n{condition:8} strings right, of all  "
            + "".join(f"{f'{s[-1]} {n}':>10}" for s in SPEAKERS for n in LENGTHS)
        )
        for name in dict.fromkeys(key[0] for key in tallies):
            rows = {key[2:]: tally for key, tally in tallies.items() if key[:2] == (name, condition)}
            right, heard = (sum(getattr(t, field) for t in rows.values()) for field in ("right", "heard"))
            rtf = sum(t.work_s for t in rows.values()) / sum(t.audio_s for t in rows.values())
            cells = "".join(
                f"{rows[s, str(n)].right:>6}/{rows[s, str(n)].heard:<3}" for s in SPEAKERS for n in LENGTHS
            )
            print(f"  {name:8} {right:4}/{heard:<4} {right / heard:6.1%}  {cells}  real time x {rtf:.3f}")
    print("\nours: confidence and how often it was right")
    for low, high in ((0, 0.5), (0.5, 0.7), (0.7, 0.9), (0.9, 0.97), (0.97, 1.01)):
        within = [right for confidence, right in certain if low <= confidence < high]
        if within:
            print(
                f"  {low:.2f}-{min(high, 1):.2f}  {sum(within):4}/{len(within):<4} {sum(within) / len(within):6.1%}"
            )


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument(
        "--count", type=int, default=20, help="strings for each speaker, length and condition"
    )
    parser.add_argument("--first", type=int, default=1000, help="the first seed")
    parser.add_argument("--conditions", nargs="+", default=list(CONDITIONS), choices=CONDITIONS)
    parser.add_argument("--json", action="store_true", help="one object a line")
    arguments = parser.parse_args()
    tallies, certain = measure(arguments.count, arguments.first, tuple(arguments.conditions))
    if arguments.json:
        for record in records(tallies):
            print(json.dumps(record, ensure_ascii=False))
    else:
        show(tallies, certain)


if __name__ == "__main__":
    main()
