"""A fixture is two files that fit together, and can be made noisier."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from voicebot import audio
from voicebot.audio import to_samples
from voicebot.errors import VoicebotError
from voicebot.replay.casting import Voices, make, read_script
from voicebot.replay.fixture import Fixture, fixture_paths, load_fixture, noisy
from voicebot.replay.script import CallerTurn


@pytest.fixture
def made(script: Path, voices: Voices, tmp_path: Path) -> Fixture:
    return make(read_script(script), voices, tmp_path / "made")


def edited(fixture: Fixture, edit: Callable[[str], str]) -> Path:
    fixture.path.write_text(edit(fixture.path.read_text("utf-8")), "utf-8")
    return fixture.path


class TestLoading:
    def test_by_either_file(self, made: Fixture) -> None:
        assert load_fixture(made.path) == load_fixture(made.path.with_suffix(".wav")) == made
        assert made.name == "order"

    def test_segments_are_whole_frames(self, made: Fixture) -> None:
        spoken = [turn.segment for turn in made.script.turns if isinstance(turn, CallerTurn)]
        assert len(spoken) == 3
        for segment in spoken:
            assert segment is not None
            sound = made.sound(segment)
            assert len(sound) == (segment.end_ms - segment.start_ms) * 16
            assert len(sound) % audio.FRAME_BYTES == 0
        assert len(made.background) % audio.FRAME_BYTES == 0

    def test_a_script_that_was_not_made(self, made: Fixture, script: Path) -> None:
        made.path.write_text(script.read_text("utf-8"), "utf-8")
        with pytest.raises(VoicebotError) as caught:
            load_fixture(made.path)
        missing = [line.split(": ")[1].split(" ")[0] for line in str(caught.value).split("\n")]
        assert missing == ["background"] + [f"turns[{turn}].segment" for turn in (1, 3, 5, 7)]
        assert "voicebot fixtures make" in str(caught.value)

    def test_a_sound_that_is_too_short(self, made: Fixture) -> None:
        audio.write_wav(made.path.with_suffix(".wav"), made.pcm[: 16 * 6500])
        with pytest.raises(VoicebotError, match=r"turns\[1\]\.segment ends after the end of .*order\.wav"):
            load_fixture(made.path)

    def test_a_sound_that_is_missing(self, made: Fixture) -> None:
        made.path.with_suffix(".wav").unlink()
        with pytest.raises(VoicebotError, match=r"order\.wav does not exist"):
            load_fixture(made.path)

    def test_a_wrong_key(self, made: Fixture) -> None:
        path = edited(made, lambda text: text.replace("within_ms", "withinms"))
        with pytest.raises(VoicebotError, match=r"order\.yaml:\d+: turns\[1\]\.withinms"):
            load_fixture(path)


class TestFinding:
    def test_a_folder_gives_every_fixture_by_name(self, made: Fixture) -> None:
        again = made.path.with_name("another.wav")
        again.write_bytes(b"")
        (made.path.parent / "notes.yaml").write_text("not a fixture")
        assert fixture_paths(made.path.parent) == [again.with_suffix(".yaml"), made.path]
        assert fixture_paths(made.path.with_suffix(".wav")) == [made.path]

    def test_a_folder_without_fixtures(self, tmp_path: Path) -> None:
        with pytest.raises(VoicebotError, match="holds no fixtures"):
            fixture_paths(tmp_path)


class TestNoisy:
    @pytest.mark.parametrize("snr_db", [5.0, 15.0])
    def test_noise_lies_under_the_speech(
        self, script: Path, voices: Voices, tmp_path: Path, snr_db: float
    ) -> None:
        text = script.read_text("utf-8").replace("{noise: street, snr_db: 15, loss: 0.02}", "{codec: none}")
        script.write_text(text.replace("gain_db: -6", "gain_db: 0"), "utf-8")
        clean = make(read_script(script), voices, tmp_path / "made")
        loud = noisy(clean, "street", snr_db, seed=1)
        noise = to_samples(loud.pcm).astype(float) - to_samples(clean.pcm)
        spoken = np.zeros(len(noise), dtype=bool)
        for turn in clean.script.turns:
            if isinstance(turn, CallerTurn) and turn.segment is not None:
                spoken[turn.segment.speech_start_ms * 8 : turn.segment.speech_end_ms * 8] = True
        voice = to_samples(clean.pcm).astype(float)
        spoken &= np.convolve(np.abs(voice), np.ones(80), "same") > 80 * 100
        snr = 10 * np.log10(np.mean(voice[spoken] ** 2) / np.mean(noise[spoken] ** 2))
        assert snr == pytest.approx(snr_db, abs=1.0)
        assert np.std(noise[: 16 * 1000]) > 0.2 * np.std(noise[spoken])  # in the background too

    def test_it_is_the_same_call_and_the_same_noise_for_a_seed(self, made: Fixture) -> None:
        once, twice = noisy(made, "street", 15, seed=1), noisy(made, "street", 15, seed=1)
        assert once == twice
        assert once != noisy(made, "street", 15, seed=2)
        assert replace(once, pcm=made.pcm) == made
        assert audio.alaw_decode(audio.alaw_encode(once.pcm)) == once.pcm
