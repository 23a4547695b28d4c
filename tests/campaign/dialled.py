"""A conversation that the bot begins: real understanding, the scripts as shipped, a knowledge base of one entry."""

from __future__ import annotations

import tempfile
from collections.abc import Mapping, Sequence
from datetime import datetime
from functools import cache
from pathlib import Path
from typing import Any

from voicebot.actions import Do, HangUp, Look, Record
from voicebot.campaign.answers import Result, result_of
from voicebot.campaign.rung import Sayings, as_rung
from voicebot.dialogue import (
    Answer,
    Began,
    HandedOver,
    HumanFailed,
    Keyed,
    Reply,
    Said,
    Script,
    Spoke,
    WasSilent,
    begin,
    step,
)
from voicebot.events import Transcript
from voicebot.nlu.understand import Understander
from voicebot.nlu.understanding import Understanding

ROOT = Path(__file__).resolve().parents[2]
OUTBOUND = ROOT / "config" / "dialogues" / "outbound"
NOW = datetime(2026, 11, 20, 15, 0)


@cache
def understander() -> Understander:
    folder = Path(tempfile.gettempdir()) / "voicebot-understanding"
    return Understander.open(ROOT / "grammars" / "zh-CN", folder)


def understand(heard: Transcript, expecting: str | None, known: Sequence[str]) -> Understanding:
    return understander().understand(heard, expecting=expecting, today=NOW.date(), known=known)


class Dialled:
    """One call; every fact is kept."""

    def __init__(self, script: Script, given: Mapping[str, Any] | None = None) -> None:
        self.script = script
        self.understand = as_rung(understand, Sayings.of(script), NOW)
        self.state = begin(script, "call-1", given)
        self.reply = Reply()
        self.facts: list[Record] = []
        self.deeds: list[Do] = []
        self.text = ""
        self.asked: list[str] = []
        self.hear(Began("13812348866", NOW, "test"))

    def __call__(self, *texts: str) -> Dialled:
        for text in texts:
            expecting = self.reply.expecting
            self.hear(Spoke(self.understand(Transcript.of(text), expecting, ())))
        return self

    def keys(self, *digits: str) -> Dialled:
        for one in digits:
            self.hear(Keyed(one))
        return self

    def silent(self) -> Dialled:
        return self.hear(WasSilent())

    def taken(self) -> Dialled:
        return self.hear(HandedOver())

    def busy(self) -> Dialled:
        return self.hear(HumanFailed("busy"))

    def hear(self, said: Said) -> Dialled:
        self.text, waiting = "", [said]
        while waiting:
            self.state, self.reply = step(self.script, self.state, waiting.pop(0))
            self.text += self.reply.text
            self.facts += [one for one in self.reply.actions if isinstance(one, Record)]
            self.deeds += [one for one in self.reply.actions if isinstance(one, Do)]
            waiting += [self._answer(one) for one in self.reply.actions if isinstance(one, Look | Do)]
        self.asked.append(self.text)
        return self

    def _answer(self, wish: Look | Do) -> Answer:
        if isinstance(wish, Do):
            return Answer(wish.query, {"done": True})
        known = "运费" in wish.arguments.get("query", "")
        return Answer(wish.query, {"found": known, "answer": "退货的运费由我们承担。" if known else ""})

    def expect(self, *pieces: str) -> Dialled:
        for piece in pieces:
            assert piece in self.text, f"{piece!r} is not in {self.text!r}"
        return self

    def never(self, *pieces: str) -> Dialled:
        for piece in pieces:
            assert piece not in self.text, f"{piece!r} is in {self.text!r}"
        return self

    @property
    def over(self) -> bool:
        return any(isinstance(one, HangUp) for one in self.reply.actions) and self.state.ended == "ended"

    @property
    def result(self) -> Result:
        return result_of(self.facts, NOW)
