"""A small model of our own, served on loopback by a server that can be told to misbehave."""

from __future__ import annotations

import hashlib
import http.server
import io
import threading
import zipfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from voicebot.models.download import Downloads
from voicebot.models.table import Address, File, Model, Piece

WEIGHTS = bytes(range(256)) * 2000
WORDS = "退货\n".encode()


class Server(http.server.ThreadingHTTPServer):
    """Serves `pages`; keeps each request's path and Range; breaks off after each of `limits[path]` bytes."""

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), _Answer)
        self.pages: dict[str, bytes] = {}
        self.limits: dict[str, list[int]] = {}
        self.asked: list[tuple[str, str | None]] = []
        self.ranges = True

    def url(self, path: str) -> str:
        return f"http://127.0.0.1:{self.server_address[1]}{path}"


class _Answer(http.server.BaseHTTPRequestHandler):
    server: Server

    def do_GET(self) -> None:
        wanted = self.headers.get("Range")
        self.server.asked.append((self.path, wanted))
        page = self.server.pages.get(self.path)
        if page is None:
            return self.send_error(404)
        start = int(wanted.removeprefix("bytes=").rstrip("-")) if wanted and self.server.ranges else 0
        if start >= len(page) > 0:
            self.send_response(416)
            self.send_header("Content-Range", f"bytes */{len(page)}")
            return self.end_headers()
        self.send_response(206 if start else 200)
        self.send_header("Content-Length", str(len(page) - start))
        self.end_headers()
        limits = self.server.limits.get(self.path)
        self.wfile.write(page[start:][: limits.pop(0) if limits else None])
        return None

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002
        """Keep the test's output clean."""


@pytest.fixture
def server() -> Iterator[Server]:
    with Server() as running:
        thread = threading.Thread(target=running.serve_forever, args=(0.01,))
        thread.start()
        yield running
        running.shutdown()
        thread.join()


@pytest.fixture
def model(server: Server) -> Model:
    """Weights in two parts of two archives, with a broken official address before; and words in a zip."""
    server.pages["/one.zip"] = zipped({"pkg/part.bin": WEIGHTS[:300_000]})
    server.pages["/two.zip"] = zipped({"pkg/part.bin": WEIGHTS[300_000:], "pkg/words.txt": WORDS})
    one, two = Address(server.url("/one.zip")), Address(server.url("/two.zip"))
    official = (Piece(Address(server.url("/official/weights.bin"))),)
    joined = (Piece(one, "pkg/part.bin"), Piece(two, "pkg/part.bin"))
    return Model(
        "toy",
        "a toy",
        "Apache-2.0",
        True,
        (
            File("deep/weights.bin", len(WEIGHTS), sha(WEIGHTS), (official, joined)),
            File("words.txt", len(WORDS), sha(WORDS), ((Piece(two, "pkg/words.txt"),),)),
        ),
    )


@pytest.fixture(autouse=True)
def cache(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, model: Model) -> Path:
    """An empty cache folder, the toy as the only model, and no waiting between tries."""
    monkeypatch.setenv("VOICEBOT_MODELS", str(tmp_path / "cache"))
    monkeypatch.setattr("voicebot.models.table.MODELS", (model,))
    monkeypatch.setattr("voicebot.models.download.setting", lambda name: "")
    monkeypatch.setattr(Downloads.__init__, "__defaults__", (0.0,))
    return tmp_path / "cache"


def zipped(members: dict[str, bytes]) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        for name, data in members.items():
            archive.writestr(name, data)
    return out.getvalue()


def sha(data: bytes) -> str:
    return hashlib.sha256(data).hexdigest()
