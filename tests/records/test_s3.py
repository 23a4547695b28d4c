"""The bucket: the signature of the documentation's example, and a small store that checks signatures.

The store answers in process, and over HTTP as a server on the loopback interface.
"""

from __future__ import annotations

import hmac
import socket
import threading
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from hashlib import sha256
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qsl

import httpx
import pytest

from voicebot.errors import VoicebotError
from voicebot.records.recordings import Recordings
from voicebot.records.s3 import Ask, Bucket, BucketShelf, signed
from voicebot.records.vault import Vault

EXAMPLE = Bucket(
    "https://examplebucket.s3.amazonaws.com",
    "",
    "AKIAIOSFODNN7EXAMPLE",
    "wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY",
)
NOON = datetime(2026, 11, 20, 12, tzinfo=UTC)
OURS = Bucket("http://store.test", "shop", "id", "secret", "cn-east-1")


def test_the_example_of_the_documentation() -> None:
    ask = Ask("GET", "https://examplebucket.s3.amazonaws.com/test.txt", {"range": "bytes=0-9"}, {})
    told = signed(ask, EXAMPLE, datetime(2013, 5, 24, tzinfo=UTC))["authorization"]
    assert told.endswith("Signature=f0e8bdb87c964420e857bd35b5d6ed310bd44f0170aba48dd91039c6036bdb41")


class Store:
    """A bucket in memory. Refuses what is not signed with `secret` in the hour of NOON; lists two names a page."""

    def __init__(self, secret: str = "secret") -> None:
        self.kept: dict[str, bytes] = {}
        self._secret = secret

    def __call__(self, request: httpx.Request) -> httpx.Response:
        if not self._genuine(request):
            return httpx.Response(403)
        path, query = request.url.path, dict(parse_qsl(request.url.query.decode()))
        if "list-type" in query:
            return self._list(query)
        name = path.removeprefix("/shop/")
        if name in self.kept and (wanted := request.headers.get("range")):
            first, _, last = wanted.removeprefix("bytes=").partition("-")
            return httpx.Response(206, content=self.kept[name][int(first) : int(last) + 1])
        if request.method == "PUT":
            self.kept[name] = request.content
        elif request.method == "DELETE":
            self.kept.pop(name, None)
            return httpx.Response(204)
        return httpx.Response(200, content=self.kept[name]) if name in self.kept else httpx.Response(404)

    def _list(self, query: dict[str, str]) -> httpx.Response:
        names = sorted(name for name in self.kept if name.startswith(query["prefix"]))
        start = int(query.get("continuation-token", "0"))
        keys = "".join(f"<Contents><Key>{name}</Key></Contents>" for name in names[start : start + 2])
        more = start + 2 < len(names)
        token = f"<NextContinuationToken>{start + 2}</NextContinuationToken>" if more else ""
        space = 'xmlns="http://s3.amazonaws.com/doc/2006-03-01/"'
        return httpx.Response(200, text=f"<ListBucketResult {space}>{keys}{token}</ListBucketResult>")

    def _genuine(self, request: httpx.Request) -> bool:
        told = dict(
            part.strip().split("=", 1)
            for part in request.headers["authorization"].removeprefix("AWS4-HMAC-SHA256 ").split(",")
        )
        names = told["SignedHeaders"].split(";")
        moment = request.headers["x-amz-date"]
        body = sha256(request.content).hexdigest()
        lines = [request.method, request.url.raw_path.decode().partition("?")[0], request.url.query.decode()]
        lines += [f"{name}:{request.headers[name]}" for name in names] + ["", ";".join(names), body]
        scope = told["Credential"].partition("/")[2]
        key = ("AWS4" + self._secret).encode()
        for part in scope.split("/"):
            key = hmac.digest(key, part.encode(), sha256)
        text = f"AWS4-HMAC-SHA256\n{moment}\n{scope}\n{sha256(chr(10).join(lines).encode()).hexdigest()}"
        fresh = moment.startswith("20261120T12") and body == request.headers["x-amz-content-sha256"]
        return fresh and hmac.new(key, text.encode(), sha256).hexdigest() == told["Signature"]


def shelf(store: Store) -> BucketShelf:
    return BucketShelf(OURS, httpx.MockTransport(store), lambda: NOON)


def test_a_recording_in_a_bucket_is_sealed_and_comes_back() -> None:
    store = Store()
    there = shelf(store)
    recordings = Recordings(there, Vault(bytes(32)))
    name = recordings.keep("call-1", b"\1\0" * 800, b"\2\0" * 400)
    (kept,) = store.kept.items()
    assert kept[0] == f"calls/{name}"
    assert b"RIFF" not in kept[1]
    assert b"\1\0" * 8 not in kept[1]
    wav = recordings.wav(name)
    assert wav is not None
    assert wav[:4] == b"RIFF"
    assert wav.endswith(b"\1\0\0\0" * 400)
    recordings.remove(name)
    assert recordings.wav(name) is None
    there.close()


def test_names_are_listed_over_pages() -> None:
    there = shelf(Store())
    for number in range(5):
        there.put(f"call-{number}", b"x")
    assert sorted(there.names()) == [f"call-{number}" for number in range(5)]
    there.close()


def test_a_wrong_secret_is_told_in_a_sentence() -> None:
    there = shelf(Store("another"))
    with pytest.raises(VoicebotError, match=r"refused a PUT \(403\)"):
        there.put("call-1", b"x")
    there.close()


def test_a_store_that_is_away_is_told_in_a_sentence() -> None:
    def away(request: httpx.Request) -> httpx.Response:
        raise httpx.ConnectError("no route to 10.1.2.3", request=request)

    there = BucketShelf(OURS, httpx.MockTransport(away), lambda: NOON)
    with pytest.raises(VoicebotError, match="cannot be reached") as caught:
        there.get("call-1")
    assert "10.1.2.3" not in str(caught.value)
    there.close()


def test_no_name_leads_out_of_the_bucket() -> None:
    store = Store()
    there = shelf(store)
    for name in ("../other", "a/b", "", ".hidden", "a\\b", "a\nb", "%2e%2e"):
        with pytest.raises(VoicebotError, match="letters, digits"):
            there.put(name, b"x")
    assert store.kept == {}
    there.close()


@pytest.fixture
def served() -> Iterator[tuple[Store, str]]:
    """The store as a server of its own, and its address."""
    store = Store()

    class Answering(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def _answer(self) -> None:
            body = self.rfile.read(int(self.headers.get("content-length") or 0))
            url = f"http://{self.headers['host']}{self.path}"
            headers = [
                (name, value) for name, value in self.headers.items() if name.lower() != "content-length"
            ]
            answer = store(httpx.Request(self.command, url, headers=headers, content=body))
            self.send_response(answer.status_code)
            self.send_header("Content-Length", str(len(answer.content)))
            self.end_headers()
            self.wfile.write(answer.content)

        do_GET = do_PUT = do_DELETE = _answer  # noqa: N815 - these names are the protocol's

        def log_message(self, *args: Any) -> None:
            """Nothing is told."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Answering)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    yield store, f"http://127.0.0.1:{server.server_port}"
    server.shutdown()
    server.server_close()
    thread.join()


def test_over_http_everything_is_signed_as_the_server_sees_it(served: tuple[Store, str]) -> None:
    store, address = served
    there = BucketShelf(replace(OURS, endpoint=address), utc=lambda: NOON)
    recordings = Recordings(there, Vault(bytes(32)))
    names = [recordings.keep(f"call {number}", bytes(range(256)) * 40, b"") for number in range(3)]
    assert sorted(there.names()) == sorted(names)
    assert (recordings.wav(names[0]) or b"")[:4] == b"RIFF"
    assert there.first(names[0], 5) == Vault(bytes(32)).mark
    assert there.first("none", 5) is None
    recordings.remove(names[0])
    recordings.remove(names[0])
    assert recordings.wav(names[0]) is None
    assert len(store.kept) == 2
    there.close()
    stranger = BucketShelf(replace(OURS, endpoint=address, secret="another"), utc=lambda: NOON)
    with pytest.raises(VoicebotError, match=r"refused a GET \(403\)"):
        stranger.get(names[1])
    stranger.close()
    late = BucketShelf(replace(OURS, endpoint=address), utc=lambda: NOON + timedelta(hours=2))
    with pytest.raises(VoicebotError, match="the machine's clock"):
        late.put("call-1", b"x")
    late.close()


def test_recordings_in_a_bucket_get_another_key(served: tuple[Store, str]) -> None:
    store, address = served
    there = BucketShelf(replace(OURS, endpoint=address), utc=lambda: NOON)
    old, new = bytes(32), bytes([1]) * 32
    names = [Recordings(there, Vault(old)).keep(f"call-{number}", bytes(640), b"") for number in range(3)]
    both = Recordings(there, Vault(new, old))
    assert sorted(both.old()) == sorted(names)
    both.reseal(names[1])
    assert sorted(both.old()) == sorted({names[0], names[2]})
    assert (Recordings(there, Vault(new)).wav(names[1]) or b"")[:4] == b"RIFF"
    assert all((both.wav(name) or b"")[:4] == b"RIFF" for name in names)
    assert store.kept
    there.close()


def test_a_server_that_breaks_off_is_told_in_a_sentence() -> None:
    listener = socket.create_server(("127.0.0.1", 0))

    def break_off() -> None:
        taken, _ = listener.accept()
        taken.recv(100)
        taken.close()

    thread = threading.Thread(target=break_off)
    thread.start()
    address = f"http://127.0.0.1:{listener.getsockname()[1]}"
    there = BucketShelf(replace(OURS, endpoint=address), utc=lambda: NOON)
    with pytest.raises(VoicebotError, match="cannot be reached"):
        there.put("call-1", bytes(100_000))
    there.close()
    thread.join()
    listener.close()
