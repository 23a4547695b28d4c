"""A human in the call: he whispers to the bot, takes the call over, speaks, and gives it back."""

from __future__ import annotations

from collections.abc import Callable

from tests.call.talking import Talk
from voicebot.actions import Prepare, Record, Say, StopSaying, Transfer
from voicebot.events import (
    HandedBack,
    HumanSaid,
    HungUp,
    Played,
    Prompted,
    TakenOver,
    Transcribed,
    Transcript,
    TransferFailed,
    Woke,
)


def typed(talk: Talk, text: str) -> list[object]:
    return list(talk.send(lambda at: Transcribed(at, 0, Transcript.of(text), True)))


def facts(actions: list[object], kind: str) -> list[object]:
    return [dict(one.data) for one in actions if isinstance(one, Record) and one.kind == kind]


def test_the_bot_says_what_is_whispered(talk: Talk) -> None:
    said = talk.send(lambda at: Prompted(at, "优惠券已经发给您了"))
    assert [(one.text, one.interruptible) for one in said if isinstance(one, Say)] == [
        ("优惠券已经发给您了", True)
    ]
    assert "优惠券已经发给您了" in [fact["text"] for fact in facts(talk.play_out(), "said")]  # type: ignore[index]


def test_a_whisper_waits_until_the_caller_is_silent(talk: Talk) -> None:
    talk.hear(voice_ms=200)
    assert not talk.says(talk.send(lambda at: Prompted(at, "请看短信")))
    talk.hear(voice_ms=400, quiet_ms=300)
    caused = talk.transcribe("再见") + talk.hear(quiet_ms=2000)
    said = talk.says(caused)
    assert said.index("谢谢再见") < said.index("请看短信")


def test_nothing_is_whispered_into_a_call_that_is_not_there(fresh: Callable[[], Talk]) -> None:
    call = fresh()
    assert call.send(lambda at: Prompted(at, "早")) == []
    assert call.send(lambda at: TakenOver(at, "ann")) == []
    call.answer()
    call.send(lambda at: HungUp(at, "caller"))
    assert call.send(lambda at: Prompted(at, "早")) == []


def test_taken_over_in_the_middle_of_a_sentence(talk: Talk) -> None:
    typed(talk, "查订单")
    say = talk.unheard()[0]
    talk.send(lambda at: Played(at, say.utterance, 20, False))
    caused = talk.send(lambda at: TakenOver(at, "ann"))
    assert any(isinstance(one, StopSaying) for one in caused)
    assert facts(list(caused), "taken") == [{"by": "ann", "sought": False}]
    assert talk.call.with_human
    talk.send(lambda at: Played(at, say.utterance, 200, False))
    caused = talk.hear(quiet_ms=60_000)
    assert talk.says(caused) == []


def test_what_both_say_is_kept_and_nobody_else_replies(talk: Talk) -> None:
    talk.send(lambda at: TakenOver(at, "ann"))
    assert facts(list(talk.send(lambda at: HumanSaid(at, "ann", " 我是小安 "))), "spoken") == [
        {"by": "ann", "text": "我是小安"}
    ]
    talk.hear(voice_ms=500, quiet_ms=300)
    caused = talk.transcribe("查订单") + talk.hear(quiet_ms=3000)
    assert [fact["text"] for fact in facts(list(caused), "understood")] == ["查订单"]  # type: ignore[index]
    assert talk.says(caused) == []
    assert not any(isinstance(one, Prepare) for one in caused)
    talk.hear(voice_ms=500, quiet_ms=300)
    caused = talk.transcribe("再见")
    assert [fact["text"] for fact in facts(list(caused), "understood")] == ["再见"]  # type: ignore[index]
    assert [fact["text"] for fact in facts(typed(talk, "打字"), "understood")] == ["打字"]  # type: ignore[index]
    assert not talk.call.over


def test_given_back_the_open_question_is_asked_again(talk: Talk) -> None:
    typed(talk, "查订单")
    talk.play_out()
    talk.send(lambda at: TakenOver(at, "ann"))
    caused = talk.send(lambda at: HandedBack(at, "已核对身份"))
    assert talk.says(caused) == ["订单号是多少"]
    assert not talk.call.with_human
    talk.play_out()
    assert talk.call.deadline is not None
    typed(talk, "转人工")
    talk.play_out()
    (transfer,) = [one for one in talk.actions if isinstance(one, Transfer)]
    assert {"what": "人工客服", "outcome": "已核对身份"} in transfer.story["tried"]


def test_the_human_who_was_sought_takes_the_call(talk: Talk) -> None:
    typed(talk, "转人工")
    talk.play_out()
    assert any(isinstance(one, Transfer) for one in talk.actions)
    said = talk.send(lambda at: Prompted(at, "您前面还有一位"))
    assert talk.says(said) == ["您前面还有一位"]
    talk.play_out()
    caused = talk.send(lambda at: TakenOver(at, "ann"))
    assert facts(list(caused), "taken") == [{"by": "ann", "sought": True}]
    talk.send(lambda at: TransferFailed(at, "no answer"))
    talk.at += 120
    assert talk.says(talk.send(Woke)) == []
    assert not talk.call.over
    caused = talk.send(lambda at: HandedBack(at, ""))
    assert talk.says(caused) == ["请问有什么可以帮您"]


def test_who_forgets_the_caller_loses_him_to_the_bot(talk: Talk) -> None:
    talk.send(lambda at: TakenOver(at, "ann"))
    assert talk.call.deadline is not None
    talk.at = talk.call.deadline
    assert talk.says(talk.send(Woke)) == ["请问有什么可以帮您"]


def test_taken_over_while_the_shop_is_asked(talk: Talk) -> None:
    typed(talk, "查订单")
    talk.play_out()
    typed(talk, "261118004217")
    talk.send(lambda at: TakenOver(at, "ann"))
    assert talk.says(talk.hear(quiet_ms=20_000)) == []
    assert talk.says(talk.send(lambda at: HandedBack(at, ""))) == ["请问有什么可以帮您"]


def test_taken_over_before_the_last_words_are_heard(talk: Talk) -> None:
    typed(talk, "再见")
    talk.send(lambda at: TakenOver(at, "ann"))
    talk.hear(quiet_ms=5000)
    assert not talk.call.over
    caused = talk.send(lambda at: HandedBack(at, ""))
    assert "HangUp" in [type(one).__name__ for one in caused]
