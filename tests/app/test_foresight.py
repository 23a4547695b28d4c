from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from voicebot.app.foresight import Foreseeing, Foresight
from voicebot.asr.scripted import ScriptedRecognizer
from voicebot.events import Transcript


class Asked:
    def __init__(self) -> None:
        self.times: list[tuple[Any, ...]] = []

    def __call__(self, heard: Transcript, expecting: str | None, known: Any) -> Any:
        self.times.append((heard.text, expecting, tuple(known)))
        return f"meaning {len(self.times)}"


def test_what_was_foreseen_is_not_worked_out_again() -> None:
    asked = Asked()
    foresight = Foresight(asked)
    stream = Foreseeing(ScriptedRecognizer(["转人工"]), foresight).stream("yes_no")
    stream.accept(bytes(3200))
    transcript = stream.finish()
    assert asked.times == [("转人工", "yes_no", ())]
    assert foresight(transcript, "yes_no", []) == "meaning 1"
    assert foresight.found == 1


def test_another_question_or_other_numbers_are_asked_anew() -> None:
    asked = Asked()
    foresight, heard = Foresight(asked), Transcript.of("是")
    foresight.foresee(heard, None)
    assert foresight(heard, "yes_no", ()) == "meaning 2"
    assert foresight(heard, None, ("138",)) == "meaning 3"
    assert foresight(Transcript.of("是"), None, ()) == "meaning 4", "equal words of another time"


def test_numbers_that_are_known_by_now_are_used_in_advance() -> None:
    asked = Asked()
    foresight, heard = Foresight(asked), Transcript.of("是")
    foresight(Transcript.of("你好"), None, ("138",))
    foresight.foresee(heard, None)
    assert asked.times[-1] == ("是", None, ("138",))
    assert foresight(heard, None, ("138",)) == "meaning 2"


def test_an_error_in_advance_is_left_to_the_call() -> None:
    def broken(*_: Any) -> Any:
        raise ValueError

    Foresight(broken).foresee(Transcript.of("是"), None)
    stream = Foreseeing(ScriptedRecognizer(["转人工"]), Foresight(broken)).stream(None)
    stream.accept(bytes(3200))
    assert stream.finish().text == "转人工"


def test_the_numbers_that_the_call_knows_are_asked_for() -> None:
    asked = Asked()
    foresight, heard = Foresight(asked), Transcript.of("是")
    foresight.known = lambda: ["2611"]
    foresight.foresee(heard, None)
    assert asked.times == [("是", None, ("2611",))]


@dataclass(frozen=True)
class Wish:
    text: str


@dataclass(frozen=True)
class Meaning:
    text: str
    intents: tuple[Wish, ...] = ()


def test_each_of_several_wishes_is_understood_in_advance() -> None:
    times: list[str] = []

    def understand(heard: Transcript, expecting: str | None, known: Any) -> Any:
        times.append(heard.text)
        both = (Wish("查订单"), Wish("转人工"))
        return Meaning(heard.text, both if heard.text == "查订单再转人工" else ())

    foresight, heard = Foresight(understand), Transcript.of("查订单再转人工")
    foresight.foresee(heard, None)
    assert times == ["查订单再转人工", "查订单", "转人工"]
    assert foresight(heard, None, ()).text == "查订单再转人工"
    assert foresight(Transcript.of("转人工"), None, ()).text == "转人工"
    assert foresight.found == 2
    assert len(times) == 3
    foresight(Transcript.of("转人工"), None, ("2611",))
    assert len(times) == 4, "with other numbers it may mean something else"
