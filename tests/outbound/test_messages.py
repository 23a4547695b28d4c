"""Messages are sent once for each key, to a file or over HTTP; everything else is the shop's."""

from __future__ import annotations

import hashlib
import hmac
import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import httpx
import pytest

from voicebot.errors import VoicebotError
from voicebot.outbound.messages import FileGateway, HttpGateway, Message, Messenger

LINK = Message("13812348866", "付款链接 https://s.example/p/1", "call-1/send_message/ab")


class Shop:
    def look(self, name: str, arguments: Mapping[str, Any]) -> Mapping[str, Any]:
        return {"looked": name}

    def do(self, name: str, arguments: Mapping[str, Any], key: str) -> Mapping[str, Any]:
        return {"did": name}


def test_a_file_holds_each_message_once(tmp_path: Path) -> None:
    gateway = FileGateway(tmp_path / "out" / "messages.jsonl")
    for message in (LINK, LINK, Message(LINK.to, LINK.text, "other")):
        gateway.send(message)
    lines = [json.loads(line) for line in gateway.path.read_text("utf-8").splitlines()]
    assert [line["key"] for line in lines] == [LINK.key, "other"]
    assert lines[0]["text"] == LINK.text


def test_a_file_that_cannot_be_written_is_told(tmp_path: Path) -> None:
    (tmp_path / "out").write_text("a file, no folder")
    with pytest.raises(VoicebotError, match="cannot be written"):
        FileGateway(tmp_path / "out" / "messages.jsonl").send(LINK)


def answering(*answers: int | Exception) -> tuple[list[httpx.Request], httpx.MockTransport]:
    asked: list[httpx.Request] = []

    def answer(request: httpx.Request) -> httpx.Response:
        asked.append(request)
        what = answers[len(asked) - 1]
        if isinstance(what, Exception):
            raise what
        return httpx.Response(what)

    return asked, httpx.MockTransport(answer)


def test_over_http_it_is_signed_and_named() -> None:
    asked, transport = answering(202)
    HttpGateway("https://sms.example/send", "sesame", transport=transport).send(LINK)
    request = asked[0]
    assert json.loads(request.content) == {"to": LINK.to, "text": LINK.text}
    assert request.headers["Idempotency-Key"] == LINK.key
    signed = hmac.new(b"sesame", request.content, hashlib.sha256).hexdigest()
    assert request.headers["X-Voicebot-Signature"] == f"sha256={signed}"


def test_what_was_lost_on_the_way_is_tried_once_more_under_the_same_name() -> None:
    asked, transport = answering(httpx.ConnectError("gone"), 200)
    HttpGateway("https://sms.example/send", transport=transport).send(LINK)
    assert {request.headers["Idempotency-Key"] for request in asked} == {LINK.key}
    assert len(asked) == 2


@pytest.mark.parametrize(
    ("answers", "says"),
    [
        ((500,), "answered 500"),
        ((httpx.ConnectError("a"), httpx.ReadTimeout("b")), "cannot be reached: ReadTimeout"),
    ],
)
def test_what_was_not_taken_is_told(answers: tuple[Any, ...], says: str) -> None:
    with pytest.raises(VoicebotError, match=says):
        HttpGateway("https://sms.example/send", transport=answering(*answers)[1]).send(LINK)


def test_a_missing_secret_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("SMS_SECRET", raising=False)
    with pytest.raises(VoicebotError, match="SMS_SECRET"):
        HttpGateway("https://sms.example/send", "env:SMS_SECRET").send(LINK)


def test_only_messages_go_to_the_gateway(tmp_path: Path) -> None:
    shop = Messenger(Shop(), FileGateway(tmp_path / "m.jsonl"))
    assert shop.look("order", {}) == {"looked": "order"}
    assert shop.do("opt_out", {}, "k") == {"did": "opt_out"}
    sent = shop.do("send_message", {"phone": LINK.to, "text": LINK.text}, LINK.key)
    assert sent == {"done": True, "phone_tail": "8866"}
    assert shop.do("send_message", {"phone": None, "text": "x"}, "k2")["done"] is False
    assert shop.do("send_message", {"phone": LINK.to, "text": "x" * 501}, "k3")["done"] is False
    assert len((tmp_path / "m.jsonl").read_text("utf-8").splitlines()) == 1
