from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
import pytest

from voicebot import models
from voicebot.audio import frames, silence, to_pcm
from voicebot.errors import VoicebotError
from voicebot.vad.silero import SileroOptions, SileroStream, SileroVad


class Network:
    """Stands in for the session: answers with given probabilities, keeps what it was fed."""

    def __init__(self, probabilities: list[float]) -> None:
        self.probabilities = iter(probabilities)
        self.fed: list[dict[str, npt.NDArray[Any]]] = []

    def run(
        self, outputs: None, feed: dict[str, npt.NDArray[Any]]
    ) -> tuple[npt.NDArray[Any], npt.NDArray[Any]]:
        self.fed.append(feed)
        return np.array([[next(self.probabilities)]]), feed["state"] + 1


def ramp(count: int) -> bytes:
    return to_pcm(np.arange(count, dtype=np.float64))


def test_frames_are_reblocked_into_windows_with_what_preceded_them() -> None:
    network = Network([0.0] * 5)
    stream = SileroStream(network, SileroOptions())
    for frame in frames(ramp(1280)):
        stream.voiced(frame)
    blocks = [np.rint(feed["input"][0] * 32768).astype(int) for feed in network.fed]
    assert [list(block[:32]) for block in blocks] == [
        [0] * 32,
        *[list(range(end - 32, end)) for end in (256, 512, 768, 1024)],
    ]
    assert [list(block[32:]) for block in blocks] == [list(range(s, s + 256)) for s in range(0, 1280, 256)]
    assert [float(feed["state"].max()) for feed in network.fed] == [0, 1, 2, 3, 4]
    assert {int(feed["sr"]) for feed in network.fed} == {8000}


def test_voice_begins_high_and_ends_low() -> None:
    network = Network([0.45, 0.5, 0.4, 0.35, 0.34, 0.45])
    stream = SileroStream(network, SileroOptions(begin=0.5, end=0.35))
    answers = [stream.voiced(frame) for frame in frames(ramp(256 * 6))]
    # Windows are whole after frames 2, 4, 5, 7, 8 and 10.
    assert answers == [False, False, False, True, True, True, True, False, False, False]


def test_a_file_that_is_no_network_is_one_sentence(tmp_path: Path) -> None:
    (tmp_path / "silero_vad.onnx").write_bytes(b"not a network")
    with pytest.raises(VoicebotError, match=r"the VAD model .*silero_vad\.onnx cannot be loaded"):
        SileroVad(tmp_path / "silero_vad.onnx")


@pytest.fixture(scope="module")
def silero() -> SileroVad:
    try:
        return SileroVad(models.folder("silero-vad") / "silero_vad.onnx")
    except VoicebotError as error:
        pytest.skip(str(error))


def heard(vad: SileroVad, pcm: bytes) -> list[bool]:
    stream = vad.stream()
    return [stream.voiced(frame) for frame in frames(pcm)]


@pytest.mark.engines
def test_silence_and_steady_noise_are_no_speech(silero: SileroVad) -> None:
    assert not any(heard(silero, silence(1000)))
    assert not any(heard(silero, to_pcm(np.random.default_rng(3).normal(0, 800, 16000))))


@pytest.mark.engines
def test_recorded_digits_are_speech_and_the_quiet_around_is_not(
    silero: SileroVad, digits: npt.NDArray[np.float64]
) -> None:
    answers = heard(silero, to_pcm(digits))
    assert not any(answers[:45])
    assert sum(answers[50:-50]) > 0.3 * len(answers[50:-50])
    assert not any(answers[-40:])


@pytest.mark.engines
def test_streams_share_the_network_but_not_the_state(
    silero: SileroVad, digits: npt.NDArray[np.float64]
) -> None:
    pcm = to_pcm(digits)
    alone = heard(silero, pcm)
    one, other = silero.stream(), silero.stream()
    beside = []
    for frame, noise in zip(frames(pcm), frames(to_pcm(digits[::-1])), strict=True):
        other.voiced(noise)
        beside.append(one.voiced(frame))
    assert beside == alone
