"""A transcript that does not come: late where recognition has too much to do, lost where it has not."""

from __future__ import annotations

import asyncio
from typing import Any

from voicebot.actions import Conclude, Forget
from voicebot.events import HungUp, Played, RecognitionFailed, RecognitionLate, Transcribed, Transcript
from voicebot.runtime.lateness import Lateness

ENDINGS: list[tuple[Any, list[Any]]] = [
    (Transcribed(1.0, 4, Transcript.of("好"), True), []),
    (RecognitionFailed(1.0, 4, "gone"), []),
    (Played(1.0, 1, 20, False), [Forget(4)]),
    (HungUp(1.0, "caller"), []),
]


class Inbox:
    at = 7.0

    def __init__(self) -> None:
        self.posted: list[Any] = []

    def post(self, event: Any) -> None:
        self.posted.append(event)


def watched(lag_s: float, event: Any = None, actions: tuple[Any, ...] = ()) -> list[Any]:
    """What is posted within some looks after a Conclude, or after this has followed it."""

    async def main() -> list[Any]:
        lateness, inbox = Lateness(lambda: lag_s, 1.5, look_s=0.001), Inbox()
        lateness.driver = inbox  # type: ignore[assignment]
        lateness.happened(Played(1.0, 1, 20, False), [Conclude(4)], None, False)
        if event is not None:
            lateness.happened(event, list(actions), None, False)
        await asyncio.sleep(0.05)
        lateness.over()
        seen = list(inbox.posted)
        await asyncio.sleep(0.01)
        assert inbox.posted == seen, "after the end there is nothing to tell"
        return seen

    return asyncio.run(main())


def test_what_waits_in_a_long_queue_is_late_again_and_again() -> None:
    found = watched(2.0)
    assert len(found) > 1
    assert set(found) == {RecognitionLate(7.0, 4)}


def test_what_no_queue_explains_is_not_late() -> None:
    assert watched(1.4) == []


def test_what_has_come_or_is_not_wanted_is_not_late() -> None:
    for event, actions in ENDINGS:
        assert watched(2.0, event, tuple(actions)) == []
    assert watched(2.0, Transcribed(1.0, 3, Transcript.of("好"), True)) != [], "another utterance's"
