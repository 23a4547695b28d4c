"""Twilio's webhooks in any order, with a REST interface that refuses now and then."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass, field
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from tests.telephony.test_ari import Running
from voicebot.events import HungUp, TransferFailed, Transferred
from voicebot.telephony.twilio_exchange import TwilioExchange, TwilioOptions
from voicebot.telephony.twilio_rest import RestFailed


@dataclass
class Rest:
    """Answers, or refuses, as it is told."""

    answers: list[bool]
    asked: list[str] = field(default_factory=list)

    def _do(self, what: str) -> None:
        self.asked.append(what)
        if self.answers and not self.answers.pop(0):
            raise RestFailed("no")

    async def redirect(self, sid: str, markup: str) -> None:
        self._do("redirect")

    async def place(self, outgoing: Any) -> str:
        self._do("place")
        return "CA-human"

    async def complete(self, sid: str) -> None:
        self._do("complete")


class Leg:
    def __init__(self) -> None:
        self.call: Running | None = Running()

    def leave(self) -> None: ...

    def stay(self) -> None: ...


async def begun(rest: Rest, *, warm: bool) -> tuple[TwilioExchange, str, Leg]:
    exchange = TwilioExchange(rest, lambda: 0.0, TwilioOptions({"default": "+861"}, warm=warm))
    token = exchange.rings("CA1", "+8613800006612", "+864008").split('value="')[1].split('"')[0]
    talk = exchange.enter(token)
    assert talk is not None
    talk.leg = leg = Leg()
    return exchange, talk.key, leg


steps = st.tuples(
    st.sampled_from(["transfer", "dialed", "whisper", "accept", "human", "status", "enter", "settle"]),
    st.sampled_from(["1", "2", "", "busy", "no-answer", "completed", "failed", "answered", "字"]),
    st.booleans(),
)


@settings(max_examples=60)
@given(st.booleans(), st.lists(st.booleans(), max_size=8), st.lists(steps, max_size=14))
def test_any_order_gives_no_exception_and_the_call_can_be_ended(
    warm: bool, answers: list[bool], sent: list[tuple[str, str, bool]]
) -> None:
    async def scenario() -> None:
        rest = Rest(answers)
        exchange, key, leg = await begun(rest, warm=warm)
        for what, word, known in sent:
            name = key if known else "nobody"
            match what:
                case "transfer" if known:
                    exchange.transfer(key, word, {"spoken": word}, leg)
                case "dialed":
                    assert exchange.dialed(name, word, known).startswith("<?xml")
                case "whisper":
                    assert exchange.whisper(name).startswith("<?xml")
                case "accept":
                    assert exchange.accept(name, word).startswith("<?xml")
                case "human":
                    exchange.human(name, word)
                case "status":
                    exchange.status("CA1" if known else "CA2", word)
                case "enter":
                    assert exchange.enter(word) is None
                case _:
                    await asyncio.sleep(0)
        exchange.ended(key)
        await asyncio.sleep(0)
        await asyncio.gather(*exchange._tasks)
        assert "<Hangup" in exchange.whisper(key)
        assert leg.call is not None
        assert all(isinstance(event, Transferred | TransferFailed | HungUp) for event in leg.call.events)

    asyncio.run(scenario())


def test_a_human_who_was_rung_for_nobody_is_dropped() -> None:
    async def scenario() -> None:
        rest = Rest([])
        exchange, key, leg = await begun(rest, warm=True)
        exchange.transfer(key, "service", {"spoken": "退货"}, leg)
        exchange.ended(key)
        while exchange._tasks:
            await asyncio.gather(*exchange._tasks)
        assert rest.asked == ["redirect", "place", "complete"]

    asyncio.run(scenario())
