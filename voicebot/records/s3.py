"""Recordings in a bucket of an S3-compatible store, over plain signed requests (AWS Signature Version 4).

Source of the signing: AWS General Reference, "Signature Version 4 signing process"; the payload's hash is a header.
"""

from __future__ import annotations

import hmac
import xml.etree.ElementTree as ET
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from hashlib import sha256
from urllib.parse import quote, urlsplit

import httpx

from voicebot.errors import VoicebotError
from voicebot.records.recordings import checked

ALGORITHM = "AWS4-HMAC-SHA256"


@dataclass(frozen=True, slots=True)
class Bucket:
    """Where it is and who may use it. `endpoint` such as https://s3.eu-central-1.amazonaws.com."""

    endpoint: str
    name: str
    key_id: str
    secret: str
    region: str = "us-east-1"
    prefix: str = "calls/"
    timeout_s: float = 20.0


@dataclass(frozen=True, slots=True)
class Ask:
    """A request before it is signed; `headers` by their lower-case names, `query` in any order."""

    method: str
    url: str
    headers: Mapping[str, str] = field(default_factory=dict)
    query: Mapping[str, str] = field(default_factory=dict)
    payload: bytes = b""


def signed(ask: Ask, bucket: Bucket, at: datetime) -> dict[str, str]:
    """The headers of a request, with its signature at this moment (UTC)."""
    moment, day = at.strftime("%Y%m%dT%H%M%SZ"), at.strftime("%Y%m%d")
    parts = urlsplit(ask.url)
    body = sha256(ask.payload).hexdigest()
    headers = {**ask.headers, "host": parts.netloc, "x-amz-content-sha256": body, "x-amz-date": moment}
    names = ";".join(sorted(headers))
    canonical = "\n".join(
        [
            ask.method,
            parts.path or "/",
            query_text(ask.query),
            *(f"{name}:{headers[name].strip()}" for name in sorted(headers)),
            "",
            names,
            body,
        ]
    )
    scope = f"{day}/{bucket.region}/s3/aws4_request"
    to_sign = "\n".join([ALGORITHM, moment, scope, sha256(canonical.encode()).hexdigest()])
    key = f"AWS4{bucket.secret}".encode()
    for part in (day, bucket.region, "s3", "aws4_request"):
        key = hmac.digest(key, part.encode(), "sha256")
    signature = hmac.new(key, to_sign.encode(), sha256).hexdigest()
    credential = f"{bucket.key_id}/{scope}"
    told = f"{ALGORITHM} Credential={credential},SignedHeaders={names},Signature={signature}"
    return {**headers, "authorization": told}


def query_text(query: Mapping[str, str]) -> str:
    """A query as it is signed and sent."""
    return "&".join(f"{quote(name, safe='-_.~')}={quote(query[name], safe='-_.~')}" for name in sorted(query))


class BucketShelf:
    """Implements Shelf. Safe to use from several threads."""

    def __init__(
        self,
        bucket: Bucket,
        transport: httpx.BaseTransport | None = None,
        utc: Callable[[], datetime] = lambda: datetime.now(UTC),
    ) -> None:
        self._bucket = bucket
        self._utc = utc
        self._client = httpx.Client(transport=transport, timeout=bucket.timeout_s, trust_env=False)

    def put(self, name: str, data: bytes) -> None:
        """Upload it."""
        self._send(Ask("PUT", self._url(name), payload=data), {200, 201, 204})

    def get(self, name: str) -> bytes | None:
        """Download it."""
        answer = self._send(Ask("GET", self._url(name)), {200, 404})
        return None if answer.status_code == 404 else answer.content

    def first(self, name: str, count: int) -> bytes | None:
        """Download its beginning; a store that knows no ranges gives all of it."""
        answer = self._send(Ask("GET", self._url(name), {"range": f"bytes=0-{count - 1}"}), {200, 206, 404})
        return None if answer.status_code == 404 else answer.content[:count]

    def remove(self, name: str) -> None:
        """Delete it."""
        self._send(Ask("DELETE", self._url(name)), {200, 204, 404})

    def names(self) -> Iterator[str]:
        """Everything under the prefix, a page after the other."""
        token: str | None = None
        while True:
            query = {"list-type": "2", "prefix": self._bucket.prefix}
            if token:
                query["continuation-token"] = token
            answer = self._send(Ask("GET", f"{self._base}/", query=query), {200})
            tree = ET.fromstring(answer.content)
            space = tree.tag.partition("}")[0] + "}" if tree.tag.startswith("{") else ""
            for key in tree.iter(f"{space}Key"):
                yield (key.text or "").removeprefix(self._bucket.prefix)
            token = tree.findtext(f"{space}NextContinuationToken")
            if not token:
                return

    def close(self) -> None:
        """Give back the connections."""
        self._client.close()

    @property
    def _base(self) -> str:
        return f"{self._bucket.endpoint.rstrip('/')}/{self._bucket.name}"

    def _url(self, name: str) -> str:
        return f"{self._base}/{quote(self._bucket.prefix + checked(name), safe='/-_.~')}"

    def _send(self, ask: Ask, fine: set[int]) -> httpx.Response:
        headers = signed(ask, self._bucket, self._utc())
        whole = f"{ask.url}?{query_text(ask.query)}" if ask.query else ask.url
        try:
            answer = self._client.request(ask.method, whole, headers=headers, content=ask.payload or None)
        except httpx.HTTPError as error:
            raise VoicebotError(
                f"the recordings' store at {self._bucket.endpoint} cannot be reached ({type(error).__name__})"
            ) from error
        if answer.status_code not in fine:
            raise VoicebotError(
                f"the recordings' store at {self._bucket.endpoint} refused a {ask.method} ({answer.status_code}); "
                "check the bucket, the key and the machine's clock"
            )
        return answer
