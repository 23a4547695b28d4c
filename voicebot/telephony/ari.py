"""Asterisk's REST interface, without I/O: what its events mean, and what it is asked to do, one request after another.

    caller ── StasisStart ──► bridge + caller + external media (AudioSocket, our UUID) ──► the call
    media  ── StasisStart ──► into the bridge: not before, or Asterisk refuses
    human  ── StasisStart ──► into the bridge, media out: Transferred
           └─ ChannelDestroyed before that ──► TransferFailed: the bot goes on, it never left

A transfer to `exten@context` or `queue:name` instead goes on in the dialplan: the caller leaves the application with
the story in his channel's variables; when somebody whom it dials answers, that is Transferred, and when the dialplan
sends him back with Stasis(app,back,UUID) the call goes on over a new connection. Names of channels and bridges are
chosen here, so that no answer has to be waited for, and everything that was made is deleted by name.

Source: https://docs.asterisk.org/Asterisk_REST_Interface (channels, bridges, events)
"""

from __future__ import annotations

import uuid
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from typing import Any

from voicebot.events import HungUp, TransferFailed, Transferred
from voicebot.telephony.ari_call import (
    BRIDGE,
    HUMAN,
    MADE,
    MEDIA,
    OUT,
    AriCall,
    AriOptions,
    mapping,
    name_of,
    stray,
)
from voicebot.telephony.ari_requests import (
    Ask,
    Request,
    add,
    connect,
    drop,
    leave,
    made,
    music,
    place,
    ring_human,
    variables,
    watch,
)
from voicebot.telephony.reception import Ring, Running

CAUSES = {
    17: "busy",
    18: "no answer",
    19: "no answer",
    21: "declined",
    1: "closed",
    20: "closed",
    3: "closed",
}
"""Q.850 causes of a human who was not reached, and what the call is told."""


class AriProtocol:
    """Implements Exchange; `ask` has to carry out requests of one call in order."""

    def __init__(self, options: AriOptions, ask: Ask) -> None:
        self._options = options
        self._ask = ask
        self._calls: dict[str, AriCall] = {}

    # -- from Asterisk ------------------------------------------------------------------------------------------

    def receive(self, event: Mapping[str, Any]) -> None:
        """An event of the application's WebSocket; what is unknown does nothing."""
        if event.get("type") == "Dial" and event.get("dialstatus") == "ANSWER":
            self._reached(mapping(event.get("caller")).get("id"))
        channel = event.get("channel")
        if not isinstance(channel, Mapping) or not isinstance(channel.get("id"), str):
            return
        kind, name = event.get("type"), channel["id"]
        if kind == "StasisStart":
            args = event.get("args")
            self._entered(name, channel, [str(arg) for arg in args] if isinstance(args, list) else [])
        elif kind == "ChannelDestroyed":
            self._destroyed(name, event.get("cause"))
        elif kind == "ChannelEnteredBridge":
            self._bridged(name, event.get("bridge"))

    def refused(self, call: AriCall, request: Request) -> None:
        """Asterisk refused what the call cannot do without."""
        if call.human and request.path == f"/channels/{call.human}":
            self._no_human(call, "failed")
        else:
            self._give_up(call)

    def reconcile(self, channels: Sequence[Mapping[str, Any]], bridges: Sequence[Mapping[str, Any]]) -> None:
        """The connection is there (again): what Asterisk has now. What was missed meanwhile is made up for.

        Calls whose caller has gone are over, those that the bot has placed as well: whether anybody answered meanwhile
        nobody knows ("lost"). Callers whom a bot before this one left behind are answered anew, those
        who speak with a human are watched to their end, and whatever else was made for them is deleted.
        """
        there = {str(channel.get("id")): channel for channel in channels}
        for call in list(self._calls.values()):
            if call.channel not in there:
                self._lost(call, "lost")
        for bridge in bridges:
            self._adopt(str(bridge.get("id")), bridge.get("channels"))
        mine = {
            channel for call in self._calls.values() for channel in (call.channel, call.media, call.human)
        }
        for channel, about in there.items():
            if channel not in mine and channel.startswith(MADE):
                self._ask(stray(channel), [drop(channel)])
            elif channel not in mine and self._waits_here(about):
                self._rings(channel, about)

    # -- for campaigns ------------------------------------------------------------------------------------------

    def originate(
        self, endpoint: str, caller_id: str, ring: Ring, unreached: Callable[[str], None], ring_s: int = 30
    ) -> str:
        """Ring somebody at an endpoint such as PJSIP/13800006612@trunk; returns the call's UUID.

        It follows from the ring's name: whoever asks later, in whatever process, finds the call by it. The call begins
        when he answers; `unreached` is told busy, no answer, declined, closed, failed or lost.
        """
        name = name_of(ring.call_id)
        known = replace(ring, call_id=name)
        call = self._calls[name] = AriCall(name, f"{OUT}{name}", known, unreached=unreached)
        self._ask(call, [place(call, self._options, endpoint, caller_id, ring_s)])
        return name

    # -- Exchange -----------------------------------------------------------------------------------------------

    def ring(self, name: str) -> Ring | None:
        """See Exchange."""
        call = self._calls.get(name)
        return None if call is None or call.call is not None else call.ring

    def transfer(self, name: str, to: str, story: Mapping[str, Any], call: Running) -> bool:
        """See Exchange."""
        known, numbers = self._calls.get(name), self._options.numbers
        number = numbers.get(to) or numbers.get("default")
        if known is None or number is None:
            call.post(TransferFailed(call.at, "closed"))
            return False
        known.call, known.failed = call, "no answer"
        told = variables(to, story)
        if number.startswith("queue:") or "@" in number.partition("/")[0]:
            known.away = True
            self._ask(known, leave(known, self._options, number, told))
            return True
        known.human = f"{HUMAN}{uuid.uuid4()}"
        self._ask(known, ring_human(known, self._options, number, told))
        return False

    def returned(self, name: str) -> str:
        """See Exchange."""
        call = self._calls.get(name)
        return "no answer" if call is None else call.failed

    def turned_away(self, name: str) -> None:
        """See Exchange."""
        call = self._calls.get(name)
        if call is not None:
            self._give_up(call)

    def ended(self, name: str) -> None:
        """See Exchange."""
        call = self._calls.get(name)
        if call is None:
            return
        if call.has_human:
            self._ask(call, [drop(call.media)])
        elif call.away:
            self._calls.pop(name)
        else:
            self._calls.pop(name)
            self._ask(call, [*made(call), drop(call.channel)])

    # -- inside -------------------------------------------------------------------------------------------------

    def _adopt(self, bridge: str, members: object) -> None:
        """A bridge of ours that no call knows: a human's and his caller's is kept, any other goes."""
        name = bridge.removeprefix(BRIDGE)
        if name == bridge or name in self._calls:
            return
        inside = [str(member) for member in members] if isinstance(members, list) else []
        humans = [channel for channel in inside if channel.startswith(HUMAN)]
        callers = [channel for channel in inside if not channel.startswith((HUMAN, MEDIA))]
        call = AriCall(name, callers[0] if callers else "", Ring(name, "asterisk"))
        if not callers or not humans:
            self._ask(call, made(call))
            return
        call.human, call.has_human = humans[0], True
        self._calls[name] = call
        self._ask(call, [watch(self._options.app, call.channel, call.human)])

    def _waits_here(self, about: Mapping[str, Any]) -> bool:
        """Is this channel in our application?"""
        place = mapping(about.get("dialplan"))
        return (
            place.get("app_name") == "Stasis"
            and str(place.get("app_data")).split(",")[0] == self._options.app
        )

    def _entered(self, channel: str, about: Mapping[str, Any], args: list[str]) -> None:
        for call in self._calls.values():
            if channel == call.media:
                self._ask(call, [add(call, channel)])
                return
        match args:
            case ["human", name] if name in self._calls:
                self._joined(self._calls[name], channel)
            case ["out", name] if name in self._calls:
                self._calls[name].unreached = None
                self._ask(self._calls[name], connect(self._calls[name], self._options))
            case ["back", name] if name in self._calls:
                self._calls[name].away = False
                self._ask(self._calls[name], connect(self._calls[name], self._options))
            case ["media" | "human" | "out", *_]:
                self._ask(stray(channel), [drop(channel)])
            case _ if not any(call.channel == channel for call in self._calls.values()):
                self._rings(channel, about)

    def _rings(self, channel: str, about: Mapping[str, Any]) -> None:
        name = str(uuid.uuid4())
        caller = mapping(about.get("caller")).get("number") or None
        called = mapping(about.get("dialplan")).get("exten") or None
        ring = Ring(name, "asterisk", str(caller) if caller else None, str(called) if called else None)
        call = self._calls[name] = AriCall(name, channel, ring)
        self._ask(call, [Request("POST", f"/channels/{channel}/answer", needed=True)])
        self._ask(call, connect(call, self._options))

    def _joined(self, call: AriCall, channel: str) -> None:
        call.has_human = True
        self._ask(call, [music(call, on=False), add(call, channel), drop(call.media)])
        self._post(call, lambda running: Transferred(running.at))

    def _bridged(self, channel: str, bridge: object) -> None:
        for call in self._calls.values():
            if call.channel == channel and mapping(bridge).get("id") != call.bridge:
                self._reached(channel)

    def _reached(self, channel: object) -> None:
        """Somebody whom the dialplan rang for this caller has answered."""
        for call in self._calls.values():
            if call.channel == channel and call.away and not call.has_human:
                call.has_human = True
                self._post(call, lambda running: Transferred(running.at))

    def _destroyed(self, channel: str, cause: object) -> None:
        for call in list(self._calls.values()):
            why = CAUSES.get(cause, "failed") if isinstance(cause, int) else "failed"
            if channel == call.channel:
                self._lost(call, why)
            elif channel == call.media and call.call is None and call.unreached is None:
                self._give_up(call)
            elif channel == call.human and not call.has_human:
                self._no_human(call, why)
            elif channel == call.human:
                self._calls.pop(call.name)
                self._ask(call, [*made(call), drop(call.channel)])

    def _no_human(self, call: AriCall, why: str) -> None:
        call.human = ""
        self._ask(call, [music(call, on=False)])
        self._post(call, lambda running: TransferFailed(running.at, why))

    def _give_up(self, call: AriCall) -> None:
        """The bot cannot have this call: the caller goes on in the dialplan, behind Stasis()."""
        self._lost(call)
        if not call.away:
            self._ask(call, [Request("POST", f"/channels/{call.channel}/continue")])

    def _lost(self, call: AriCall, why: str = "failed") -> None:
        """The caller has gone, in the middle of whatever it was; or was not reached at all."""
        self._calls.pop(call.name, None)
        if call.unreached is not None:
            call.unreached(why)
            return
        human = [drop(call.human)] if call.human else []
        self._ask(call, [*human, *made(call)])
        self._post(call, lambda running: HungUp(running.at, "caller"))

    def _post(self, call: AriCall, make: Callable[[Running], Transferred | TransferFailed | HungUp]) -> None:
        if call.call is not None:
            call.call.post(make(call.call))
