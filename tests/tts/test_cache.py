"""The cache of parts: made once, whole or made again, bounded, shared."""

from __future__ import annotations

import os
import threading
from concurrent.futures import ProcessPoolExecutor, ThreadPoolExecutor
from multiprocessing import get_context
from pathlib import Path

import pytest

from voicebot.errors import VoicebotError
from voicebot.tts.cache import PartCache


class Maker:
    """Makes audio that tells its text, and counts."""

    def __init__(self, audio: bytes = b"\1\2" * 800) -> None:
        self.audio, self.calls = audio, 0

    def __call__(self) -> bytes:
        self.calls += 1
        return self.audio


def files(folder: Path) -> list[Path]:
    return sorted(folder.glob("??/*.pcm"))


def test_a_part_is_made_once_and_found_by_the_next_process(tmp_path: Path) -> None:
    make = Maker()
    cache = PartCache(tmp_path)
    assert not cache.holds("v", "您好，")
    assert [cache.get("v", "您好，", make) for _ in range(3)] == [make.audio] * 3
    later = PartCache(tmp_path)
    assert later.holds("v", "您好，")
    assert later.get("v", "您好，", make) == make.audio
    assert make.calls == 1


def test_identity_and_text_both_count(tmp_path: Path) -> None:
    cache, make = PartCache(tmp_path), Maker()
    for identity, text in (("a", "b"), ("a", "c"), ("b", "b"), ("a\0b", "")):
        cache.get(identity, text, make)
    assert make.calls == 4


@pytest.mark.parametrize("damage", [b"", b"\0" * 40, None])
def test_a_damaged_file_is_made_again(tmp_path: Path, damage: bytes | None) -> None:
    make = Maker()
    PartCache(tmp_path).get("v", "x", make)
    (path,) = files(tmp_path)
    whole = path.read_bytes()
    path.write_bytes(whole[:-5] if damage is None else damage)
    again = PartCache(tmp_path)
    assert not again.holds("v", "x")
    assert again.get("v", "x", make) == make.audio
    assert make.calls == 2
    assert path.read_bytes() == whole


def test_a_passing_part_stays_in_memory(tmp_path: Path) -> None:
    cache, make = PartCache(tmp_path), Maker()
    cache.get("v", "尾号四二幺七，", make, passing=True)
    cache.get("v", "尾号四二幺七，", make, passing=True)
    assert (make.calls, files(tmp_path)) == (1, [])


def test_the_folder_is_bounded_and_loses_what_was_unused_for_longest(tmp_path: Path) -> None:
    size = 1616
    for index in range(6):
        PartCache(tmp_path, limit_bytes=100 * size).get("v", str(index), Maker())
    for age, text in enumerate("013452"):
        cache = PartCache(tmp_path)
        before = {path: path.stat().st_mtime_ns for path in files(tmp_path)}
        cache.get("v", text, Maker())  # a use renews it
        (used,) = (path for path in files(tmp_path) if path.stat().st_mtime_ns != before[path])
        os.utime(used, (1000 + age, 1000 + age))
    small = PartCache(tmp_path, limit_bytes=4 * size)
    small.get("v", "new", Maker())
    kept = {text for text in [*"012345", "new"] if PartCache(tmp_path).holds("v", text)}
    assert kept == {"5", "2", "new"}
    assert sum(path.stat().st_size for path in files(tmp_path)) <= 4 * size


def test_memory_is_bounded_too(tmp_path: Path) -> None:
    cache, make = PartCache(None, memory_bytes=3000), Maker()
    for text in ("a", "b", "b", "a"):
        cache.get("v", text, make)
    assert make.calls == 3


def test_two_threads_that_ask_for_the_same_part_make_it_once(tmp_path: Path) -> None:
    cache, ready, go = PartCache(tmp_path), threading.Event(), threading.Event()
    calls: list[int] = []

    def make() -> bytes:
        calls.append(1)
        ready.set()
        assert go.wait(10)
        return b"\1\0"

    with ThreadPoolExecutor(4) as pool:
        first = pool.submit(cache.get, "v", "x", make)
        assert ready.wait(10)
        others = [pool.submit(cache.get, "v", "x", make) for _ in range(3)]
        go.set()
        assert [future.result(10) for future in (first, *others)] == [b"\1\0"] * 4
    assert len(calls) == 1


def test_a_failure_is_told_and_forgotten(tmp_path: Path) -> None:
    cache = PartCache(tmp_path)

    def fail() -> bytes:
        raise RuntimeError("no voice")

    with pytest.raises(RuntimeError, match="no voice"):
        cache.get("v", "x", fail)
    assert cache.get("v", "x", Maker(b"\1\0")) == b"\1\0"


def test_silence_is_not_kept(tmp_path: Path) -> None:
    cache = PartCache(tmp_path)
    assert cache.get("v", "x", lambda: b"") == b""
    assert files(tmp_path) == []


def test_a_folder_that_cannot_be_made_is_told(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(VoicebotError, match=r"speech cache .*file/cache"):
        PartCache(tmp_path / "file" / "cache")


def test_a_folder_that_is_lost_later_does_not_stop_speech(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    cache = PartCache(tmp_path / "speech")
    (tmp_path / "speech").rmdir()
    (tmp_path / "speech").write_text("")
    assert cache.get("v", "x", Maker(b"\1\0")) == b"\1\0"
    assert "could not be kept" in caplog.text


def _fill(folder: Path, seed: int) -> bool:
    cache = PartCache(folder, limit_bytes=20_000)
    audio = {str(index): bytes([index % 250, 1]) * 800 for index in range(40)}
    return all(
        cache.get("v", text, lambda text=text: audio[text]) == audio[text]
        for text in sorted(audio, key=lambda text: hash((seed, int(text))))
    )


def test_processes_share_a_folder(tmp_path: Path) -> None:
    with ProcessPoolExecutor(3, mp_context=get_context("spawn")) as pool:
        assert all(pool.map(_fill, [tmp_path] * 3, range(3)))
    assert not list(tmp_path.rglob("*.part"))


def test_what_is_ready_is_told_and_nothing_is_made(tmp_path: Path) -> None:
    cache = PartCache(tmp_path)
    assert cache.ready("voice", "您好。") is None
    cache.get("voice", "您好。", lambda: b"\1\0")
    assert cache.ready("voice", "您好。") == b"\1\0"
    assert PartCache(tmp_path).ready("voice", "您好。") == b"\1\0", "another process has it from the disk"
