from __future__ import annotations

import dataclasses
import fcntl
import io
import sys
import tarfile
import threading
from pathlib import Path
from typing import Any

import pytest

from voicebot.errors import VoicebotError
from voicebot.models import State, check, fetch, folder
from voicebot.models.progress import Lines
from voicebot.models.table import Address, File, Model, Package, Piece

WEIGHTS = bytes(range(256)) * 2000


def quiet() -> Lines:
    return Lines(io.StringIO())


def paths(server: Any) -> list[str]:
    return [path for path, _ in server.asked]


def test_the_official_address_is_tried_first_and_suffices(server: Any, model: Model, cache: Path) -> None:
    server.pages["/official/weights.bin"] = WEIGHTS
    fetch([model], quiet())
    assert (cache / "toy/deep/weights.bin").read_bytes() == WEIGHTS
    assert paths(server) == ["/official/weights.bin", "/two.zip"]


def test_parts_are_joined_in_order_when_the_official_address_fails(
    server: Any, model: Model, cache: Path
) -> None:
    fetch([model], quiet())
    assert (cache / "toy/deep/weights.bin").read_bytes() == WEIGHTS
    assert (cache / "toy/words.txt").read_text("utf-8") == "退货\n"
    assert paths(server) == ["/official/weights.bin", "/one.zip", "/two.zip"]


def test_nothing_but_the_model_is_left_behind(model: Model, cache: Path) -> None:
    fetch([model], quiet())
    left = {str(path.relative_to(cache)) for path in cache.rglob("*") if path.is_file()}
    assert left == {".lock", "toy/.verified.json", "toy/deep/weights.bin", "toy/words.txt"}


def test_a_whole_model_touches_no_network(server: Any, model: Model) -> None:
    fetch([model], quiet())
    server.asked.clear()
    fetch([model], quiet())
    assert server.asked == []


def test_only_what_is_missing_is_fetched(server: Any, model: Model, cache: Path) -> None:
    fetch([model], quiet())
    (cache / "toy/words.txt").unlink()
    server.asked.clear()
    fetch([model], quiet())
    assert paths(server) == ["/two.zip"]


def test_a_broken_connection_goes_on_where_it_stopped(server: Any, model: Model, cache: Path) -> None:
    server.pages["/official/weights.bin"] = WEIGHTS
    server.limits["/official/weights.bin"] = [100_000, 50_000]
    fetch([model], quiet())
    ranges = [wanted for path, wanted in server.asked if path == "/official/weights.bin"]
    assert ranges == [None, "bytes=100000-", "bytes=150000-"]
    assert (cache / "toy/deep/weights.bin").read_bytes() == WEIGHTS


def test_a_part_of_an_earlier_run_is_resumed(server: Any, model: Model, cache: Path) -> None:
    server.pages["/official/weights.bin"] = WEIGHTS
    (cache / ".downloads").mkdir(parents=True)
    (cache / ".downloads/weights.bin.part").write_bytes(WEIGHTS[:400_000])
    fetch([model], quiet())
    assert server.asked[0] == ("/official/weights.bin", "bytes=400000-")
    assert (cache / "toy/deep/weights.bin").read_bytes() == WEIGHTS


def test_a_part_that_is_already_all_of_it_is_used(server: Any, model: Model, cache: Path) -> None:
    server.pages["/official/weights.bin"] = WEIGHTS
    (cache / ".downloads").mkdir(parents=True)
    (cache / ".downloads/weights.bin.part").write_bytes(WEIGHTS)
    fetch([model], quiet())
    assert (cache / "toy/deep/weights.bin").read_bytes() == WEIGHTS


def test_a_part_longer_than_the_download_is_thrown_away(server: Any, model: Model, cache: Path) -> None:
    server.pages["/official/weights.bin"] = WEIGHTS
    (cache / ".downloads").mkdir(parents=True)
    (cache / ".downloads/weights.bin.part").write_bytes(WEIGHTS + b"more")
    fetch([model], quiet())
    assert (cache / "toy/deep/weights.bin").read_bytes() == WEIGHTS


def test_a_server_without_ranges_starts_over(server: Any, model: Model, cache: Path) -> None:
    server.pages["/official/weights.bin"] = WEIGHTS
    server.ranges = False
    server.limits["/official/weights.bin"] = [100_000]
    fetch([model], quiet())
    assert (cache / "toy/deep/weights.bin").read_bytes() == WEIGHTS


def test_a_part_of_something_else_is_found_out_and_brought_anew(
    server: Any, model: Model, cache: Path
) -> None:
    server.pages["/official/weights.bin"] = WEIGHTS
    (cache / ".downloads").mkdir(parents=True)
    (cache / ".downloads/weights.bin.part").write_bytes(b"x" * 400_000)
    fetch([model], quiet())
    assert [wanted for _, wanted in server.asked][:2] == ["bytes=400000-", None]
    assert (cache / "toy/deep/weights.bin").read_bytes() == WEIGHTS


@pytest.mark.parametrize("wrong", [WEIGHTS[:-1] + b"x", WEIGHTS + b"x", WEIGHTS[:-1], b""])
def test_wrong_bytes_at_one_source_lead_to_the_next(
    server: Any, model: Model, cache: Path, wrong: bytes
) -> None:
    server.pages["/official/weights.bin"] = wrong
    fetch([model], quiet())
    assert (cache / "toy/deep/weights.bin").read_bytes() == WEIGHTS
    assert "/one.zip" in paths(server)


def test_wrong_bytes_everywhere_install_nothing(server: Any, model: Model, cache: Path) -> None:
    server.pages["/one.zip"] = b"not a zip"
    with pytest.raises(VoicebotError, match=r"not the right file.*one\.zip"):
        fetch([model], quiet())
    assert not (cache / "toy/deep/weights.bin").exists()
    assert not list(cache.rglob("*.draft"))


def test_a_corrupted_file_is_replaced(model: Model, cache: Path) -> None:
    fetch([model], quiet())
    (cache / "toy/deep/weights.bin").write_bytes(b"x" * len(WEIGHTS))
    assert check(model)["deep/weights.bin"] is State.CORRUPTED
    fetch([model], quiet())
    assert (cache / "toy/deep/weights.bin").read_bytes() == WEIGHTS


def test_unreachable_says_which_file_to_put_where(server: Any, model: Model, cache: Path) -> None:
    server.pages.clear()
    with pytest.raises(VoicebotError) as told:
        fetch([model], quiet())
    sentence, *listing = str(told.value).splitlines()
    assert sentence.startswith("cannot fetch toy: no source could be used")
    assert "its host answered 404" in sentence
    assert any(str(cache / "toy/deep/weights.bin") in line and "512000 bytes" in line for line in listing)
    assert any(str(cache / "toy/words.txt") in line for line in listing)
    assert any(line.endswith("/two.zip") for line in listing)


def test_a_host_that_does_not_answer_is_asked_once(model: Model, monkeypatch: pytest.MonkeyPatch) -> None:
    closed = Address("http://127.0.0.1:9/archive.zip")
    files = tuple(File(name, 1, "0" * 64, ((Piece(closed, name),),)) for name in ("a", "b"))
    tried: list[str] = []
    from voicebot.models.download import Downloads

    real = Downloads._over_http
    monkeypatch.setattr(
        Downloads, "_over_http", lambda self, url, part: (tried.append(url), real(self, url, part))
    )
    with pytest.raises(VoicebotError, match="its host cannot be reached"):
        fetch([dataclasses.replace(model, files=files)], quiet())
    assert tried == ["http://127.0.0.1:9/archive.zip"]


def test_a_download_put_in_place_by_hand_is_used_without_a_network(
    server: Any, model: Model, cache: Path
) -> None:
    (cache / ".downloads").mkdir(parents=True)
    for name in ("one.zip", "two.zip"):
        (cache / ".downloads" / name).write_bytes(server.pages.pop(f"/{name}"))
    fetch([model], quiet())
    assert folder("toy") == cache / "toy"


def test_a_package_is_taken_from_where_the_registry_says(
    server: Any, model: Model, cache: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    server.pages["/mirror/toy-1.tar.gz"] = tarred({"toy-1/words.txt": "退货\n".encode()})
    package = Package("pypi", "toy", "1", "toy-1.tar.gz")
    words = dataclasses.replace(model.files[1], sources=((Piece(package, "toy-1/words.txt"),),))
    monkeypatch.setattr("voicebot.models.download.address", lambda asked: server.url("/mirror/toy-1.tar.gz"))
    fetch([dataclasses.replace(model, files=(words,))], quiet())
    assert (cache / "toy/words.txt").read_text("utf-8") == "退货\n"


def test_nothing_of_an_archive_is_imported_or_unpacked(
    server: Any, model: Model, cache: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    server.pages["/two.zip"] = zip_with(
        {"evil.py": b"raise SystemExit", "../outside": b"x"}, server.pages["/two.zip"]
    )
    monkeypatch.setattr("sys.path", [str(cache / ".downloads"), *sys.path])
    fetch([model], quiet())
    assert "evil" not in sys.modules
    assert not (cache.parent / "outside").exists()


def test_two_fetches_do_not_collide(server: Any, model: Model, cache: Path) -> None:
    cache.mkdir()
    said = io.StringIO()
    with (cache / ".lock").open("w") as held:
        fcntl.flock(held, fcntl.LOCK_EX)
        second = threading.Thread(target=fetch, args=([model], Lines(said)))
        second.start()
        while "another fetch is at work" not in said.getvalue():
            assert second.is_alive()
        assert server.asked == []
    second.join()
    assert (cache / "toy/words.txt").exists()


def test_a_cache_that_cannot_be_written_is_one_sentence(model: Model, cache: Path) -> None:
    cache.parent.mkdir(exist_ok=True)
    cache.write_text("a file, not a folder")
    with pytest.raises(VoicebotError, match="cannot be written"):
        fetch([model], quiet())


def tarred(members: dict[str, bytes]) -> bytes:
    out = io.BytesIO()
    with tarfile.open(fileobj=out, mode="w:gz") as archive:
        for name, data in members.items():
            info = tarfile.TarInfo(name)
            info.size = len(data)
            archive.addfile(info, io.BytesIO(data))
    return out.getvalue()


def zip_with(extra: dict[str, bytes], existing: bytes) -> bytes:
    import zipfile

    out = io.BytesIO(existing)
    with zipfile.ZipFile(out, "a") as archive:
        for name, data in extra.items():
            archive.writestr(name, data)
    return out.getvalue()
