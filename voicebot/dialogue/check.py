"""Checks at load: whatever could go wrong in a call because of how a script is written is an error before it."""

from __future__ import annotations

from collections.abc import Callable, Collection

from voicebot.dialogue.graph import all_steps, bound_names, calls, circles, names_in, reachable
from voicebot.dialogue.privacy import check_privacy
from voicebot.dialogue.read import Place, Problem
from voicebot.dialogue.script import Flow, Script
from voicebot.dialogue.step_kinds import (
    END,
    Ask,
    CallFlow,
    Done,
    ForgetStep,
    Go,
    Goodbye,
    Handover,
    Miss,
    Query,
    Step,
    exits,
    expressions_of,
    words_of,
)
from voicebot.dialogue.vocabulary import ALWAYS, BUILT_IN_INTENTS, MOODS, REQUIRED_FLOWS, REQUIRED_WORDS, SAME

Wrong = Callable[[Place, str], None]


def check(
    script: Script, problems: list[Problem], intents: Collection[str], expecting: Collection[str]
) -> None:
    """Add everything that is wrong with the script to `problems`."""

    def wrong(place: Place, reason: str) -> None:
        problems.append(Problem(place, reason))

    _check_required(script, wrong)
    for flow in script.flows.values():
        _check_flow(script, flow, intents, wrong)
        _check_graph(flow, wrong)
        for step in flow.steps:
            _check_step(script, step, intents, expecting, wrong)
    for flow in circles(script):
        wrong(flow.place, f"the flow {flow.name} calls itself")
    _check_starts(script, wrong)
    _check_slots(script, wrong)
    _check_names(script, wrong)
    check_privacy(script, wrong)


def _check_required(script: Script, wrong: Wrong) -> None:
    here = Place(next((flow.place.file for flow in script.flows.values()), "script"), 1)
    for name in REQUIRED_FLOWS:
        if name not in script.flows:
            wrong(here, f"there must be a flow {name}")
    for name in REQUIRED_WORDS:
        if not script.words.get(name):
            wrong(here, f"words must have {name}")
    for name, rule in script.moods.items():
        if name not in MOODS:
            wrong(rule.place, f"unknown mood {name!r}; there are {', '.join(sorted(MOODS))}")
        if rule.offer is not None and rule.offer not in script.flows:
            wrong(rule.place, f"the mood {name} offers the unknown flow {rule.offer!r}")


def _check_flow(script: Script, flow: Flow, intents: Collection[str], wrong: Wrong) -> None:
    for other in (*flow.rivals, *flow.gives_way):
        if other not in script.flows:
            wrong(flow.place, f"the flow {flow.name} names the unknown flow {other!r}")
    for intent in flow.intents:
        if intent not in intents:
            wrong(flow.place, f"unknown intent {intent!r}")
        elif intent in BUILT_IN_INTENTS:
            wrong(flow.place, f"the intent {intent!r} is answered everywhere already; no flow can have it")
    if flow.intents and not flow.title:
        wrong(flow.place, f"the flow {flow.name} is started by callers and needs a title to speak of it")


def _check_graph(flow: Flow, wrong: Wrong) -> None:
    seen = reachable(flow)
    ending = _ending(flow)
    for place, step in enumerate(flow.steps):
        if place not in seen:
            if not isinstance(step, Go):
                wrong(step.place, "this step cannot be reached")
        elif END in exits(step):
            wrong(step.place, "the flow falls off its end here; add done, stop, go, transfer or hangup")
        elif place not in ending:
            wrong(step.place, "dead end: from here the flow goes round for ever")


def _ending(flow: Flow) -> set[int]:
    """The places from which the flow can end, or reach an open question."""
    ending = {
        place
        for place, step in enumerate(flow.steps)
        if isinstance(step, (Done, Handover, Goodbye, Miss))
        or (isinstance(step, Ask) and step.kind == "open")
    }
    changed = True
    while changed:
        found = {
            place
            for place, step in enumerate(flow.steps)
            if place not in ending and any(target in ending or target == END for target in exits(step))
        }
        ending |= found
        changed = bool(found)
    return ending


def _check_step(
    script: Script, step: Step, intents: Collection[str], expecting: Collection[str], wrong: Wrong
) -> None:
    match step:
        case CallFlow(flow=name) if name not in script.flows:
            wrong(step.place, f"unknown flow {name!r}")
        case Query():
            _check_query(script, step, wrong)
        case Ask():
            _check_ask(script, step, intents, expecting, wrong)
        case ForgetStep(names=names):
            for name in names:
                if name not in script.slots and name not in bound_names(script):
                    wrong(step.place, f"nothing is called {name!r}, so it cannot be forgotten")
        case _:
            pass


def _check_query(script: Script, step: Query, wrong: Wrong) -> None:
    rule = script.queries.get(step.query)
    if rule is None:
        wrong(step.place, f"unknown query {step.query!r}; declare it under queries")
        return
    if rule.changes != step.changes:
        right = "do" if rule.changes else "look"
        wrong(step.place, f"{step.query} is a {right}, because of `changes` in its declaration")
    takes = {name.rstrip("?") for name in rule.takes}
    for name in step.arguments:
        if name not in takes:
            wrong(step.place, f"{step.query} takes no {name!r}; it takes {', '.join(sorted(takes))}")
    for name in rule.takes:
        if not name.endswith("?") and name not in step.arguments:
            wrong(step.place, f"{step.query} needs {name}")


def _check_ask(
    script: Script, step: Ask, intents: Collection[str], expecting: Collection[str], wrong: Wrong
) -> None:
    if not step.words:
        wrong(step.place, "a question needs words")
    if step.expecting is not None and step.expecting not in expecting:
        wrong(step.place, f"unknown expecting {step.expecting!r}; there are {', '.join(sorted(expecting))}")
    chooses = step.kind == "choice" and step.source is not None
    if step.kind in {"slot", "choice"} and not chooses and step.slot not in script.slots:
        wrong(step.place, f"unknown slot {step.slot!r}; declare it under slots")
    if step.kind == "choice" and (step.source is None) == (not step.options):
        wrong(step.place, "choose needs either from or options")
    if chooses and not step.show:
        wrong(step.place, "choose from needs show: how one option is called")
    for target in step.targets:
        if target.startswith("on ") and target[3:] not in {*intents, SAME}:
            wrong(step.place, f"unknown intent {target[3:]!r}")


def _check_starts(script: Script, wrong: Wrong) -> None:
    started = {call.flow for flow in script.flows.values() for call in calls(flow)} | set(REQUIRED_FLOWS)
    started |= {rule.offer for rule in script.moods.values() if rule.offer}
    for flow in script.flows.values():
        if not flow.intents and flow.name not in started:
            wrong(flow.place, f"nothing starts the flow {flow.name}: no intent, no call")


def _check_slots(script: Script, wrong: Wrong) -> None:
    used = {name for flow in script.flows.values() for name in flow.uses}
    bound = bound_names(script)
    for slot in script.slots.values():
        if slot.name not in used:
            wrong(slot.place, f"the slot {slot.name} is never used")
        for name in slot.drops:
            if name not in bound and name not in script.slots:
                wrong(slot.place, f"the slot {slot.name} drops {name!r}, which nothing binds")


def _check_names(script: Script, wrong: Wrong) -> None:
    bound = bound_names(script)
    known = ALWAYS | set(script.slots) | set(bound) | set(script.constants)
    for step in all_steps(script):
        for name in sorted(names_in(step) - known):
            wrong(step.place, f"unknown name {name!r}: no slot, result or constant is called so")
        spoken = [one for words in words_of(step) for text in words for one in text.expressions]
        for expression in [*expressions_of(step), *spoken]:
            for path in expression.paths():
                fields = bound.get(path[0])
                if fields and len(path) > 1 and path[1] not in fields | {"error"}:
                    wrong(step.place, f"{path[0]} has no {path[1]!r}; it has {', '.join(sorted(fields))}")
    for name, words in script.words.items():
        for text in words:
            for expression in text.expressions:
                for unknown in sorted(expression.names() - known):
                    wrong(Place("words", 0), f"{name}: unknown name {unknown!r}")
