"""The queue of the agent desk: who gets whom, in what order, and what those who wait are told.

enter ──► waits ──offer──► rings ── accept ──► talks ── finished ──► the agent is free, and so long it took
            ▲                │ decline, or no answer
            └────────────────┘               nobody left, or too long: given up

Every method takes the moment, in seconds of one clock; what is to be done about it is fetched with `take`.
One call rings at one agent at a time: the free one who suits best, among equals the one free longest.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Iterable
from dataclasses import dataclass, field

from voicebot.agents.skills import Needs, Skills

REMEMBERED = 20
"""The expected wait is made of so many newest conversations."""
APART_S = 6.0
"""Nobody is told his place again sooner than this: the sentence before is still being said."""
RINGING_S = 5.0
"""An agent who answers sooner than this is announced by nothing but his voice."""
RINGS = 0
"""The place of a caller at whose agent it rings."""


@dataclass(frozen=True, slots=True)
class DeskOptions:
    """Times in seconds: how long a call rings at one agent, how long it waits for all, how often it is told at least.

    `handling_s` is how long a conversation takes as long as none was measured. Customers of `tiers_first` go before.
    """

    ring_s: float = 20.0
    wait_s: float = 45.0
    tell_s: float = 20.0
    handling_s: float = 180.0
    tiers_first: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Offer:
    """Ring at this agent."""

    call: str
    agent: str


@dataclass(frozen=True, slots=True)
class Withdraw:
    """Ring there no longer."""

    call: str
    agent: str


@dataclass(frozen=True, slots=True)
class Tell:
    """The caller shall know his place (1: he is next; RINGS: it rings) and how long it will take, in seconds."""

    call: str
    position: int
    wait_s: float


@dataclass(frozen=True, slots=True)
class GiveUp:
    """No human will take this call: closed, declined or no answer."""

    call: str
    why: str


Decision = Offer | Withdraw | Tell | GiveUp


@dataclass(slots=True)
class _Waiting:
    call: str
    needs: Needs
    since: float
    refused: set[str] = field(default_factory=set)
    agent: str | None = None
    rings_since: float = 0.0
    told: float | None = None
    place: int = RINGS


@dataclass(slots=True)
class _Agent:
    skills: Skills
    free_since: float
    call: str | None = None
    talks_since: float = 0.0


class DeskQueue:
    """Agents on duty, and calls that wait for one of them."""

    def __init__(self, options: DeskOptions | None = None) -> None:
        self._options = options or DeskOptions()
        self._waiting: dict[str, _Waiting] = {}
        self._agents: dict[str, _Agent] = {}
        self._handled: deque[float] = deque(maxlen=REMEMBERED)
        self._decisions: list[Decision] = []

    # -- what is to be seen ---------------------------------------------------------------------------------

    @property
    def waiting(self) -> list[str]:
        """The calls that wait, the next one first."""
        return [one.call for one in self._line()]

    @property
    def on_duty(self) -> list[str]:
        """Agents who take calls."""
        return list(self._agents)

    @property
    def free(self) -> int:
        """How many more callers would find an agent at once: those who talk to nobody, less the callers who wait."""
        idle = sum(agent.call is None for agent in self._agents.values())
        return max(0, idle - len(self._waiting))

    @property
    def handling_s(self) -> float:
        """How long a conversation takes: the mean of the newest."""
        return sum(self._handled) / len(self._handled) if self._handled else self._options.handling_s

    @property
    def deadline(self) -> float | None:
        """Call `woke` then."""
        options, moments = self._options, []
        for place, one in enumerate(self._line(), start=1):
            moments += [one.since + options.wait_s, self._due(one, place)]
            if one.agent is not None:
                moments.append(one.rings_since + options.ring_s)
        return min(moments, default=None)

    def rings_at(self, call: str) -> str | None:
        """The agent at whom this call rings."""
        one = self._waiting.get(call)
        return one.agent if one else None

    def talks(self, agent: str) -> str | None:
        """The call that this agent has."""
        one = self._agents.get(agent)
        return one.call if one else None

    def take(self) -> list[Decision]:
        """What is to be done, since the last time."""
        decisions, self._decisions = self._decisions, []
        return decisions

    # -- what happens ---------------------------------------------------------------------------------------

    def begin_duty(self, agent: str, skills: Iterable[str], at: float) -> None:
        """This agent takes calls from now on; another time only his skills change."""
        known = self._agents.get(agent)
        if known is None:
            self._agents[agent] = _Agent(Skills.of(skills), at)
        else:
            known.skills = Skills.of(skills)
        self.woke(at)

    def end_duty(self, agent: str, at: float) -> None:
        """He takes no more; what rings at him rings elsewhere. A conversation of his goes on."""
        self._agents.pop(agent, None)
        for one in self._waiting.values():
            if one.agent == agent:
                self._withdraw(one)
        self.woke(at)

    def enter(self, call: str, needs: Needs, at: float) -> None:
        """A caller wants a human."""
        self._waiting[call] = _Waiting(call, needs, at)
        self.woke(at)

    def leave(self, call: str, at: float) -> None:
        """He does not wait any more."""
        one = self._waiting.pop(call, None)
        if one is not None and one.agent is not None:
            self._withdraw(one)
        self.woke(at)

    def accept(self, agent: str, call: str, at: float) -> bool:
        """The agent takes the call that rings at him; False when it does not (any more)."""
        one = self._waiting.get(call)
        if one is None or one.agent != agent:
            return False
        del self._waiting[call]
        self.talks_with(agent, call, at)
        self.woke(at)
        return True

    def talks_with(self, agent: str, call: str, at: float) -> None:
        """The agent has a call, also one that he was not offered."""
        known = self._agents.get(agent)
        if known is not None:
            known.call, known.talks_since = call, at

    def decline(self, agent: str, call: str, at: float) -> None:
        """He does not want it."""
        one = self._waiting.get(call)
        if one is not None and one.agent == agent:
            one.refused.add(agent)
            self._withdraw(one)
        self.woke(at)

    def finished(self, call: str, at: float) -> None:
        """The conversation with this caller is over, on whatever side."""
        for known in self._agents.values():
            if known.call == call:
                self._handled.append(at - known.talks_since)
                known.call, known.free_since = None, at
        self.woke(at)

    def woke(self, at: float) -> None:
        """Time has passed: ring elsewhere, give up, offer, tell."""
        for one in list(self._waiting.values()):
            if one.agent is not None and at >= one.rings_since + self._options.ring_s:
                one.refused.add(one.agent)
                self._withdraw(one)
            if at >= one.since + self._options.wait_s:
                self._give_up(one, "no answer")
        for one in self._line():
            self._offer(one, at)
        for place, one in enumerate(self._line(), start=1):
            self._tell(one, place, at)

    # -- inside ---------------------------------------------------------------------------------------------

    def _line(self) -> list[_Waiting]:
        first = self._options.tiers_first
        return sorted(
            self._waiting.values(),
            key=lambda one: (not one.needs.urgent, one.needs.tier not in first, one.since),
        )

    def _could(self, one: _Waiting) -> list[tuple[str, _Agent]]:
        """Who may ever get this call, busy or not."""
        return [
            (name, agent)
            for name, agent in self._agents.items()
            if agent.skills.speaks(one.needs) and name not in one.refused
        ]

    def _offer(self, one: _Waiting, at: float) -> None:
        if one.agent is not None:
            return
        could = self._could(one)
        if not could:
            self._give_up(one, "declined" if one.refused else "closed")
            return
        ringing = {other.agent for other in self._waiting.values()}
        free = [(name, agent) for name, agent in could if agent.call is None and name not in ringing]
        if free:
            best = max(free, key=lambda each: (each[1].skills.fit(one.needs), -each[1].free_since))
            one.agent, one.rings_since = best[0], at
            self._decisions.append(Offer(one.call, one.agent))

    def _due(self, one: _Waiting, place: int) -> float:
        """When this caller is to be told how he stands: at once, when that changes, and again after a while."""
        if one.told is None:
            return one.rings_since + RINGING_S if one.agent is not None else one.since
        changed = one.place != (RINGS if one.agent is not None else place)
        return one.told + (APART_S if changed else self._options.tell_s)

    def _tell(self, one: _Waiting, place: int, at: float) -> None:
        if at < self._due(one, place):
            return
        one.told, one.place = at, RINGS if one.agent is not None else place
        agents = max(1, len(self._could(one)))
        wait_s = 0.0 if one.place == RINGS else place * self.handling_s / agents
        self._decisions.append(Tell(one.call, one.place, wait_s))

    def _withdraw(self, one: _Waiting) -> None:
        if one.agent is not None:
            self._decisions.append(Withdraw(one.call, one.agent))
        one.agent = None

    def _give_up(self, one: _Waiting, why: str) -> None:
        if self._waiting.pop(one.call, None) is not None:
            self._withdraw(one)
            self._decisions.append(GiveUp(one.call, why))
