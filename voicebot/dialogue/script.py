"""A script after loading: flows of steps joined by indexes, checked, frozen.

A flow is a tuple of steps; a step names the index of the one that follows it. Index `END` is the place after
the last step, which a checked script never reaches.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from typing import Any, Literal

from voicebot.dialogue.expressions import Expression
from voicebot.dialogue.read import Place
from voicebot.dialogue.reply import Keys
from voicebot.dialogue.wording import Words

END = -1
NOWHERE = Place("", 0)
Arguments = Mapping[str, Expression]


@dataclass(frozen=True, slots=True)
class Step:
    """What all steps have: where it is written, and the index of the step after it."""

    place: Place
    next: int


@dataclass(frozen=True, slots=True)
class Say(Step):
    """Speak."""

    words: Words
    interruptible: bool = True


AskKind = Literal["slot", "yes_no", "choice", "open"]


@dataclass(frozen=True, slots=True)
class Ask(Step):
    """Ask, and wait for the answer.

    kind slot: `slot` is filled from what was understood, or from keys; skipped when it is filled already.
    kind yes_no: goes to `targets["yes"]` or `targets["no"]`. kind choice: one of `source`'s items (or of
    `options`) goes into `slot`. kind open: anything; what the caller wants starts its flow.
    `targets` also holds where to go for an intent, and `otherwise` (too many failures) and `unknown` (the caller
    does not know). `early` are the options that count when the caller names one before he is asked. Where `settled`
    holds, a question of yes or no is not asked: it is a yes.
    """

    kind: AskKind
    words: Words
    slot: str = ""
    expecting: str | None = None
    keys: Keys | None = None
    valid: Expression | None = None
    invalid: Words = ()
    confirm: Words = ()
    no_input: Words = ()
    no_match: Words = ()
    again: Words = ()
    help: Words = ()
    limit: int = 0
    fresh: bool = False
    source: Expression | None = None
    show: Words = ()
    options: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    early: tuple[str, ...] = ()
    targets: Mapping[str, int] = field(default_factory=dict)
    settled: Expression | None = None


@dataclass(frozen=True, slots=True)
class Query(Step):
    """A Look, or a Do when `changes`; the result goes under `name`."""

    query: str
    arguments: Arguments
    name: str
    changes: bool
    words: Words = ()
    failed: int | None = None


@dataclass(frozen=True, slots=True)
class Branch(Step):
    """To the first case whose condition holds, else to `next`."""

    cases: tuple[tuple[Expression, int], ...]


@dataclass(frozen=True, slots=True)
class Assign(Step):
    """Give names values."""

    values: Arguments


@dataclass(frozen=True, slots=True)
class ForgetStep(Step):
    """Forget slots and values."""

    names: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Go(Step):
    """Nothing but `next`."""


@dataclass(frozen=True, slots=True)
class CallFlow(Step):
    """Run another flow, then go on."""

    flow: str


@dataclass(frozen=True, slots=True)
class Handover(Step):
    """Give the caller to a human."""

    to: str
    words: Words
    why: str
    priority: bool = False


@dataclass(frozen=True, slots=True)
class Goodbye(Step):
    """Hang up."""

    words: Words
    why: str


@dataclass(frozen=True, slots=True)
class Done(Step):
    """The flow is over. `outcome` resolved or failed is recorded; `whole` ends the callers of this flow too."""

    outcome: str = ""
    whole: bool = False


@dataclass(frozen=True, slots=True)
class Miss(Step):
    """This was not understood: a failure in a row more, and the flow is over. `limit`: so many lead to a human."""

    words: Words
    limit: int = 0


@dataclass(frozen=True, slots=True)
class Note(Step):
    """Record a fact."""

    kind: str
    data: Arguments


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


def exits(step: Step) -> Iterator[int]:
    """The indexes that may follow this step within its flow."""
    match step:
        case Handover() | Goodbye() | Done() | Miss():
            return
        case Branch():
            yield from (target for _, target in step.cases)
            yield step.next
        case Ask(kind="yes_no"):
            yield from step.targets.values()
        case Ask():
            yield from step.targets.values()
            if step.kind != "open":
                yield step.next
        case Query():
            yield step.next
            if step.failed is not None:
                yield step.failed
        case _:
            yield step.next


def expressions_of(step: Step) -> Iterator[Expression]:
    """Every expression in a step that is not spoken."""
    match step:
        case Ask():
            yield from (one for one in (step.valid, step.source, step.settled) if one)
        case Query():
            yield from step.arguments.values()
        case Branch():
            yield from (condition for condition, _ in step.cases)
        case Assign():
            yield from step.values.values()
        case Note():
            yield from step.data.values()
        case _:
            return


def words_of(step: Step) -> Iterator[Words]:
    """Everything a step may say."""
    match step:
        case Ask():
            yield from (step.words, step.invalid, step.confirm, step.no_input, step.no_match)
            yield from (step.again, step.help, step.show)
        case Say() | Query() | Handover() | Goodbye() | Miss():
            yield step.words
        case _:
            return
