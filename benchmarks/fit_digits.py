"""Fit the weights of voicebot/asr/digit_strings.py anew; prints them and what they get right on strings left out.

    python -m benchmarks.fit_digits [--count N]

Material: strings of both recorded speakers (`benchmarks.digits`, seeds from 1, clean and noisy), and as many spoken by
synthetic voices, which run digits together as people in a hurry do; a third of those has a doubled digit.
The weights maximise the likelihood of the string that was said among those in the decoder's list (a conditional
logit), with a little shrinkage. Even seeds are left out first, then all are used.
"""

from __future__ import annotations

import argparse
import random
from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
from scipy.optimize import minimize

from benchmarks.digits import DIGITS, MODEL, noisy, strings
from voicebot import models
from voicebot.asr.decoder import Decoder
from voicebot.asr.digit_strings import WEIGHTS, in_arabic, measures
from voicebot.asr.feed import Feed
from voicebot.asr.loudness import contour
from voicebot.asr.readings import text_of
from voicebot.asr.vosk import VoskRecognizer
from voicebot.audio import silence, to_pcm, to_samples
from voicebot.config import load
from voicebot.tts.voices import KOKORO, open_voice

VOICES = ("zm_yunxi", "zf_xiaoxiao", "zf_xiaobei", "zm_yunxia")
SHRINKAGE = 0.0002
START = 5.0
Vector = npt.NDArray[np.float64]


@dataclass(frozen=True)
class Case:
    """One string: the measures of every text of the list, and which text was said."""

    seed: int
    texts: list[str]
    measured: Vector
    said: str


def material(count: int) -> Iterator[tuple[int, str, bytes]]:
    """Seed, digits and audio of every string."""
    for seed in range(1, count + 1):
        for spoken in strings(1, seed, ("clean", "noisy")):
            yield seed, spoken.digits, spoken.pcm
    voices = [open_voice(name, 1.0, lambda: models.folder(KOKORO)) for name in VOICES]
    for seed in range(1, 3 * count + 1):
        rng = random.Random(seed)
        said = [rng.choice(DIGITS) for _ in range((4, 8, 11, 12)[seed % 4])]
        if seed % 3 == 0:
            place = rng.randrange(len(said) - 1)
            said[place + 1] = said[place]
        speech = voices[seed % len(voices)].speak("".join(said).replace("一", "幺" if seed % 2 else "一"))
        pcm = silence(300) + speech + silence(500)
        digits = in_arabic("".join(said))
        yield seed, digits, pcm
        yield seed, digits, to_pcm(noisy(to_samples(pcm).astype(np.float64), seed))


def case(decoder: Decoder, seed: int, said: str, pcm: bytes) -> Case:
    """What the decoder holds likely, measured."""
    feed = Feed()
    audio = feed.convert(pcm) + feed.rest()
    for at in range(0, len(audio), 3200):
        decoder.accept(audio[at : at + 3200])
    levels, best = contour(pcm), dict[str, Vector]()
    for reading in decoder.finish():
        text = in_arabic(text_of(reading))
        measured = measures(reading, levels)
        row = np.array([measured[name] for name in WEIGHTS])
        if text not in best or row[0] > best[text][0]:
            best[text] = row
    return Case(seed, list(best), np.array(list(best.values())), said)


def fitted(cases: list[Case]) -> Vector:
    """The weights, in the order of WEIGHTS."""
    known = [case for case in cases if case.said in case.texts]
    apart = [case.measured - case.measured[case.texts.index(case.said)] for case in known]
    start = np.zeros(len(WEIGHTS))
    start[0] = START

    def loss(weights: Vector) -> tuple[float, Vector]:
        total, slope = 0.0, np.zeros(len(weights))
        for rows in apart:
            sums = rows @ weights
            parts = np.exp(sums - sums.max())
            total += float(sums.max() + np.log(parts.sum()))
            slope += (parts @ rows) / parts.sum()
        away = weights - start
        return total / len(apart) + SHRINKAGE * float(away @ away), slope / len(apart) + 2 * SHRINKAGE * away

    found: Vector = minimize(loss, start, jac=True, method="L-BFGS-B").x
    return found


def right(cases: list[Case], weights: Vector) -> int:
    """How many strings these weights put first."""
    return sum(
        case.texts[int((case.measured @ weights).argmax())] == case.said for case in cases if case.texts
    )


def main() -> None:
    """Fit and print."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--count", type=int, default=40, help="strings of each speaker and length")
    count = parser.parse_args().count
    recognizer = VoskRecognizer.open(models.folder(MODEL), load().path(load().paths.grammars))
    decoder = recognizer.decoder("digits")
    cases = [case(decoder, *one) for one in material(count)]
    odd, even = [c for c in cases if c.seed % 2], [c for c in cases if not c.seed % 2]
    alone = np.eye(len(WEIGHTS))[0]
    print(f"left out: {right(even, fitted(odd))} of {len(even)}, by likelihood alone {right(even, alone)}")
    for name, weight in zip(WEIGHTS, fitted(cases), strict=True):
        print(f'    "{name}": {weight:.2f},')


if __name__ == "__main__":
    main()
