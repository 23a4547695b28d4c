from __future__ import annotations

import numpy as np
import numpy.typing as npt
import pytest

from voicebot.audio import frames, read_wav, silence, to_pcm
from voicebot.ports import Vad
from voicebot.vad.webrtc import WebrtcVad


def heard(vad: Vad, pcm: bytes) -> list[bool]:
    stream = vad.stream()
    return [stream.voiced(frame) for frame in frames(pcm)]


@pytest.mark.parametrize("aggressiveness", range(4))
def test_silence_is_no_speech(aggressiveness: int) -> None:
    assert not any(heard(WebrtcVad(aggressiveness), silence(1000)))


def test_recorded_digits_are_speech_and_the_quiet_around_is_not(digits: npt.NDArray[np.float64]) -> None:
    answers = heard(WebrtcVad(), to_pcm(digits))
    assert not any(answers[:45])
    assert sum(answers[50:-50]) > 0.4 * len(answers[50:-50])
    assert not any(answers[-40:])


def test_more_aggressive_hears_less_speech_in_recorded_noise(testdata) -> None:
    noise = read_wav(testdata / "noise" / "noise1.wav")
    counts = [sum(heard(WebrtcVad(aggressiveness), noise)) for aggressiveness in range(4)]
    assert counts == sorted(counts, reverse=True)
    assert counts[3] < counts[0]


def test_streams_do_not_share_the_memory_of_their_lines(digits: npt.NDArray[np.float64]) -> None:
    vad = WebrtcVad()
    pcm = to_pcm(digits)
    alone = heard(vad, pcm)
    loud = vad.stream()
    quiet = vad.stream()
    noise = to_pcm(np.random.default_rng(1).normal(0, 3000, len(digits)))
    beside = []
    for frame, other in zip(frames(pcm), frames(noise), strict=True):
        loud.voiced(other)
        beside.append(quiet.voiced(frame))
    assert beside == alone


@pytest.mark.parametrize("length", [0, 160, 318, 640])
def test_a_frame_of_another_length_is_refused(length: int) -> None:
    with pytest.raises(ValueError, match=f"320 bytes, not {length}"):
        WebrtcVad().stream().voiced(bytes(length))


@pytest.mark.parametrize("aggressiveness", [-1, 4])
def test_aggressiveness_has_bounds(aggressiveness: int) -> None:
    with pytest.raises(ValueError, match="0 to 3"):
        WebrtcVad(aggressiveness)
