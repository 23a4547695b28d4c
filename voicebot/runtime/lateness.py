"""Tells a call that a transcript it waits for is late, not lost: recognition has more to do than it can.

Conclude ──3 s──► still waited for, and jobs wait for a thread: RecognitionLate ──3 s──► ...
                  else nothing: the call takes its recogniser for lost
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from typing import ClassVar

from voicebot.actions import Action, Conclude, Forget
from voicebot.events import Event, HungUp, RecognitionFailed, RecognitionLate, Transcribed
from voicebot.runtime.driver import Driver

LOOK_S = 3.0
"""So often it is looked; a call waits for a little longer."""


class Lateness:
    """Implements Observer for one call, whose driver it is given as soon as there is one."""

    wants_frames: ClassVar[bool] = False

    def __init__(self, lag_s: Callable[[], float], late_s: float, look_s: float = LOOK_S) -> None:
        """`lag_s` tells how long the job that has waited longest has waited; from `late_s` on that is late."""
        self._lag_s = lag_s
        self._late_s = late_s
        self._look_s = look_s
        self._waiting: dict[int, asyncio.TimerHandle] = {}
        self.driver: Driver | None = None

    def happened(self, event: Event, actions: list[Action], place: int | None, speech: bool) -> None:
        """Watch from a Conclude until its transcript comes, or is not wanted any more."""
        if isinstance(event, RecognitionFailed) or (isinstance(event, Transcribed) and event.final):
            self._drop(event.utterance)
        elif isinstance(event, HungUp):
            self.over()
        for action in actions:
            if isinstance(action, Conclude):
                self._watch(action.utterance)
            elif isinstance(action, Forget):
                self._drop(action.utterance)

    def over(self) -> None:
        """The call is over: nothing is waited for."""
        for utterance in list(self._waiting):
            self._drop(utterance)

    def _watch(self, utterance: int) -> None:
        self._drop(utterance)
        loop = asyncio.get_running_loop()
        self._waiting[utterance] = loop.call_later(self._look_s, self._look, utterance)

    def _look(self, utterance: int) -> None:
        if self.driver is not None and self._lag_s() >= self._late_s:
            self.driver.post(RecognitionLate(self.driver.at, utterance))
        self._watch(utterance)

    def _drop(self, utterance: int) -> None:
        timer = self._waiting.pop(utterance, None)
        if timer is not None:
            timer.cancel()
