"""Where the time goes between a caller's last sound and the bot's first, turn by turn.

    last sound ─pause─► transcript wanted ─hearing_waits─► a thread is free ─hearing─► transcript made
       ─inbox─► the call has it ─patience─► his turn is over ─dialogue─► speech wanted (look-ups included)
       ─speech_waits─► a thread is free ─speech_made─► first sound made ─sent─► heard

The stages of a turn add up to its gap. What was prepared on speculation has no waiting and no making. After keys
there is no hearing: what lies before the speech is all `dialogue`.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from voicebot.actions import Action, Record
from voicebot.events import Event, Played, Transcribed

STAGES = (
    "pause", "hearing_waits", "hearing", "inbox", "patience", "dialogue", "speech_waits", "speech_made", "sent",
)  # fmt: skip
KEPT = 16


@dataclass(slots=True)
class Passage:
    """One utterance or speech on its way through an engine: moments in seconds since the call began.

    Of an utterance: its transcript was wanted, was begun, was made. Of a speech: it was wanted, begun, and its first
    sound was made.
    """

    asked: float | None = None
    begun: float | None = None
    ready: float | None = None


@dataclass(frozen=True, slots=True)
class Turn:
    """A turn that was answered `at`: the gap and its stages, in seconds."""

    at: float
    gap_s: float
    stages: Mapping[str, float]


class Stages:
    """Watches one call. `told` hears of every turn that was answered."""

    def __init__(self) -> None:
        self.told: Callable[[Turn], None] = lambda _: None
        self._hears: dict[int, Passage] = {}
        self._speaks: dict[int, Passage] = {}
        self._transcribed: tuple[int, float] | None = None
        self._committed: tuple[Passage, float, float] | None = None

    def hears(self, utterance: int) -> Passage:
        """The passage of this utterance of the caller."""
        return _of(self._hears, utterance)

    def speaks(self, utterance: int) -> Passage:
        """The passage of this speech of the bot."""
        return _of(self._speaks, utterance)

    def happened(self, event: Event, actions: list[Action]) -> None:
        """An event of the call and its actions."""
        if isinstance(event, Transcribed) and event.final:
            self._transcribed = (event.utterance, event.at)
        for action in actions:
            if isinstance(action, Record):
                self._fact(event, action)

    def _fact(self, event: Event, fact: Record) -> None:
        if fact.kind == "heard" and self._transcribed is not None:
            utterance, at = self._transcribed
            self._committed = (self.hears(utterance), at, event.at)
            self._transcribed = None
        elif fact.kind == "answered" and isinstance(event, Played):
            gap_s = fact.data["gap_ms"] / 1000
            self.told(Turn(event.at, gap_s, self._parts(event, gap_s)))
            self._committed = None

    def _parts(self, event: Played, gap_s: float) -> dict[str, float]:
        """What passed between each point and the one before it; a point that came earlier took nothing."""
        speech, last = self.speaks(event.utterance), event.at - gap_s
        points: list[float | None] = [None] * 5
        if self._committed is not None and self._committed[2] >= last:
            heard, transcribed, committed = self._committed
            points = [heard.asked, heard.begun, heard.ready, transcribed, committed]
        points += [speech.asked, speech.begun, speech.ready, event.at]
        found = {}
        for name, point in zip(STAGES, points, strict=True):
            reached = last if point is None else max(last, point)
            found[name], last = reached - last, reached
        return found


def _of(passages: dict[int, Passage], number: int) -> Passage:
    found = passages.get(number)
    if found is None:
        found = passages[number] = Passage()
        if len(passages) > KEPT:
            del passages[next(iter(passages))]
    return found
