"""Steps as written (a list, with lists inside) -> steps joined by indexes."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Literal

from voicebot.dialogue.parse import Reader
from voicebot.dialogue.read import Place, Row, Table
from voicebot.dialogue.step_kinds import (
    END,
    Ask,
    AskKind,
    Assign,
    Branch,
    CallFlow,
    Done,
    ForgetStep,
    Go,
    Goodbye,
    Handover,
    Miss,
    Note,
    Query,
    Say,
    Step,
)

ASK_KEYS = {"say", "expecting", "no_input", "no_match", "again", "help", "limit", "otherwise", "silent", "on"}
SLOT_KEYS = ASK_KEYS | {"keys", "valid", "invalid", "confirm", "fresh", "unknown"}
CHOICE_KEYS = ASK_KEYS | {"from", "show", "options", "early", "fresh", "unknown"}
QUERY_KEYS = {"with", "as", "say", "failed"}
ALLOWED: dict[str, set[str]] = {
    "say": {"interruptible"},
    "ask": SLOT_KEYS,
    "choose": CHOICE_KEYS,
    "confirm": (ASK_KEYS - {"say"}) | {"yes", "no", "settled"},
    "listen": ASK_KEYS - {"say"},
    "look": QUERY_KEYS,
    "do": QUERY_KEYS,
    "if": {"then", "else"},
    "cases": {"else"},
    "set": set(),
    "forget": set(),
    "label": set(),
    "go": set(),
    "call": set(),
    "transfer": {"say", "why", "priority"},
    "hangup": {"say"},
    "done": set(),
    "stop": set(),
    "miss": {"limit"},
    "record": {"with"},
}
_FIRST = ("ask", "choose", "confirm", "listen", "look", "do", "if", "cases", "set", "forget", "label", "go")
KINDS = (*_FIRST, "call", "transfer", "hangup", "done", "stop", "miss", "record", "say")
"""In this order: a step is of the first kind that it has as a key."""


class StepParser:
    """The steps of one flow. Labels may be used before they are written."""

    def __init__(self, reader: Reader, flow: str) -> None:
        self.reader = reader
        self.flow = flow
        self.steps: list[Step | None] = []
        self.labels: dict[str, int] = {}
        self.mentioned: list[tuple[str, Place]] = []
        self.defined: set[str] = set()

    def parse(self, rows: Row) -> tuple[Step, ...]:
        """All steps; the first is the flow's beginning."""
        self._list(rows, END)
        for name, place in self.mentioned:
            if name not in self.defined:
                self.reader.wrong(place, f"flow {self.flow} has no label {name!r}")
        fallback = Go(rows.place, END)
        return tuple(step or fallback for step in self.steps)

    def _reserve(self) -> int:
        self.steps.append(None)
        return len(self.steps) - 1

    def _list(self, rows: Row, after: int) -> int:
        """Parse a list whose last step is followed by `after`; gives the index of its first step."""
        if not rows:
            return after
        indexes = [self._reserve() for _ in rows]
        for row, place, index, following in zip(
            rows, rows.places, indexes, [*indexes[1:], after], strict=True
        ):
            self.steps[index] = self._step(row, place, following)
        return indexes[0]

    def _step(self, row: Any, place: Place, following: int) -> Step:
        table = row if isinstance(row, Table) else None
        if isinstance(row, str) and row in {"done", "stop"}:
            return Done(place, following, whole=row == "stop")
        kind = next((name for name in KINDS if table is not None and name in table), None)
        if table is None or kind is None:
            self.reader.wrong(place, f"not a step: {row!r}; a step is one of {', '.join(sorted(ALLOWED))}")
            return Go(place, following)
        self.reader.known(table, {kind, *ALLOWED[kind]}, f"the step {kind}")
        return _PARSERS[kind](self, table, place, following)

    def target(self, table: Table, key: str, following: int) -> int:
        """Where a key leads: to a label, or into a list of steps that is followed by `following`."""
        value = table[key]
        if isinstance(value, Row):
            return self._list(value, following)
        if not isinstance(value, str):
            self.reader.wrong(table.places[key], f"{key} must be a label or a list of steps")
            return following
        self.mentioned.append((value, table.places[key]))
        return self._label(value)

    def _label(self, name: str) -> int:
        if name not in self.labels:
            self.labels[name] = self._reserve()
        return self.labels[name]

    def say(self, table: Table, place: Place, following: int) -> Step:
        """`say: text`."""
        words = self.reader.words(table, "say")
        return Say(place, following, words, self.reader.one(table, "interruptible", bool, True))

    def ask(self, table: Table, place: Place, following: int) -> Step:
        """`ask: slot`, `choose: slot`, `confirm: text` and `listen: text`."""
        read = self.reader
        kind: AskKind = "slot" if "ask" in table else "choice"
        prompt = "say"
        if "confirm" in table and "ask" not in table:
            kind, prompt = "yes_no", "confirm"
        elif "listen" in table:
            kind, prompt = "open", "listen"
        expecting = read.one(table, "expecting", str, "") or _EXPECTING[kind]
        return Ask(
            place,
            following,
            kind,
            words=read.words(table, prompt),
            slot=str(table.get("ask") or table.get("choose") or ""),
            expecting=expecting,
            keys=read.keys(table) if kind == "slot" else None,
            valid=read.expression(table, "valid") if "valid" in table else None,
            invalid=read.words(table, "invalid"),
            confirm=read.words(table, "confirm") if kind == "slot" else (),
            no_input=read.words(table, "no_input"),
            no_match=read.words(table, "no_match"),
            again=read.words(table, "again"),
            help=read.words(table, "help"),
            limit=read.one(table, "limit", int, 0),
            fresh=read.one(table, "fresh", bool, False),
            source=read.expression(table, "from") if "from" in table else None,
            show=read.words(table, "show"),
            options=self._options(table),
            early=self._early(table),
            targets=self._targets(table, kind, following),
            settled=read.expression(table, "settled") if "settled" in table else None,
        )

    def _options(self, table: Table) -> dict[str, tuple[str, ...]]:
        inner = self.reader.table(table, "options") if "options" in table else Table(table.place)
        return {name: self.reader.names(inner, name) for name in inner}

    def _early(self, table: Table) -> tuple[str, ...]:
        early = self.reader.names(table, "early")
        known = self.reader.table(table, "options") if "options" in table else {}
        for name in early:
            if name not in known:
                self.reader.wrong(table.places["early"], f"{name!r} is none of the options")
        return early

    def _targets(self, table: Table, kind: AskKind, following: int) -> dict[str, int]:
        targets = {"yes": following, "no": following} if kind == "yes_no" else {}
        for key in ("yes", "no", "otherwise", "unknown", "silent"):
            if key in table:
                targets[key] = self.target(table, key, following)
        intents = self.reader.table(table, "on")
        return targets | {f"on {name}": self.target(intents, name, following) for name in intents}

    def query(self, table: Table, place: Place, following: int) -> Step:
        """`look: query` and `do: query`."""
        kind = "do" if "do" in table else "look"
        failed = self.target(table, "failed", following) if "failed" in table else None
        name = self.reader.one(table, kind, str, "")
        result = self.reader.one(table, "as", str, name)
        arguments = self.reader.expressions(table, "with")
        return Query(
            place, following, name, arguments, result, kind == "do", self.reader.words(table, "say"), failed
        )

    def branch(self, table: Table, place: Place, following: int) -> Step:
        """`if: condition` with `then` and `else`."""
        condition = self.reader.expression(table, "if")
        then = self.target(table, "then", following) if "then" in table else following
        otherwise = self.target(table, "else", following) if "else" in table else following
        return Branch(place, otherwise, ((condition, then),))

    def cases(self, table: Table, place: Place, following: int) -> Step:
        """`cases:` a list of `if` and `then`, the first that holds is taken, and `else`."""
        rows = table["cases"]
        cases = []
        for row in rows if isinstance(rows, Row) else ():
            if not isinstance(row, Table) or not {"if", "then"} <= set(row):
                self.reader.wrong(place, "each of the cases has an if and a then")
                continue
            cases.append((self.reader.expression(row, "if"), self.target(row, "then", following)))
        otherwise = self.target(table, "else", following) if "else" in table else following
        return Branch(place, otherwise, tuple(cases))

    def assign(self, table: Table, place: Place, following: int) -> Step:
        """`set: {name: expression}`."""
        return Assign(place, following, self.reader.expressions(table, "set"))

    def forget(self, table: Table, place: Place, following: int) -> Step:
        """`forget: [names]`."""
        return ForgetStep(place, following, self.reader.names(table, "forget"))

    def label(self, table: Table, place: Place, following: int) -> Step:
        """`label: name`: a place to go to."""
        name = self.reader.one(table, "label", str, "")
        if name in self.defined:
            self.reader.wrong(place, f"the label {name!r} is in flow {self.flow} twice")
        self.defined.add(name)
        self.steps[self._label(name)] = Go(place, following)
        return Go(place, self._label(name))

    def go(self, table: Table, place: Place, following: int) -> Step:
        """`go: label`."""
        return Go(place, self.target(table, "go", following))

    def call(self, table: Table, place: Place, following: int) -> Step:
        """`call: flow`."""
        return CallFlow(place, following, self.reader.one(table, "call", str, ""))

    def transfer(self, table: Table, place: Place, following: int) -> Step:
        """`transfer: queue`."""
        read = self.reader
        why = read.one(table, "why", str, "asked")
        to = read.one(table, "transfer", str, "service")
        return Handover(
            place, following, to, read.words(table, "say"), why, read.one(table, "priority", bool, False)
        )

    def hangup(self, table: Table, place: Place, following: int) -> Step:
        """`hangup: reason`."""
        why = self.reader.one(table, "hangup", str, "done")
        return Goodbye(place, following, self.reader.words(table, "say"), why)

    def done(self, table: Table, place: Place, following: int) -> Step:
        """`done: resolved | failed`, and `stop:` for the callers of this flow too."""
        key: Literal["done", "stop"] = "done" if "done" in table else "stop"
        outcome = table[key] or ""
        if outcome not in {"", "resolved", "failed"}:
            self.reader.wrong(place, f"{key} is resolved, failed or nothing, not {outcome!r}")
        return Done(place, following, str(outcome), key == "stop")

    def miss(self, table: Table, place: Place, following: int) -> Step:
        """`miss: text`."""
        return Miss(
            place, following, self.reader.words(table, "miss"), self.reader.one(table, "limit", int, 0)
        )

    def record(self, table: Table, place: Place, following: int) -> Step:
        """`record: kind`."""
        kind = self.reader.one(table, "record", str, "")
        return Note(place, following, kind, self.reader.expressions(table, "with"))


_EXPECTING: dict[AskKind, str | None] = {"slot": None, "yes_no": "yes_no", "choice": "choice", "open": None}
_Parse = Callable[[StepParser, Table, Place, int], Step]
_PARSERS: dict[str, _Parse] = {
    "say": StepParser.say,
    "ask": StepParser.ask,
    "choose": StepParser.ask,
    "confirm": StepParser.ask,
    "listen": StepParser.ask,
    "look": StepParser.query,
    "do": StepParser.query,
    "if": StepParser.branch,
    "cases": StepParser.cases,
    "set": StepParser.assign,
    "forget": StepParser.forget,
    "label": StepParser.label,
    "go": StepParser.go,
    "call": StepParser.call,
    "transfer": StepParser.transfer,
    "hangup": StepParser.hangup,
    "done": StepParser.done,
    "stop": StepParser.done,
    "miss": StepParser.miss,
    "record": StepParser.record,
}
