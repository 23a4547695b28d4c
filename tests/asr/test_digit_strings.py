"""Which digit string was said: what timing and loudness tell."""

from __future__ import annotations

import numpy as np
import pytest

from voicebot.asr.decoder import Reading, Timed
from voicebot.asr.digit_strings import in_arabic, measures, rescored
from voicebot.asr.expecting import Expecting
from voicebot.asr.loudness import contour, dip
from voicebot.audio import RATE, to_pcm

DIGITS = Expecting("digits", "digits")


def tone(*spans: tuple[float, float], seconds: float = 2.5) -> bytes:
    """A buzz in the given spans (start, end in seconds), near silence elsewhere."""
    time = np.arange(int(seconds * RATE)) / RATE
    loud = np.full(len(time), 20.0)
    for start, end in spans:
        loud[int(start * RATE) : int(end * RATE)] = 8000.0
    return to_pcm(loud * np.sin(2 * np.pi * 150 * time))


def reading(score: float, *words: tuple[str, float, float]) -> Reading:
    return Reading(score, tuple(Timed(*word) for word in words))


def test_a_dip_is_as_deep_as_the_lower_hill_is_high() -> None:
    levels = contour(tone((0.2, 0.6), (0.8, 1.2)))
    assert dip(levels, 20, 120) > 30
    assert dip(levels, 25, 55) < 1
    assert dip(levels, 0, 60) == pytest.approx(0, abs=1)
    assert dip(levels, 5, 5) == 0.0


def test_silence_and_nothing_have_a_contour() -> None:
    assert contour(b"").shape == (0,)
    assert np.isfinite(contour(bytes(3200))).all()


def test_a_long_digit_with_a_dip_inside_was_two() -> None:
    pcm = tone((0.1, 0.5), (0.6, 1.0), (1.1, 1.5))
    once = reading(100.0, ("三", 0.1, 0.5), ("二", 0.6, 1.5))
    twice = reading(99.5, ("三", 0.1, 0.5), ("二", 0.6, 1.0), ("二", 1.1, 1.5))
    shares = rescored([once, twice], pcm, DIGITS)
    assert shares[1] > 0.5
    assert sum(shares) == pytest.approx(1.0)


def test_a_long_vowel_said_slowly_without_a_dip_was_one() -> None:
    pcm = tone((0.1, 0.7), (0.8, 1.5), (1.6, 2.2))
    once = reading(99.5, ("三", 0.1, 0.7), ("五", 0.8, 1.5), ("四", 1.6, 2.2))
    twice = reading(100.0, ("三", 0.1, 0.7), ("五", 0.8, 1.15), ("五", 1.15, 1.5), ("四", 1.6, 2.2))
    assert rescored([once, twice], pcm, DIGITS)[0] > 0.5


def test_loud_time_without_a_digit_tells_against_a_string() -> None:
    pcm = tone((0.1, 0.5), (0.6, 1.0))
    whole = measures(reading(1, ("三", 0.1, 0.5), ("四", 0.6, 1.0)), contour(pcm))
    part = measures(reading(1, ("三", 0.1, 0.5)), contour(pcm))
    assert part["missed"] > whole["missed"] + 1


def test_a_known_length_and_beginning_decide_between_equals() -> None:
    pcm = tone((0.1, 0.5), (0.6, 1.0))
    readings = [
        reading(100, ("三", 0.1, 0.5), ("四", 0.6, 1.0)),
        reading(100, ("一", 0.1, 0.5), ("四", 0.6, 1.0)),
    ]
    one, other = rescored(readings, pcm, Expecting("x", "digits", lengths=(2,), starts="1"))
    assert other > one
    one, other = rescored(readings, pcm, DIGITS)
    assert one == pytest.approx(other)


def test_a_reading_without_digits_or_audio_is_no_trouble() -> None:
    unknown = reading(5, ("[unk]", 0.0, 0.5))
    assert rescored([unknown], b"", DIGITS) == [1.0]
    assert measures(unknown, contour(bytes(16000)))["other"] == 2.5


def test_every_spoken_digit_becomes_arabic() -> None:
    assert in_arabic("幺两洞八六") == "12086"
    assert in_arabic("号码是三") == "号码是3"
