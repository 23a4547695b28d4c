"""The kinds of steps that flows are made of, and what can be read off one: where it leads, what it needs, what it says.

A step names the index of the one that follows it. Index `END` is the place after the last step, which a checked script
never reaches.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Literal

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
