"""A small dialogue, a detector that is told the truth, and a call to put events into."""

from __future__ import annotations

import random
from collections.abc import Callable, Sequence
from datetime import datetime

from voicebot.actions import Action, Say
from voicebot.call import Call, CallOptions, Parts
from voicebot.dialogue import Script
from voicebot.events import Alternative, Answered, Event, Heard, Played, Transcribed, Transcript
from voicebot.nlu.understanding import Intent, Slot, Understanding

SCRIPT = """
slots: {order_number: {keep: flow}}
queries:
  order_by_number: {takes: [order_number], gives: [found], public: [all]}
words: {wait: 好的不急, still_there: 您还在吗, help: 可以查订单, no_input: 请说话, no_match: 没听懂,
  not_heard: 没听清, invalid: 不对, repeat: 再说一遍, doubt: '您是要{title}吗', bridge: 刚才说到, next: 接下来,
  corrected: 好的, once_more: 再说一次, handover: 马上转人工, urgent: 马上转人工, trouble: 出错了, please_hold: 请稍等,
  silent_goodbye: 再见, transferring: 正在转接}
flows:
  opening:
    steps:
      - {say: 这里是机器人并且录音, interruptible: false}
      - done
  closing:
    steps:
      - {listen: 请问有什么可以帮您}
  goodbye: {intents: [goodbye], title: 再见, steps: [{hangup: done, say: 谢谢再见}]}
  human: {intents: [human_agent], title: 人工, steps: [{transfer: service}]}
  human_failed: {steps: [{hangup: no_human, say: 没有人}]}
  order:
    intents: [order_status]
    title: 查订单
    steps:
      - {ask: order_number, expecting: order_number, keys: {min: 4, max: 12}, say: 订单号是多少}
      - {look: order_by_number, with: {order_number: order_number}, as: order, failed: lost}
      - {if: order.found, then: [{say: 订单在路上}], else: [{say: 没有这个订单}]}
      - done
      - {label: lost}
      - {say: 查不了}
      - done
"""

MEANINGS = {
    "查订单": ("order_status", "finished"),
    "再见": ("goodbye", "finished"),
    "转人工": ("human_agent", "finished"),
    "等一下": ("wait", "wait"),
    "我想那个": ("out_of_scope", "unfinished"),
}


def understand(heard: Transcript, expecting: str | None, known: Sequence[str]) -> Understanding:
    """Knows the sentences above, and digits."""
    name, turn = MEANINGS.get(heard.text, ("out_of_scope", "finished"))
    slots = {}
    if heard.text.isdigit():
        name, slots = "inform", {"order_number": Slot(heard.text, heard.text)}
        turn = "finished" if len(heard.text) >= 8 else "unfinished"
    return Understanding(heard.text, (Intent(name, 0.95),), slots, "neutral", turn)  # type: ignore[arg-type]


VOICE = (b"\x00\x10" * 20 + b"\x00\xf0" * 20) * 4
QUIET = bytes(320)
COUGHS = [random.Random(seed).randbytes(320) for seed in range(20)]
"""Loud, and no voice."""


class Detector:
    """Voice is what is loud."""

    def voiced(self, frame: bytes) -> bool:
        return frame == VOICE or frame in COUGHS


class Talk:
    """Puts events into a call and keeps its actions. Time goes on by the audio that is heard."""

    def __init__(self, script: Script, options: CallOptions) -> None:
        parts = Parts("call-1", script, understand, Detector(), datetime(2026, 11, 20, 10))
        self.call = Call(parts, options)
        self.at = 0.0
        self.actions: list[Action] = []
        self.text = ""

    def send(self, make: Callable[[float], Event]) -> list[Action]:
        """One event now; returns what it caused."""
        actions = self.call.receive(make(self.at))
        self.actions += actions
        return actions

    def answer(self) -> list[Action]:
        return self.send(lambda at: Answered(at, "13800006612"))

    def hear(self, voice_ms: int = 0, quiet_ms: int = 0) -> list[Action]:
        """So much voice, then so much quiet, frame by frame."""
        caused = []
        for frame in [VOICE] * (voice_ms // 20) + [QUIET] * (quiet_ms // 20):
            caused += self.send(lambda at, frame=frame: Heard(at, frame))
            self.at += 0.02
        return caused

    def cough(self, ms: int) -> list[Action]:
        """So much noise that the detector takes for a voice, then 400 ms of quiet."""
        caused = []
        for frame in COUGHS[: ms // 20] + [QUIET] * 20:
            caused += self.send(lambda at, frame=frame: Heard(at, frame))
            self.at += 0.02
        return caused

    def transcribe(self, text: str) -> list[Action]:
        """The recogniser answers for the newest utterance."""
        utterance = max(
            getattr(action, "utterance", 0) for action in self.actions if type(action).__name__ == "Listen"
        )
        transcript = (
            Transcript(text, 0.9, (), (Alternative(text, 0.0, 0.9, "free"),)) if text else Transcript("", 0.0)
        )
        return self.send(lambda at: Transcribed(at, utterance, transcript, True))

    def play_out(self) -> list[Action]:
        """Everything that was said is heard to its end."""
        caused: list[Action] = []
        while waiting := self.unheard():
            say = waiting[0]
            caused += self.send(lambda at, say=say: Played(at, say.utterance, 20, False))
            self.hear(quiet_ms=400)
            caused += self.send(lambda at, say=say: Played(at, say.utterance, 400, True))
            self._heard.add(say.utterance)
        return caused

    _heard: set[int]

    def unheard(self) -> list[Say]:
        self._heard = getattr(self, "_heard", set())
        return [a for a in self.actions if isinstance(a, Say) and a.utterance not in self._heard]

    def says(self, actions: list[Action]) -> list[str]:
        return [action.text for action in actions if isinstance(action, Say)]
