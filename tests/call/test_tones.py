from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from voicebot.audio import (
    alaw_decode,
    alaw_encode,
    frames,
    read_wav,
    silence,
    to_pcm,
    ulaw_decode,
    ulaw_encode,
)
from voicebot.call.tones import COLUMNS, KEYPAD, ROWS, ToneEar, key_of
from voicebot.replay.casting import tones

KEYS = "123A456B789C*0#D"


def heard(pcm: bytes) -> str:
    ear = ToneEar()
    return "".join(key for frame in frames(pcm) if (key := ear.hear(frame)) is not None)


def pair(low: float, high: float, ms: int = 100, low_db: float = -17, high_db: float = -17) -> np.ndarray:
    time = np.arange(ms * 8) / 8000
    loud = [32768 * 10 ** (db / 20) for db in (low_db, high_db)]
    return loud[0] * np.sin(2 * np.pi * low * time) + loud[1] * np.sin(2 * np.pi * high * time + 1)


def padded(sound: np.ndarray) -> bytes:
    return silence(200) + to_pcm(sound) + silence(200)


@pytest.mark.parametrize("gap_ms", [100, 150, 200, 300])
def test_every_key_is_heard_once(gap_ms: int) -> None:
    assert heard(silence(60) + to_pcm(tones(KEYS, gap_ms)) + silence(60)) == KEYS


def test_the_same_key_twice_is_two_keys_and_held_long_is_one() -> None:
    assert heard(to_pcm(tones("5500", 160))) == "5500"
    assert heard(padded(pair(770, 1336, ms=3000))) == "5"


@pytest.mark.parametrize("shift", range(0, 160, 20))
def test_where_a_frame_begins_does_not_matter(shift: int) -> None:
    assert heard(bytes(2 * shift) + to_pcm(tones("147*", 140))) == "147*"


@pytest.mark.parametrize("codec", [(alaw_encode, alaw_decode), (ulaw_encode, ulaw_decode)])
def test_through_a_codec(codec: tuple) -> None:
    encode, decode = codec
    assert heard(decode(encode(to_pcm(tones(KEYS, 200))))) == KEYS


@pytest.mark.parametrize("snr_db", [15, 20])
def test_in_noise(snr_db: int) -> None:
    noise = np.random.default_rng(3)
    sound = tones(KEYS * 4, 200).astype(float)
    power = np.mean(pair(697, 1209) ** 2) * 2
    sound += noise.standard_normal(len(sound)) * np.sqrt(power / 10 ** (snr_db / 10))
    assert heard(to_pcm(sound)) == KEYS * 4


@pytest.mark.parametrize("off", [-0.015, 0.015])
def test_frequencies_may_be_off_by_one_and_a_half_percent(off: float) -> None:
    for row, low in enumerate(ROWS):
        for column, high in enumerate(COLUMNS):
            assert heard(padded(pair(low * (1 + off), high * (1 + off)))) == KEYPAD[row][column]


@pytest.mark.parametrize(
    ("low_db", "high_db", "wanted"), [(-17, -24, "5"), (-21, -17, "5"), (-17, -30, ""), (-27, -17, "")]
)
def test_twist(low_db: float, high_db: float, wanted: str) -> None:
    assert heard(padded(pair(770, 1336, low_db=low_db, high_db=high_db))) == wanted


def test_what_is_no_key() -> None:
    time = np.arange(8000) / 8000
    single = 8000 * np.sin(2 * np.pi * 770 * time)
    dial = pair(440, 350, ms=1000)
    triple = pair(770, 1336, ms=1000) + 8000 * np.sin(2 * np.pi * 1000 * time)
    short, weak = pair(770, 1336, ms=22), pair(770, 1336, low_db=-55, high_db=-55)
    for sound in (single, dial, triple, short, weak):
        assert heard(padded(sound)) == ""
    assert key_of(b"") is None


def test_a_key_over_a_quieter_voice_is_heard(testdata: Path) -> None:
    sound = np.frombuffer(b"".join(speech(testdata)[:6]), dtype="<i2").astype(float)
    sound *= 300 / np.sqrt(np.mean(sound**2))
    keys = tones("20261120", 200).astype(float)
    assert heard(to_pcm(sound[: len(keys)] + keys[: len(sound)])) == "20261120"


def speech(testdata: Path) -> list[bytes]:
    found = sorted(path for path in testdata.rglob("*.wav") if "digits" in path.parts)
    if not found:
        pytest.skip(f"no recordings of speech in {testdata}")
    return [read_wav(path) for path in found]


def test_speech_presses_no_keys(testdata: Path) -> None:
    recordings = speech(testdata)
    pressed = [heard(pcm) for pcm in recordings]
    assert "".join(pressed) == "", f"in {sum(map(len, recordings)) / 16000:.0f} s of speech"


def test_a_tone_is_known_while_it_sounds() -> None:
    ear = ToneEar()
    sounding = []
    for frame in frames(to_pcm(tones("5", 200)) + silence(100)):
        ear.hear(frame)
        sounding.append(ear.sounding)
    assert sounding.index(True) == 0
    assert not sounding[-1]
