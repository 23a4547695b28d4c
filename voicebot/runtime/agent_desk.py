"""The agent desk: transfers that are taken at the console. The queue decides; this carries out, and keeps its time."""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from typing import Any

from voicebot.agents.queue import Decision, DeskOptions, DeskQueue, GiveUp, Offer, Tell, Withdraw
from voicebot.agents.skills import MANDARIN, Needs
from voicebot.agents.telling import place_in_words
from voicebot.events import Prompted, TransferFailed
from voicebot.runtime.live import Hub, LiveCall, Page

GRACE_S = 10.0
"""Whoever closes his last page may have another open soon: so long he stays on duty, and keeps his call."""

STAY_S = 60.0
"""Whoever asks by the API is there for so long."""

Serves = Callable[[str, str], bool]
"""Does the desk take transfers of this line to this name?"""


def on_the_web(line: str, _to: str) -> bool:
    """Lines on which there is no telephone that could be rung."""
    return line in {"browser", "chat"}


class AgentDesk:
    """Implements Switchboard. `now` gives seconds that never go back."""

    def __init__(
        self,
        hub: Hub,
        now: Callable[[], float],
        options: DeskOptions | None = None,
        serves: Serves = on_the_web,
        *,
        grace_s: float = GRACE_S,
        languages: Mapping[str, str] | None = None,
    ) -> None:
        """`languages` are those of the numbers that are rung; whoever rings another speaks Mandarin."""
        self._hub = hub
        self._now = now
        self._serves = serves
        self._grace_s = grace_s
        self._languages = languages or {}
        self._pages: dict[str, set[Page]] = {}
        self._present: Counter[str] = Counter()
        self._alarm: asyncio.TimerHandle | None = None
        self.queue = DeskQueue(options)
        hub.switchboard = self

    # -- Switchboard --------------------------------------------------------------------------------------------

    def wants(self, live: LiveCall, to: str, story: Mapping[str, Any]) -> bool:
        """Take this caller into the queue."""
        if not self._serves(live.ring.line, to):
            return False
        live.state = "waiting"
        language = self._languages.get(live.ring.called or "", MANDARIN)
        self.queue.enter(live.name, needs_of(to, {"language": language, **story}), self._now())
        self._carry_out()
        return True

    def gone(self, live: LiveCall) -> None:
        """He does not wait, or does not talk with a human, any more."""
        if live.state != "human" or live.over:
            self.queue.finished(live.name, self._now())
        self.queue.leave(live.name, self._now())
        self._carry_out()

    # -- agents -------------------------------------------------------------------------------------------------

    def come(self, agent: str, page: Page) -> None:
        """This agent has opened a page."""
        self._pages.setdefault(agent, set()).add(page)
        self._present[agent] += 1

    def go(self, agent: str, page: Page) -> None:
        """He has closed it; with his last page, and after a while, he is off duty and his caller is the bot's."""
        self._pages.get(agent, set()).discard(page)
        self._went(agent)

    def stay(self, agent: str, for_s: float = STAY_S) -> None:
        """He is there for so long even without a page: a program asks in his name, and asks again."""
        self._present[agent] += 1
        asyncio.get_running_loop().call_later(for_s, self._went, agent)

    def duty(self, agent: str, skills: Sequence[str], on: bool) -> None:
        """He takes calls from now on, or does not."""
        if on:
            self.queue.begin_duty(agent, skills, self._now())
        else:
            self.queue.end_duty(agent, self._now())
        self._carry_out()

    def accept(self, agent: str, name: str) -> bool:
        """He takes the call that rings at him; False when it does not ring there any more."""
        live = self._hub.calls.get(name)
        if live is None or not self.queue.accept(agent, name, self._now()):
            return False
        self._carry_out()
        return live.take_over(agent)

    def decline(self, agent: str, name: str) -> None:
        """He does not."""
        self.queue.decline(agent, name, self._now())
        self._carry_out()

    def took_over(self, agent: str, name: str) -> None:
        """He has stepped into a call that was not offered."""
        self.queue.talks_with(agent, name, self._now())

    # -- inside -------------------------------------------------------------------------------------------------

    def _went(self, agent: str) -> None:
        self._present[agent] -= 1
        asyncio.get_running_loop().call_later(self._grace_s, self._perhaps_gone, agent)

    def _perhaps_gone(self, agent: str) -> None:
        if self._present[agent] > 0:
            return
        self.duty(agent, (), on=False)
        for live in list(self._hub.calls.values()):
            if live.human == agent:
                live.hand_back(agent)

    def _carry_out(self) -> None:
        for decision in self.queue.take():
            self._do(decision)
        self._tell_all()
        if self._alarm is not None:
            self._alarm.cancel()
            self._alarm = None
        deadline = self.queue.deadline
        if deadline is not None:
            delay = max(0.0, deadline - self._now())
            self._alarm = asyncio.get_running_loop().call_later(delay, self._wake)

    def _wake(self) -> None:
        self.queue.woke(self._now())
        self._carry_out()

    def _do(self, decision: Decision) -> None:
        live = self._hub.calls.get(decision.call)
        if live is None or live.driver is None:
            return
        match decision:
            case Tell(_, position, wait_s):
                live.driver.post(Prompted(live.at, place_in_words(position, wait_s)))
            case GiveUp(_, why):
                live.driver.post(TransferFailed(live.at, why))
            case Offer() | Withdraw():
                """Every page learns how the queue stands, below."""

    def _tell_all(self) -> None:
        for pages in self._pages.values():
            for page in tuple(pages):
                page.told({"type": "queue"})


def needs_of(to: str, story: Mapping[str, Any]) -> Needs:
    """What a call needs, from the story that goes with it."""
    who = story.get("who") or {}
    doing = str(story.get("doing") or "")
    topics = (*(str(one) for one in story.get("wanted") or ()), doing, to)
    urgent = bool(story.get("priority"))
    language = str(story.get("language") or MANDARIN)
    return Needs(tuple(one for one in topics if one), language, str(who.get("tier") or ""), urgent)
