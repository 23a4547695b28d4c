"""One page that watches calls over a WebSocket: what it is told, and what it wants.

out   calls {calls} · call {…} · line {…} · suggest {answer, entry} · refused {why} · over: JSON objects with a `type`;
      binary: the side (0 caller, 1 whoever speaks with him), then 20 ms, 8 kHz, 16-bit
in    whisper {text} · take · say {text} · note {text} · back {note} · end · listen {on} · microphone {rate};
      binary: the microphone, 16-bit at that rate

Pictures of how things stand are sent at most every 200 ms, the newest only; sound that the page does not take is left
out; a page that takes nothing at all is given up.
"""

from __future__ import annotations

import asyncio
import contextlib
import json
from collections.abc import Awaitable, Callable, Mapping
from typing import Any

from fastapi import WebSocket, WebSocketDisconnect

from voicebot.console.desk import Desk
from voicebot.console.gate import user_of, visit_of
from voicebot.console.showing_live import next_steps, shown_line, shown_summary
from voicebot.records.audit import Deed
from voicebot.records.users import User
from voicebot.runtime.human_voice import HumanVoice
from voicebot.runtime.live import LiveCall
from voicebot.telephony.browser import LONGEST_AUDIO_MS, LONGEST_TEXT, RATES
from voicebot.telephony.inflow import Inflow
from voicebot.web.sockets import Message, Outbox, first_of, next_message

PICTURE_S = 0.2
SOUND_FRAMES = 25
"""250 ms of both sides."""
LONGEST_SAID = 500
FOR_OPERATIONS = frozenset({"whisper", "take"})
"""What is for those who watch all calls; the rest also for who has the call."""
CHECKED_EVERY_S = 20.0
"""So soon whoever lost his role or logged out sees nothing more."""


class Sender:
    """Tells one socket: everything, or of pictures the newest."""

    def __init__(self, outbox: Outbox) -> None:
        self._outbox = outbox
        self._drawing: asyncio.TimerHandle | None = None

    def send(self, kind: str, **data: Any) -> None:
        """This, in its turn."""
        self._outbox.put([json.dumps({"type": kind, **data}, ensure_ascii=False)])

    def sound(self, side: int, frame: bytes) -> None:
        """20 ms of one side, if the page keeps up."""
        self._outbox.put([bytes([side]) + frame], audio=True)

    def picture(self, draw: Callable[[], None]) -> None:
        """Soon, and once for all that happens until then."""
        if self._drawing is None:
            self._drawing = asyncio.get_running_loop().call_later(PICTURE_S, self._draw, draw)

    def close(self) -> None:
        """Nothing more, after what waits."""
        self._outbox.close()

    def stop(self) -> None:
        """Draw nothing any more."""
        if self._drawing is not None:
            self._drawing.cancel()

    def _draw(self, draw: Callable[[], None]) -> None:
        self._drawing = None
        draw()


class CallPage:
    """Implements Page: one user's page of one call."""

    def __init__(self, desk: Desk, socket: WebSocket, live: LiveCall, sender: Sender) -> None:
        self._desk = desk
        self._user: User = user_of(socket)
        self._address = desk.origins.of(socket).client
        self._live = live
        self._sender = sender
        self._inflow = Inflow()
        self._rate = 8000
        self._voice: HumanVoice | None = None
        self._tasks: set[asyncio.Task[None]] = set()

    # -- Page ---------------------------------------------------------------------------------------------------

    def told(self, note: Mapping[str, Any]) -> None:
        """A line is sent, how the call stands is drawn soon."""
        if note["type"] == "line":
            line = note["line"]
            self._sender.send("line", **shown_line(self._live, line))
            if line.who == "caller":
                self._start(self._suggest(line.text))
        else:
            self._sender.picture(self._draw)

    def heard(self, side: int, frame: bytes) -> None:
        """Sound."""
        self._sender.sound(side, frame)

    # -- its life -----------------------------------------------------------------------------------------------

    def open(self) -> None:
        """Show what there is, and watch."""
        self._live.pages.add(self)
        for line in list(self._live.lines):
            self._sender.send("line", **shown_line(self._live, line))
        self._draw()
        spoken = [line.text for line in self._live.lines if line.who == "caller"]
        if spoken:
            self._start(self._suggest(spoken[-1]))

    def close(self) -> None:
        """The socket is gone."""
        self._live.pages.discard(self)
        self._live.listeners.discard(self)
        self._sender.stop()
        if self._voice is not None:
            self._voice.close()

    def receive(self, message: Message) -> None:
        """What the page wants; anything else is nothing."""
        if isinstance(message, bytes):
            self._microphone(message)
            return
        data = as_object(message)
        kind = str(data.get("type", ""))
        mine = self._live.human == self._user.name
        if kind in _WANTS and (self._user.may("operations") or (mine and kind not in FOR_OPERATIONS)):
            _WANTS[kind](self, data)

    # -- what it wants ------------------------------------------------------------------------------------------

    def _whisper(self, data: Mapping[str, Any]) -> None:
        text = _text(data, "text")
        if text and self._live.state != "human":
            self._live.whisper(text)
            self._audit("whisper", text)
        else:
            self._sender.send("refused", why="现在不能提示机器人。")

    def _take(self, _: Mapping[str, Any]) -> None:
        if self._live.take_over(self._user.name):
            self._desk.live.agents.took_over(self._user.name, self._live.name)
            self._audit("takeover")
        else:
            self._sender.send("refused", why="已经有人接管，或者通话已经结束。")

    def _say(self, data: Mapping[str, Any]) -> None:
        self._live.say(self._user.name, _text(data, "text"))

    def _note(self, data: Mapping[str, Any]) -> None:
        self._live.note(self._user.name, _text(data, "text"))

    def _back(self, data: Mapping[str, Any]) -> None:
        self._live.hand_back(self._user.name, _text(data, "note"))

    def _end(self, _: Mapping[str, Any]) -> None:
        self._live.end(self._user.name)

    def _listen(self, data: Mapping[str, Any]) -> None:
        if not data.get("on"):
            self._live.listeners.discard(self)
        elif self not in self._live.listeners:
            self._live.listeners.add(self)
            self._audit("overhear")

    def _rate_is(self, data: Mapping[str, Any]) -> None:
        rate = data.get("rate")
        if isinstance(rate, int) and rate in RATES:
            self._rate = rate

    def _microphone(self, pcm: bytes) -> None:
        if self._live.human != self._user.name or len(pcm) > self._rate * 2 * LONGEST_AUDIO_MS // 1000:
            return
        frames = [heard.pcm for heard in self._inflow.take(pcm, self._live.at, self._rate)]
        self._live.speak(self._user.name, frames)
        if self._voice is None and self._desk.live.scribe is not None:
            self._voice = HumanVoice(
                self._desk.live.scribe, lambda text: self._live.say(self._user.name, text)
            )
        for frame in frames if self._voice is not None else ():
            assert self._voice is not None
            self._voice.hear(frame)

    # -- inside -------------------------------------------------------------------------------------------------

    def _draw(self) -> None:
        summary = shown_summary(self._live)
        mine = self._live.human == self._user.name
        self._sender.send("call", **summary, mine=mine, steps=next_steps(self._live.wanted))
        if self._live.over:
            self._sender.send("over")
            self._sender.close()
        elif not mine and not self._user.may("operations"):
            self._sender.send("over", why="通话已经交还。")
            self._sender.close()

    async def _suggest(self, text: str) -> None:
        """An answer of the knowledge base to what the caller has just said, if there is one."""
        shop = self._live.shop
        if shop is None:
            return
        with contextlib.suppress(LookupError, ValueError, KeyError):
            found = await asyncio.to_thread(shop.look, "knowledge", {"query": text})
            if found.get("found"):
                self._sender.send("suggest", answer=found["answer"], entry=str(found["entry"]))

    def _audit(self, what: str, why: str = "") -> None:
        deed = Deed(
            self._desk.now(), self._user.name, what, f"live {self._live.name}"[:120], why, self._address
        )

        async def write() -> None:
            await asyncio.to_thread(self._desk.memory.audit.note, deed)

        self._start(write())

    def _start(self, job: Any) -> None:
        task = asyncio.get_running_loop().create_task(job)
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)


_WANTS: dict[str, Callable[[CallPage, Mapping[str, Any]], None]] = {
    "whisper": CallPage._whisper,
    "take": CallPage._take,
    "say": CallPage._say,
    "note": CallPage._note,
    "back": CallPage._back,
    "end": CallPage._end,
    "listen": CallPage._listen,
    "microphone": CallPage._rate_is,
}


def _text(data: Mapping[str, Any], name: str) -> str:
    return " ".join(str(data.get(name) or "").split())[:LONGEST_SAID]


def as_object(message: Message) -> dict[str, Any]:
    """The JSON object that a short enough message is, else an empty one."""
    try:
        data = json.loads(message) if len(message) <= LONGEST_TEXT else None
    except (ValueError, RecursionError):
        data = None
    return data if isinstance(data, dict) else {}


async def show(desk: Desk, socket: WebSocket, outbox: Outbox, receive: Callable[[Message], None]) -> None:
    """One socket that was accepted, until either side is done, or the user may not see it any more."""

    async def listen() -> None:
        while True:
            receive(await next_message(socket))

    with contextlib.suppress(TimeoutError, WebSocketDisconnect, RuntimeError):
        await first_of(listen(), outbox.run(), _allowed(desk, socket))
    with contextlib.suppress(RuntimeError, WebSocketDisconnect):
        await socket.close(1000)


async def _allowed(desk: Desk, socket: WebSocket) -> None:
    """Ends when the session has ended or the role is another one."""
    role = user_of(socket).role
    while True:
        await asyncio.sleep(CHECKED_EVERY_S)
        visit = await asyncio.to_thread(visit_of, desk, socket)
        if visit is None or visit.user.role != role:
            return


def outbox_of(socket: WebSocket) -> Outbox:
    """What this socket is sent."""

    def send(message: Message) -> Awaitable[None]:
        return socket.send_text(message) if isinstance(message, str) else socket.send_bytes(message)

    return Outbox(send, audio_frames=SOUND_FRAMES)


async def watch_call(desk: Desk, socket: WebSocket, live: LiveCall | None) -> None:
    """A page of one call from its handshake to its end; `live` None: there is no such call (any more)."""
    await socket.accept()
    outbox = outbox_of(socket)
    sender = Sender(outbox)
    if live is None:
        sender.send("over")
        sender.close()
        await show(desk, socket, outbox, lambda _: None)
        return
    page, agents, name = CallPage(desk, socket, live, sender), desk.live.agents, user_of(socket).name
    agents.come(name, page_of_nobody := _Quiet())
    page.open()
    try:
        await show(desk, socket, outbox, page.receive)
    finally:
        page.close()
        agents.go(name, page_of_nobody)


class _Quiet:
    """Implements Page: somebody who is there and need not be told of the queue."""

    def told(self, note: Mapping[str, Any]) -> None:
        """Nothing."""

    def heard(self, side: int, frame: bytes) -> None:
        """Nothing."""
