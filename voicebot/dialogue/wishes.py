"""What the caller wants: starting flows, doubting what was understood, keeping a second wish for later."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import replace

from voicebot.dialogue import endings
from voicebot.dialogue.asks import ask_doubt
from voicebot.dialogue.choices import named, note_early
from voicebot.dialogue.questions import asks
from voicebot.dialogue.script import Ask, Flow, SlotRule, Step
from voicebot.dialogue.second_thoughts import gives_up
from voicebot.dialogue.state import Wanted
from voicebot.dialogue.turn import Turn
from voicebot.dialogue.vocabulary import COMPLAINTS
from voicebot.nlu.understanding import Intent, Slot, Understanding

ASIDE = frozenset({"thanks", "greeting", "goodbye", "smalltalk"})
"""Intents that count only when nothing else was wanted in the same sentence."""


def human(turn: Turn, understanding: Understanding) -> bool:
    """Is a human wanted? Then he is called, whatever else was said."""
    wanted = any(
        intent.name == "human_agent" and intent.confidence >= turn.script.settings.human
        for intent in understanding.intents
    )
    if not wanted or _PRIVATELY.fullmatch(understanding.text):
        return False
    turn.matched = True
    flow = turn.script.intents.get("human_agent")
    if flow is None:
        endings.hand_over(turn, turn.script.settings.handover, "asked")
    else:
        turn.change(doubt=None)
        turn.push(flow)
    return True


_PRIVATELY = re.compile("(?:就|开|要|写|是|我|嗯|那)*(?:个人|私人|自己)(?:的|吧|发票|抬头|名义|[，,。 ])*")
"""个人 is a kind of invoice, and nobody to talk to."""


def wanted(turn: Turn, understanding: Understanding, least: float) -> list[str]:
    """The flows that were asked for with at least this confidence, in order, each once."""
    open_question = _open(turn)
    if not open_question and _too_little(understanding.text):
        return []
    intents = understanding.intents
    if _only_digits(understanding.text):
        intents = tuple(intent for intent in intents if intent.name == "inform")
    names = [
        (intent.name, flow)
        for intent in intents
        if (flow := turn.script.intents.get(intent.name))
        and (intent.confidence >= _least(turn, flow, least) or _catches(turn, flow, intent, understanding))
        and (open_question or _belongs_anywhere(turn, turn.script.flows[flow], intent, understanding.text))
    ]
    serious = [flow for name, flow in names if name not in ASIDE]
    served = turn.serving()
    reasoned = {*serious, *([served.name] if served and not open_question else [])}
    serious = [flow for flow in serious if not set(turn.script.flows[flow].gives_way) & reasoned]
    if _AND_THIS.search(understanding.text.strip()):  # 那运费呢 complains of nothing
        serious = [flow for flow in serious if not COMPLAINTS & set(turn.script.flows[flow].intents)]
    serious = _without_ways(turn, serious, understanding)
    serious = _thought_better_of(turn, serious, understanding)
    if served and not open_question:
        serious = [flow for flow in serious if not _reason_only(turn, flow, served, understanding.text)]
    return list(dict.fromkeys(serious or [flow for name, flow in names if name in ASIDE][:1]))


def _too_little(text: str) -> bool:
    """In the middle of a question, one syllable or a row of digits begins nothing else, whatever it sounds like."""
    letters = _LETTERS.findall(text)
    digits = _NUMERALS.findall(text)
    return len(letters) < 2 or (len(digits) >= 4 and len(letters) - len(digits) < 3)


def _belongs_anywhere(turn: Turn, flow: Flow, intent: Intent, text: str) -> bool:
    """What counts only at an open question is heard elsewhere where it is a question itself: 你们几点下班."""
    asked = flow.questions and intent.confidence >= turn.script.settings.act and asks(text)
    return asked or not flow.open_only


def _only_digits(text: str) -> bool:
    letters = _LETTERS.findall(text)
    return bool(letters) and len(letters) == len(_NUMERALS.findall(text))


_LETTERS = re.compile(r"\w")
_NUMERALS = re.compile("[0-9零〇一二两三四五六七八九幺]")


def _least(turn: Turn, flow: str, least: float) -> float:
    return min(least, turn.script.settings.act) if turn.script.flows[flow].brief else least


def _catches(turn: Turn, flow: str, intent: Intent, understanding: Understanding) -> bool:
    return turn.script.flows[flow].open_only and intent is understanding.intents[0]


def elsewhere(turn: Turn, understanding: Understanding, least: float | None = None) -> bool:
    """Is something wanted that is not being served already? `least` is the confidence that it takes."""
    settings = turn.script.settings
    if least is None:
        least = settings.act if _open(turn) else settings.digress
    return any(flow not in _running(turn) for flow in wanted(turn, understanding, least))


def besides(turn: Turn, understanding: Understanding) -> bool:
    """Is something else wanted, so that what is named with it corrects nothing? 不对 makes it a correction sooner."""
    settings = turn.script.settings
    against = any(intent.name == "deny" for intent in understanding.intents) or "不对" in understanding.text
    return elsewhere(turn, understanding, settings.digress if against else settings.act)


_NAMES_DEED = re.compile("[换退修]|取消")
"""A reason may sound like a rival wish; only one that says what is to be done instead is one."""


def explains(wish: Flow, served: Flow, text: str) -> bool:
    """May what sounds like this wish be the reason for what is being served?"""
    rival = wish.name in served.rivals and not _NAMES_DEED.search(text)
    return rival or served.name in wish.gives_way


def _without_ways(turn: Turn, flows: list[str], understanding: Understanding) -> list[str]:
    """给我换了吧，让快递来拿: how the first wish is to be done, which may sound like a wish, is none."""
    if len(flows) < 2:
        return flows
    choices = (turn.script.choice_of(name) for name in turn.script.flows[flows[0]].uses)
    early = [choice for choice in choices if choice is not None and choice.early]

    def is_way(flow: str) -> bool:
        words = _words_for(turn, understanding, flow)
        said = replace(understanding, text=words, slots={})
        return not _NAMES_DEED.search(words) and any(named(choice, said) for choice in early)

    return [flows[0], *(flow for flow in flows[1:] if not is_way(flow))]


_RATHER = re.compile("算了|哦不|啊不|不不|还是.{0,4}[换退取]")


def _thought_better_of(turn: Turn, flows: list[str], understanding: Understanding) -> list[str]:
    """我想退……算了，还是换吧: of two wishes that are rivals, the one that is said after thinking better of it."""
    rivals = len(flows) == 2 and flows[1] in turn.script.flows[flows[0]].rivals
    return flows[1:] if rivals and _RATHER.search(understanding.text) else flows


def _reason_only(turn: Turn, name: str, served: Flow, text: str) -> bool:
    """Is it why he wants what is being served (屏幕不亮, 不想要了), and nothing that he wants instead?"""
    wish = turn.script.flows[name]
    rules = (turn.script.slots[one] for one in served.uses)
    means = any(set(wish.intents) & set(rule.means) for rule in rules if rule.free)
    return means and wish is not served and explains(wish, served, text)


def instead(turn: Turn, rule: SlotRule, understanding: Understanding) -> bool:
    """At a question that any words can answer: is something else wanted instead?"""
    if not rule.free or rule.name in understanding.slots or "all" in rule.means:
        return False
    first, flow = understanding.intents[0], turn.serving()
    rival = flow is not None and turn.script.intents.get(first.name) in flow.rivals
    rival = rival and bool(_NAMES_DEED.search(understanding.text))
    if first.name in rule.means and not (rival and first.confidence >= turn.script.settings.digress):
        return False
    least = turn.script.settings.act if asks(understanding.text) else turn.script.settings.digress
    return elsewhere(turn, understanding, least)


def serious(turn: Turn, ask: Step | None, understanding: Understanding) -> bool:
    """Is there anything in it that can be served, or that the question answers itself?"""
    flows = wanted(turn, understanding, turn.script.settings.confirm)
    local = isinstance(ask, Ask) and any(f"on {one.name}" in ask.targets for one in understanding.intents)
    return local or any(not turn.script.flows[flow].open_only for flow in flows)


def nothing_new(understanding: Understanding) -> bool:
    """Is it neither a wish nor a question, so that what was asked before is asked again?"""
    return understanding.intent == "out_of_scope" and not asks(understanding.text)


def only_denied(turn: Turn, understanding: Understanding) -> bool:
    """Is it a no, and nothing else?"""
    return understanding.intent == "deny" and not understanding.slots and not elsewhere(turn, understanding)


HEDGES = frozenset("不别没甭勿吗么呢？?先等否也还再又另")
"""A repeated wish with one of these in it is no yes, or says more than yes: 税号也要."""


_BARE_WISH = re.compile(
    "(?:我们?|你们?|您|就|那|还是|它|这个|那个|这|帮|给|请|麻烦|赶紧|快|直接|现在|马上|要|想|得|把|一下|个|张|单|台|件|订单|货|款|钱|票|发票|地址|差价|价保"
    "|好的?|嗯|对|行|可以|确定|确认|办理?|弄|开|退|换|取消|撤|修|维修|报修|装|安装|预?约|改|登记|申请|投诉|补发?|催|查|看|掉|回"
    "|了|吧|啊|呀|的|嘛|呗|哦|啦|嘞|[，,。！! ])+"
)
"""The wish and nothing besides; whoever says more, such as a colour, adds something."""


def insists(turn: Turn, understanding: Understanding) -> bool:
    """Is the answer to a confirmation just the wish again (取消吧)?"""
    flow = turn.serving()
    intent = understanding.intents[0]
    sure = intent.confidence >= turn.script.settings.digress and len(understanding.intents) == 1
    brief = bool(_BARE_WISH.fullmatch(understanding.text)) and not HEDGES & set(understanding.text)
    return flow is not None and intent.name in flow.intents and sure and brief


def begin(turn: Turn, flow: str) -> None:
    """Start a flow that is sure to be wanted."""
    _start(turn, [flow], replaces=_open(turn))


def wish_for(turn: Turn, wish: Wanted) -> None:
    """Start what was doubted, as if the words it was wanted in had been said now."""
    turn.change(text=wish.text)
    begin(turn, wish.flow)


def _open(turn: Turn) -> bool:
    return isinstance(turn.step, Ask) and turn.step.kind == "open"


def _running(turn: Turn) -> Iterator[str]:
    yield from (frame.flow for frame in turn.state.stack)
    yield from (wish.flow for wish in turn.state.queue)


def queue(turn: Turn, ask: Ask, understanding: Understanding) -> None:
    """An answer with another wish in the same sentence: the wish is served afterwards."""
    rule = turn.script.slots.get(ask.slot)
    if rule is not None and len(understanding.intents) < 2:
        return
    if rule is not None and rule.free and (rule.name not in understanding.slots or "all" in rule.means):
        return
    own = {turn.script.intents.get(intent) for intent in rule.means} if rule is not None else set()
    running = {*_running(turn), *own}
    later = [flow for flow in wanted(turn, understanding, turn.script.settings.act) if flow not in running]
    later = [flow for flow in later if not turn.script.flows[flow].brief]
    if ask.kind == "choice":  # 给我换一个 answers what remedy is wanted, and is no wish besides
        later = [flow for flow in later if not _names_an_option(turn, ask, understanding, flow)]
    wishes = (Wanted(flow, _words_for(turn, understanding, flow), _details(turn, flow)) for flow in later)
    turn.change(queue=(*turn.state.queue, *wishes))


def _names_an_option(turn: Turn, ask: Ask, understanding: Understanding, flow: str) -> bool:
    words = _words_for(turn, understanding, flow)
    return named(ask, replace(understanding, text=words)) is not None


def follow(turn: Turn, ask: Step | None, understanding: Understanding) -> bool:
    """Start what was wanted; ask back when it is not sure enough. False when nothing fits here."""
    settings = turn.script.settings
    if isinstance(ask, Ask) and ask.kind == "open":
        if _local(turn, ask, understanding):
            return True
        flows = wanted(turn, understanding, settings.act)
        if _unsure_first(turn, understanding, flows) or _beside_an_aside(turn, understanding, flows):
            return True
        aside = bool(flows) and turn.script.flows[flows[0]].brief
        turn.matched = _start(turn, flows, replaces=not aside, said=understanding)
        likely = _likely(turn, understanding) if not turn.matched else []
        turn.matched = turn.matched or _same_as_before(turn, likely, understanding)
        return turn.matched or _doubt(turn, likely)
    fresh = [flow for flow in wanted(turn, understanding, settings.act) if flow not in _running(turn)]
    turn.matched = _start(turn, fresh, replaces=_left_for(turn, fresh, understanding), said=understanding)
    turn.matched = turn.matched or _asked_in_between(turn, ask, understanding)
    return turn.matched or _doubt_in_between(turn, ask, understanding)


def _asked_in_between(turn: Turn, ask: Step | None, understanding: Understanding) -> bool:
    """A question instead of an answer, and no wish that is sure: the knowledge is asked, and only then the caller."""
    answers = next((flow for flow in turn.script.flows.values() if flow.questions), None)
    if not isinstance(ask, Ask) or ask.kind == "open" or answers is None or answers.name in _running(turn):
        return False
    if not asks(understanding.text) or turn.state.doubt is not None:
        return False
    likely = wanted(turn, understanding, turn.script.settings.confirm)
    fresh = [flow for flow in likely if flow not in _running(turn) and not _lightly(turn, flow)]
    turn.change(guess=Wanted(fresh[0], understanding.text) if fresh else None)
    begin(turn, answers.name)
    return True


def _lightly(turn: Turn, flow: str) -> bool:
    return turn.script.flows[flow].open_only or turn.script.flows[flow].brief


def said_again(turn: Turn, ask: Ask, understanding: Understanding) -> bool:
    """Is it only the wish that is being served, once more, instead of an answer?"""
    flow = turn.serving()
    intent = understanding.intents[0]
    return (
        ask.kind != "open"
        and flow is not None
        and intent.name in flow.intents
        and intent.confidence >= turn.script.settings.digress
    )


def _same_as_before(turn: Turn, likely: list[str], understanding: Understanding) -> bool:
    """那它什么时候到, after an order was told: what was served before is likely enough, and is not asked about."""
    again = likely[:1] == [turn.state.served] and turn.script.flows[likely[0]].again
    return again and _start(turn, likely[:1], replaces=True, said=understanding)


def _doubt_in_between(turn: Turn, ask: Step | None, understanding: Understanding) -> bool:
    """A question or a detail that does not answer what was asked, and may be another wish: 您是要查订单,对吗?"""
    if not isinstance(ask, Ask) or ask.kind not in {"slot", "choice"} or turn.state.doubt is not None:
        return False
    if not understanding.slots and not asks(understanding.text):
        return False
    likely = wanted(turn, understanding, turn.script.settings.confirm)
    fresh = [flow for flow in likely if flow not in _running(turn) and not turn.script.flows[flow].open_only]
    return _doubt(turn, fresh)


GUESS = 0.65
"""A wish that is not much less likely than one to ask about is asked about, too: rather than 没听明白."""


def _likely(turn: Turn, understanding: Understanding) -> list[str]:
    """What to ask back about. A detail that fits the wish speaks for it; and rather a guess than 没听明白 twice."""
    least = turn.script.settings.confirm
    flows = wanted(turn, understanding, least)
    if flows:
        return flows
    guesses = [
        flow for flow in wanted(turn, understanding, least / 2) if not turn.script.flows[flow].open_only
    ]
    fitting = [flow for flow in guesses if understanding.slots.keys() & turn.script.flows[flow].uses]
    return guesses if turn.state.failures else fitting or wanted(turn, understanding, least * GUESS)


def _left_for(turn: Turn, fresh: list[str], understanding: Understanding) -> bool:
    """Is what is being served not come back to: 算了,直接退货吧; a return, when an exchange is wanted instead?"""
    flow = turn.serving()
    if flow is None or not fresh:
        return False
    return flow.passing or fresh[0] in flow.rivals or gives_up(understanding.text)


def _beside_an_aside(turn: Turn, understanding: Understanding, sure: list[str]) -> bool:
    """Small talk or thanks with a wish that is not sure: the wish is asked about, and not lost."""
    likely = wanted(turn, understanding, turn.script.settings.confirm)
    only_aside = bool(sure) and all(turn.script.flows[flow].brief for flow in sure)
    likely = [flow for flow in likely if not turn.script.flows[flow].open_only]
    if not only_aside or not likely or likely[0] in sure or not _doubt(turn, likely[:1]):
        return False
    turn.matched = True
    return True


CLEARLY = 0.95
"""那另一个呢 asks for the same once more, unless something else is as clear as this: 那发票呢."""

_MOVED = re.compile("改[到成在为]|[换挪推]到|提前|推迟|延后|晚一?点|早一?点")

_AND_THIS = re.compile("^(?:那|那么|还有|哦|嗯|好的?)?[，,]?.{1,14}呢[。？?]?$")


def go_on_with(turn: Turn, ask: Step | None, understanding: Understanding, learned: frozenset[str]) -> bool:
    """那电饭煲呢, after an order was told: the same once more, for what he names now."""
    flow = turn.script.flows.get(turn.state.served)
    if flow is None or not flow.again or not isinstance(ask, Ask) or ask.kind != "open":
        return False
    same = bool(_AND_THIS.search(understanding.text.strip()))
    learned |= (
        note_early(turn, flow, understanding.text) if _MOVED.search(understanding.text) else frozenset()
    )
    others = wanted(turn, understanding, turn.script.settings.act)
    own = (learned & flow.uses).difference(*(turn.script.flows[one].uses for one in others))
    least = CLEARLY if same or own else turn.script.settings.act
    moved = bool(own) and bool(_MOVED.search(understanding.text))
    if not moved and any(_is_other(turn, one, same) for one in wanted(turn, understanding, least)):
        return False
    if not learned & flow.uses and not same:
        return False
    turn.matched = True
    turn.change(text=understanding.text)
    begin(turn, flow.name)
    return True


def _is_other(turn: Turn, flow: str, same: bool) -> bool:
    """Is this something else than the same once more? A complaint is not made by 那电池呢."""
    rule = turn.script.flows[flow]
    return not rule.open_only and not (same and COMPLAINTS & set(rule.intents))


def _local(turn: Turn, ask: Ask, understanding: Understanding) -> bool:
    """What an open question answers itself (closing: no, thanks, goodbye), unless something is wanted besides."""
    serious = [
        flow
        for flow in wanted(turn, understanding, turn.script.settings.act)
        if not turn.script.flows[flow].open_only and not turn.script.flows[flow].brief
    ]
    for intent in understanding.intents:
        target = ask.targets.get(f"on {intent.name}")
        own = turn.script.intents.get(intent.name)
        sure = (
            turn.script.settings.act
            if asks(understanding.text) or "你" in understanding.text
            else turn.script.settings.confirm
        )
        if target is not None and intent.confidence >= sure:
            if any(flow != own for flow in serious):
                continue
            turn.matched = True
            turn.change(failures=0)
            turn.move(target)
            return True
    return False


def _start(turn: Turn, flows: list[str], replaces: bool, said: Understanding | None = None) -> bool:
    if not flows:
        return False
    first, *rest = flows
    if not turn.script.flows[first].open_only:
        turn.change(failures=0)
    if replaces:
        while turn.pop().called:
            pass
    waiting = {wish.flow for wish in turn.state.queue}
    words = {flow: _words_for(turn, said, flow) if said else turn.state.text for flow in flows}
    if said:
        words[first] = _without(said.text, [words[flow] for flow in rest])
    later = [Wanted(flow, words[flow], _details(turn, flow)) for flow in rest if flow not in waiting]
    turn.change(text=words[first])
    turn.change(queue=(*later, *turn.state.queue), doubt=None)
    endings.start(turn, first)
    return True


def _details(turn: Turn, flow: str) -> Mapping[str, Slot]:
    """The details that were said with this wish."""
    intents = turn.script.flows[flow].intents
    return next((turn.parts[name] for name in intents if name in turn.parts), {})


def _without(text: str, others: list[str]) -> str:
    """The sentence but for the parts in which something else is wanted: what is said beside a wish belongs to it."""
    for other in others:
        if other != text:
            text = text.replace(other, "")
    return text.strip("，。, ") or text


def _unsure_first(turn: Turn, understanding: Understanding, sure: list[str]) -> bool:
    """Two wishes in one sentence, the first not sure: it is asked about, and the other kept for afterwards."""
    likely = wanted(turn, understanding, turn.script.settings.confirm)
    if not sure or not likely or likely[0] in sure or turn.script.flows[likely[0]].open_only:
        return False
    if not _doubt(turn, likely[:1]):
        return False
    later = tuple(Wanted(flow, _words_for(turn, understanding, flow), _details(turn, flow)) for flow in sure)
    turn.change(queue=(*later, *turn.state.queue))
    turn.matched = True
    return True


def _words_for(turn: Turn, understanding: Understanding, flow: str) -> str:
    """The part of the sentence in which this flow was wanted."""
    intents = turn.script.flows[flow].intents
    return next(
        (one.text for one in understanding.intents if one.name in intents and one.text), turn.state.text
    )


_IN_GENERAL = re.compile("(?:你们|一般|通常|正常).*(?:什么|怎么|啥|多少|多久|几|哪|吗|不)")
"""A question about the shop, and not about the caller's own order: the knowledge is asked before it is doubted."""


def _doubt(turn: Turn, flows: list[str]) -> bool:
    flows = [flow for flow in flows if not turn.script.flows[flow].brief]
    if not flows:
        return False
    answers = next((flow for flow in turn.script.flows.values() if flow.questions), None)
    if answers is not None and _IN_GENERAL.search(turn.state.text) and turn.state.guess is None:
        turn.change(guess=Wanted(flows[0], turn.state.text))
        begin(turn, answers.name)
        return True
    turn.change(doubt=Wanted(flows[0], turn.state.text))
    ask_doubt(turn)
    return True


def settle(turn: Turn, understanding: Understanding) -> bool:
    """The answer to a doubt. False when it was no yes: then the sentence is heard as if nothing had been asked."""
    doubt = turn.state.doubt
    turn.change(doubt=None)
    if doubt is None:
        return False
    agreed = doubt.flow in wanted(turn, understanding, turn.script.settings.confirm)
    agreed = agreed or _goes_on_with(turn, turn.script.flows[doubt.flow], understanding)
    if understanding.intent == "affirm" or agreed:
        turn.matched = True
        says_more = understanding.intent != "affirm" and asks(understanding.text)
        wish_for(turn, replace(doubt, text=understanding.text) if says_more else doubt)
        queue_besides(turn, understanding, doubt.flow)
        return True
    return False


def _goes_on_with(turn: Turn, flow: Flow, understanding: Understanding) -> bool:
    """您是要投诉,对吗? 咖啡机: who only gives a detail that this needs has agreed to it."""
    only = understanding.intent == "inform" and len(understanding.intents) == 1
    rules = (rule for name, rule in turn.script.slots.items() if name in flow.uses)
    return only and any(source in understanding.slots for rule in rules for source in rule.sources)


def queue_besides(turn: Turn, understanding: Understanding, served: str) -> None:
    """对,我还要开发票: what is wanted besides the wish that was agreed to is kept for afterwards."""
    running = {*_running(turn), served}
    later = [flow for flow in wanted(turn, understanding, turn.script.settings.act) if flow not in running]
    later = [
        flow for flow in later if not turn.script.flows[flow].brief and not turn.script.flows[flow].open_only
    ]
    kept = (Wanted(flow, _words_for(turn, understanding, flow), _details(turn, flow)) for flow in later)
    turn.change(queue=(*turn.state.queue, *kept))
