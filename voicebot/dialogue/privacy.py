"""The proof, at load, that private things are said and done only behind verification and confirmation.

Two facts are followed through the graph: `verified` (the caller proved who he is) and `confirmed` (he has just
said yes). A fact holds at a step only when it holds on every way to it. It is gained on the branch where
`verified`, or a verifying query's field, is true, and on the yes of a confirm; confirmation is lost with the next
question or deed. Flows started by an intent begin with neither; called flows with what all their callers have,
and give back what all their ends have. The greatest solution is found by starting from "everything holds" and
taking away until nothing changes.
"""

from __future__ import annotations

import ast
from collections.abc import Callable, Iterator

from voicebot.dialogue.graph import Privacy, all_steps, is_private, public_fields, reachable
from voicebot.dialogue.read import Place
from voicebot.dialogue.script import Flow, Script
from voicebot.dialogue.step_kinds import END, Ask, Branch, CallFlow, Done, Query, Step, exits, words_of
from voicebot.dialogue.wording import Words

Facts = frozenset[str]
ALL: Facts = frozenset({"verified", "confirmed"})
NONE: Facts = frozenset()
Wrong = Callable[[Place, str], None]


def check_privacy(script: Script, wrong: Wrong) -> None:
    """Note every step that could say something private, or do something, too early."""
    facts = Proof(script).facts
    safe = [script.step_at(*where) for where, held in facts.items() if "verified" in held]
    public = public_fields(script, safe)
    for flow in script.flows.values():
        for place in sorted(reachable(flow) - {END}):
            _check_step(script, flow.steps[place], facts[flow.name, place], public, wrong)
    for name, words in [*script.words.items(), *((name, rule.words) for name, rule in script.moods.items())]:
        for path in _spoken(words):
            if is_private(path, public):
                wrong(Place("words", 0), f"{name} is said to anybody, but {'.'.join(path)} is private")


def _check_step(script: Script, step: Step, facts: Facts, public: Privacy, wrong: Wrong) -> None:
    if "verified" not in facts:
        for path in sorted({path for words in words_of(step) for path in _spoken(words)}):
            if is_private(_source(path, step), public):
                wrong(step.place, f"{'.'.join(path)} is private, and the caller may be not verified here")
    if isinstance(step, Query) and step.changes and step.query in script.queries:
        rule = script.queries[step.query]
        if rule.verified and "verified" not in facts:
            wrong(step.place, f"do {step.query} needs a verified caller, and he may be not verified here")
        if rule.confirmed and "confirmed" not in facts:
            wrong(step.place, f"do {step.query} needs the yes of a confirm just before it")


def _source(path: tuple[str, ...], step: Step) -> tuple[str, ...]:
    """`option` and `it` stand for what the step chooses from."""
    if path[0] == "option" and isinstance(step, Ask) and step.source is not None:
        return next(iter(step.source.paths()), path)
    return path


def _spoken(words: Words) -> Iterator[tuple[str, ...]]:
    for text in words:
        for expression in text.expressions:
            yield from expression.paths()


class Proof:
    """The facts that hold at each step: (flow, index) -> facts."""

    def __init__(self, script: Script) -> None:
        self.script = script
        self.verifying = {
            (step.name, rule.verifies)
            for step in all_steps(script)
            if isinstance(step, Query) and (rule := script.queries.get(step.query)) and rule.verifies
        }
        called = {step.flow for step in all_steps(script) if isinstance(step, CallFlow)}
        self.entry = {
            name: ALL if name in called and not flow.intents else NONE for name, flow in script.flows.items()
        }
        self.end = dict.fromkeys(script.flows, ALL)
        self.facts: dict[tuple[str, int], Facts] = {}
        while self._round():
            pass

    def _round(self) -> bool:
        before = (dict(self.entry), dict(self.end))
        for flow in self.script.flows.values():
            self._flow(flow)
        return before != (self.entry, self.end)

    def _flow(self, flow: Flow) -> None:
        facts: dict[int, Facts] = {0: self.entry[flow.name]} if flow.steps else {}
        waiting = list(facts)
        while waiting:
            place = waiting.pop()
            for target, gained in self._edges(flow.steps[place], facts[place]):
                narrowed = facts.get(target, ALL) & gained
                if target != END and facts.get(target) != narrowed:
                    facts[target] = narrowed
                    waiting.append(target)
        for place, held in facts.items():
            self.facts[flow.name, place] = held
            self._between_flows(flow, flow.steps[place], held)

    def _between_flows(self, flow: Flow, step: Step, held: Facts) -> None:
        if isinstance(step, CallFlow) and step.flow in self.entry:
            self.entry[step.flow] &= held
        if isinstance(step, Done) and not step.whole:
            self.end[flow.name] &= held

    def _edges(self, step: Step, held: Facts) -> Iterator[tuple[int, Facts]]:
        match step:
            case Branch(cases=cases, next=following):
                for condition, target in cases:
                    yield target, held | self._implied(condition.tree, True)
                    held |= self._implied(condition.tree, False)
                yield following, held
            case Ask(kind="yes_no", targets=targets, settled=settled):
                for answer, target in targets.items():
                    agreed = answer == "yes" and settled is None
                    yield target, (held | {"confirmed"}) if agreed else held - {"confirmed"}
            case CallFlow(flow=name, next=following):
                ends = self.end.get(name, NONE)
                yield following, (held - {"confirmed"}) | ends
            case Ask():
                yield from ((target, held - {"confirmed"}) for target in exits(step))
            case Query(changes=True):
                yield from ((target, held - {"confirmed"}) for target in exits(step))
            case _:
                yield from ((target, held) for target in exits(step))

    def _implied(self, tree: ast.expr, truth: bool) -> Facts:
        match tree:
            case ast.Name(id="verified") if truth:
                return frozenset({"verified"})
            case ast.Attribute(value=ast.Name(id=name), attr=field) if (
                truth and (name, field) in self.verifying
            ):
                return frozenset({"verified"})
            case ast.UnaryOp(op=ast.Not(), operand=inner):
                return self._implied(inner, not truth)
            case ast.BoolOp(op=op, values=parts) if isinstance(op, ast.And) == truth:
                return NONE.union(*(self._implied(part, truth) for part in parts))
        return NONE
