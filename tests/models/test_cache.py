from __future__ import annotations

import io
import os
from pathlib import Path

import platformdirs
import pytest

from voicebot.errors import VoicebotError
from voicebot.models import Model, State, cache_folder, check, fetch, folder
from voicebot.models.progress import Lines


@pytest.fixture
def toy(model: Model, cache: Path) -> Path:
    fetch([model], Lines(io.StringIO()))
    return cache / "toy"


def test_the_environment_chooses_the_folder(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("VOICEBOT_MODELS", "/somewhere/else")
    assert cache_folder() == Path("/somewhere/else")
    monkeypatch.delenv("VOICEBOT_MODELS")
    assert cache_folder() == Path(platformdirs.user_cache_dir("voicebot"))


def test_a_whole_model_has_a_folder(toy: Path) -> None:
    assert folder("toy") == toy


def test_a_model_that_is_not_there_says_how_to_get_it() -> None:
    with pytest.raises(VoicebotError, match=r"^model toy is not installed; run: voicebot models fetch toy$"):
        folder("toy")


def test_an_unknown_model_names_the_known_ones() -> None:
    with pytest.raises(VoicebotError, match="no model named other; the models are: toy"):
        folder("other")


def test_a_missing_file_is_named(toy: Path) -> None:
    (toy / "words.txt").unlink()
    with pytest.raises(
        VoicebotError, match=r"model toy is missing in .*/toy/words\.txt; run: voicebot models fetch"
    ):
        folder("toy")


@pytest.mark.parametrize("content", [b"", b"\x00" * 7, b"\x00" * 8])
def test_a_corrupted_file_is_named_whatever_its_size(toy: Path, content: bytes) -> None:
    (toy / "words.txt").write_bytes(content)
    with pytest.raises(VoicebotError, match=r"model toy is corrupted in .*/toy/words\.txt"):
        folder("toy")


def test_a_verified_file_is_not_hashed_again(toy: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("voicebot.models.cache.whole", lambda path, file: pytest.fail(f"hashed {path}"))
    assert folder("toy") == toy


def test_a_touched_file_is_hashed_again_and_found_good(toy: Path) -> None:
    os.utime(toy / "words.txt", (0, 0))
    assert folder("toy") == toy


def test_files_installed_by_other_means_are_accepted(toy: Path) -> None:
    (toy / ".verified.json").unlink()
    assert folder("toy") == toy
    assert (toy / ".verified.json").exists()


def test_a_damaged_note_is_as_good_as_none(toy: Path) -> None:
    (toy / ".verified.json").write_text("[1, 2")
    assert folder("toy") == toy


def test_only_the_deep_check_finds_damage_that_hides_behind_the_time(toy: Path, model: Model) -> None:
    stat = (toy / "words.txt").stat()
    (toy / "words.txt").write_bytes(b"\x00" * stat.st_size)
    os.utime(toy / "words.txt", ns=(stat.st_atime_ns, stat.st_mtime_ns))
    assert check(model, deep=False)["words.txt"] is State.OK
    assert check(model)["words.txt"] is State.CORRUPTED
    assert check(model, deep=False)["words.txt"] is State.CORRUPTED
