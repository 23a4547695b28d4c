"""What Asterisk's dialplan asks over HTTP, with CURL(): short plain answers. Every request must know the secret."""

from __future__ import annotations

import json
import secrets
from collections.abc import Callable

from fastapi import APIRouter, HTTPException, Request
from fastapi.responses import PlainTextResponse

from voicebot.runtime.lobby import Lobby
from voicebot.telephony.dialplan import Dialplan
from voicebot.telephony.display import for_display
from voicebot.web.forms import Form, read_form

LONGEST_NUMBER = 64


def routes(dialplan: Dialplan, lobby: Lobby, secret: str) -> APIRouter:
    """All addresses under /asterisk."""
    router = APIRouter(prefix="/asterisk", default_response_class=PlainTextResponse)

    def answer(path: str, reply: Callable[[str, Form], str]) -> None:
        async def respond(request: Request, name: str = "") -> PlainTextResponse:
            form = await read_form(request)
            given = form.get("secret", "").encode()
            if not secret or not secrets.compare_digest(given, secret.encode()):
                raise HTTPException(403, "the secret is wrong")
            return PlainTextResponse(reply(name, form))

        router.add_api_route(path, respond, methods=["POST"])

    def announce(_: str, form: Form) -> str:
        """A UUID for AudioSocket(), or the word busy."""
        caller = form.get("caller", "")[:LONGEST_NUMBER] or None
        if lobby.refusal(caller) is not None:
            return "busy"
        return dialplan.announce(caller, form.get("called", "")[:LONGEST_NUMBER] or None)

    def spoken(name: str, _: Form) -> str:
        """The story in one sentence, for the human's display."""
        handover = dialplan.handover(name)
        return "" if handover is None else str(handover.story.get("spoken", ""))

    def display(name: str, form: Form) -> str:
        """As much of it as a telephone shows."""
        return for_display(spoken(name, form))

    def story(name: str, _: Form) -> str:
        """The whole story as JSON."""
        handover = dialplan.handover(name)
        return "{}" if handover is None else json.dumps(dict(handover.story), ensure_ascii=False)

    answer("/announce", announce)
    answer("/{name}/next", lambda name, _: dialplan.next(name))
    answer("/{name}/spoken", spoken)
    answer("/{name}/display", display)
    answer("/{name}/story", story)
    answer("/{name}/outcome", lambda name, form: str(dialplan.outcome(name, form.get("status", ""))))
    return router
