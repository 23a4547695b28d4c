"""The caller's words in one call: each utterance on its way through a recogniser."""

from __future__ import annotations

from voicebot.actions import Conclude, Feed, Forget, Listen
from voicebot.events import RecognitionFailed, Transcribed, Transcript
from voicebot.runtime.engines import Engines, Inbox
from voicebot.runtime.listener import Listener
from voicebot.runtime.stages import Stages


class Listening:
    """Carries out what a call asks of recognition; a transcript, or why there is none, comes into its inbox."""

    def __init__(self, engines: Engines, inbox: Inbox, stages: Stages) -> None:
        self._engines = engines
        self._inbox = inbox
        self._stages = stages
        self._listeners: dict[int, Listener] = {}

    def listen(self, action: Listen) -> None:
        """An utterance begins."""
        number, inbox = action.utterance, self._inbox
        passage = self._stages.hears(number)

        def concluded(transcript: Transcript) -> None:
            passage.ready = inbox.at
            inbox.later(lambda: inbox.post(Transcribed(inbox.at, number, transcript, True)))

        def failed(why: str) -> None:
            inbox.later(lambda: inbox.post(RecognitionFailed(inbox.at, number, why)))

        def finishing() -> None:
            passage.begun = inbox.at

        engines = self._engines
        self._listeners[number] = Listener(
            engines.recognizer, action.expecting, engines.hearing, concluded, failed, finishing=finishing
        )

    def feed(self, action: Feed) -> None:
        """More of it. Where it has failed, and the call has not taken note yet, nobody listens."""
        listener = self._listeners.get(action.utterance)
        if listener is not None:
            listener.feed(action.pcm)

    def conclude(self, action: Conclude) -> None:
        """The caller has paused: its transcript is wanted."""
        listener = self._listeners.get(action.utterance)
        if listener is not None:
            self._stages.hears(action.utterance).asked = self._inbox.at
            listener.conclude()

    def forget(self, action: Forget) -> None:
        """Nothing of it is wanted."""
        listener = self._listeners.pop(action.utterance, None)
        if listener is not None:
            listener.forget()

    def answered(self, utterance: int) -> None:
        """Its transcript has come, or never will."""
        self._listeners.pop(utterance, None)

    def close(self) -> None:
        """The call is over."""
        for listener in self._listeners.values():
            listener.forget()
