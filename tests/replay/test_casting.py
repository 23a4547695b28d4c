"""Fixtures are made from scripts: every word in its segment, the same each time, and nothing from a wrong script."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from voicebot import audio
from voicebot.audio import RATE, rms_dbfs, to_pcm, to_samples
from voicebot.errors import VoicebotError
from voicebot.replay.casting import Voices, bounds, cast, make, read_script, tones
from voicebot.replay.fixture import Fixture, load_fixture
from voicebot.replay.script import CallerTurn, KeysTurn, Segment


def pitch(pcm: bytes) -> float:
    """The loudest frequency, in Hz."""
    spectrum = np.abs(np.fft.rfft(to_samples(pcm).astype(float)))
    return float(np.argmax(spectrum) * RATE / (len(pcm) / 2))


def changed(script: Path, old: str, new: str) -> Path:
    text = script.read_text("utf-8")
    assert old in text
    script.write_text(text.replace(old, new), "utf-8")
    return script


def segments(fixture: Fixture) -> list[Segment]:
    turns = (turn for turn in fixture.script.turns if isinstance(turn, CallerTurn | KeysTurn))
    return [turn.segment for turn in turns if turn.segment is not None]


def speech(fixture: Fixture, segment: Segment) -> bytes:
    return fixture.pcm[segment.speech_start_ms * 16 : segment.speech_end_ms * 16]


class TestMake:
    def test_what_is_written_is_what_is_loaded(self, script: Path, voices: Voices, tmp_path: Path) -> None:
        fixture = make(read_script(script), voices, tmp_path / "out")
        assert sorted(path.name for path in (tmp_path / "out").iterdir()) == ["order.wav", "order.yaml"]
        assert load_fixture(tmp_path / "out" / "order.yaml") == fixture

    def test_the_same_script_gives_the_same_bytes(self, script: Path, voices: Voices, tmp_path: Path) -> None:
        once, twice = (make(read_script(script), voices, tmp_path / name) for name in ("one", "two"))
        assert once.pcm == twice.pcm
        assert once.path.read_bytes() == twice.path.read_bytes()
        assert make(read_script(changed(script, "seed: 7", "seed: 8")), voices, tmp_path).pcm != once.pcm

    def test_a_fixture_is_a_script_too(self, script: Path, voices: Voices, tmp_path: Path) -> None:
        first = make(read_script(script), voices, tmp_path / "one")
        second = make(read_script(first.path), voices, tmp_path / "two")
        assert (second.script, second.pcm) == (first.script, first.pcm)

    def test_the_line_s_own_files_are_found_from_the_new_place(
        self, script: Path, voices: Voices, tmp_path: Path
    ) -> None:
        audio.write_wav(script.parent / "hum.wav", audio.silence(100) + to_pcm(np.full(800, 500)))
        changed(script, "noise: street", "noise: hum.wav")
        first = make(read_script(script), voices, tmp_path / "out")
        assert first.script.line.noise == "../scripts/hum.wav"
        assert make(read_script(first.path), voices, tmp_path / "other").pcm == first.pcm


class TestSound:
    @pytest.fixture
    def fixture(self, script: Path, voices: Voices, tmp_path: Path) -> Fixture:
        clear = changed(script, "{noise: street, snr_db: 15, loss: 0.02}", "{band: false}")
        return make(read_script(clear), voices, tmp_path)

    def test_each_turn_is_spoken_by_its_voice(self, fixture: Fixture) -> None:
        first, second, _, fourth = segments(fixture)
        assert pitch(speech(fixture, first)) == pytest.approx(500, abs=5)
        assert pitch(speech(fixture, second)[: 16 * 150]) == pytest.approx(1500, abs=10)
        assert pitch(speech(fixture, fourth)) == pytest.approx(500, abs=5)

    def test_speech_is_where_the_segment_says(self, fixture: Fixture) -> None:
        first = segments(fixture)[0]
        assert first.speech_end_ms - first.speech_start_ms == 700  # seven characters, 100 ms each
        before = fixture.pcm[first.start_ms * 16 : first.speech_start_ms * 16]
        after = fixture.pcm[first.speech_end_ms * 16 : first.end_ms * 16]
        assert audio.duration_ms(before) >= 200
        assert audio.duration_ms(after) >= 300
        assert rms_dbfs(before) < -70
        assert rms_dbfs(after) < -70
        assert rms_dbfs(speech(fixture, first)) == pytest.approx(-24, abs=0.3)

    def test_pauses_speed_and_gain(self, fixture: Fixture) -> None:
        second = segments(fixture)[1]
        sound = speech(fixture, second)
        assert audio.duration_ms(sound) == pytest.approx(200 + 600 + 200, abs=45)  # double speed
        assert rms_dbfs(sound[: 16 * 200]) == pytest.approx(-30, abs=0.3)
        assert rms_dbfs(sound[16 * 250 : 16 * 750]) < -70

    def test_the_background_is_the_line_alone(self, fixture: Fixture) -> None:
        assert audio.duration_ms(fixture.background) == 1000
        assert rms_dbfs(fixture.background) < -70

    def test_noise_is_everywhere(self, script: Path, voices: Voices, tmp_path: Path) -> None:
        fixture = make(read_script(script), voices, tmp_path)
        first = segments(fixture)[0]
        assert audio.duration_ms(fixture.background) == 6000
        assert rms_dbfs(fixture.background) > -50
        assert rms_dbfs(fixture.pcm[first.speech_end_ms * 16 : first.end_ms * 16]) > -55

    def test_keys_in_band_are_pairs_of_tones(self, fixture: Fixture) -> None:
        keys = segments(fixture)[2]
        spectrum = np.abs(np.fft.rfft(to_samples(speech(fixture, keys)[:1600]).astype(float)))
        hertz = np.fft.rfftfreq(800, 1 / RATE)
        loud = set(hertz[spectrum > 0.5 * spectrum.max()].tolist())
        assert any(abs(place - 697) <= 5 for place in loud)
        assert any(abs(place - 1209) <= 5 for place in loud)
        assert all(min(abs(place - 697), abs(place - 1209)) <= 10 for place in loud)

    def test_babble_is_spoken_by_others(self, script: Path, voices: Voices, tmp_path: Path) -> None:
        changed(script, "noise: street", "noise: babble, talk: 今天天气很好")
        fixture = make(read_script(changed(script, "voice: low", "voice: zm_yunxi")), voices, tmp_path)
        assert pitch(fixture.background) == pytest.approx(900, abs=20)


def test_keys_keep_their_rhythm() -> None:
    sound = tones("159", 200)
    assert len(sound) == 3 * 1600
    for number in range(3):
        assert np.any(sound[number * 1600 : number * 1600 + 800])
        assert not np.any(sound[number * 1600 + 800 : (number + 1) * 1600])


def test_bounds_are_those_of_the_sound() -> None:
    sound = np.zeros(4000)
    assert bounds(sound) == (0, 0)
    sound[1000:3001] = 1000
    assert bounds(sound) == (1000, 3040)


class TestWrongScripts:
    @pytest.mark.parametrize(
        ("old", "new", "sentence"),
        [
            ("voice: low", "voice: nobody", r"order\.yaml:4: voice: there is no voice 'nobody'"),
            ("voice: high", "voice: x", r"order\.yaml:14: turns\[3\]\.voice: there is no voice 'x'"),
            (
                "caller: 等一下",
                "caller: 。。。",
                r":22: turns\[7\]\.caller: the voice makes no sound of '。。。'",
            ),
            (
                "noise: street",
                "noise: st.wav",
                r":6: line\.noise: .*st\.wav does not exist.*street, white, babble",
            ),
            ("loss: 0.02", "room: r.wav", r":6: line\.room: .*r\.wav does not exist"),
            ("loss: 0.02", "loss_pattern: p", r":6: line\.loss_pattern: .*p cannot be read"),
        ],
    )
    def test_one_sentence_and_nothing_written(
        self, script: Path, voices: Voices, tmp_path: Path, old: str, new: str, sentence: str
    ) -> None:
        with pytest.raises(VoicebotError, match=sentence):
            make(read_script(changed(script, old, new)), voices, tmp_path / "out")
        assert not (tmp_path / "out").exists()

    def test_a_voice_is_asked_for_before_anything_is_spoken(self, script: Path, voices: Voices) -> None:
        asked = []

        def watched(name: str, speed: float) -> object:
            asked.append(name)
            return voices(name, speed)

        with pytest.raises(VoicebotError):
            cast(read_script(changed(script, "voice: high", "voice: x")), watched)  # type: ignore[arg-type]
        assert asked == ["low", "x"]

    def test_a_file_where_the_folder_should_be(self, script: Path, voices: Voices, tmp_path: Path) -> None:
        (tmp_path / "out").write_text("in the way")
        with pytest.raises(VoicebotError, match="cannot be a folder"):
            make(read_script(script), voices, tmp_path / "out")
