"""The simulated line does to a voice what its options say, and always the same."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from voicebot import audio
from voicebot.audio import FRAME_SAMPLES, RATE, rms_dbfs, to_pcm, to_samples
from voicebot.errors import VoicebotError
from voicebot.replay import noise as noises
from voicebot.replay.line import LineOptions, add_noise, degrade, read_loss_pattern, speaking
from voicebot.replay.noise import Signal

CLEAR = LineOptions(codec="none", band=False, level_dbfs=None)


def tone(hertz: float, seconds: float = 1.0, amplitude: float = 8000.0) -> bytes:
    return to_pcm(amplitude * np.sin(2 * np.pi * hertz * np.arange(int(seconds * RATE)) / RATE))


def talk(seconds: int = 8) -> bytes:
    """A second of buzz in the band of speech, a second of silence, and so on."""
    buzz = np.sum([to_samples(tone(160 * n, seconds)) / n for n in range(2, 15)], axis=0) / 4
    return to_pcm(buzz * (np.arange(seconds * RATE) // RATE % 2 == 0))


def power(sound: Signal) -> float:
    return float(np.mean(sound**2))


def decibel(ratio: float) -> float:
    return float(10 * np.log10(ratio))


def test_a_clear_line_changes_nothing() -> None:
    assert degrade(talk(), CLEAR) == talk()


@pytest.mark.parametrize("count", [0, 1, 159, 161])
def test_any_length_stays_as_long(count: int) -> None:
    pcm = tone(440)[: 2 * count]
    assert len(degrade(pcm, LineOptions(noise="street", loss=0.5))) == len(pcm)


@pytest.mark.parametrize(
    "options",
    [LineOptions(noise="street", loss=0.1), LineOptions(noise="white", loss=0.1, burst=3, codec="ulaw")],
)
def test_the_same_seed_gives_the_same_bytes(options: LineOptions) -> None:
    assert degrade(talk(), options) == degrade(talk(), options)
    assert degrade(talk(), options) != degrade(talk(), replace(options, seed=1))


class TestBand:
    @pytest.mark.parametrize(("hertz", "low", "high"), [(100, -99, -30), (1000, -0.2, 0.2), (3800, -99, -30)])
    def test_what_is_outside_300_to_3400_hz_is_gone(self, hertz: float, low: float, high: float) -> None:
        out = degrade(tone(hertz), replace(CLEAR, band=True))
        middle = slice(2000, -2000)
        change = rms_dbfs(out[middle]) - rms_dbfs(tone(hertz)[middle])
        assert low <= change <= high

    def test_nothing_comes_later_than_before(self) -> None:
        click = np.zeros(1000)
        click[500] = 20000
        assert np.argmax(to_samples(degrade(to_pcm(click), replace(CLEAR, band=True)))) == 500


class TestLevel:
    def test_the_voice_has_the_level_while_it_speaks(self) -> None:
        out = to_samples(degrade(talk(), replace(CLEAR, band=True, level_dbfs=-30.0))).astype(float)
        spoken = out.reshape(-1, RATE)[::2]
        assert decibel(power(spoken) / 32768**2) == pytest.approx(-30, abs=0.3)

    def test_overdrive_cuts_off_at_full_scale(self) -> None:
        out = to_samples(degrade(tone(440), replace(CLEAR, overdrive_db=20.0)))
        assert np.mean(np.abs(out.astype(int)) >= 32767) > 0.5


class TestNoise:
    @pytest.mark.parametrize("name", ["street", "white"])
    @pytest.mark.parametrize("snr_db", [5.0, 20.0])
    def test_snr_holds_while_the_voice_speaks(self, name: str, snr_db: float) -> None:
        quiet = degrade(talk(), replace(CLEAR, band=True))
        loud = degrade(talk(), replace(CLEAR, band=True, noise=name, snr_db=snr_db))
        voice, noise = to_samples(quiet).astype(float), to_samples(loud).astype(float) - to_samples(quiet)
        spoken = np.arange(len(voice)) // RATE % 2 == 0
        assert decibel(power(voice[spoken]) / power(noise[spoken])) == pytest.approx(snr_db, abs=0.3)

    def test_noise_is_heard_where_nobody_speaks(self) -> None:
        out = degrade(audio.silence(4000), replace(CLEAR, noise="street", snr_db=20.0))
        assert -52 < rms_dbfs(out) < -38  # 20 dB below a voice of -24 dBFS, not far from it

    def test_noise_from_a_file(self, tmp_path: Path) -> None:
        audio.write_wav(tmp_path / "hum.wav", tone(1000, 0.5))
        out = degrade(audio.silence(2000), replace(CLEAR, noise=str(tmp_path / "hum.wav")))
        spectrum = np.abs(np.fft.rfft(to_samples(out).astype(float)))
        assert np.argmax(spectrum) == 2000

    def test_babble_is_made_of_the_talk_it_is_given(self) -> None:
        out = degrade(audio.silence(8000), replace(CLEAR, noise="babble"), [tone(700, 1), tone(1500, 1)])
        spectrum = np.abs(np.fft.rfft(to_samples(out).astype(float))) ** 2
        hertz = np.fft.rfftfreq(8 * RATE, 1 / RATE)
        near = [spectrum[np.abs(hertz - place) < 30].sum() / spectrum.sum() for place in (700, 1500)]
        assert min(near) > 0.1
        assert sum(near) > 0.95

    def test_babble_of_nobody_and_a_file_that_is_missing(self) -> None:
        with pytest.raises(VoicebotError, match=r"babble.*line\.talk"):
            degrade(talk(), replace(CLEAR, noise="babble"))
        with pytest.raises(VoicebotError, match=r"nowhere\.wav does not exist"):
            degrade(talk(), replace(CLEAR, noise="nowhere.wav"))

    @pytest.mark.parametrize("seed", range(3))
    def test_a_street_is_not_the_same_for_long(self, seed: int) -> None:
        sound = noises.street(30 * RATE, np.random.default_rng(seed))
        levels = [decibel(power(half)) for half in sound.reshape(-1, RATE // 2)]
        steady = noises.noise("white", 30 * RATE, np.random.default_rng(seed))
        assert np.std(levels) > 2
        assert np.std([decibel(power(half)) for half in steady.reshape(-1, RATE // 2)]) < 0.5

    @pytest.mark.parametrize("number", range(1, 6))
    def test_recorded_noise(self, testdata: Path, number: int) -> None:
        name = str(testdata / "noise" / f"noise{number}.wav")
        noise = to_samples(degrade(talk(), replace(CLEAR, noise=name, snr_db=10.0))) - to_samples(talk())
        spoken = np.arange(len(noise)) // RATE % 2 == 0
        voice = to_samples(talk()).astype(float)[spoken]
        assert decibel(power(voice) / power(noise.astype(float)[spoken])) == pytest.approx(10, abs=0.3)

    def test_noise_added_to_a_recording_goes_through_its_codec(self) -> None:
        pcm = degrade(talk(), LineOptions())
        out = add_noise(pcm, speaking(to_samples(pcm).astype(float)), LineOptions(noise="street", snr_db=10))
        assert audio.alaw_decode(audio.alaw_encode(out)) == out
        assert out != pcm


class TestRoom:
    def test_an_echo_comes_after_the_sound_itself(self, tmp_path: Path) -> None:
        response, click = np.zeros(900), np.zeros(2000)
        response[[100, 500]] = 30000, 15000
        click[600] = 10000
        audio.write_wav(tmp_path / "room.wav", to_pcm(response))
        room = replace(CLEAR, room=str(tmp_path / "room.wav"), level_dbfs=-40.0)
        out = to_samples(degrade(to_pcm(click), room))
        assert np.flatnonzero(np.abs(out) > 10).tolist() == [600, 1000]
        assert out[1000] == pytest.approx(out[600] / 2, abs=1)

    @pytest.mark.parametrize("number", range(1, 5))
    def test_recorded_rooms(self, testdata: Path, number: int) -> None:
        name = str(testdata / "rir" / f"rir{number}.wav")
        out = degrade(talk(), LineOptions(room=name))
        after = slice(2 * (RATE + 160), 2 * (RATE + 800))  # 20 to 100 ms after the voice ended
        assert rms_dbfs(out[after]) > rms_dbfs(degrade(talk(), LineOptions())[after]) + 10


class TestCodec:
    def test_alaw_and_ulaw(self) -> None:
        alaw, ulaw = degrade(talk(), LineOptions()), degrade(talk(), LineOptions(codec="ulaw"))
        assert audio.alaw_decode(audio.alaw_encode(alaw)) == alaw
        assert audio.ulaw_decode(audio.ulaw_encode(ulaw)) == ulaw
        assert alaw != ulaw


def gaps(lost: list[bool]) -> list[int]:
    """The lengths of the runs of lost packets."""
    return [len(run) for run in "".join("x" if one else " " for one in lost).split()]


class TestLoss:
    STEADY = to_pcm(np.full(10_000 * FRAME_SAMPLES, 1000))

    def lost(self, options: LineOptions) -> list[bool]:
        packets = to_samples(degrade(self.STEADY, options)).reshape(-1, FRAME_SAMPLES)
        return [not packet.any() for packet in packets]

    def test_random_losses(self) -> None:
        lost = self.lost(replace(CLEAR, loss=0.1, concealment="none"))
        assert np.mean(lost) == pytest.approx(0.1, abs=0.01)
        assert np.mean(gaps(lost)) == pytest.approx(1 / 0.9, abs=0.1)

    @pytest.mark.parametrize("burst", [1.0, 4.0])
    def test_losses_in_bursts(self, burst: float) -> None:
        lost = self.lost(replace(CLEAR, loss=0.1, burst=burst, concealment="none"))
        assert np.mean(lost) == pytest.approx(0.1, abs=0.02)
        assert np.mean(gaps(lost)) == pytest.approx(burst, rel=0.15)

    def test_nothing_and_everything(self) -> None:
        assert not any(self.lost(replace(CLEAR, loss=0.0, burst=3)))
        assert all(self.lost(replace(CLEAR, loss=1.0, burst=3, concealment="none")))

    def test_a_gap_is_filled_with_the_last_packet_fading_out(self, tmp_path: Path) -> None:
        words = np.array([0x6B21, 0x6B20, 0x6B20, 0x6B20, 0x6B20, 0x6B21], dtype="<u2")
        (tmp_path / "gap.g192").write_bytes(words.tobytes())
        out = to_samples(
            degrade(self.STEADY[: 320 * 60], replace(CLEAR, loss_pattern=str(tmp_path / "gap.g192")))
        )
        packets = out.reshape(-1, FRAME_SAMPLES)
        whole = [number for number, packet in enumerate(packets) if np.all(packet == 1000)]
        gap = next(number for number in whole if number + 1 not in whole and number + 5 < len(packets))
        assert packets[gap + 1][0] == 1000
        first, second, third = (packets[gap + n].astype(int) for n in (1, 2, 3))
        assert np.all(np.diff(np.concatenate([first, second, third])) <= 0)
        assert 0 <= third[-1] < 10
        assert not packets[gap + 4].any()
        assert gap + 5 in whole

    def test_a_loss_at_the_very_beginning_is_silent(self) -> None:
        assert not any(degrade(tone(440), replace(CLEAR, loss=1.0)))

    @pytest.mark.parametrize(("name", "lost"), [("fe10.g192", [9]), ("fe10_2.g192", [18, 19])])
    def test_published_patterns(self, testdata: Path, name: str, lost: list[int]) -> None:
        assert np.flatnonzero(read_loss_pattern(testdata / "loss" / name)).tolist() == lost

    @pytest.mark.parametrize("content", [b"", b"\x21\x6b\x00", b"not a pattern of words at all"])
    def test_what_is_no_pattern(self, tmp_path: Path, content: bytes) -> None:
        (tmp_path / "p").write_bytes(content)
        with pytest.raises(VoicebotError, match="loss pattern"):
            degrade(talk(), replace(CLEAR, loss_pattern=str(tmp_path / "p")))
