import numpy as np

from voicebot.call.ear import Border, Ear, level_dbfs
from voicebot.call.options import EarOptions

rng = np.random.default_rng(5)


class Always:
    def voiced(self, frame: bytes) -> bool:
        return True


class Never:
    def voiced(self, frame: bytes) -> bool:
        return False


def noise(dbfs: float, frames: int) -> list[bytes]:
    samples = rng.standard_normal(160 * frames) * 32768 * 10 ** (dbfs / 20)
    pcm = np.clip(samples, -32768, 32767).astype("<i2").tobytes()
    return [pcm[i : i + 320] for i in range(0, len(pcm), 320)]


def borders(ear: Ear, frames: list[bytes]) -> list[tuple[int, Border]]:
    heard = [(place, ear.hear(frame)) for place, frame in enumerate(frames)]
    return [(place, border) for place, border in heard if border is not None]


def test_level_of_known_signals() -> None:
    assert level_dbfs(bytes(320)) == -96.0
    square = np.where(np.arange(160) % 2, 16384, -16384).astype("<i2").tobytes()
    assert abs(level_dbfs(square) - -6.02) < 0.01


def test_speech_above_the_floor_starts_and_pauses() -> None:
    ear = Ear(Always(), EarOptions())
    frames = noise(-55, 50) + noise(-25, 20) + noise(-55, 30)
    assert borders(ear, frames) == [(52, Border.STARTED), (79, Border.PAUSED)]


def test_steady_noise_that_the_detector_takes_for_voice_is_not_speech() -> None:
    ear = Ear(Always(), EarOptions())
    assert borders(ear, noise(-96, 5) + noise(-55, 200)) == []


def test_without_voice_loud_noise_is_not_speech() -> None:
    assert borders(Ear(Never(), EarOptions()), noise(-60, 20) + noise(-10, 50)) == []


def test_going_on_after_a_pause_is_a_resumption_and_after_settling_a_start() -> None:
    ear = Ear(Always(), EarOptions())
    speech, pause = noise(-25, 20), noise(-60, 20)
    assert [border for _, border in borders(ear, pause + speech + pause + speech)] == [
        Border.STARTED,
        Border.PAUSED,
        Border.RESUMED,
    ]
    borders(ear, pause)
    ear.settle()
    assert [border for _, border in borders(ear, speech)] == [Border.STARTED]


def test_a_click_is_not_speech() -> None:
    ear = Ear(Always(), EarOptions())
    assert borders(ear, noise(-60, 50) + noise(-10, 2) + noise(-60, 50)) == []


def test_the_preroll_holds_the_onset() -> None:
    ear = Ear(Always(), EarOptions(preroll_ms=300))
    frames = noise(-60, 50) + noise(-25, 3)
    borders(ear, frames)
    assert ear.preroll() == b"".join(frames[-15:])


def test_the_floor_follows_a_line_that_grows_louder() -> None:
    ear = Ear(Always(), EarOptions())
    borders(ear, noise(-65, 100))
    ear.settle()
    borders(ear, noise(-48, 1500))
    ear.settle()
    assert borders(ear, noise(-48, 200)) == []


def said(ear: Ear, dbfs: float, guarded: bool = False) -> list[Border]:
    """Somebody says something at this level, and is quiet again."""
    sound = noise(-60, 20) + noise(dbfs, 30) + noise(-60, 20)
    return [border for frame in sound if (border := ear.hear(frame, guarded=guarded)) is not None]


def learnt(dbfs: float) -> Ear:
    """An ear that knows its caller."""
    ear = Ear(Always(), EarOptions())
    said(ear, dbfs)
    ear.learn()
    ear.settle()
    return ear


def test_who_is_far_quieter_than_the_caller_is_somebody_behind_him() -> None:
    assert said(learnt(-18), -40) == []
    assert said(learnt(-18), -30) == [Border.STARTED, Border.PAUSED]
    assert said(Ear(Always(), EarOptions()), -40) == [Border.STARTED, Border.PAUSED]


def test_a_caller_who_moves_away_is_heard_again_after_silences() -> None:
    ear = learnt(-18)
    ear.doubt()
    assert said(ear, -40) == []
    ear.doubt()
    assert said(ear, -40) == [Border.STARTED, Border.PAUSED]


def test_a_click_teaches_nothing() -> None:
    ear = Ear(Always(), EarOptions())
    borders(ear, noise(-60, 20) + noise(-5, 5) + noise(-60, 20))
    ear.learn()
    ear.settle()
    assert said(ear, -40) == [Border.STARTED, Border.PAUSED]


def voice(dbfs: float, frames: int) -> list[bytes]:
    """Somebody hums at 150 Hz: the telephone passes the harmonics."""
    at = np.arange(160 * frames) / 8000
    hum = sum(np.sin(2 * np.pi * 150 * k * at) for k in range(2, 20))
    pcm = (hum / np.sqrt(np.mean(hum**2)) * 32768 * 10 ** (dbfs / 20)).astype("<i2").tobytes()
    return [pcm[i : i + 320] for i in range(0, len(pcm), 320)]


def test_while_the_bot_speaks_a_voice_must_be_nearly_as_loud_as_the_caller() -> None:
    for dbfs, begun in [(-22, [Border.STARTED]), (-32, [])]:
        ear = learnt(-18)
        quiet = noise(-60, 20)
        heard = [ear.hear(frame, guarded=True) for frame in quiet + voice(dbfs, 10)]
        assert [border for border in heard if border] == begun


def test_what_has_no_pitch_begins_no_turn_while_the_bot_speaks() -> None:
    assert said(Ear(Always(), EarOptions()), -20, guarded=True) == []


def test_syllables_of_somebody_behind_the_caller_do_not_take_the_word() -> None:
    """A short peak of theirs is as loud as he can be; a voice that wants the word is so for longer."""
    for loud, begun in [(2, []), (5, [Border.STARTED])]:
        ear = learnt(-18)
        sound = noise(-60, 20) + voice(-36, 5) + voice(-26, loud) + voice(-36, 5)
        heard = [ear.hear(frame, guarded=True) for frame in sound]
        assert [border for border in heard if border] == begun
