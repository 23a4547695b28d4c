"""A call as pages and the API show it: masked unless it was revealed."""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping
from typing import Any

from voicebot.records.archive import Act, Correction, Summary, Turn, WholeCall
from voicebot.records.masking import mask, mask_data, mask_phone
from voicebot.records.standing import GRAVITY


def shown_summary(summary: Summary, clear: bool = False) -> dict[str, Any]:
    """A call of a list, as plain data; `caller` masked."""
    told = dataclasses.asdict(summary)
    told["caller"] = (summary.caller or "") if clear else mask_phone(summary.caller)
    return told


def shown_call(call: WholeCall, clear: bool = False) -> dict[str, Any]:
    """One call with everything, as plain data; in clear only where it was revealed."""
    known = () if clear else call.known
    return {
        **shown_summary(call.summary, clear),
        "called": (call.called or "") if clear else mask_phone(call.called),
        "turns": [_turn(turn, known, clear) for turn in call.turns],
        "acts": [_act(act, known, clear) for act in call.acts],
        "gaps": list(call.facts.get("gaps", ())),
    }


def _turn(turn: Turn, known: tuple[str, ...], clear: bool) -> dict[str, Any]:
    content = turn.content
    masked: Mapping[str, Any] = content if clear else mask_data(content, known)
    slots = {
        name: slot.get("value") if isinstance(slot, Mapping) else slot
        for name, slot in (content.get("slots") or {}).items()
    }
    heard = str(masked.get("heard", ""))
    return {
        "number": turn.number,
        "at": turn.at,
        "until": turn.until,
        "who": turn.who,
        "text": _keys(turn, clear) if turn.who == "keys" else str(masked.get("text", "")),
        "heard": heard if heard and heard != masked.get("text") else "",
        "confidence": turn.confidence,
        "intent": turn.intent,
        "sure": next((one.get("confidence") for one in content.get("intents") or ()), None),
        "mood": turn.mood,
        "gravity": GRAVITY.index(turn.mood) if turn.mood in GRAVITY else None,
        "gap_ms": turn.gap_ms,
        "slots": slots if clear else mask_data(slots, known),
        "alternatives": [
            {
                "text": one.get("text", ""),
                "source": one.get("source", ""),
                "confidence": one.get("confidence"),
            }
            for one in masked.get("alternatives") or ()
        ],
        "cut": masked.get("finished") is False,
        "corrections": [_correction(one, known, clear) for one in turn.corrections],
    }


def _keys(turn: Turn, clear: bool) -> str:
    return turn.text if clear else "*" * len(turn.text)


def _act(act: Act, known: tuple[str, ...], clear: bool) -> dict[str, Any]:
    content = act.content if clear else mask_data(act.content, known)
    return {
        "at": act.at,
        "kind": act.kind,
        "name": act.name,
        "ok": act.ok,
        "arguments": content.get("arguments", {}),
        "result": content.get("result", {}),
        "more": {key: value for key, value in content.items() if key not in {"arguments", "result"}},
    }


def _correction(one: Correction, known: tuple[str, ...], clear: bool) -> dict[str, Any]:
    text, remark = (one.text, one.remark) if clear else (mask(one.text, known), mask(one.remark, known))
    slots = dict(one.slots) if clear else {name: mask(value, known) for name, value in one.slots.items()}
    return {"by": one.by, "at": one.at, "text": text, "intent": one.intent, "remark": remark, "slots": slots}
