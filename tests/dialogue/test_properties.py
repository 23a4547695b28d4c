"""Whatever callers, lines and shops do: no step raises, the caller is never left without an answer or a question."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from voicebot.actions import Do, Look
from voicebot.dialogue import (
    Answer,
    Began,
    HandedOver,
    HumanFailed,
    Interrupted,
    Keyed,
    NotHeard,
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

SLOTS: dict[str, st.SearchStrategy[Any]] = {
    "order_number": st.sampled_from(["261118004217", "261101007788", "12"]),
    "tail_number": st.sampled_from(["8866", "1111", "1"]),
    "phone": st.sampled_from(["13900001111", "1"]),
    "product": st.sampled_from(["咖啡机", "电饭煲"]),
    "date": st.sampled_from(["2026-11-19", "2026-11-22", "nonsense"]),
    "choice": st.sampled_from([1, -1, 9, "any", "all"]),
    "reason": st.sampled_from(["质量问题", "不想要了"]),
    "address": st.just("南京市建设路八号"),
}


@st.composite
def spoken(draw: st.DrawFn) -> Said:
    names = draw(st.lists(st.sampled_from(sorted(INTENTS)), min_size=1, max_size=3, unique=True))
    intents = tuple(Intent(name, draw(st.sampled_from([0.2, 0.5, 0.9]))) for name in names)
    chosen = draw(st.lists(st.sampled_from(sorted(SLOTS)), max_size=2, unique=True))
    slots = {name: Slot(draw(SLOTS[name]), "x") for name in chosen}
    mood: Any = draw(st.sampled_from([*["neutral"] * 6, *sorted(MOODS - {"distressed"})]))
    turn: Any = draw(st.sampled_from(["finished", "finished", "unfinished", "wait"]))
    return Spoke(Understanding(draw(st.sampled_from(TEXTS)), intents, slots, mood, turn))


def likely(name: str) -> st.SearchStrategy[Said]:
    return st.just(Spoke(Understanding(name, (Intent(name, 0.95),))))


SAID: st.SearchStrategy[Said] = st.one_of(
    spoken(),
    spoken(),
    likely("affirm"),
    likely("deny"),
    st.just(Keyed("8866")),
    st.sampled_from([Keyed("1"), Keyed("261118004217"), Keyed("*"), Keyed("")]),
    st.sampled_from([WasSilent(), NotHeard(), Interrupted("您好"), HandedOver(), HumanFailed("busy")]),
    st.builds(Answer, st.integers(0, 9), st.just({"found": True}), st.none()),
)

WILD = st.recursive(
    st.sampled_from([None, True, False, SECRET, "8866", 3]),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(
            st.sampled_from(
                ["found", "order", "orders", "customer", "allowed", "items", "done", "product", "surname"]
            ),
            inner,
            max_size=4,
        )
    ),
    max_leaves=8,
)


def sane(name: str) -> dict[str, Any]:
    customer = {"id": 7, "surname": "李", "title": "女士", "name": SECRET}
    items = [{"product_code": "P1", "short": SECRET, "name": SECRET}, {"product_code": "P2", "short": SECRET}]
    order = {"order_number": "261118004217", "status": SECRET, "items": items, "summary": SECRET, "own": True}
    return {
        "found": True,
        "own": True,
        "customer": customer,
        "order": {**order, "status_code": "in_transit"},
        "orders": [order, {**order, "order_number": "261101007788"}],
        "allowed": True,
        "done": True,
        "why": SECRET,
        "latest": {"text": SECRET, "at": "2026-11-20T09:00"},
        "answer": "七天。",
        "product": {"short": "咖啡机", "colours": ["红色", "蓝色"], "sizes": []},
        "promotions": [{"title": "满减", "text": "全场"}],
        "ticket_number": "261120300001",
        "spoken": "已登记",
        "open": True,
    }


def drive(script: Script, data: st.DataObject, length: int) -> State:
    """A call in which the shop may answer anything but may not verify, unless the last digits were right."""
    state = begin(script, "c")
    waiting: list[Said] = [
        Began(data.draw(st.sampled_from([None, PHONE])), datetime(2026, 11, 20, 15, 0), "test")
    ]
    for _ in range(length):
        said = waiting.pop(0) if waiting else data.draw(SAID)
        before = state
        state, reply = step(script, state, said)
        ends = state.ended != "open"
        waits = state.outstanding is not None or state.transferring is not None
        assert ends or waits or reply.silence_ms is not None
        assert (
            reply.speech or ends or waits or isinstance(said, (Answer, Interrupted, HandedOver, HumanFailed))
        )
        assert state.steps <= script.settings.max_steps + 1
        assert len(state.stack) <= 2 * len(script.flows)
        if not before.verified:
            assert state.verified or SECRET not in reply.text
        for wish in reply.actions:
            if isinstance(wish, Do):
                assert state.verified or not script.queries[wish.name].verified
            if isinstance(wish, (Look, Do)):
                waiting.append(_answer(wish, data))
    return state


def _answer(wish: Look | Do, data: st.DataObject) -> Said:
    if data.draw(st.integers(0, 30)) == 0:
        return Answer(wish.query, {}, "lost")
    result = sane(wish.name)
    if data.draw(st.integers(0, 8)) == 0:
        wild = data.draw(WILD)
        result = wild if isinstance(wild, dict) else {}
    result = {**result, "verified": wish.arguments.get("tail_number") == "8866"}
    if wish.name in {"knowledge", "product", "stock", "promotions", "create_ticket", "customer_by_phone"}:
        result = _harmless(result)
    return Answer(wish.query, result)


def _harmless(value: Any) -> Any:
    """Answers of public queries hold nothing private, as the shop's own do."""
    if isinstance(value, dict):
        return {name: _harmless(one) for name, one in value.items()}
    if isinstance(value, list):
        return [_harmless(one) for one in value]
    return "公开" if value == SECRET else value


@settings(max_examples=100, deadline=None)
@given(st.data())
def test_any_sequence_is_survived(hotline, data):
    drive(hotline, data, 40)


@settings(max_examples=40, deadline=None)
@given(st.data())
def test_a_step_is_a_function(hotline, data):
    state = begin(hotline)
    first: Said = Began(PHONE, datetime(2026, 11, 20, 15, 0), "test")
    said = [first, *data.draw(st.lists(SAID, max_size=6))]
    one, two = state, state
    for each in said:
        one, reply = step(hotline, one, each)
        two, again = step(hotline, two, each)
        assert (one, reply) == (two, again)
