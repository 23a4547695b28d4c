"""What once left a caller in dead air, lost what he said, or kept a line for ever."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from voicebot.actions import Forget, HangUp, Look, Record, Say, StopSaying, Transfer
from voicebot.call import CallOptions
from voicebot.events import (
    Found,
    Played,
    Pressed,
    RecognitionFailed,
    SynthesisFailed,
    Synthesized,
    Transcribed,
    Transcript,
    TransferFailed,
    Transferred,
    Woke,
)

if TYPE_CHECKING:
    from tests.call.talking import Talk


def of(kind: type, actions: list[Any]) -> list[Any]:
    return [action for action in actions if isinstance(action, kind)]


def facts(actions: list[Any], kind: str) -> list[Any]:
    return [action.data for action in of(Record, actions) if action.kind == kind]


def say(talk: Talk, text: str) -> list[Any]:
    talk.hear(voice_ms=600, quiet_ms=220)
    return talk.transcribe(text) + talk.hear(quiet_ms=1500)


def wake(talk: Talk, seconds: float) -> list[Any]:
    """So much time goes by on a line that sends nothing."""
    caused, until = [], talk.at + seconds
    while talk.call.deadline is not None and talk.call.deadline <= until:
        talk.at = talk.call.deadline
        caused += talk.send(Woke)
    talk.at = until
    return caused


def asked_order(talk: Talk) -> Say:
    """The bot asks for the number of the order, and has begun to."""
    one: Say = of(Say, say(talk, "查订单"))[0]
    talk.send(lambda at: Played(at, one.utterance, 20, False))
    return one


def lose_the_voice(talk: Talk) -> list[Any]:
    one = talk.unheard()[0]
    talk._heard.add(one.utterance)
    return talk.send(lambda at: SynthesisFailed(at, one.utterance, "lost"))


# -- leaving --------------------------------------------------------------------------------------------------


def test_a_rescue_that_finds_no_human_goes_on_as_the_script_says(talk: Talk) -> None:
    talk.hear(voice_ms=600, quiet_ms=220)
    talk.send(lambda at: RecognitionFailed(at, 1, "lost"))
    talk.send(lambda at: RecognitionFailed(at, 2, "lost"))
    talk.play_out()
    assert of(Transfer, talk.actions)
    assert talk.says(talk.send(lambda at: TransferFailed(at, "closed"))) == ["没有人"]


def test_a_voice_that_stays_lost_ends_the_call(talk: Talk) -> None:
    say(talk, "查订单")
    lose_the_voice(talk)
    talk.send(lambda at: TransferFailed(at, "closed"))
    assert of(HangUp, lose_the_voice(talk))


def test_who_types_goodbye_while_a_human_is_sought_does_not_stop_the_search(talk: Talk) -> None:
    say(talk, "查订单")
    lose_the_voice(talk)
    talk.send(lambda at: Transcribed(at, 0, Transcript.of("再见"), True))
    talk.send(lambda at: TransferFailed(at, "closed"))
    talk.play_out()
    assert of(HangUp, talk.actions)


def test_a_recogniser_that_is_lost_after_goodbye_changes_nothing(talk: Talk) -> None:
    talk.send(lambda at: Transcribed(at, 0, Transcript.of("再见"), True))
    talk.hear(voice_ms=600, quiet_ms=220)
    talk.send(lambda at: RecognitionFailed(at, 1, "lost"))
    talk.send(lambda at: RecognitionFailed(at, 2, "lost"))
    talk.play_out()
    assert of(Transfer, talk.actions) == []
    assert len(of(HangUp, talk.actions)) == 1


def test_a_human_who_comes_late_has_the_caller_nevertheless(talk: Talk) -> None:
    say(talk, "转人工")
    talk.play_out()
    wake(talk, CallOptions().transfer_timeout_ms / 1000 + 1)
    assert facts(talk.send(Transferred), "ended") == [{"by": "transfer"}]
    assert talk.call.over


def test_a_voice_without_end_does_not_keep_the_line(fresh: Any) -> None:
    talk = fresh(CallOptions(max_call_s=20, warning_s=5))
    talk.answer()
    talk.play_out()
    for _ in range(20):
        talk.hear(voice_ms=1000)
    for one in talk.unheard():
        talk.send(lambda at, one=one: Played(at, one.utterance, 400, True))
    assert len(of(HangUp, talk.actions)) == 1


def test_a_goodbye_that_is_talked_over_without_end_is_left_when_the_time_is_up(fresh: Any) -> None:
    talk = fresh(CallOptions(max_call_s=20, warning_s=5))
    talk.answer()
    talk.play_out()
    talk.send(lambda at: Transcribed(at, 0, Transcript.of("再见"), True))
    goodbye = talk.unheard()[0]
    talk.hear(voice_ms=600)
    talk.send(lambda at: Played(at, goodbye.utterance, 400, True))
    for _ in range(20):
        talk.hear(voice_ms=1000)
    assert len(of(HangUp, talk.actions)) == 1


def test_time_that_runs_out_while_a_human_is_sought_is_not_forgotten(fresh: Any) -> None:
    talk = fresh(CallOptions(max_call_s=30, warning_s=5, transfer_timeout_ms=20_000))
    talk.answer()
    talk.play_out()
    talk.at = 20.0
    say(talk, "查订单")
    lose_the_voice(talk)
    wake(talk, 100)
    assert of(HangUp, talk.actions) or talk.says(talk.actions)[-1] == CallOptions().time_is_up


# -- what the caller says -------------------------------------------------------------------------------------


def test_a_murmur_after_a_key_is_an_answer_again(talk: Talk) -> None:
    asked_order(talk)
    talk.hear(voice_ms=300)
    talk.send(lambda at: Pressed(at, "1"))
    talk.hear(quiet_ms=4000)
    talk.play_out()
    assert facts(say(talk, "嗯"), "heard")


def test_what_was_cut_off_before_is_resumed_too(talk: Talk) -> None:
    say(talk, "查订单")
    talk.play_out()
    say(talk, "261118004217")
    talk.hear(quiet_ms=CallOptions().filler_ms)
    talk.hear(voice_ms=300)
    talk.send(lambda at: Found(at, 1, {"found": True}))
    talk.hear(voice_ms=300, quiet_ms=220)
    resumed = of(Say, talk.transcribe("嗯") + talk.hear(quiet_ms=800))
    assert talk.says(resumed)[:2] == [CallOptions().filler, "订单在路上"]


def test_who_speaks_is_warned_of_the_time_when_he_has_ended(fresh: Any) -> None:
    talk = fresh(CallOptions(max_call_s=40, warning_s=36))
    talk.answer()
    talk.play_out()
    talk.at = 3.0
    talk.hear(voice_ms=2000, quiet_ms=220)
    assert of(StopSaying, talk.actions) == []
    talk.transcribe("查订单")
    talk.hear(quiet_ms=2000)
    assert talk.says(talk.actions)[-2:] == ["订单号是多少", CallOptions().warning]


def test_keys_that_were_left_do_not_begin_the_next_number(talk: Talk) -> None:
    asked_order(talk)
    talk.send(lambda at: Pressed(at, "2"))
    talk.send(lambda at: Transcribed(at, 0, Transcript.of("261118004217"), True))
    talk.send(lambda at: Pressed(at, "7"))
    talk.send(lambda at: Found(at, 1, {"found": True}))
    say(talk, "查订单")
    for key in "26111800#":
        talk.send(lambda at, key=key: Pressed(at, key))
    assert of(Look, talk.actions)[-1].arguments == {"order_number": "26111800"}


def test_a_recogniser_that_is_not_waited_for_any_more_is_given_back(talk: Talk) -> None:
    talk.hear(voice_ms=600, quiet_ms=220)
    assert of(Forget, talk.hear(quiet_ms=CallOptions().transcript_timeout_ms + 100)) == [Forget(1)]


def test_a_transcript_that_was_not_asked_for_is_none(talk: Talk) -> None:
    talk.hear(voice_ms=600)
    talk.transcribe("查订单")
    talk.hear(quiet_ms=220)
    assert talk.says(talk.transcribe("转人工") + talk.hear(quiet_ms=600)) == ["马上转人工"]


def test_a_cough_is_not_answered_by_the_next_prompt(talk: Talk) -> None:
    talk.hear(voice_ms=100, quiet_ms=220)
    talk.transcribe("")
    prompts = of(Say, talk.hear(quiet_ms=12_000))
    assert prompts
    talk.send(lambda at: Played(at, prompts[0].utterance, 20, False))
    assert facts(talk.actions, "answered") == []


# -- what the bot says ----------------------------------------------------------------------------------------


def test_a_long_speech_is_not_given_up_while_it_plays(talk: Talk) -> None:
    one = asked_order(talk)
    long_ms = CallOptions().playing_timeout_ms + 10_000
    talk.send(lambda at: Synthesized(at, one.utterance, long_ms))
    talk.send(lambda at: Played(at, one.utterance, 20, False))
    assert facts(wake(talk, long_ms / 1000), "failed") == []
    assert facts(wake(talk, CallOptions().playing_timeout_ms / 1000 + 1), "failed")


def test_what_is_given_up_does_not_stand_in_the_way_of_the_next(talk: Talk) -> None:
    asked_order(talk)
    assert of(StopSaying, wake(talk, CallOptions().playing_timeout_ms / 1000 + 1)) == [StopSaying()]


def test_a_speech_that_was_cut_off_is_not_waited_for(talk: Talk) -> None:
    one = asked_order(talk)
    talk.send(lambda at: Transcribed(at, 0, Transcript.of("转人工"), True))
    talk.play_out()
    assert of(Transfer, talk.actions)
    talk.send(lambda at: Synthesized(at, one.utterance, 500))
    assert facts(wake(talk, CallOptions().playing_timeout_ms / 1000 + 2), "failed") == []


def test_a_speech_that_was_cut_off_may_be_lost(talk: Talk) -> None:
    one = asked_order(talk)
    talk.send(lambda at: Pressed(at, "1"))
    talk.send(lambda at: SynthesisFailed(at, one.utterance, "x"))
    talk.hear(quiet_ms=4000)
    talk.play_out()
    assert of(Transfer, talk.actions) == []


def test_a_lost_speech_is_not_waited_for(talk: Talk) -> None:
    one = asked_order(talk)
    talk.send(lambda at: SynthesisFailed(at, one.utterance, "lost"))
    later = wake(talk, CallOptions().playing_timeout_ms / 1000 + 1)
    assert facts(later, "failed") == []


def test_the_shop_is_waited_for_with_a_word_also_after_the_bot_has_spoken(fresh: Any) -> None:
    """The filler came due while the bot was still speaking."""
    talk = fresh(CallOptions(filler_ms=300))
    talk.answer()
    talk.play_out()
    say(talk, "查订单")
    talk.play_out()
    talk.send(lambda at: Transcribed(at, 0, Transcript.of("261118004217"), True))
    talk.send(lambda at: Transcribed(at, 0, Transcript.of("今天天气"), True))
    talk.play_out()
    wake(talk, 2)
    assert talk.says(talk.actions).count(CallOptions().filler) == 1
