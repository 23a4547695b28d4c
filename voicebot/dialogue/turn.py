"""One step being worked out: the state as it changes, and the speech and actions that come of it.

A Turn lives within one call of `step` and is then closed into a new frozen state and a reply.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace
from typing import Any

from voicebot.actions import Record
from voicebot.dialogue.expressions import Expression
from voicebot.dialogue.finding import holds
from voicebot.dialogue.graph import is_private
from voicebot.dialogue.reply import Reply, Speech, Wish
from voicebot.dialogue.said import Digits
from voicebot.dialogue.script import Flow, Script, SlotRule
from voicebot.dialogue.state import GRAVITY, Asked, Bound, Filled, Frame, Kept, State, Tried
from voicebot.dialogue.step_kinds import Step
from voicebot.dialogue.wording import Template, Words, variant
from voicebot.nlu.understanding import Slot

TRANSCRIPT = "{transcript}"
"""What `transcript` is worth: whoever carries out a deed puts the conversation in its place."""


class NotVerifiedError(Exception):
    """Something private was about to be spoken to a caller who is not verified."""


class Turn:
    """The working copy of a state, with the reply that is being built."""

    def __init__(self, script: Script, state: State) -> None:
        self.script = script
        self.state = state
        self.before = state
        self.speech: list[Speech] = []
        self.actions: list[Wish] = []
        self.matched = False
        self.keeps_last = False
        self.extra: dict[str, Any] = {}
        self.clear = 1.0
        self.heard: tuple[Digits, ...] = ()
        self.parts: Mapping[str, Mapping[str, Slot]] = {}

    def change(self, **changes: Any) -> None:
        """Replace fields of the state."""
        self.state = replace(self.state, **changes)

    def close(self) -> tuple[State, Reply]:
        """The new state and the reply."""
        if self.speech and not self.keeps_last:
            before = () if self.state.stale else self.state.last
            self.change(last=(*before, *self.speech), stale=False)
        asked = self.state.asked
        return self.state, Reply(
            tuple(self.speech),
            tuple(self.actions),
            asked.expecting,
            asked.keys,
            asked.silence_ms,
            self.matched,
        )

    # what is known

    def lookup(self, name: str) -> Any:
        """The value of a name in expressions and templates."""
        state = self.state
        if name in self.extra:
            return self.extra[name]
        if name in state.slots:
            return state.slots[name].value
        if name in state.values:
            return state.values[name].value
        if name in self.script.constants:
            return self.script.constants[name]
        return self._always(name)

    def _always(self, name: str) -> Any:
        state = self.state
        if name in {"readings", "caller", "line", "now", "verified", "mood", "text", "failures"}:
            return getattr(state, name)
        return {
            "hour": state.now.hour if state.now else None,
            "resolved": state.counts.get("resolved", 0),
            "upset": state.counts.get("upset", 0) > 0,
            "meant": state.meant,
            "gravest": max(
                (one for one in GRAVITY if state.counts.get(f"felt {one}")),
                key=GRAVITY.__getitem__,
                default="neutral",
            ),
            "doing": self._doing(),
            "wanted": "、".join(state.wanted),
            "transcript": TRANSCRIPT,
        }.get(name)

    def _doing(self) -> str:
        """The title of what was being done when the flow on top broke in."""
        below = [self.script.flows[frame.flow].title for frame in self.state.stack if not frame.called][:-1]
        return below[-1] if below else ""

    def value(self, expression: Expression) -> Any:
        """What an expression is worth now."""
        return expression.value(self.lookup)

    def privacy(self) -> Mapping[str, frozenset[str] | None]:
        """Who may hear what is bound."""
        return {name: bound.public for name, bound in self.state.values.items()}

    def private(self, expressions: Iterable[Expression]) -> bool:
        """Does any of them say something that only a verified caller may hear?"""
        privacy = self.privacy()
        return any(is_private(path, privacy) for one in expressions for path in one.paths())

    def bind(self, name: str, value: Any, public: frozenset[str] | None = None) -> None:
        """Bind a name."""
        self.change(values={**self.state.values, name: Bound(value, public)})

    def fill(self, name: str, value: Any, sure: bool = False) -> None:
        """Fill a slot by what the caller said; what hangs on it and says otherwise is forgotten."""
        old = self.state.slots.get(name)
        if old is not None and old.value == value:
            sure = sure or old.sure
        elif old is not None:
            self.forget(one for one in self.script.slots[name].drops if one in self.script.slots)
        self.forget(self.against(name, value))
        self.keep(name, value, sure)
        self._remember_readings(name, value, sure)

    def against(self, name: str, value: Any) -> list[str]:
        """What hangs on this slot, is known, and does not fit this value."""
        known = {name: bound.value for name, bound in self.state.values.items() if bound.value is not None}
        return [one for one in self.script.slots[name].drops if one in known and not holds(known[one], value)]

    def _remember_readings(self, name: str, value: Any, sure: bool) -> None:
        heard = self.heard if not sure and any(one.digits == value for one in self.heard) else ()
        self.change(readings={**self.state.readings, name: heard})

    def keep(self, name: str, value: Any, sure: bool = True) -> None:
        """Put a value into a slot, and leave everything else as it is."""
        self.change(slots={**self.state.slots, name: Filled(value, sure)})

    def forget(self, names: Iterable[str]) -> None:
        """Forget slots and bound names."""
        gone = set(names)
        self.change(
            slots={name: slot for name, slot in self.state.slots.items() if name not in gone},
            values={name: bound for name, bound in self.state.values.items() if name not in gone},
        )

    # what is said

    def render(self, text: Template, privacy: Iterable[Expression] = ()) -> str:
        """A template's text. Raises NotVerifiedError rather than giving away something private."""
        if not self.state.verified and self.private([*text.expressions, *privacy]):
            raise NotVerifiedError(text.text)
        return text.render(self.lookup)

    def say(self, words: Words, key: str, interruptible: bool = True, **extra: Any) -> None:
        """Say the next variant of `words`; `key` counts how often they were said. `extra` are more names."""
        if not words:
            return
        self.extra |= extra
        text = self.render(variant(words, self.count(key))).strip()
        for name in extra:
            del self.extra[name]
        if text:
            self.speech.append(Speech(text, interruptible))

    def phrase(self, name: str, **extra: Any) -> None:
        """Say something of the script's `words`."""
        self.say(self.script.words.get(name, ()), f"words {name}", **extra)

    def count(self, key: str) -> int:
        """How often this was counted before."""
        before = self.state.counts.get(key, 0)
        self.change(counts={**self.state.counts, key: before + 1})
        return before

    def wait(self, asked: Asked) -> None:
        """Leave it to the caller."""
        self.change(asked=asked)

    # where it is

    @property
    def frame(self) -> Frame | None:
        """The place that is being worked on."""
        return self.state.stack[-1] if self.state.stack else None

    @property
    def step(self) -> Step | None:
        """The step at that place."""
        frame = self.frame
        return self.script.step_at(frame.flow, frame.place) if frame else None

    @property
    def key(self) -> str:
        """That place as a name for counting."""
        frame = self.frame
        return f"{frame.flow}:{frame.place}" if frame else ""

    def move(self, place: int) -> None:
        """Go to another place of the same flow."""
        frame = self.state.stack[-1]
        self.change(stack=(*self.state.stack[:-1], replace(frame, place=place, reading=False)))

    def reading(self, on: bool) -> None:
        """Note whether the answer at this place is being read back."""
        self.change(stack=(*self.state.stack[:-1], replace(self.state.stack[-1], reading=on)))

    def push(self, flow: str, called: bool = False) -> None:
        """Begin a flow on top of the others; one that breaks in keeps what those below were working with."""
        breaks_in = bool(self.state.stack) and not called
        kept = Kept(self.before.slots, self.before.values) if breaks_in else None
        self.change(stack=(*self.state.stack, Frame(flow, 0, called, kept=kept)))

    def pop(self) -> Frame:
        """Leave the flow on top."""
        frame = self.state.stack[-1]
        self.change(stack=self.state.stack[:-1])
        return frame

    def serving(self) -> Flow | None:
        """The flow that serves what the caller wanted: the top one that was not called by another."""
        for frame in reversed(self.state.stack):
            if not frame.called:
                return self.script.flows[frame.flow]
        return None

    # what is kept

    def record(self, kind: str, **data: Any) -> None:
        """Record a fact."""
        self.actions.append(Record(kind, data))

    def tried(self, what: str, outcome: str) -> None:
        """Note what was tried, for the story; the last thirty are kept."""
        self.change(tried=(*self.state.tried, Tried(what, outcome))[-30:])


def can_be(turn: Turn, rule: SlotRule, value: Any) -> bool:
    """Can this value be meant by this slot, as far as its `when` says?"""
    if rule.when is None:
        return True
    turn.extra["it"] = value
    return bool(turn.value(rule.when))
