"""The bot's own voice that the line sends back: weaker and later, it is nobody; a caller over it is somebody."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from functools import cache

import numpy as np
import numpy.typing as npt
import pytest
from hypothesis import given
from hypothesis import strategies as st

from voicebot.audio import to_pcm, to_samples
from voicebot.call.ear import Border, Ear, level_dbfs
from voicebot.call.echo import DELAYS, Echo, Place
from voicebot.call.options import EarOptions
from voicebot.config import ROOT
from voicebot.replay.fixture import load_fixture
from voicebot.replay.line import through_codec
from voicebot.replay.script import CallerTurn
from voicebot.vad.webrtc import WebrtcVad

Signal = npt.NDArray[np.float64]

LOSSES_DB = (12, 20, 26, 32)
DELAYS_MS = (20, 55, 130, 250, 400)
SILENCE = bytes(320)


def made(seed: int, seconds: float) -> Signal:
    """Syllables of a voice that is nobody's: harmonics of a moving pitch, another colour and length each."""
    rng, pieces = np.random.default_rng(seed), []
    while sum(map(len, pieces)) < seconds * 8000:
        count = int(rng.uniform(0.12, 0.3) * 8000)
        pitch = rng.uniform(110, 220) * (1 + rng.uniform(-0.2, 0.2) * np.arange(count) / count)
        phase, formants = 2 * np.pi * np.cumsum(pitch) / 8000, rng.uniform(300, 3200, 3)
        sound = sum(
            np.sin(k * phase) * sum(np.exp(-(((k * pitch - one) / 250) ** 2)) for one in formants)
            for k in range(1, 24)
        )
        pieces += [
            sound * np.sin(np.pi * np.arange(count) / count),
            np.zeros(int(rng.uniform(0, 0.1) * 8000)),
        ]
    return at_level(np.concatenate(pieces)[: int(seconds * 8000)], -18)


@cache
def recorded(name: str) -> Signal:
    """All that the caller of a recorded call says, at one level."""
    fixture = load_fixture(ROOT / "audio_fixtures" / f"{name}.yaml")
    said = b"".join(
        fixture.sound(turn.segment)
        for turn in fixture.script.turns
        if isinstance(turn, CallerTurn) and turn.segment is not None
    )
    return at_level(to_samples(said).astype(np.float64), -18)


def at_level(signal: Signal, dbfs: float) -> Signal:
    loud = signal[np.abs(signal) > np.abs(signal).max() / 20]
    return signal / np.sqrt(np.mean(loud**2)) * 32768 * 10 ** (dbfs / 20)


def frames(signal: Signal) -> list[bytes]:
    pcm = to_pcm(signal)
    return [pcm[place : place + 320] for place in range(0, len(pcm) - 319, 320)]


def returned(sent: Signal, loss_db: float, delay_ms: int) -> Signal:
    """What a telephone's band and the way there and back leave of it."""
    spectrum, hertz = np.fft.rfft(sent), np.fft.rfftfreq(len(sent), 1 / 8000)
    spectrum[(hertz < 300) | (hertz > 3000)] = 0
    late = np.concatenate((np.zeros(delay_ms * 8), np.fft.irfft(spectrum, len(sent))))
    return late[: len(sent)] * 10 ** (-loss_db / 20)


def over_the_line(signal: Signal) -> list[bytes]:
    noise = np.random.default_rng(1).standard_normal(len(signal)) * 32768 * 10 ** (-58 / 20)
    return frames(to_samples(through_codec(to_pcm(signal + noise), "alaw")).astype(np.float64))


def begun(heard: Sequence[bytes], sent: Sequence[bytes], *, guarded: bool = True) -> int | None:
    """After how many ms somebody's voice began."""
    ear = Ear(WebrtcVad(2).stream(), EarOptions())
    for place, (frame, out) in enumerate(zip(heard, sent, strict=True)):
        if ear.hear(frame, out, guarded=guarded) is Border.STARTED:
            return (place + 1) * 20
    return None


VOICES = {"made": lambda: made(1, 5.0), "recorded": lambda: recorded("angry_caller")[: 5 * 8000]}


@pytest.mark.parametrize("voice", VOICES)
@pytest.mark.parametrize("loss_db", LOSSES_DB)
@pytest.mark.parametrize("delay_ms", DELAYS_MS)
def test_the_bots_own_voice_is_nobody(voice: str, loss_db: int, delay_ms: int) -> None:
    sent = VOICES[voice]()
    heard = over_the_line(returned(sent, loss_db, delay_ms))
    assert begun(heard, frames(sent)) is None


@pytest.mark.parametrize("voice", VOICES)
def test_the_same_sound_that_the_bot_did_not_send_is_somebody(voice: str) -> None:
    heard = over_the_line(returned(VOICES[voice](), 12, 55))
    assert begun(heard, [SILENCE] * len(heard)) is not None
    other = frames(at_level(made(2, len(heard) / 50), -18))
    assert begun(heard, other) is not None, "the bot said something else"


@pytest.mark.parametrize("loss_db", [None, *LOSSES_DB])
@pytest.mark.parametrize("dbfs", [-18, -24, -30])
def test_a_caller_over_an_echo_is_heard_soon(loss_db: int | None, dbfs: int) -> None:
    sent = recorded("angry_caller")[: 4 * 8000]
    caller = np.zeros(len(sent))
    said = at_level(recorded("known_caller_recent_order")[1600 : 1600 + 8000], dbfs)
    caller[16000 : 16000 + len(said)] = said
    alone = begun(over_the_line(caller), [SILENCE] * (len(sent) // 160))
    echo = np.zeros(len(sent)) if loss_db is None else returned(sent, loss_db, 130)
    heard = begun(over_the_line(caller + echo), frames(sent))
    assert alone is not None
    assert heard is not None
    assert 2000 < heard <= alone + 160


@pytest.mark.parametrize("delay_ms", [130, 400])
def test_an_echo_that_comes_when_the_bot_is_silent_begins_no_turn(delay_ms: int) -> None:
    sent = np.concatenate((recorded("angry_caller")[: 2 * 8000], np.zeros(8000)))
    heard, out = over_the_line(returned(sent, 16, delay_ms)), frames(sent)
    assert begun(heard, out, guarded=False) is None
    assert begun(heard, [SILENCE] * len(out), guarded=False) is not None


def arrivals(rng: np.random.Generator, count: int) -> Iterator[int]:
    """How many frames were sent before each that is heard: both come in bursts, none is lost."""
    owed = 0
    for _ in range(count):
        owed += 1
        burst = int(rng.integers(0, owed + 1)) if owed < 4 else owed
        owed -= burst
        yield burst


def test_frames_that_arrive_in_bursts_do_no_harm() -> None:
    sent = recorded("angry_caller")[: 5 * 8000]
    heard, out = over_the_line(returned(sent, 16, 210)), frames(sent)
    bursts, place = [], 0
    for count in arrivals(np.random.default_rng(4), len(heard)):
        bursts.append(b"".join(out[place : place + count]))
        place += count
    assert begun(heard, bursts) is None


def test_an_echo_with_holes_does_no_harm() -> None:
    """The way back loses up to 60 ms now and then."""
    sent, rng = recorded("angry_caller")[: 5 * 8000], np.random.default_rng(5)
    heard = over_the_line(returned(sent, 16, 210))
    for place in rng.integers(0, len(heard), 12):
        lost = int(rng.integers(1, 4))
        heard[place : place + lost] = [SILENCE] * len(heard[place : place + lost])
    assert begun(heard, frames(sent)) is None


def test_a_line_that_has_lost_time_is_measured_anew() -> None:
    place = Place()
    assert [place.hear(1) for _ in range(100)] == [(0, 0)] * 100
    assert place.hear(6) == (5, 0)
    found = [place.hear(1) for _ in range(100)]
    assert found.count((0, 5)) == 1
    assert found[-1] == (0, 0)


def test_after_a_long_gap_the_newest_frames_count() -> None:
    place = Place()
    behind, moved = place.hear(DELAYS + 4)
    assert (behind, moved) == (DELAYS, 3)


@given(st.lists(st.integers(0, 60), max_size=300))
def test_however_frames_arrive_none_is_looked_for_that_is_not_kept(counts: list[int]) -> None:
    place = Place()
    for count in counts:
        behind, moved = place.hear(count)
        assert 0 <= behind <= DELAYS
        assert moved >= 0


def test_a_loop_that_stood_still_for_a_second_does_no_harm() -> None:
    echo, frame = Echo(), frames(recorded("angry_caller")[:8000])[20]
    for count in [*[1] * 150, 50, *[0] * 10, *[1] * 150, 200]:
        echo.rest_dbfs(frame, frame * count, level_dbfs(frame))


def test_what_was_learnt_can_be_forgotten() -> None:
    """A loudspeaker is switched on: what comes back is louder than the line ever was."""
    sent = recorded("angry_caller")[: 6 * 8000]
    half = len(sent) // 2
    back = np.concatenate((returned(sent, 40, 130)[:half], returned(sent, 12, 130)[half:]))
    rests = {}
    for forgetting in (False, True):
        echo = Echo()
        told = list(zip(over_the_line(back), frames(sent), strict=True))
        for frame, out in told[: half // 160]:
            echo.rest_dbfs(frame, out, level_dbfs(frame))
        if forgetting:
            echo.forget()
        left = [echo.rest_dbfs(frame, out, level_dbfs(frame)) for frame, out in told[half // 160 :]]
        rests[forgetting] = sum(one > -40 for one in left[:50])
    assert rests[False] > 10
    assert rests[True] <= 2
