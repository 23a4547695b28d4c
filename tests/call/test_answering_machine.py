"""Who has answered, from frames and transcripts alone."""

from __future__ import annotations

import numpy as np
import pytest

from voicebot.audio import frames, to_pcm
from voicebot.call.answering_machine import Answerer, AnsweringMachine, MachineOptions, Verdict
from voicebot.call.cadence import Cadence
from voicebot.call.greetings import hello, leaning

VOICE = (b"\x00\x10" * 20 + b"\x00\xf0" * 20) * 4
FAR = (b"\x00\x01" * 20 + b"\x00\xff" * 20) * 4
QUIET = bytes(320)
TONE = list(frames(to_pcm(3000 * np.sin(2 * np.pi * 950 * np.arange(8000) / 8000))))


class Answer:
    """Somebody answers; keeps the verdicts with the moment (ms) at which each was given."""

    def __init__(self, options: MachineOptions | None = None) -> None:
        self.machine = AnsweringMachine(options)
        self.verdicts: list[Verdict] = []
        self.at_ms = 0

    def hear(self, voice_ms: int = 0, quiet_ms: int = 0, frame: bytes = VOICE) -> Answer:
        for one, speech in [(frame, True)] * (voice_ms // 20) + [(QUIET, False)] * (quiet_ms // 20):
            self._take(self.machine.hear(one, speech))
            self.at_ms += 20
        return self

    def beep(self, ms: int) -> Answer:
        for frame in TONE[: ms // 20]:
            self._take(self.machine.hear(frame, True))
            self.at_ms += 20
        return self

    def read(self, *texts: str) -> Answer:
        self._take(self.machine.read(texts))
        return self

    def _take(self, verdict: Verdict | None) -> None:
        if verdict is not None:
            self.verdicts.append(verdict)

    @property
    def told(self) -> list[tuple[str, str]]:
        return [(verdict.who.value, verdict.why) for verdict in self.verdicts]


def test_a_hello_is_a_human_within_the_gap() -> None:
    answer = Answer().hear(quiet_ms=300).hear(voice_ms=320, quiet_ms=200).read("喂").hear(quiet_ms=400)
    assert answer.told == [("human", "short")]
    assert answer.verdicts[0].at_ms - 620 <= 500


def test_without_words_a_short_greeting_is_a_human_a_little_later() -> None:
    answer = Answer().hear(voice_ms=500, quiet_ms=900)
    assert answer.told == [("human", "short")]
    assert 500 < answer.verdicts[0].at_ms - 500 <= 700


def test_a_long_greeting_is_a_machine_as_soon_as_it_is_too_long() -> None:
    answer = Answer().hear(voice_ms=5000, quiet_ms=2000)
    assert answer.told == [("machine", "length")]
    assert answer.verdicts[0].at_ms <= MachineOptions().long + 100


def test_a_long_greeting_with_a_humans_words_is_a_human() -> None:
    answer = Answer().hear(voice_ms=2800, quiet_ms=200).read("您好东方花园前台请问找哪位").hear(quiet_ms=600)
    assert answer.told == [("human", "words")]


@pytest.mark.parametrize(
    "heard", ["您好我现在不方便接听电话请在提示音后留言", "你拨打的用户暂时五法接通", "机主正忙我会帮您转达"]
)
def test_words_make_a_machine_at_once(heard: str) -> None:
    answer = Answer().hear(voice_ms=1200, quiet_ms=200).read(heard)
    assert answer.told == [("machine", "words")]


def test_another_reading_may_hold_the_words() -> None:
    answer = Answer().hear(voice_ms=1200, quiet_ms=200).read("清在体式阴后流言吧", "请在提示音后留言吧")
    assert answer.told == [("machine", "words")]


def test_a_machine_that_began_with_a_hello_is_found_while_the_bot_speaks() -> None:
    answer = Answer().hear(voice_ms=400, quiet_ms=200).read("您好").hear(quiet_ms=300)
    answer.hear(voice_ms=1500, quiet_ms=200).read("您拨打的号码已启用语音信箱").hear(quiet_ms=400).beep(
        300
    ).hear(quiet_ms=100)
    assert answer.told == [("human", "short"), ("machine", "words"), ("beep", "beep")]


def test_a_beep_alone_makes_a_machine_and_its_end_the_place_for_the_message() -> None:
    answer = Answer().hear(voice_ms=700, quiet_ms=100).beep(400).hear(quiet_ms=100)
    assert answer.told == [("machine", "beep"), ("beep", "beep")]
    assert answer.verdicts[1].at_ms - 1200 <= 100


def test_who_says_nothing_is_a_human_who_waits() -> None:
    answer = Answer().hear(quiet_ms=4000)
    assert answer.told == [("human", "silence")]
    assert answer.verdicts[0].at_ms == MachineOptions().wait


def test_talk_far_behind_the_human_does_not_make_his_greeting_long() -> None:
    answer = Answer().hear(voice_ms=800, frame=FAR).hear(voice_ms=400).hear(voice_ms=4000, frame=FAR)
    assert answer.told == [("human", "short")]


def test_after_a_while_nobody_turns_into_a_machine() -> None:
    answer = Answer(MachineOptions(doubt=2000)).hear(voice_ms=300, quiet_ms=4000).read("请留言").beep(400)
    assert answer.told == [("human", "short")]


def test_a_machine_without_a_beep_records_when_it_is_silent() -> None:
    answer = Answer().hear(voice_ms=5000)
    assert not answer.machine.greeting_over
    answer.hear(quiet_ms=MachineOptions().no_beep)
    assert answer.machine.greeting_over
    assert answer.verdicts[-1].who is Answerer.MACHINE


def test_cadence_counts_from_the_first_voice_to_the_last() -> None:
    cadence = Cadence()
    for speech in [False] * 10 + [True] * 20 + [False] * 5 + [True] * 10 + [False] * 8:
        cadence.hear(speech, -20.0 if speech else -70.0)
    assert (cadence.first_ms, cadence.span_ms, cadence.silent_ms) == (200, 700, 160)


@pytest.mark.parametrize(
    ("texts", "who"),
    [
        (["喂你好"], "either"),
        (["喂请问您找谁"], "human"),
        (["你好远大物流"], "either"),
        (["对不起您拨打的用户已关机"], "machine"),
        (["我在开会您有什么事吗"], "human"),
        (["机主正忙请问您有什么事吗"], "machine"),
        ([], "either"),
    ],
)
def test_leaning(texts: list[str], who: str) -> None:
    assert leaning(texts) == who


def test_hello_is_nothing_else() -> None:
    assert hello("喂,你好")
    assert not hello("你好,远大物流")
