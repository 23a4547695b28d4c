"""One user's page of one call that goes on: what it is told, and what it wants.

out   call {…} · line {…} · suggest {answer, entry} · refused {why} · over: JSON objects with a `type`;
      binary: the side (0 caller, 1 whoever speaks with him), then 20 ms, 8 kHz, 16-bit
in    whisper {text} · take · say {text} · note {text} · back {note} · end · listen {on} · microphone {rate};
      binary: the microphone, 16-bit at that rate
"""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import Mapping
from typing import Any

from fastapi import WebSocket

from voicebot.console.desk import Desk
from voicebot.console.gate import user_of
from voicebot.console.showing_live import next_steps, shown_line, shown_summary
from voicebot.console.steering import AUDITED, MOVES, Move, may, steer
from voicebot.console.watching import Sender, as_object, outbox_of, show
from voicebot.records.audit import Deed
from voicebot.records.users import User
from voicebot.runtime.human_voice import HumanVoice
from voicebot.runtime.live import LiveCall
from voicebot.telephony.browser import LONGEST_AUDIO_MS, RATES
from voicebot.telephony.inflow import Inflow
from voicebot.web.sockets import Message


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
        kind = data.get("type", "")
        if kind in MOVES:
            if may(self._user, self._live, kind):
                self._move(kind, str(data.get("text") or data.get("note") or ""))
        elif self._user.may("operations") or self._live.human == self._user.name:
            if kind == "listen":
                self._listen(data)
            elif kind == "microphone":
                self._rate_is(data)

    # -- what it wants ------------------------------------------------------------------------------------------

    def _move(self, kind: Move, text: str) -> None:
        refused = steer(self._desk, self._user, self._live, kind, text)
        if refused:
            self._sender.send("refused", why=refused)
        elif kind in AUDITED:
            self._audit(AUDITED[kind], text)

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
        about = f"live {self._live.name}"[:120]
        deed = Deed(self._desk.now(), self._user.name, what, about, why, self._address)

        async def write() -> None:
            await asyncio.to_thread(self._desk.memory.audit.note, deed)

        self._start(write())

    def _start(self, job: Any) -> None:
        task = asyncio.get_running_loop().create_task(job)
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)


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
