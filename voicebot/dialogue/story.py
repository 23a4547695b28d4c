"""The story that goes to the human with the caller: one object, and one sentence of it to be spoken."""

from __future__ import annotations

from typing import Any

from voicebot.dialogue.script import Flow, Script
from voicebot.dialogue.state import State
from voicebot.dialogue.turn import Turn
from voicebot.dialogue.values import field_of

REASONS = {
    "asked": "客户要求人工",
    "failed": "机器人没能听懂",
    "distressed": "客户情绪危急，请优先安抚",
    "angry": "客户很生气",
    "unverified": "没有核验身份",
    "system": "系统查询出错",
    "failure": "系统出错",
    "rule": "需要人工判断",
    "unsafe": "内容需要人工处理",
}
MOODS = {
    "satisfied": "满意",
    "neutral": "平静",
    "anxious": "着急",
    "unhappy": "不高兴",
    "angry": "生气",
    "distressed": "危急",
}


def story(turn: Turn, why: str, priority: bool) -> dict[str, Any]:
    """Who calls, what he wanted, what was tried, the details, the mood, and what to do next (JSON-able)."""
    state = turn.state
    flow = _served(turn)
    order = state.values.get("order")
    slots = {name: filled.value for name, filled in state.slots.items()}
    found = {
        "who": _who(turn),
        "wanted": list(state.wanted),
        "tried": [{"what": one.what, "outcome": one.outcome} for one in state.tried],
        "slots": slots,
        "order": _order(order.value if order else None),
        "doing": flow.title if flow else "",
        "mood": state.mood,
        "reason": why,
        "priority": priority,
        "next_step": _suggestion(turn, _suggested(turn, flow), why),
    }
    return found | {"spoken": _sentence(turn, why)}


_TOLD_BY_WORDS = frozenset({"distressed", "angry", "failed"})
"""Where nothing was wanted that the bot knows: what he said last tells the human most."""


def _served(turn: Turn) -> Flow | None:
    """What was being done when it came to this; asking for a human is no business of its own."""
    flows = [turn.script.flows[frame.flow] for frame in turn.state.stack if not frame.called]
    served = [flow for flow in flows if flow.title and not flow.brief]
    return served[-1] if served else None


def _suggested(turn: Turn, flow: Flow | None) -> str:
    last = flow or turn.script.flows.get(turn.state.served)
    return last.suggest if last else ""


def story_of(script: Script, state: State, why: str) -> dict[str, Any]:
    """The story of a conversation that came to this state."""
    return story(Turn(script, state), why, priority=False)


def _order(order: Any) -> dict[str, Any] | None:
    if order is None:
        return None
    shown = ("order_number", "status", "summary", "total")
    return {name: value for name in shown if (value := field_of(order, name)) is not None}


def _who(turn: Turn) -> dict[str, Any]:
    customer = turn.state.customer
    return {
        "caller": turn.state.caller,
        "customer_id": field_of(customer, "id"),
        "name": field_of(customer, "name") or field_of(customer, "surname"),
        "tier": field_of(customer, "tier"),
        "verified": turn.state.verified,
    }


def _suggestion(turn: Turn, suggest: str, why: str) -> str:
    if why == "distressed":
        return "先安抚客户，确认人身安全，不要挂断"
    if why == "unverified":
        return "先核验身份"
    if suggest:
        return suggest
    return f"继续{turn.state.wanted[-1]}" if turn.state.wanted else "询问客户需要什么帮助"


def _sentence(turn: Turn, why: str) -> str:
    state, customer = turn.state, turn.state.customer
    name = f"{field_of(customer, 'surname') or ''}{field_of(customer, 'title') or ''}"
    tail = f"尾号{state.caller[-4:]}的" if state.caller and state.caller[-4:].isdigit() else ""
    who = f"{tail}{name or '客户'}" + ("，已核验" if state.verified else "，未核验")
    wanted = f"，想{'、'.join(state.wanted[-2:])}" if state.wanted else ""
    order = state.slots.get("order_number")
    said = f"，刚才说“{state.text}”" if not state.wanted and why in _TOLD_BY_WORDS else ""
    about = f"，订单尾号{str(order.value)[-4:]}" if order else ""
    last = f"，{state.tried[-1].what}：{state.tried[-1].outcome}" if state.tried else ""
    mood = "" if why in MOODS else f"，情绪{MOODS[state.mood]}"
    return f"{who}{wanted}{said}{about}{last}{mood}，{REASONS.get(why, why)}。"
