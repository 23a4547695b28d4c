"""Text in, audio out, part by part."""

from __future__ import annotations

from pathlib import Path

from voicebot.audio import duration_ms, silence
from voicebot.ports import Synthesizer
from voicebot.tts.cache import PartCache
from voicebot.tts.speaker import Speaker
from voicebot.tts.tone import ToneVoice


class Counting:
    """A tone voice that remembers what it was asked to say."""

    identity = "counting"

    def __init__(self) -> None:
        self.said: list[str] = []
        self._voice = ToneVoice()

    def speak(self, part: str) -> bytes:
        self.said.append(part)
        return self._voice.speak(part)


def test_pieces_come_one_by_one_before_the_rest_is_made() -> None:
    voice = Counting()
    synthesizer: Synthesizer = Speaker(voice)
    pieces = iter(synthesizer.synthesize("您好，一共128.5元。"))
    first = next(pieces)
    assert voice.said == ["您好，"]
    assert first == ToneVoice().speak("您好") + silence(150)
    assert duration_ms(next(pieces)) == 9 * 160
    assert voice.said == ["您好，", "一共一百二十八块五。"]


def test_fixed_parts_are_made_once(tmp_path: Path) -> None:
    voice = Counting()
    for number in (4217, 8866):
        speaker = Speaker(voice, PartCache(tmp_path))
        list(speaker.synthesize(f"您的订单尾号{number}，请留意查收。"))
    assert voice.said == ["您的订单尾号四二幺七，", "请留意查收。", "您的订单尾号八八六六，"]


def test_parts_tell_whether_they_are_there() -> None:
    speaker = Speaker(Counting())
    (part,) = speaker.parts("您好。")
    assert not speaker.cached(part)
    list(speaker.synthesize("您好。"))
    assert speaker.cached(part)


def test_nothing_to_say_is_no_audio() -> None:
    assert list(Speaker(Counting()).synthesize("😊")) == []


def test_the_present_year_is_asked_for() -> None:
    speaker = Speaker(Counting(), year=lambda: 2026)
    assert speaker.reading("2028-01-02") == "二零二八年一月二号"
    assert speaker.reading("2026-01-02") == "一月二号"


def test_the_fixed_parts_of_a_template_are_those_that_will_be_said() -> None:
    speaker = Speaker(Counting())
    template = "好的，{name}您好，您的订单已经到{city}。请留意查收。"
    fixed = [part.text for part in speaker.fixed_parts(template)]
    assert fixed == ["好的，", "请留意查收。"]
    said = [part.text for part in speaker.parts(template.format(name="王女士", city="杭州"))]
    assert set(fixed) <= set(said)


def test_steps_are_what_is_there_and_what_makes_the_rest() -> None:
    voice = Counting()
    speaker = Speaker(voice)
    list(speaker.synthesize("您好，"))
    there, making = speaker.steps("您好，请问您贵姓？")
    assert there == ToneVoice().speak("您好") + silence(150)
    assert voice.said == ["您好，"], "nothing is made before it is asked for"
    assert callable(making)
    assert making() == b"".join(speaker.synthesize("请问您贵姓？"))
    assert voice.said == ["您好，", "请问您贵姓？"]


def test_another_voice_that_sounds_the_same_makes_what_is_not_there() -> None:
    first, second = Counting(), Counting()
    speaker = Speaker(first)
    list(speaker.synthesize("您好，"))
    list(speaker.with_voice(second).synthesize("您好，请问您贵姓？"))
    assert (first.said, second.said) == (["您好，"], ["请问您贵姓？"])
