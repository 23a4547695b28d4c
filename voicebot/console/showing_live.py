"""A call that goes on, as pages show it: masked."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from voicebot.console.words import INTENTS, LINES, LIVE_STATES, MOODS, NEXT_STEPS, SPEAKERS
from voicebot.records.masking import mask, mask_data, mask_phone
from voicebot.runtime.live import Line, LiveCall

LONGEST_EXCERPT = 60


def shown_summary(live: LiveCall) -> dict[str, Any]:
    """One call of a list."""
    last = live.lines[-1] if live.lines else None
    return {
        "call": live.name,
        "line": LINES.get(live.ring.line, live.ring.line),
        "caller": mask_phone(live.ring.caller) or "未知",
        "seconds": round(live.at, 1),
        "state": live.state,
        "state_name": LIVE_STATES[live.state],
        "human": live.human,
        "mood": live.mood,
        "mood_name": MOODS.get(live.mood, live.mood),
        "wanted": "、".join(INTENTS.get(name, name) for name in live.wanted[-3:]),
        "last": shown_line(live, last)["text"][:LONGEST_EXCERPT] if last else "",
        "sound": live.with_sound,
    }


def shown_line(live: LiveCall, line: Line) -> dict[str, Any]:
    """One line of the transcript."""
    text = "*" * len(line.text) if line.who == "keys" else mask(line.text, sorted(live.known))
    mood = line.mood if line.mood not in {"", "neutral"} else ""
    return {
        "at": round(line.at, 1),
        "who": line.who,
        "speaker": SPEAKERS.get(line.who, line.who),
        "text": text,
        "mood": mood,
        "mood_name": MOODS.get(mood, mood),
    }


def next_steps(wanted: Sequence[str]) -> list[dict[str, str]]:
    """What to do about the newest wishes, the newest first."""
    known = [name for name in reversed(wanted) if name in NEXT_STEPS]
    return [{"intent": name, "name": INTENTS[name], "text": NEXT_STEPS[name]} for name in known[:3]]


def shown_story(live: LiveCall, clear: bool = False) -> dict[str, Any]:
    """The story that came with a transfer; of a call that was stepped into, what is known of it."""
    story = dict(live.story) if clear else mask_data(dict(live.story), sorted(live.known))
    who = story.get("who") or {}
    return {
        "who": who,
        "caller": (live.ring.caller or "") if clear else mask_phone(live.ring.caller),
        "wanted": list(story.get("wanted") or ()) or [INTENTS.get(one, one) for one in live.wanted],
        "tried": list(story.get("tried") or ()),
        "slots": dict(story.get("slots") or {}),
        "order": story.get("order"),
        "mood": MOODS.get(str(story.get("mood") or live.mood), ""),
        "reason": str(story.get("reason") or ""),
        "next_step": str(story.get("next_step") or ""),
    }
