"""The call as a whole, one conversation a test."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from voicebot.actions import (
    Conclude,
    Do,
    Feed,
    Forget,
    HangUp,
    Listen,
    Look,
    Prepare,
    Record,
    Say,
    StopSaying,
    Transfer,
)
from voicebot.call import Call, CallOptions
from voicebot.call.tones import COLUMNS, KEYPAD, ROWS
from voicebot.events import (
    Found,
    Heard,
    HungUp,
    Played,
    Pressed,
    RecognitionFailed,
    RecognitionLate,
    SynthesisFailed,
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
    return [action.data for action in actions if isinstance(action, Record) and action.kind == kind]


def say(talk: Talk, text: str, voice_ms: int = 600, patience_ms: int = 1500) -> list[Any]:
    """The caller says this, and stays silent until the bot has surely taken the turn."""
    talk.hear(voice_ms=voice_ms, quiet_ms=220)
    return talk.transcribe(text) + talk.hear(quiet_ms=patience_ms)


def test_the_greeting_comes_first(talk: Talk) -> None:
    assert of(Say, talk.actions)[0] == Say(1, "这里是机器人并且录音", False)
    assert talk.says(talk.actions) == ["这里是机器人并且录音", "请问有什么可以帮您"]


def test_speech_is_fed_with_its_onset_and_concluded_at_the_first_pause(talk: Talk) -> None:
    actions = talk.hear(voice_ms=600, quiet_ms=220)
    assert of(Listen, actions) == [Listen(1, None)]
    assert of(Conclude, actions) == [Conclude(1)]
    fed = sum(len(action.pcm) for action in of(Feed, actions)) // 16
    assert fed == 600 + 200 + CallOptions().ear.preroll_ms - 3 * 20


def test_the_reply_is_prepared_at_the_pause_and_said_at_the_endpoint(talk: Talk) -> None:
    talk.hear(voice_ms=600, quiet_ms=220)
    assert of(Prepare, talk.transcribe("查订单")) == [Prepare("订单号是多少")]
    early = talk.hear(quiet_ms=100)
    assert of(Say, early) == []
    late = talk.hear(quiet_ms=100)
    assert talk.says(late) == ["订单号是多少"]
    assert facts(late, "understood")[0]["intents"][0]["name"] == "order_status"


def test_who_goes_on_is_heard_as_one_sentence(talk: Talk) -> None:
    talk.hear(voice_ms=600, quiet_ms=220)
    talk.transcribe("我想那个")
    actions = talk.hear(voice_ms=400, quiet_ms=220)
    assert of(Listen, actions) == [Listen(2, None)]
    assert len(of(Feed, actions)[0].pcm) // 16 > 600 + 220
    done = talk.transcribe("查订单") + talk.hear(quiet_ms=300)
    assert talk.says(done) == ["订单号是多少"]
    assert [fact["text"] for fact in facts(talk.actions, "heard")] == ["查订单"]


def test_an_unfinished_sentence_is_waited_for_longer(talk: Talk) -> None:
    options = CallOptions().endpoint
    talk.hear(voice_ms=600, quiet_ms=220)
    talk.transcribe("我想那个")
    assert of(Say, talk.hear(quiet_ms=options.unfinished_ms - 300)) == []
    assert of(Say, talk.hear(quiet_ms=200)) != []


def test_a_number_dictated_with_a_pause_is_heard_as_a_whole(talk: Talk) -> None:
    say(talk, "查订单")
    talk.play_out()
    talk.hear(voice_ms=800, quiet_ms=220)
    talk.transcribe("2611")
    talk.hear(quiet_ms=400)
    actions = talk.hear(voice_ms=800, quiet_ms=220)
    assert len(of(Feed, actions)[0].pcm) // 16 > 800 + 220 + 400
    actions = talk.transcribe("261118004217") + talk.hear(quiet_ms=300)
    assert of(Look, actions)[0].arguments == {"order_number": "261118004217"}


def test_the_shop_answers_and_the_bot_says_it(talk: Talk) -> None:
    say(talk, "查订单")
    talk.play_out()
    look = of(Look, say(talk, "261118004217"))[0]
    found = talk.send(lambda at: Found(at, look.query, {"found": True}))
    assert talk.says(found)[0] == "订单在路上"


def test_an_answer_to_nothing_is_ignored(talk: Talk) -> None:
    assert talk.send(lambda at: Found(at, 99, {"found": True})) == []


def test_a_shop_that_does_not_answer_gets_a_filler_then_an_apology(talk: Talk) -> None:
    say(talk, "查订单")
    talk.play_out()
    before = len(talk.actions)
    say(talk, "261118004217", patience_ms=3000)
    assert CallOptions().filler in talk.says(talk.actions[before:])
    talk.play_out()
    talk.hear(quiet_ms=CallOptions().look_timeout_ms)
    assert "查不了" in talk.says(talk.actions[before:])


def test_barge_in_stops_the_bot_and_takes_the_turn(talk: Talk) -> None:
    asked = of(Say, say(talk, "查订单"))[0]
    talk.send(lambda at: Played(at, asked.utterance, 20, False))
    actions = talk.hear(voice_ms=400)
    assert of(StopSaying, actions) == [StopSaying()]
    talk.send(lambda at: Played(at, asked.utterance, 300, False))
    assert {"text": "订单号是多少", "heard_ms": 300, "finished": False} in facts(talk.actions, "said")
    talk.hear(quiet_ms=220)
    done = talk.transcribe("261118004217") + talk.hear(quiet_ms=400)
    assert of(Look, done)


def test_a_cough_does_not_stop_the_bot(talk: Talk) -> None:
    asked = of(Say, say(talk, "查订单"))[0]
    talk.send(lambda at: Played(at, asked.utterance, 20, False))
    assert of(StopSaying, talk.cough(200)) == []


def test_the_word_is_taken_by_little_of_a_voice(talk: Talk) -> None:
    asked = of(Say, say(talk, "查订单"))[0]
    talk.send(lambda at: Played(at, asked.utterance, 20, False))
    assert of(StopSaying, talk.hear(voice_ms=20)) == []
    assert of(StopSaying, talk.hear(voice_ms=60)) == [StopSaying()]


def test_after_a_murmur_the_bot_goes_on_where_it_stopped(talk: Talk) -> None:
    asked = of(Say, say(talk, "查订单"))[0]
    talk.send(lambda at: Played(at, asked.utterance, 20, False))
    talk.hear(voice_ms=300)
    talk.send(lambda at: Played(at, asked.utterance, 1500, False))
    talk.hear(quiet_ms=220)
    resumed = of(Say, talk.transcribe("嗯") + talk.hear(quiet_ms=120))
    assert [(one.text, one.start_ms) for one in resumed] == [("订单号是多少", 900)]


def test_what_is_typed_counts_and_the_turn_that_was_open_does_not(talk: Talk) -> None:
    talk.hear(voice_ms=600)
    typed = talk.send(lambda at: Transcribed(at, 0, Transcript.of("查订单"), True))
    assert talk.says(typed) == ["订单号是多少"]
    assert of(Forget, typed)
    talk.play_out()
    assert talk.says(talk.hear(quiet_ms=220) + talk.transcribe("再见") + talk.hear(quiet_ms=800)) == []


def test_the_notice_cannot_be_interrupted(fresh: Any) -> None:
    talk = fresh()
    talk.answer()
    talk.send(lambda at: Played(at, 1, 20, False))
    talk.hear(quiet_ms=100)
    actions = talk.hear(voice_ms=800, quiet_ms=220)
    assert of(StopSaying, actions) == []
    assert of(Listen, actions)
    answered = talk.transcribe("查订单") + talk.hear(quiet_ms=400)
    assert "订单号是多少" in talk.says(answered)


def test_keys_answer_at_their_terminator_and_stop_the_bot(talk: Talk) -> None:
    asked = of(Say, say(talk, "查订单"))[0]
    talk.send(lambda at: Played(at, asked.utterance, 20, False))
    actions: list[Any] = []
    for key in "261118004217"[:11] + "#":
        actions += talk.send(lambda at, key=key: Pressed(at, key))
        talk.hear(quiet_ms=200)
    assert of(StopSaying, actions)
    assert of(Look, actions)[0].arguments == {"order_number": "26111800421"}


def test_keys_answer_after_a_pause(talk: Talk) -> None:
    say(talk, "查订单")
    talk.play_out()
    for key in "26111800":
        talk.send(lambda at, key=key: Pressed(at, key))
    assert of(Look, talk.hear(quiet_ms=CallOptions().key_gap_ms + 100))[0].arguments == {
        "order_number": "26111800"
    }


def test_a_silent_caller_is_asked_and_then_left(talk: Talk) -> None:
    actions = []
    for _ in range(12):
        actions += talk.hear(quiet_ms=8000)
        talk.play_out()
    assert "您还在吗" in talk.says(talk.actions) or "请说话" in talk.says(talk.actions)
    assert len(of(HangUp, talk.actions)) == 1


def test_silence_needs_no_packets(talk: Talk) -> None:
    assert talk.call.deadline is not None
    talk.at = talk.call.deadline
    assert of(Say, talk.send(Woke))


def test_noise_that_is_no_speech_changes_nothing(talk: Talk) -> None:
    talk.hear(voice_ms=100, quiet_ms=220)
    actions = talk.transcribe("") + talk.hear(quiet_ms=1000)
    assert of(Say, actions) == []
    assert talk.call.deadline is not None


def test_a_long_voice_without_words_is_told(talk: Talk) -> None:
    talk.hear(voice_ms=1500, quiet_ms=220)
    assert "没听清" in "".join(talk.says(talk.transcribe("") + talk.hear(quiet_ms=1000)))


def test_a_transcript_without_words_that_comes_late_ends_the_turn_at_once(talk: Talk) -> None:
    talk.hear(voice_ms=1500, quiet_ms=220)
    talk.at += 1.0
    assert "没听清" in "".join(talk.says(talk.transcribe("")))


def test_a_lost_recogniser_is_replaced_by_feeding_the_utterance_again(talk: Talk) -> None:
    talk.hear(voice_ms=600, quiet_ms=220)
    fed = b"".join(action.pcm for action in of(Feed, talk.actions))
    again = talk.send(lambda at: RecognitionFailed(at, 1, "lost"))
    assert [type(action) for action in again] == [Record, Listen, Feed, Conclude]
    assert of(Feed, again)[0].pcm.startswith(fed)
    done = talk.transcribe("查订单") + talk.hear(quiet_ms=400)
    assert talk.says(done) == ["订单号是多少"]


def test_a_recogniser_lost_twice_brings_a_human(talk: Talk) -> None:
    talk.hear(voice_ms=600, quiet_ms=220)
    talk.send(lambda at: RecognitionFailed(at, 1, "lost"))
    actions = talk.send(lambda at: RecognitionFailed(at, 2, "lost"))
    assert talk.says(actions) == [CallOptions().apology]
    talk.play_out()
    assert of(Transfer, talk.actions)


def test_a_transcript_that_never_comes_is_a_lost_recogniser(talk: Talk) -> None:
    talk.hear(voice_ms=600, quiet_ms=220)
    actions = talk.hear(quiet_ms=CallOptions().transcript_timeout_ms + 100)
    assert of(Listen, actions) == [Listen(2, None)]


def wait(talk: Talk, seconds: float, late: int | None = None) -> list[Any]:
    """Nothing comes but, every three seconds, that this utterance is late."""
    caused = []
    for second in range(1, int(seconds) + 1):
        caused += talk.hear(quiet_ms=1000)
        if late is not None and second % 3 == 0:
            caused += talk.send(lambda at: RecognitionLate(at, late))
    return caused


def test_a_transcript_that_is_known_to_be_late_is_waited_for_with_a_word(talk: Talk) -> None:
    talk.hear(voice_ms=600, quiet_ms=220)
    actions = wait(talk, 10, late=1)
    assert talk.says(actions)[0] == CallOptions().late
    assert of(Listen, actions) == of(Forget, actions) == [], "it keeps its place"
    talk.play_out()
    done = talk.transcribe("查订单") + talk.hear(quiet_ms=800)
    assert talk.says(done) == ["订单号是多少"]
    assert "failed" not in [record.kind for record in of(Record, talk.actions)]


def test_a_transcript_that_is_late_without_end_is_lost(talk: Talk) -> None:
    talk.hear(voice_ms=600, quiet_ms=220)
    actions = wait(talk, CallOptions().late_timeout_ms / 1000 + 10, late=1)
    assert of(Listen, actions) == [Listen(2, None)]
    assert talk.says(actions) == [CallOptions().late, CallOptions().apology]


def test_that_another_utterance_is_late_excuses_nobody(talk: Talk) -> None:
    talk.hear(voice_ms=600, quiet_ms=220)
    assert of(Listen, wait(talk, 5, late=7)) == [Listen(2, None)]


def test_lost_synthesis_brings_a_human(talk: Talk) -> None:
    asked = of(Say, say(talk, "查订单"))[0]
    actions = talk.send(lambda at: SynthesisFailed(at, asked.utterance, "lost"))
    assert of(Transfer, actions)


def test_a_human_gets_the_story_after_the_announcement_was_heard(talk: Talk) -> None:
    assert of(Transfer, say(talk, "转人工")) == []
    talk.play_out()
    story = of(Transfer, talk.actions)[0].story
    assert [line["text"] for line in story["transcript"]][:3] == [
        "这里是机器人并且录音",
        "请问有什么可以帮您",
        "转人工",
    ]
    talk.send(Transferred)
    assert talk.call.over


def test_when_no_human_answers_the_bot_comes_back(talk: Talk) -> None:
    say(talk, "转人工")
    talk.play_out()
    assert talk.says(talk.send(lambda at: TransferFailed(at, "busy"))) == ["没有人"]
    talk.play_out()
    assert of(HangUp, talk.actions)


def test_a_transfer_that_nobody_answers_ends_by_itself(talk: Talk) -> None:
    say(talk, "转人工")
    talk.play_out()
    talk.at += CallOptions().transfer_timeout_ms / 1000 + 1
    assert talk.says(talk.send(Woke)) == ["没有人"]


def test_who_hangs_up_during_a_transfer_leaves_nobody_to_be_briefed(talk: Talk) -> None:
    say(talk, "转人工")
    actions = talk.send(lambda at: HungUp(at, "caller"))
    assert of(Transfer, actions) == []
    assert talk.call.over
    assert talk.call.deadline is None


def test_hanging_up_in_the_middle_of_speech_gives_the_recogniser_back(talk: Talk) -> None:
    talk.hear(voice_ms=300)
    assert of(Forget, talk.send(lambda at: HungUp(at, "caller"))) == [Forget(1)]


def test_goodbye_is_heard_before_the_line_is_closed(talk: Talk) -> None:
    assert of(HangUp, say(talk, "再见")) == []
    talk.play_out()
    assert len(of(HangUp, talk.actions)) == 1
    assert not talk.call.over
    talk.send(lambda at: HungUp(at, "bot"))
    assert talk.call.over


def test_typed_text_is_answered_at_once(talk: Talk) -> None:
    assert talk.says(talk.send(lambda at: Transcribed(at, 0, Transcript.of("查订单"), True))) == [
        "订单号是多少"
    ]


def test_the_gap_is_counted_from_the_last_voice(talk: Talk) -> None:
    asked = of(Say, say(talk, "查订单", patience_ms=400))[0]
    talk.send(lambda at: Played(at, asked.utterance, 20, False))
    assert facts(talk.actions, "answered")[-1]["gap_ms"] in range(600, 660)


def test_the_longest_call_is_warned_of_and_ended(fresh: Any) -> None:
    options = CallOptions(max_call_s=20, warning_s=5)
    talk = fresh(options)
    talk.answer()
    talk.play_out()
    talk.at = 15.1
    assert options.warning in talk.says(talk.send(Woke))
    talk.play_out()
    talk.at = 20.1
    assert options.time_is_up in talk.says(talk.send(Woke))
    talk.play_out()
    assert of(HangUp, talk.actions)


def test_after_the_end_nothing_happens(talk: Talk) -> None:
    talk.send(lambda at: HungUp(at, "caller"))
    assert talk.hear(voice_ms=500, quiet_ms=500) == []
    assert talk.send(Woke) == []


def test_nothing_is_done_on_speculation(talk: Talk) -> None:
    say(talk, "查订单")
    talk.play_out()
    talk.hear(voice_ms=600, quiet_ms=220)
    assert of(Look, talk.transcribe("261118004217")) + of(Do, talk.actions) == []


def test_a_script_that_raises_is_apologised_for(fresh: Any, monkeypatch: Any) -> None:
    from voicebot.call import conversation

    talk = fresh()
    talk.answer()

    def broken(*_: Any) -> Any:
        raise KeyError("gone")

    monkeypatch.setattr(conversation, "step", broken)
    talk.play_out()
    actions = say(talk, "查订单")
    assert talk.says(actions) == [CallOptions().apology]
    talk.play_out()
    assert of(Transfer, talk.actions)
    assert isinstance(talk.call, Call)


def tone(key: str, frames: int = 5) -> list[bytes]:
    """The sound of a key, 20 ms a frame."""
    row, column = next((r, c) for r in range(4) for c in range(4) if KEYPAD[r][c] == key)
    time = np.arange(160 * frames) / 8000
    sound = sum(np.sin(2 * np.pi * hertz * time) for hertz in (ROWS[row], COLUMNS[column]))
    pcm = (sound * 6000).astype("<i2").tobytes()
    return [pcm[place : place + 320] for place in range(0, len(pcm), 320)]


def test_keys_count_that_come_only_in_the_audio(talk: Talk) -> None:
    say(talk, "查订单")
    talk.play_out()
    actions: list[Any] = []
    for key in "26111800#":
        for frame in [*tone(key), *[bytes(320)] * 5]:
            actions += talk.send(lambda at, frame=frame: Heard(at, frame))
            talk.at += 0.02
    assert of(Look, actions)[0].arguments == {"order_number": "26111800"}
    assert of(Listen, actions) == []


def test_an_angry_caller_stays_warm_for_a_while(talk: Talk) -> None:
    say(talk, "气死我了，你们这帮骗子")
    assert facts(talk.actions, "understood")[-1]["mood"] == "angry"
