"""Calls for tests: told to a Keeping as the driver would."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from voicebot.actions import Do, Look, Record, Transfer
from voicebot.events import Answered, Event, Found, Heard, HungUp, Transferred, Woke
from voicebot.records.keeping import Keeping
from voicebot.records.notes import Note


@dataclass(frozen=True)
class Bell:
    """Implements Ringing."""

    call_id: str
    line: str = "asterisk"
    caller: str | None = "13800006612"
    called: str | None = "4008001234"
    details: Mapping[str, Any] = field(default_factory=dict)


class Story:
    """One call as it unfolds; `at` is its time."""

    def __init__(
        self,
        tell: Callable[[Note], None],
        bell: Bell | None = None,
        began: datetime = datetime(2026, 11, 20, 10),
    ) -> None:
        self.bell = bell or Bell("call-1")
        self.keeping = Keeping(self.bell, lambda: began, tell)
        self.at = 0.0
        self._query = 0
        self._tell_event(Answered(0.0, self.bell.caller, self.bell.called, self.bell.line))

    def bot(self, text: str, ms: int = 1500, gap_ms: int | None = None) -> Story:
        """The bot says this, and it is heard."""
        if gap_ms is not None:
            self._fact("answered", gap_ms=gap_ms)
        self.at += ms / 1000
        return self._fact("said", text=text, heard_ms=ms, finished=True)

    def caller(
        self, text: str, intent: str = "affirm", mood: str = "neutral", sure: float = 0.9, **slots: str
    ) -> Story:
        """The caller says this."""
        for _ in range(50):
            self.at += 0.02
            self.keeping.happened(Heard(self.at, bytes(320)), [], 0, True)
        heard = {"text": text, "confidence": sure, "alternatives": [], "speech_end": self.at}
        understood = {
            "text": text,
            "intents": [{"name": intent, "confidence": 0.95}],
            "slots": {name: {"value": value, "text": value} for name, value in slots.items()},
            "mood": mood,
            "turn": "finished",
        }
        actions = [Record("heard", heard), Record("understood", understood)]
        self.at += 0.5
        self.keeping.happened(Woke(self.at), list(actions), None, False)
        return self

    def look(self, name: str, result: Mapping[str, Any], **arguments: Any) -> Story:
        """Something is looked up and found."""
        self._query += 1
        self.keeping.happened(Woke(self.at), [Look(self._query, name, arguments)], None, False)
        return self._tell_event(Found(self.at + 0.1, self._query, result))

    def do(self, name: str, result: Mapping[str, Any], **arguments: Any) -> Story:
        """Something is done."""
        self._query += 1
        self.keeping.happened(Woke(self.at), [Do(self._query, name, arguments, "k")], None, False)
        return self._tell_event(Found(self.at + 0.1, self._query, result))

    def resolved(self, flow: str = "order") -> Story:
        """What was wanted is done."""
        return self._fact("resolved", flow=flow)

    def handed_over(self, why: str = "asked") -> Story:
        """A human takes over: the call is over for the bot."""
        self._fact("handover", to="service", why=why, priority=False)
        story = {"who": {"caller": self.bell.caller, "customer_id": 7}, "reason": why}
        self.keeping.happened(Woke(self.at), [Transfer("service", story)], None, False)
        self.keeping.happened(Transferred(self.at), [Record("ended", {"by": "transfer"})], None, False)
        self.keeping.over(broken=False)
        return self

    def hung_up(self, by: Any = "caller") -> Story:
        """The call is over."""
        self.at += 0.2
        self.keeping.happened(HungUp(self.at, by), [Record("ended", {"by": by})], None, False)
        self.keeping.over(broken=False)
        return self

    def _fact(self, kind: str, **data: Any) -> Story:
        self.keeping.happened(Woke(self.at), [Record(kind, data)], None, False)
        return self

    def _tell_event(self, event: Event) -> Story:
        self.at = event.at
        self.keeping.happened(event, [], None, False)
        return self


def order_call(tell: Callable[[Note], None], bell: Bell | None = None, began: Any = None) -> Story:
    """Somebody asks for his order and gets his answer."""
    story = Story(tell, bell, began or datetime(2026, 11, 20, 10))
    story.bot("您好，请问有什么可以帮您？")
    story.caller("我想查一下我的快递到哪了", "logistics_trace", "anxious")
    story.look(
        "customer_by_phone", {"found": True, "customer": {"id": 7, "name": "王小明"}}, phone="13800006612"
    )
    story.bot("请问订单号是多少？", gap_ms=420)
    story.caller("二六一一二零零零零一二三", "out_of_scope", order_number="261120000123")
    story.look("logistics", {"found": True, "state": "运输中"}, order_number="261120000123")
    story.bot("王小明先生，您的包裹在路上。", gap_ms=510)
    return story.resolved().hung_up()
