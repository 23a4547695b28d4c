import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from voicebot.audio import to_pcm, to_samples
from voicebot.telephony.rates import Converter

PAIRS = [(rate, 8000) for rate in (12000, 16000, 24000, 32000, 44100, 48000, 96000, 192000)] + [(8000, 16000)]


def tone(rate: int, hertz: float, seconds: float = 0.5) -> bytes:
    return to_pcm(10000 * np.sin(2 * np.pi * hertz * np.arange(int(rate * seconds)) / rate))


def level(pcm: bytes) -> float:
    return float(np.sqrt(np.mean(to_samples(pcm)[400:].astype(float) ** 2))) * 2**0.5


@pytest.mark.parametrize(("rate", "to"), PAIRS)
@pytest.mark.parametrize("hertz", [100, 440, 1000, 3000])
def test_what_a_telephone_carries_passes(rate: int, to: int, hertz: float) -> None:
    out = Converter(rate, to).convert(tone(rate, hertz))
    assert level(out) == pytest.approx(10000, rel=0.02)
    strongest = np.argmax(np.abs(np.fft.rfft(to_samples(out), n=to)))
    assert strongest == pytest.approx(hertz, abs=3)


@pytest.mark.parametrize(("rate", "hertz"), [(16000, 5000), (16000, 7000), (24000, 9000), (48000, 4700)])
def test_what_would_fold_back_is_taken_away(rate: int, hertz: float) -> None:
    assert level(Converter(rate, 8000).convert(tone(rate, hertz))) < 10000 * 10 ** (-40 / 20)


@pytest.mark.parametrize(("rate", "to"), PAIRS)
def test_the_delay_is_below_two_milliseconds(rate: int, to: int) -> None:
    out = Converter(rate, to).convert(bytes(2 * rate))
    assert to - to * 0.002 <= len(out) // 2 <= to


@given(st.sampled_from(PAIRS), st.lists(st.integers(0, 700), max_size=20))
def test_pieces_of_any_size_give_the_same_as_all_at_once(pair: tuple[int, int], sizes: list[int]) -> None:
    pcm = np.random.default_rng(1).integers(-20000, 20000, sum(sizes)).astype("<i2").tobytes()
    pieces, place, converter = b"", 0, Converter(*pair)
    for size in sizes:
        pieces += converter.convert(pcm[place : place + 2 * size])
        place += 2 * size
    assert pieces == Converter(*pair).convert(pcm)
