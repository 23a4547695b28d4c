"""A script after loading: flows of steps joined by indexes, checked, frozen. A flow is a tuple of steps."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Any, Literal

from voicebot.dialogue.expressions import Expression
from voicebot.dialogue.read import Place
from voicebot.dialogue.step_kinds import NOWHERE, Ask, CallFlow, Done, Note, Step, exits, words_of
from voicebot.dialogue.wording import Words

__all__ = [
    "Ask",
    "CallFlow",
    "Done",
    "Flow",
    "MoodRule",
    "Note",
    "QueryRule",
    "Script",
    "Settings",
    "SlotRule",
    "exits",
    "words_of",
]


@dataclass(frozen=True, slots=True)
class Flow:
    """A named piece of dialogue.

    `title` is what it does, as the caller would say it (查订单); `suggest` the next step for a human who takes
    over; `open_only` intents count only when nothing was asked; `brief` flows return without a bridge;
    `passing` ones are not returned to when something else is wanted, and none is when one of its `rivals` is. An
    `again` flow begins anew when only another detail is named after it: 那电饭煲呢. One with `questions` is open_only
    but for what is put as a question. A wish `gives_way` to those for which, in the same sentence, it is the reason.
    `resume` is where it begins again after a correction: its label of that name, else its beginning.
    `uses` are the slots that the flow and the flows it calls need, `works_with` the names of results that they bind or
    read, but for those of verifying.
    """

    name: str
    place: Place
    steps: tuple[Step, ...]
    intents: tuple[str, ...] = ()
    title: str = ""
    suggest: str = ""
    open_only: bool = False
    brief: bool = False
    passing: bool = False
    again: bool = False
    questions: bool = False
    gives_way: tuple[str, ...] = ()
    rivals: tuple[str, ...] = ()
    resume: int = 0
    uses: frozenset[str] = frozenset()
    works_with: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class SlotRule:
    """A declared slot: what may fill it, what is forgotten when it changes, how long it stays.

    `sources` are the understood slots that fill it whenever they are said, `accepts` those that do so only when it
    was asked for. `when` (of `it`) says which values can be meant. `free`: any utterance is an answer (a reason, a
    description), unless something else is wanted with it; the intents in `means` (or "all") are then no wishes but
    ways of answering.
    """

    name: str
    place: Place
    sources: tuple[str, ...]
    accepts: tuple[str, ...] = ()
    drops: tuple[str, ...] = ()
    keep: Literal["call", "flow"] = "flow"
    free: bool = False
    title: str = ""
    means: tuple[str, ...] = ()
    when: Expression | None = None


@dataclass(frozen=True, slots=True)
class QueryRule:
    """A declared query: its arguments (name? may be left out), its result's fields, which of these are public.

    Public fields, which anybody may hear, may be dotted (`customer.surname`). `verifies` is the field that, when
    true, makes the caller verified. `confirmed` and `verified` say what a Do demands before it; before a `costly` one
    a yes that was not heard clearly is asked for again.
    """

    name: str
    place: Place
    changes: bool
    takes: tuple[str, ...]
    gives: tuple[str, ...]
    public: frozenset[str]
    verifies: str | None = None
    confirmed: bool = True
    verified: bool = True
    costly: bool = False


@dataclass(frozen=True, slots=True)
class MoodRule:
    """What a mood does to the dialogue: a word once, a flow offered, or a transfer at once."""

    words: Words = ()
    offer: str | None = None
    after: int = 1
    transfer: str | None = None
    place: Place = NOWHERE


@dataclass(frozen=True, slots=True)
class Settings:
    """Thresholds, limits and waits (ms); `failures` in a row lead to a human, `silences` to a goodbye.

    `given` are the names that the script sets itself. `opt_out_key` ends a call that the bot has placed, as words do.
    """

    act: float = 0.6
    confirm: float = 0.35
    digress: float = 0.8
    human: float = 0.35
    sure: float = 0.8
    failures: int = 2
    silences: int = 3
    max_steps: int = 60
    silence_ms: int = 6000
    patience_ms: int = 30000
    handover: str = "service"
    opt_out_key: str = ""
    given: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class Script:
    """A whole checked script."""

    flows: Mapping[str, Flow]
    slots: Mapping[str, SlotRule]
    queries: Mapping[str, QueryRule]
    words: Mapping[str, Words]
    moods: Mapping[str, MoodRule]
    settings: Settings
    constants: Mapping[str, Any]
    intents: Mapping[str, str] = field(default_factory=dict)

    def with_thresholds(self, act: float, confirm: float) -> Script:
        """The same script, acting and asking back from these confidences on, where it does not set its own."""
        own = self.settings
        settings = replace(
            own,
            act=own.act if "act" in own.given else act,
            confirm=own.confirm if "confirm" in own.given else confirm,
        )
        return replace(self, settings=settings)

    def step_at(self, flow: str, place: int) -> Step:
        """The step at a place of a flow."""
        return self.flows[flow].steps[place]

    def choice_of(self, slot: str) -> Ask | None:
        """The question that lets the caller choose this slot's value from declared options, or None."""
        steps = (step for flow in self.flows.values() for step in flow.steps)
        return next((one for one in steps if isinstance(one, Ask) and one.options and one.slot == slot), None)
