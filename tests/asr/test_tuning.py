"""The tuned copy beside the official model."""

from __future__ import annotations

from pathlib import Path

import pytest

from voicebot.asr.tuning import Search, tuned
from voicebot.errors import VoicebotError


@pytest.fixture
def model(tmp_path: Path) -> Path:
    folder = tmp_path / "models" / "vosk"
    for part in ("am", "graph", "ivector", "conf"):
        (folder / part).mkdir(parents=True)
    (folder / "am" / "final.mdl").write_bytes(b"weights")
    (folder / "conf" / "model.conf").write_text("--beam=12.0\n--min-active=200\n")
    (folder / "conf" / "mfcc.conf").write_text("--num-ceps=40\n")
    return folder


def test_search_limits_change_and_nothing_else_does(model: Path) -> None:
    folder = tuned(model, Search(beam=9, max_active=1000, lattice_beam=5))
    assert (folder / "conf" / "model.conf").read_text().splitlines() == [
        "--beam=9",
        "--min-active=200",
        "--max-active=1000",
        "--lattice-beam=5",
    ]
    assert (folder / "am" / "final.mdl").read_bytes() == b"weights"
    assert (folder / "conf" / "mfcc.conf").read_text().split() == ["--num-ceps=40", "--dither=0"]


def test_the_official_folder_stays_as_it_was(model: Path) -> None:
    before = sorted(path.relative_to(model) for path in model.rglob("*"))
    tuned(model, Search())
    assert sorted(path.relative_to(model) for path in model.rglob("*")) == before
    assert (model / "conf" / "model.conf").read_text() == "--beam=12.0\n--min-active=200\n"


def test_it_is_made_once_and_leaves_nothing_half_made(model: Path) -> None:
    one = tuned(model, Search())
    written = (one / "conf" / "model.conf").stat().st_mtime_ns
    assert tuned(model, Search()) == one
    assert (one / "conf" / "model.conf").stat().st_mtime_ns == written
    assert sorted(path.name for path in model.parent.iterdir()) == sorted([one.name, model.name])


def test_other_limits_are_another_folder(model: Path) -> None:
    assert tuned(model, Search(beam=9)) != tuned(model, Search(beam=10))


def test_where_the_cache_cannot_be_written_a_temporary_folder_serves(
    model: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    elsewhere = tmp_path / "elsewhere"
    elsewhere.mkdir()
    monkeypatch.setattr("tempfile.gettempdir", lambda: str(elsewhere))
    original = Path.rename

    def refuse(self: Path, target: Path) -> Path:
        if Path(target).parent == model.parent:
            raise OSError("read-only")
        return original(self, target)

    monkeypatch.setattr(Path, "rename", refuse)
    folder = tuned(model, Search())
    assert elsewhere in folder.parents
    assert [path.name for path in model.parent.iterdir()] == [model.name]


def test_no_model_is_one_sentence(tmp_path: Path) -> None:
    with pytest.raises(VoicebotError, match="no speech recognition model"):
        tuned(tmp_path / "nothing", Search())
