"""Files are written whole or not at all."""

from __future__ import annotations

from pathlib import Path

import pytest

from voicebot.errors import VoicebotError
from voicebot.files import write_whole


def test_replaces_what_was_there(tmp_path: Path) -> None:
    target = tmp_path / "a.bin"
    write_whole(target, b"old")
    write_whole(target, b"new")
    assert target.read_bytes() == b"new"
    assert list(tmp_path.iterdir()) == [target]


def test_a_missing_folder_is_one_sentence(tmp_path: Path) -> None:
    with pytest.raises(VoicebotError, match=r"nowhere/a\.bin cannot be written"):
        write_whole(tmp_path / "nowhere" / "a.bin", b"x")


def test_nothing_is_left_when_the_target_cannot_be_replaced(tmp_path: Path) -> None:
    (tmp_path / "a.bin" / "inside").mkdir(parents=True)
    with pytest.raises(VoicebotError, match="cannot be written"):
        write_whole(tmp_path / "a.bin", b"x")
    assert [path.name for path in tmp_path.iterdir()] == ["a.bin"]
