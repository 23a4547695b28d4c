"""Does the opening of a dialogue say what the law wants said, whatever way it takes?

Every way from the opening's first step to the first question (and that question itself) is walked; on each of them
every rule must find one of its words, in each variant of some sentence.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from voicebot.campaign.law import AnnounceRule
from voicebot.dialogue.read import Place
from voicebot.dialogue.script import Ask, CallFlow, Done, Script, exits, words_of

Way = frozenset[tuple[str, ...]]
"""What is said on one way: of each speech the texts of its variants."""
Stack = tuple[tuple[str, int], ...]


def unannounced(script: Script, rules: Iterator[AnnounceRule], shop: str) -> list[tuple[Place, AnnounceRule]]:
    """The rules that some way through the opening does not keep, and where the opening stands."""
    ways, place = _ways(script), script.flows["opening"].place
    known = {f"{{{name}}}": value for name, value in script.constants.items() if isinstance(value, str)}
    known["{shop.name}"] = shop
    spoken = [_filled(way, known) for way in ways]
    return [(place, rule) for rule in rules if not all(_said(way, rule, shop) for way in spoken)]


def _filled(way: Way, known: Mapping[str, str]) -> Way:
    """What is said, with what the script itself says of names such as {refuse_key}."""

    def fill(text: str) -> str:
        for name, value in known.items():
            text = text.replace(name, value)
        return text

    return frozenset(tuple(fill(text) for text in texts) for texts in way)


def _said(way: Way, rule: AnnounceRule, shop: str) -> bool:
    wanted = [word.replace("{shop}", shop) for word in rule.words]
    return any(all(_says(text, wanted) for text in texts) for texts in way)


def _says(text: str, wanted: list[str]) -> bool:
    return any(word in text for word in wanted)


def _ways(script: Script) -> set[Way]:
    """What is said on each way until the caller is asked something."""
    found: set[Way] = set()
    waiting: list[tuple[Stack, Way]] = [((("opening", 0),), frozenset())]
    seen = set(waiting)
    while waiting:
        stack, said = waiting.pop()
        step = script.step_at(*stack[-1])
        spoken = next(iter(words_of(step)), ())
        said = said | {tuple(template.text for template in spoken)} if spoken else said
        onward = [] if isinstance(step, Ask) else list(_onward(script, stack))
        if not onward:
            found.add(said)
        for following in onward:
            if (following, said) not in seen:
                seen.add((following, said))
                waiting.append((following, said))
    return found


def _onward(script: Script, stack: Stack) -> Iterator[Stack]:
    """Where a step leads: into a flow that it calls, back from one, or on."""
    *below, (flow, index) = stack
    step = script.step_at(flow, index)
    if isinstance(step, CallFlow):
        yield (*below, (flow, step.next), (step.flow, 0))
    elif isinstance(step, Done):
        if below:
            yield tuple(below)
    else:
        for following in exits(step):
            yield (*below, (flow, following))
