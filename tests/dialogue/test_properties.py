"""Whatever callers, lines and shops do: no step raises, the caller is never left without an answer or a question.

Callers are drawn from a seed: mostly they answer what was asked, sometimes they want something else, mumble, press
keys, or are silent; the shop mostly answers in shape, sometimes with anything, sometimes not at all.
"""

from __future__ import annotations

from collections import Counter
from datetime import datetime
from random import Random
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from voicebot.actions import Do, Look
from voicebot.dialogue import (
    Answer,
    Began,
    HandedOver,
    HumanFailed,
    Keyed,
    NotHeard,
    Reply,
    Said,
    Script,
    Spoke,
    State,
    WasSilent,
    begin,
    step,
)
from voicebot.dialogue.vocabulary import INTENTS, MOODS
from voicebot.nlu.understanding import Intent, Slot, Understanding

SECRET = "秘密"
PHONE = "13812348866"
TEXTS = (
    "",
    "不知道",
    "第一个",
    "第二个",
    "上门",
    "个人",
    "退款",
    "下午",
    "另一个订单",
    "随便说说这件事情",
    "公司",
)
WISHES = sorted(INTENTS - {"human_agent", "goodbye", "affirm", "deny"})
SLOTS: dict[str, tuple[Any, ...]] = {
    "order_number": ("261118004217", "261101007788", "12"),
    "tail_number": ("8866", "8866", "8866", "1111", "1"),
    "phone": ("13900001111", "1"),
    "product": ("咖啡机", "电饭煲"),
    "date": ("2026-11-19", "2026-11-22", "nonsense"),
    "choice": (1, 2, -1, 9, "any", "all"),
    "reason": ("质量问题", "不想要了"),
    "address": ("南京市建设路八号",),
}
ASKED = {"future_date": "date"}


def spoken(draw: Random, *intents: str, mood: str = "neutral", **slots: Any) -> Spoke:
    found = tuple(Intent(name, draw.choice([0.3, 0.5, 0.9, 0.9])) for name in intents)
    turn: Any = draw.choices(["finished", "unfinished", "wait"], [20, 1, 1])[0]
    told: Any = mood
    text = draw.choice(TEXTS)
    return Spoke(
        Understanding(text, found, {name: Slot(one, "x") for name, one in slots.items()}, told, turn)
    )


def cooperative(draw: Random, reply: Reply) -> Said:
    """The caller answers what was asked."""
    if reply.expecting == "yes_no":
        return spoken(draw, draw.choice(["affirm", "affirm", "affirm", "deny"]))
    slot = ASKED.get(str(reply.expecting), reply.expecting)
    if slot in SLOTS:
        return spoken(draw, "out_of_scope", **{slot: draw.choice(SLOTS[slot])})
    return spoken(draw, draw.choice(WISHES))


def anything(draw: Random) -> Said:
    names = draw.sample(sorted(INTENTS), draw.randint(1, 3))
    mood = draw.choice(["neutral"] * 12 + sorted(MOODS))
    slots = {name: draw.choice(SLOTS[name]) for name in draw.sample(sorted(SLOTS), draw.randint(0, 2))}
    keys = Keyed(draw.choice(["8866", "1", "2", "261118004217", "*", "", "#"]))
    others = [
        keys,
        WasSilent(),
        NotHeard(),
        HumanFailed("busy"),
        Answer(draw.randint(0, 9)),
    ]
    return draw.choice([spoken(draw, *names, mood=mood, **slots), *others])


def caller(draw: Random, state: State, reply: Reply) -> Said:
    if state.transferring is not None and draw.random() < 0.8:
        return HumanFailed("busy") if draw.random() < 0.9 else HandedOver()
    return cooperative(draw, reply) if draw.random() < 0.8 else anything(draw)


def wild(draw: Random, depth: int = 2) -> Any:
    if depth == 0 or draw.random() < 0.3:
        return draw.choice([None, True, False, SECRET, "8866", 3, 2.5])
    if draw.random() < 0.3:
        return [wild(draw, depth - 1) for _ in range(draw.randint(0, 3))]
    names = ["found", "order", "orders", "customer", "allowed", "items", "done", "product", "refunds", "own"]
    return {name: wild(draw, depth - 1) for name in draw.sample(names, draw.randint(0, 6))}


def sane(draw: Random, asked: Look | Do) -> dict[str, Any]:
    customer = {"id": 7, "surname": "李", "title": "女士", "name": SECRET}
    items = [{"product_code": "P1", "short": SECRET, "name": SECRET}, {"product_code": "P2", "short": SECRET}]
    order = {"status": SECRET, "items": items, "summary": SECRET, "own": draw.random() < 0.8}
    order |= {"status_code": draw.choice(["in_transit", "delivered", "to_ship", "unpaid", "problem"])}
    refund = {"amount": SECRET, "status": SECRET, "late": draw.random() < 0.5, "completed": None}
    return {
        "found": draw.random() < 0.9,
        "own": order["own"],
        "customer": customer,
        "order": {**order, "order_number": "261118004217"},
        "orders": [{**order, "order_number": number} for number in ("261118004217", "261101007788")],
        "allowed": draw.random() < 0.7,
        "ask": draw.choice([None, None, "opened"]),
        "offer": draw.choice([None, "cancel", "return", "ticket"]),
        "done": draw.random() < 0.9,
        "why": SECRET,
        "latest": {"text": SECRET, "at": "2026-11-20T09:00"},
        "problem": draw.choice([None, SECRET]),
        "refunds": [refund],
        "answer": "七天。",
        "product": {"short": "咖啡机", "colours": ["红色", "蓝色"], "sizes": []},
        "promotions": [{"title": "满减", "text": "全场"}],
        "amount": 30,
        "spoken": "已登记",
    }


def shop(draw: Random, wish: Look | Do) -> Said:
    if draw.random() < 0.02:
        return Answer(wish.query, {}, "lost")
    result = wild(draw) if draw.random() < 0.08 else sane(draw, wish)
    result = result if isinstance(result, dict) else {}
    result = {**result, "verified": wish.arguments.get("tail_number") == "8866"}
    public = {"knowledge", "product", "stock", "promotions", "create_ticket", "customer_by_phone", "opt_out"}
    return Answer(wish.query, _harmless(result) if wish.name in public else result)


def _harmless(value: Any) -> Any:
    """Answers of public queries hold nothing private, as the shop's own do."""
    if isinstance(value, dict):
        return {name: _harmless(one) for name, one in value.items()}
    if isinstance(value, list):
        return [_harmless(one) for one in value]
    return "公开" if value == SECRET else value


def drive(script: Script, seed: int, length: int = 60) -> Counter[str]:
    """One call; gives what was done in it."""
    draw, seen = Random(seed), Counter[str]()
    state, reply = begin(script, "c"), Reply()
    waiting: list[Said] = [Began(draw.choice([None, PHONE]), datetime(2026, 11, 20, 15, 0), "test")]
    while length and state.ended == "open":
        length -= 1
        said = waiting.pop(0) if waiting else caller(draw, state, reply)
        before = state
        state, reply = step(script, state, said)
        _check(script, before, said, state, reply)
        seen.update(frame.flow for frame in state.stack)
        for wish in reply.actions:
            if isinstance(wish, (Look, Do)):
                seen[wish.name] += 1
                waiting.append(shop(draw, wish))
    return seen


def _check(script: Script, before: State, said: Said, state: State, reply: Reply) -> None:
    ends = state.ended != "open"
    waits = state.outstanding is not None or state.transferring is not None
    assert ends or waits or reply.silence_ms is not None
    stale = isinstance(said, Answer) and said.query != before.outstanding
    stale |= isinstance(said, HumanFailed) and before.transferring is None
    assert reply.speech or ends or waits or stale
    assert state.steps <= script.settings.max_steps + 1
    assert len(state.stack) <= 2 * len(script.flows)
    assert before.verified or state.verified or SECRET not in reply.text
    for wish in reply.actions:
        if isinstance(wish, Do):
            assert state.verified or not script.queries[wish.name].verified


@settings(max_examples=150, deadline=None)
@given(st.integers(0, 2**32))
def test_any_call_is_survived(hotline, seed):
    drive(hotline, seed)


def test_these_calls_go_everywhere(hotline):
    seen: Counter[str] = sum((drive(hotline, seed) for seed in range(250)), Counter[str]())
    doings = {name for name, rule in hotline.queries.items() if rule.changes}
    rare = {
        "farewell",
        "goodbye",
        "thanks",
        "greeting",
        "smalltalk",
        "human",
        "hurry_up",
        "how_far",
        "another_day",
        "offer_human",
        "general_question",
        "the_item",
        "rate_call",
    }
    assert set(hotline.flows) - set(seen) <= rare
    assert len(doings & set(seen)) >= len(doings) - 3


@settings(max_examples=30, deadline=None)
@given(st.integers(0, 2**32))
def test_a_step_is_a_function(hotline, seed):
    draw = Random(seed)
    state, reply = begin(hotline), Reply()
    said: Said = Began(PHONE, datetime(2026, 11, 20, 15, 0), "test")
    for _ in range(12):
        result = step(hotline, state, said)
        assert result == step(hotline, state, said)
        state, reply = result
        wishes = [wish for wish in reply.actions if isinstance(wish, (Look, Do))]
        said = shop(draw, wishes[0]) if wishes else caller(draw, state, reply)
