"""The bucket: the signature of the documentation's example, and a small store that checks signatures."""

from __future__ import annotations

import hmac
from datetime import UTC, datetime
from hashlib import sha256
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
