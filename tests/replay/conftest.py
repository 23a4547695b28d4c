"""A voice for tests, and a script."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import numpy as np
import pytest

from voicebot.audio import RATE, silence, to_pcm
from voicebot.errors import VoicebotError
from voicebot.ports import Synthesizer

SCRIPT = """\
title: 查订单
caller: "13800006612"
at: 2026-11-20T10:30:00
voice: low
seed: 7
line: {noise: street, snr_db: 15, loss: 0.02}
turns:
  - bot: {says: [语音机器人, "/录音|录下/"], absent: 抱歉}
  - caller: 我想查一下订单
    understood: {intent: order_status}
    within_ms: 1000
  - bot: {says: 订单号}
  - caller: 幺二三四[600ms]五六七八
    voice: high
    speed: 2.0
    gain_db: -6
    heard: {digits: "12345678"}
  - keys: "20261120#"
  - keys: "1#"
    in_band: true
  - silence: 8.0
  - caller: 等一下
    barge_in_ms: 800
  - hang_up: true
done: [{name: order_status, arguments: {order_number: "12345678"}}]
absent: [cancel_order]
ended: caller
"""


class Tone:
    """Says each character as 100 ms of a tone, with 250 ms of silence around the whole."""

    def __init__(self, hertz: float, speed: float) -> None:
        self.hertz, self.speed = hertz, speed

    def synthesize(self, text: str) -> Iterator[bytes]:
        yield silence(250)
        if any(character.isalpha() for character in text):
            time = np.arange(int(len(text) * 0.1 / self.speed * RATE)) / RATE
            yield to_pcm(5000 * np.sin(2 * np.pi * self.hertz * time))
        yield silence(250)


def tones(name: str, speed: float) -> Synthesizer:
    pitches = {"low": 500.0, "high": 1500.0, "zm_yunxi": 700.0, "zm_yunxia": 900.0, "zf_xiaobei": 1100.0}
    if name not in pitches:
        raise VoicebotError(f"there is no voice {name!r}.")
    return Tone(pitches[name], speed)


@pytest.fixture
def script(tmp_path: Path) -> Path:
    """A script in a file of its own."""
    path = tmp_path / "scripts" / "order.yaml"
    path.parent.mkdir()
    path.write_text(SCRIPT, encoding="utf-8")
    return path


@pytest.fixture
def voices() -> Callable[[str, float], Synthesizer]:
    """Tones in place of voices."""
    return tones
