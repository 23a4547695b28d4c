"""Text messages that a call sends: links, confirmations. A gateway takes each once, by its key.

dialogue ── do: send_message ──► Messenger ──► gateway: a file, or the shop's own HTTP service
        └── everything else ───► the shop
"""

from __future__ import annotations

import fcntl
import hashlib
import hmac
import json
import os
import threading
from collections.abc import Collection, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Protocol, TextIO

import httpx

from voicebot.errors import VoicebotError
from voicebot.ports import Shop

SEND = "send_message"
LONGEST = 500
"""Characters of one message."""


@dataclass(frozen=True, slots=True)
class Message:
    """One message to a number; the same `key` twice is the same message."""

    to: str
    text: str
    key: str


class MessageGateway(Protocol):
    """Whoever sends text messages. Called in worker threads."""

    def send(self, message: Message) -> None:
        """Take the message, once for each key. Raises VoicebotError when it was not taken."""
        ...


@dataclass
class FileGateway:
    """Writes messages into a file, one JSON object a line: for trying things out, and for a sender that reads it."""

    path: Path
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def send(self, message: Message) -> None:
        """See MessageGateway."""
        line = json.dumps({"to": message.to, "text": message.text, "key": message.key}, ensure_ascii=False)
        with self._lock, _whole(self.path) as file:
            if all(json.loads(one)["key"] != message.key for one in file if one.strip()):
                file.write(line + "\n")

    def of(self, numbers: Collection[str]) -> list[dict[str, str]]:
        """What was sent to these numbers."""
        if not self.path.exists():
            return []
        with self._lock, _whole(self.path) as file:
            sent = [json.loads(one) for one in file if one.strip()]
        return [one for one in sent if one["to"] in numbers]

    def forget(self, numbers: Collection[str]) -> int:
        """Remove what was sent to these numbers; gives how many messages."""
        if not self.path.exists():
            return 0
        with self._lock, _whole(self.path) as file:
            lines = [one for one in file if one.strip()]
            kept = [one for one in lines if json.loads(one)["to"] not in numbers]
            file.seek(0)
            file.truncate()
            file.writelines(kept)
        return len(lines) - len(kept)


@contextmanager
def _whole(path: Path) -> Iterator[TextIO]:
    """The file to be read and added to, by one process at a time; nobody but its owner may read it."""
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        handle = os.open(path, os.O_RDWR | os.O_CREAT | os.O_APPEND, 0o600)
        with os.fdopen(handle, "r+", encoding="utf-8") as file:
            fcntl.flock(file, fcntl.LOCK_EX)
            yield file
    except OSError as error:
        raise VoicebotError(f"the message file {path} cannot be written: {error.strerror}") from error


@dataclass
class HttpGateway:
    """Posts messages as JSON {"to", "text"} with an Idempotency-Key; any 2xx has taken it.

    With a `secret` (env:NAME takes it from the environment) the body is signed: `X-Voicebot-Signature: sha256=<HMAC>`.
    A request that fails on the way is tried once more: the key makes that safe. `transport` stands in for the network.
    """

    url: str
    secret: str = ""
    timeout_s: float = 5.0
    transport: httpx.BaseTransport | None = None

    def send(self, message: Message) -> None:
        """See MessageGateway."""
        body = json.dumps({"to": message.to, "text": message.text}, ensure_ascii=False).encode()
        headers = {"Content-Type": "application/json", "Idempotency-Key": message.key, **self._signed(body)}
        with httpx.Client(transport=self.transport, timeout=self.timeout_s, trust_env=False) as client:
            answer = self._post(client, body, headers)
        if not answer.is_success:
            raise VoicebotError(f"the message service at {self.url} answered {answer.status_code}")

    def _post(self, client: httpx.Client, body: bytes, headers: Mapping[str, str]) -> httpx.Response:
        try:
            return client.post(self.url, content=body, headers=headers)
        except httpx.HTTPError:
            pass
        try:
            return client.post(self.url, content=body, headers=headers)
        except httpx.HTTPError as error:
            raise VoicebotError(
                f"the message service at {self.url} cannot be reached: {type(error).__name__}"
            ) from error

    def _signed(self, body: bytes) -> dict[str, str]:
        if not self.secret:
            return {}
        name = self.secret.removeprefix("env:")
        key = os.environ.get(name, "") if self.secret.startswith("env:") else self.secret
        if not key:
            raise VoicebotError(f"the secret of the message service is missing: set {name}")
        return {"X-Voicebot-Signature": "sha256=" + hmac.new(key.encode(), body, hashlib.sha256).hexdigest()}


@dataclass(frozen=True)
class Messenger:
    """The shop, with a gateway beside it: `send_message` {phone, text} goes there, everything else to the shop."""

    shop: Shop
    gateway: MessageGateway

    def look(self, name: str, arguments: Mapping[str, Any]) -> Mapping[str, Any]:
        """See Shop."""
        return self.shop.look(name, arguments)

    def do(self, name: str, arguments: Mapping[str, Any], key: str) -> Mapping[str, Any]:
        """See Shop. {"done": False, "why"} when there is no number or no text; raises when it was not taken."""
        if name != SEND:
            return self.shop.do(name, arguments, key)
        to, text = str(arguments.get("phone") or ""), str(arguments.get("text") or "").strip()
        if not to or not text or len(text) > LONGEST:
            return {"done": False, "why": "没有号码或内容"}
        self.gateway.send(Message(to, text, key))
        return {"done": True, "phone_tail": to[-4:]}
