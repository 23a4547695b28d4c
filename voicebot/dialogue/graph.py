"""What can be read off a script's graph: what is reachable, who calls whom, what is bound, who may hear it."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Mapping

from voicebot.dialogue.script import Flow, Script
from voicebot.dialogue.step_kinds import (
    END,
    Ask,
    Assign,
    CallFlow,
    Query,
    Step,
    exits,
    expressions_of,
    words_of,
)


def reachable(flow: Flow) -> frozenset[int]:
    """The indexes that can be reached from the flow's beginning; END among them when it can fall off its end."""
    seen: set[int] = set()
    waiting = [0] if flow.steps else []
    while waiting:
        place = waiting.pop()
        if place not in seen:
            seen.add(place)
            if place != END:
                waiting += exits(flow.steps[place])
    return frozenset(seen)


def calls(flow: Flow) -> Iterator[CallFlow]:
    """The calls in a flow."""
    yield from (step for step in flow.steps if isinstance(step, CallFlow))


def names_in(step: Step) -> frozenset[str]:
    """Every name that a step reads."""
    read = [expression.names() for expression in expressions_of(step)]
    spoken = [one.names() for words in words_of(step) for text in words for one in text.expressions]
    return frozenset().union(*read, *spoken)


def uses_of_flows(script: Script) -> dict[str, frozenset[str]]:
    """For each flow, the slots that it and the flows it calls ask for or read."""

    def own(flow: Flow) -> frozenset[str]:
        asked = {step.slot for step in flow.steps if isinstance(step, Ask) and step.slot}
        return frozenset(asked.union(*(names_in(step) for step in flow.steps)) & set(script.slots))

    return _closed(script, own)


def works_of_flows(script: Script) -> dict[str, frozenset[str]]:
    """For each flow, the names, other than slots, that it and the flows it calls bind or read.

    What verifying binds is left out: who the caller is, and how often he was wrong, does not go back to what it was.
    """
    of_verifying = frozenset().union(
        *(_bound_in(flow) for flow in script.flows.values() if _verifies(script, flow))
    )

    def own(flow: Flow) -> frozenset[str]:
        names = _bound_in(flow).union(*(names_in(step) for step in flow.steps))
        return names - of_verifying - set(script.slots)

    return _closed(script, own)


def _verifies(script: Script, flow: Flow) -> bool:
    rules = (script.queries.get(step.query) for step in flow.steps if isinstance(step, Query))
    return any(rule is not None and rule.verifies is not None for rule in rules)


def _bound_in(flow: Flow) -> frozenset[str]:
    names: set[str] = set()
    for step in flow.steps:
        match step:
            case Query(name=name):
                names.add(name)
            case Assign(values=values):
                names |= set(values)
            case Ask(slot=slot, source=source) if source is not None:
                names.add(slot)
            case _:
                pass
    return frozenset(names)


def _closed(script: Script, own: Callable[[Flow], frozenset[str]]) -> dict[str, frozenset[str]]:
    found = {name: own(flow) for name, flow in script.flows.items()}
    changed = True
    while changed:
        changed = False
        for name, flow in script.flows.items():
            wider = found[name].union(*(found.get(call.flow, frozenset()) for call in calls(flow)))
            changed |= wider != found[name]
            found[name] = wider
    return found


def circles(script: Script) -> Iterator[Flow]:
    """The flows that call themselves, through others or not."""
    below = _closed(script, lambda flow: frozenset(call.flow for call in calls(flow)))
    yield from (flow for name, flow in script.flows.items() if name in below[name])


def bound_names(script: Script) -> dict[str, frozenset[str] | None]:
    """Names that steps bind -> the fields known to be there, or None when anything may be."""
    found: dict[str, frozenset[str] | None] = {}
    for step in all_steps(script):
        match step:
            case Query(name=name, query=query):
                gives = frozenset(script.queries[query].gives) if query in script.queries else frozenset()
                known = found.get(name, frozenset())
                found[name] = (known | gives) if known is not None and gives else None
            case Assign(values=values):
                found |= dict.fromkeys(values)
            case Ask(kind="choice", slot=slot, source=source) if source is not None:
                found[slot] = None
            case _:
                pass
    return found


Privacy = Mapping[str, frozenset[str] | None]
"""Bound names -> the fields that anybody may hear; None when all of it may be heard."""


def public_fields(script: Script, verified: Collection[Step] = ()) -> Privacy:
    """Who may hear what: from the declared queries, carried on by set and choose.

    A slot that is set only at steps where the caller is `verified` is no secret: verification is never lost.
    """
    public: dict[str, frozenset[str] | None] = {}
    for step in all_steps(script):
        if isinstance(step, Query) and step.query in script.queries:
            rule = script.queries[step.query]
            public[step.name] = (public.get(step.name, rule.public) or frozenset()) & rule.public
    for _ in range(len(public) + 8):
        for step in all_steps(script):
            for name, paths in _carried(step):
                if name in script.slots and step in verified:
                    continue
                private = any(is_private(path, public) for path in paths)
                if private or name not in public:
                    public[name] = frozenset() if private else None
    return public


def _carried(step: Step) -> Iterator[tuple[str, tuple[tuple[str, ...], ...]]]:
    if isinstance(step, Assign):
        yield from ((name, one.paths()) for name, one in step.values.items())
    if isinstance(step, Ask) and step.kind == "choice" and step.source is not None:
        yield step.slot, step.source.paths()


def is_private(path: tuple[str, ...], public: Privacy) -> bool:
    """May this path not be spoken before the caller is verified?"""
    fields = public.get(path[0])
    if path[0] not in public or fields is None:
        return False
    return not any(".".join(path[1:end]) in fields for end in range(2, len(path) + 1))


def all_steps(script: Script) -> Iterator[Step]:
    """Every step of every flow."""
    for flow in script.flows.values():
        yield from flow.steps
