"""Recordings are sealed from the first second, survive the end of the process, and stay in their folder."""

from __future__ import annotations

from pathlib import Path

import pytest

from voicebot.actions import Record
from voicebot.errors import VoicebotError
from voicebot.events import Answered, Heard
from voicebot.records.journals import SealedJournal, read_sealed_journal
from voicebot.records.recordings import FolderShelf, Recordings, peaks, plain_name, stereo
from voicebot.records.tracks import PIECE_BYTES, Track, pieces
from voicebot.records.vault import Vault

VAULT = Vault(bytes(32))
OTHER = Vault(bytes([1] * 32))
SOUND = bytes(range(256)) * 250


def test_a_recording_is_sealed_on_disk(tmp_path: Path) -> None:
    recordings = Recordings(FolderShelf(tmp_path / "calls"), VAULT)
    name = recordings.keep("call-1", SOUND, b"")
    (path,) = (tmp_path / "calls").iterdir()
    assert path.name == name
    assert path.stat().st_mode & 0o077 == 0
    assert SOUND[:64] not in path.read_bytes()
    assert recordings.wav(name) == stereo(SOUND, b"")
    with pytest.raises(VoicebotError, match="another key"):
        Recordings(FolderShelf(tmp_path / "calls"), OTHER).wav(name)


def test_a_recording_under_another_name_does_not_open(tmp_path: Path) -> None:
    recordings = Recordings(FolderShelf(tmp_path), VAULT)
    name = recordings.keep("call-1", SOUND, b"")
    (tmp_path / name).rename(tmp_path / "call-2.wav.sealed")
    with pytest.raises(VoicebotError, match="does not open"):
        recordings.wav("call-2.wav.sealed")


@pytest.mark.parametrize(
    "name", ["../shop.db", "/etc/passwd", "a/../../b", "..", "", "a\0b", "call-1/../x", "~root"]
)
def test_no_name_leads_out_of_the_folder(tmp_path: Path, name: str) -> None:
    (tmp_path / "shop.db").write_bytes(b"private")
    recordings = Recordings(FolderShelf(tmp_path / "calls"), VAULT)
    with pytest.raises(VoicebotError, match="letters, digits"):
        recordings.wav(name)
    with pytest.raises(VoicebotError, match="letters, digits"):
        recordings.remove(name)
    assert (tmp_path / "shop.db").exists()


def test_a_call_with_a_strange_name_gets_a_plain_one() -> None:
    assert plain_name(VAULT, "CA0123") == "CA0123"
    assert len(plain_name(VAULT, "../../etc/passwd")) == 32


def test_a_track_gives_back_what_was_written(tmp_path: Path) -> None:
    track = Track(tmp_path / "call-1.caller", VAULT)
    for place in range(0, len(SOUND), 320):
        track.write(SOUND[place : place + 320])
    assert SOUND[:64] not in (tmp_path / "call-1.caller").read_bytes()
    assert track.read() == SOUND
    track.close()
    assert list(tmp_path.iterdir()) == []


def test_of_a_track_that_was_cut_off_every_whole_piece_is_there(tmp_path: Path) -> None:
    track = Track(tmp_path / "call-1.caller", VAULT)
    track.write(SOUND)
    path = tmp_path / "call-1.caller"
    whole = len(SOUND) // PIECE_BYTES * PIECE_BYTES
    assert b"".join(pieces(path, VAULT)) == SOUND[:whole]
    path.write_bytes(path.read_bytes()[:-7])
    assert b"".join(pieces(path, VAULT)) == SOUND[: whole - PIECE_BYTES]
    track.close()


def test_the_pieces_of_a_track_cannot_be_put_in_another_order(tmp_path: Path) -> None:
    track = Track(tmp_path / "call-1.caller", VAULT)
    track.write(SOUND)
    path = tmp_path / "call-1.caller"
    data = path.read_bytes()
    size = len(data) // (len(SOUND) // PIECE_BYTES)
    path.write_bytes(data[size : 2 * size] + data[:size])
    with pytest.raises(VoicebotError, match="does not open"):
        list(pieces(path, VAULT))
    track.close()


def test_a_journal_is_sealed_and_a_cut_line_is_left_out(tmp_path: Path) -> None:
    path = tmp_path / "call-1.journal"
    journal = SealedJournal(path, {"call": "call-1"}, VAULT)
    journal.happened(
        Answered(0.0, "13800006612", None, "chat"), [Record("began", {"caller": "13800006612"})], None, False
    )
    journal.happened(Heard(0.02, bytes(320)), [], 160, True)
    journal.close()
    assert b"13800006612" not in path.read_bytes()
    lines = list(read_sealed_journal(path, VAULT))
    assert [line.get("event") or line.get("action") for line in lines[1:]] == ["Answered", "Record", "Heard"]
    assert lines[0] == {"journal": 1, "call": "call-1"}
    path.write_bytes(path.read_bytes()[:-5])
    assert len(list(read_sealed_journal(path, VAULT))) == 3


def test_peaks_tell_both_sides() -> None:
    loud, quiet = b"\xff\x7f" * 4000, b"\x00\x01" * 4000
    seconds, caller, bot = peaks(stereo(loud + quiet, quiet), 4)
    assert seconds == 1.0
    assert caller == [99, 99, 0, 0]
    assert bot == [0, 0, 0, 0]
    assert peaks(stereo(b"", b"")) == (0.0, [], [])
