import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from voicebot.audio import FRAME_BYTES, to_pcm, to_samples
from voicebot.telephony.inflow import AHEAD_FRAMES, Inflow


@given(st.lists(st.binary(max_size=1000), max_size=20))
def test_any_sizes_become_frames_and_no_sample_is_lost(pieces: list[bytes]) -> None:
    inflow, heard = Inflow(), b""
    for piece in pieces:
        for event in inflow.take(piece, 1.0):
            assert len(event.pcm) == FRAME_BYTES
            heard += event.pcm
    samples = b"".join(piece[: len(piece) // 2 * 2] for piece in pieces)
    assert heard == samples[: len(samples) // FRAME_BYTES * FRAME_BYTES]


@pytest.mark.parametrize("rate", [12000, 16000, 24000, 32000, 44100, 48000, 96000, 192000])
def test_higher_rates_keep_the_tone_and_the_length(rate: int) -> None:
    inflow = Inflow()
    tone = 8000 * np.sin(2 * np.pi * 440 * np.arange(rate) / rate)
    pcm, heard = to_pcm(tone), b""
    step = rate // 50 * 2
    for number, start in enumerate(range(0, len(pcm), step)):
        heard += b"".join(event.pcm for event in inflow.take(pcm[start : start + step], number / 50, rate))
    assert 45 <= len(heard) // FRAME_BYTES <= 50
    spectrum = np.abs(np.fft.rfft(to_samples(heard)[-4000:]))
    assert int(np.argmax(spectrum)) * 2 == 440


def test_a_peer_that_sends_too_fast_is_cut_down_and_counted() -> None:
    inflow = Inflow()
    assert len(inflow.take(bytes(FRAME_BYTES * 500), 0.0)) == AHEAD_FRAMES
    assert inflow.dropped == 400
    assert len(inflow.take(bytes(FRAME_BYTES * 10), 0.1)) == 5


def test_a_burst_after_a_stall_is_heard() -> None:
    inflow = Inflow()
    inflow.take(bytes(FRAME_BYTES), 0.0)
    assert len(inflow.take(bytes(FRAME_BYTES * 100), 2.0)) == 100


def test_silence_is_filled_in_only_where_nothing_comes() -> None:
    inflow, filled = Inflow(), 0
    for tick in range(50):
        if tick < 10:
            inflow.take(b"\x01\x02" * 160, tick * 0.02)
        filled += len(inflow.fill(tick * 0.02))
    assert 33 <= filled <= 36


def test_what_went_out_is_noted_beside_what_comes_in() -> None:
    inflow, out = Inflow(), [bytes([number]) * FRAME_BYTES for number in range(40)]
    inflow.sent(out[1])
    inflow.sent(None)
    first, second = inflow.take(bytes(2 * FRAME_BYTES), 0.0)
    assert first.sent == out[1] + bytes(FRAME_BYTES)
    assert second.sent == b"", "each frame once"
    for frame in out:
        inflow.sent(frame)
    (filled,) = inflow.fill(1.0)
    assert filled.sent == b"".join(out[-30:]), "and not for ever"
