"""What is recorded of a turn, as plain data."""

from __future__ import annotations

from typing import Any

from voicebot.events import Transcript
from voicebot.nlu.understanding import Understanding

MOST_READINGS = 5
"""More alternatives than these of one turn are not kept."""


def heard(transcript: Transcript, last_voice: float | None) -> dict[str, Any]:
    """What was recognised; `last_voice` is when the speech ended, in seconds since the call began."""
    return {
        "text": transcript.text,
        "confidence": round(transcript.confidence, 3),
        "alternatives": [
            {"text": reading.text, "source": reading.source, "confidence": round(reading.confidence, 3)}
            for reading in transcript.alternatives[:MOST_READINGS]
        ],
        "speech_end": None if last_voice is None else round(last_voice, 3),
    }


def understood(said: Understanding) -> dict[str, Any]:
    """What was made of it."""
    return {
        "text": said.text,
        "intents": [{"name": i.name, "confidence": round(i.confidence, 3)} for i in said.intents],
        "slots": {name: {"value": slot.value, "text": slot.text} for name, slot in said.slots.items()},
        "mood": said.mood,
        "turn": said.turn,
    }
