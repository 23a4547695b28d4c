"""What callers, lines and rooms bring while the bot speaks: recorded where there is a recording, made otherwise."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import cache

import numpy as np
import numpy.typing as npt

from voicebot import models
from voicebot.audio import RATE, frames, to_pcm, to_samples
from voicebot.call.ear import level_dbfs
from voicebot.config import ROOT
from voicebot.replay.fixture import fixture_paths, load_fixture
from voicebot.replay.line import LineOptions, degrade, speaking, through_codec
from voicebot.replay.noise import street
from voicebot.replay.script import CallerTurn
from voicebot.tts.voices import open_voice

Signal = npt.NDArray[np.float64]

LEVELS_DBFS = (-18.0, -24.0, -30.0)
VOICES = ("zf_xiaobei", "zm_yunxi", "zm_yunxia", "zf_xiaoxiao")
MURMURS = ("嗯", "哦", "啊", "嗯嗯")
PROMPT = "您好,这里是青禾优品,您的订单已经从杭州发出,预计明天下午送到,请您保持电话畅通。"
TALK = ("今天晚上吃什么呀", "这个电视剧真好看")
SKIPPED = frozenset({"background_talk", "packet_loss"})
"""Recordings whose turn does not begin where the label says, or whose beginning may be lost."""


@dataclass(frozen=True)
class Sound:
    """A sound at the caller's end: 8 kHz, its onset within it, and what a recogniser makes of it."""

    name: str
    kind: str
    pcm: bytes
    onset_ms: int
    text: str


@cache
def interruptions() -> list[Sound]:
    """Every caller's turn of the recorded calls, at each level."""
    found = []
    for path in fixture_paths(ROOT / "audio_fixtures"):
        fixture = load_fixture(path)
        for turn in fixture.script.turns:
            if fixture.name in SKIPPED or not isinstance(turn, CallerTurn) or turn.segment is None:
                continue
            onset = turn.segment.speech_start_ms - turn.segment.start_ms
            for level in LEVELS_DBFS:
                pcm = levelled(fixture.sound(turn.segment), level)
                found.append(
                    Sound(f"{fixture.name} {turn.caller[:6]} {level:g}", "speech", pcm, onset, turn.caller)
                )
    return found


@cache
def others() -> list[Sound]:
    """Everything that does not want the word."""
    return [*_murmurs(), *_coughs(), *_breaths(), *_keys(), *_talk()]


NOISES: dict[str, Callable[[], bytes]] = {
    "quiet": lambda: _noise(np.random.default_rng(1).standard_normal(RATE * 20), -58),
    "street": lambda: _noise(street(RATE * 20, np.random.default_rng(2)), -42),
    "loud street": lambda: _noise(street(RATE * 20, np.random.default_rng(3)), -38),
    "white": lambda: _noise(np.random.default_rng(4).standard_normal(RATE * 20), -42),
}
"""Ten seconds and more of what is behind the caller, at its level in dBFS."""


def levelled(pcm: bytes, dbfs: float) -> bytes:
    """The recording, its speech at this level."""
    signal = to_samples(pcm).astype(np.float64)
    active = np.repeat(speaking(signal, 20.0), 160)[: len(signal)]
    now = 10 * np.log10(np.mean(signal[active] ** 2) / 32768**2)
    return to_pcm(signal * 10 ** ((dbfs - now) / 20))


def _noise(signal: Signal, dbfs: float) -> bytes:
    scaled = signal / np.sqrt(np.mean(signal**2)) * 32768 * 10 ** (dbfs / 20)
    return through_codec(to_pcm(scaled), "alaw")


@cache
def spoken(voice: str, text: str) -> bytes:
    """A voice of the synthesiser, as it arrives over a telephone line."""
    made = open_voice(voice, 1.0, lambda: models.folder("kokoro-82m")).speak(text)
    return degrade(made, LineOptions(level_dbfs=-24.0))


def _murmurs() -> Iterator[Sound]:
    for voice in VOICES:
        for text in MURMURS:
            for level in (-22.0, -28.0):
                yield Sound(f"{text} {voice}", "murmur", levelled(spoken(voice, text), level), 0, text)


def _coughs() -> Iterator[Sound]:
    """One to three bursts of 120 to 250 ms: a sharp attack, a hoarse decay."""
    for seed in range(8):
        rng = np.random.default_rng(seed)
        bursts = [_cough(rng) for _ in range(rng.integers(1, 4))]
        yield Sound(f"cough {seed}", "cough", _noise_like(np.concatenate(bursts), -20), 0, "")


def _cough(rng: np.random.Generator) -> Signal:
    count = int(rng.uniform(0.12, 0.25) * RATE)
    at = np.arange(count) / RATE
    hoarse = 1 + 0.5 * np.sign(
        np.sin(2 * np.pi * rng.uniform(90, 160) * (1 + 0.3 * rng.standard_normal()) * at)
    )
    burst = (
        band(rng.standard_normal(count) * hoarse, 350, 2600) * np.exp(-at / 0.06) * np.minimum(1, at / 0.005)
    )
    return np.concatenate((burst, np.zeros(int(rng.uniform(0.1, 0.3) * RATE))))


def _breaths() -> Iterator[Sound]:
    """Half a second to a second of air on the microphone."""
    for seed in range(6):
        rng = np.random.default_rng(100 + seed)
        count = int(rng.uniform(0.5, 1.0) * RATE)
        shape = np.sin(np.pi * np.arange(count) / count) ** 2
        yield Sound(
            f"breath {seed}",
            "breath",
            _noise_like(band(rng.standard_normal(count), 200, 1800) * shape, -26),
            0,
            "",
        )


def _keys() -> Iterator[Sound]:
    for low, high in ((697, 1209), (770, 1336), (852, 1477), (941, 1336)):
        at = np.arange(int(0.12 * RATE)) / RATE
        tone = np.sin(2 * np.pi * low * at) + np.sin(2 * np.pi * high * at)
        yield Sound(f"key {low}", "key", _noise_like(tone, -14), 0, "")


def _talk() -> Iterator[Sound]:
    """Somebody else in the room, 22 dB below a caller at -22 dBFS, and somebody nearer."""
    for voice in ("zm_yunxi", "zf_xiaoxiao"):
        for text in TALK:
            yield Sound(f"talk {text}", "talk -44 dBFS", levelled(spoken(voice, text), -44.0), 0, "")
            yield Sound(f"talk {text}", "talk -38 dBFS", levelled(spoken(voice, text), -38.0), 0, "")


def _noise_like(signal: Signal, dbfs: float) -> bytes:
    """Scaled so that its loudest 20 ms have this level, through G.711."""
    pcm = to_pcm(signal / np.abs(signal).max() * 16000)
    loudest = max(level_dbfs(frame) for frame in frames(pcm))
    return through_codec(to_pcm(to_samples(pcm) * 10 ** ((dbfs - loudest) / 20)), "alaw")


def band(signal: Signal, low: float, high: float) -> Signal:
    """What lies between these frequencies in Hz."""
    spectrum = np.fft.rfft(signal)
    at = np.fft.rfftfreq(len(signal), 1 / RATE)
    spectrum[(at < low) | (at > high)] = 0
    return np.fft.irfft(spectrum, len(signal))
