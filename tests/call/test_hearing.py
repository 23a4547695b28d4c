from voicebot.actions import Conclude, Feed, Forget, Listen
from voicebot.call.hearing import Hearing
from voicebot.events import Transcript

FRAME = bytes(320)
NEW = Transcript("新", 0.9)


def test_a_turn_without_a_pause_is_one_utterance() -> None:
    hearing = Hearing()
    assert hearing.begin("digits", FRAME * 3) == [Listen(1, "digits"), Feed(1, FRAME * 3)]
    assert hearing.feed(FRAME) == [Feed(1, FRAME)]
    assert hearing.missing is None
    assert hearing.conclude() == [Conclude(1)]
    assert hearing.missing == 1
    assert hearing.take(1, NEW) == NEW
    assert hearing.missing is None
    assert hearing.end() == []
    assert not hearing.open


def test_who_goes_on_after_a_pause_is_heard_again_from_the_beginning() -> None:
    hearing = Hearing()
    hearing.begin(None, FRAME * 3)
    hearing.conclude()
    assert hearing.feed(FRAME) == []
    assert hearing.go_on() == [Forget(1), Listen(2, None), Feed(2, FRAME * 4)]
    assert hearing.take(1, Transcript("旧", 0.9)) is None
    assert hearing.take(2, NEW) == NEW


def test_a_transcript_that_came_before_going_on_is_not_forgotten_twice() -> None:
    hearing = Hearing()
    hearing.begin(None, FRAME)
    hearing.conclude()
    hearing.take(1, NEW)
    assert hearing.go_on() == [Listen(2, None), Feed(2, FRAME)]


def test_a_lost_recogniser_is_replaced_once() -> None:
    hearing = Hearing()
    hearing.begin(None, FRAME)
    hearing.conclude()
    assert hearing.retry(1) == [Listen(2, None), Feed(2, FRAME), Conclude(2)]
    assert hearing.retry(1) == []
    assert hearing.retry(2) is None
    assert hearing.end() == [Forget(2)]


def test_a_recogniser_lost_while_the_caller_speaks_is_not_concluded() -> None:
    hearing = Hearing()
    hearing.begin(None, FRAME)
    assert hearing.retry(1) == [Listen(2, None), Feed(2, FRAME)]
    assert hearing.feed(FRAME) == [Feed(2, FRAME)]


def test_a_new_turn_may_be_lost_again() -> None:
    hearing = Hearing()
    hearing.begin(None, FRAME)
    hearing.retry(1)
    hearing.end()
    hearing.begin(None, FRAME)
    assert hearing.retry(3) is not None
