"""Twilio's webhooks and its media WebSocket. Every request must carry a right signature over its public address."""

from __future__ import annotations

import asyncio
import contextlib
import logging
from collections.abc import Callable
from dataclasses import dataclass

from fastapi import APIRouter, HTTPException, Request, Response, WebSocket, WebSocketDisconnect
from twilio.request_validator import RequestValidator

from voicebot.events import Answered
from voicebot.runtime.lobby import Lobby
from voicebot.telephony import twiml
from voicebot.telephony.media_stream import MediaStream
from voicebot.telephony.reception import Busy
from voicebot.telephony.twilio_exchange import Addresses, Talk, TwilioExchange
from voicebot.web.forms import Form, read_form
from voicebot.web.origin import Origins
from voicebot.web.sockets import Outbox, first_of, next_message
from voicebot.web.twilio_line import TwilioLine

log = logging.getLogger(__name__)

BEGIN_WITHIN_S = 5.0
ANONYMOUS = frozenset({"", "anonymous", "unknown", "restricted", "+266696687", "266696687"})
"""What Twilio puts in place of a number that is withheld."""


@dataclass(frozen=True, slots=True)
class TwilioDesk:
    """What the routes need."""

    exchange: TwilioExchange
    lobby: Lobby
    origins: Origins
    auth_token: str


def addresses(base: str) -> Addresses:
    """Of https://host, how Twilio reaches it both ways."""
    return Addresses(base, base.replace("http", "ws", 1))


def routes(desk: TwilioDesk) -> APIRouter:
    """All addresses under /twilio."""
    router = APIRouter(prefix="/twilio")
    validator = RequestValidator(desk.auth_token)
    exchange = desk.exchange

    async def signed(request: Request) -> Form:
        form = await read_form(request)
        signature = request.headers.get("x-twilio-signature", "")
        if not validator.validate(desk.origins.url(request), form, signature):
            log.warning("wrong signature", extra={"line": "twilio", "path": request.url.path})
            raise HTTPException(403, "the signature does not fit this address and form")
        base = desk.origins.of(request).base
        exchange.addresses = addresses(base)
        return form

    def answer(path: str, reply: Callable[[Form, str], str]) -> None:
        async def respond(request: Request, key: str = "") -> Response:
            return Response(reply(await signed(request), key), media_type="application/xml")

        router.add_api_route(path, respond, methods=["POST"])

    def told(tell: Callable[[str, str], None], name: str) -> Callable[[Form, str], str]:
        def reply(form: Form, key: str) -> str:
            tell(key or form.get("CallSid", ""), form.get(name, ""))
            return twiml.nothing()

        return reply

    answer("/voice", lambda form, _: _ring(desk, form))
    answer("/status", told(exchange.status, "CallStatus"))
    answer("/answered/{key}", lambda form, key: exchange.answered(key, *_answerer(form)))
    answer("/dialed/{key}", lambda form, key: exchange.dialed(key, *_dial_end(form)))
    answer("/whisper/{key}", lambda _, key: exchange.whisper(key))
    answer("/accept/{key}", lambda form, key: exchange.accept(key, form.get("Digits", "")))
    answer("/human/{key}", told(exchange.human, "CallStatus"))

    @router.websocket("/media")
    async def media(socket: WebSocket) -> None:
        signature = socket.headers.get("x-twilio-signature", "")
        if not validator.validate(desk.origins.url(socket), {}, signature):
            log.warning("wrong signature", extra={"line": "twilio", "path": "/twilio/media"})
            await socket.close(1008)
            return
        await socket.accept()
        await _stream(desk, socket)

    return router


def _ring(desk: TwilioDesk, form: Form) -> str:
    caller = form.get("From", "")
    number = None if caller.lower() in ANONYMOUS else caller
    why = desk.lobby.refusal(number)
    if why is not None:
        log.info("call refused", extra={"line": "twilio", "why": why})
        return twiml.busy()
    return desk.exchange.rings(form.get("CallSid", ""), number, form.get("To"))


def _answerer(form: Form) -> tuple[str, str]:
    return form.get("CallSid", ""), form.get("AnsweredBy", "")


def _dial_end(form: Form) -> tuple[str, bool]:
    return form.get("DialCallStatus", ""), form.get("DialBridged", "true") == "true"


async def _stream(desk: TwilioDesk, socket: WebSocket) -> None:
    """One stream from its start to its end; the call may go on without it."""
    wire = MediaStream()
    outbox = Outbox(lambda message: socket.send_text(str(message)))
    line: TwilioLine | None = None
    try:
        async with asyncio.timeout(BEGIN_WITHIN_S):
            while not wire.begun and not wire.over:
                events = wire.receive(await next_message(socket), 0.0)
        talk = desk.exchange.enter(wire.parameters.get("token", "")) if wire.begun else None
        if talk is None or talk.ring.call_id != wire.call_sid:
            log.warning("stream refused", extra={"line": "twilio", "why": wire.fault or "wrong token"})
            await socket.close(1008)
            return
        line = _joined(desk, talk, wire, outbox)
        line.take([event for event in events if not isinstance(event, Answered)])
        await _both_ways(line, wire, outbox, socket)
    except (Busy, TimeoutError, WebSocketDisconnect, RuntimeError) as error:
        log.info("stream ended", extra={"line": "twilio", "why": type(error).__name__})
    finally:
        if line is not None and line.call is not None:
            line.take(wire.receive_end(line.call.at))
        with contextlib.suppress(RuntimeError, WebSocketDisconnect):
            await socket.close()


def _joined(desk: TwilioDesk, talk: Talk, wire: MediaStream, outbox: Outbox) -> TwilioLine:
    """The line that this stream belongs to: a new call's, or one whose caller is back. Raises Busy."""
    if isinstance(talk.leg, TwilioLine):
        talk.leg.attach(wire, outbox)
        talk.leg.came_back(talk.failed)
        return talk.leg
    line = TwilioLine(desk.exchange, talk.key)
    talk.leg = line
    line.attach(wire, outbox)
    try:
        line.call = desk.lobby.admit(talk.ring, line)
    except Busy:
        desk.exchange.ended(talk.key)
        raise
    return line


async def _both_ways(line: TwilioLine, wire: MediaStream, outbox: Outbox, socket: WebSocket) -> None:
    """Receive and send, until one of them ends."""

    async def receive() -> None:
        while not wire.over:
            message = await next_message(socket)
            line.take(wire.receive(message, line.call.at if line.call is not None else 0.0))

    await first_of(receive(), outbox.run())
