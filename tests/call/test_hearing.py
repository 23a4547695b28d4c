from voicebot.actions import Conclude, Feed, Forget, Listen
from voicebot.call.hearing import Hearing, join
from voicebot.events import Alternative, Transcript, Word

FRAME = bytes(320)


def heard(text: str, *others: str, source: str = "domain") -> Transcript:
    readings = [Alternative(one, -float(n), 0.9 - n / 10, source) for n, one in enumerate((text, *others))]
    return Transcript(text, 0.9, (Word(text, 0.1, 0.5, 0.9),), tuple(readings))


def test_a_turn_without_a_pause_is_one_utterance() -> None:
    hearing = Hearing()
    assert hearing.begin("digits", FRAME * 3, piecewise=True) == [Listen(1, "digits"), Feed(1, FRAME * 3)]
    assert hearing.feed(FRAME) == [Feed(1, FRAME)]
    assert hearing.conclude() == [Conclude(1)]
    assert hearing.take(1, heard("一二")) == heard("一二")
    assert hearing.end() == []
    assert not hearing.open


def test_who_goes_on_after_a_pause_is_heard_again_from_the_beginning() -> None:
    hearing = Hearing()
    hearing.begin(None, FRAME * 3, piecewise=False)
    hearing.conclude()
    assert hearing.feed(FRAME) == []
    assert hearing.go_on(FRAME) == [Forget(1), Listen(2, None), Feed(2, FRAME * 4)]
    assert hearing.take(1, heard("旧")) is None
    assert hearing.take(2, heard("新")) == heard("新")


def test_a_transcript_that_came_before_going_on_is_not_forgotten_twice() -> None:
    hearing = Hearing()
    hearing.begin(None, FRAME, piecewise=False)
    hearing.conclude()
    hearing.take(1, heard("我想"))
    assert hearing.go_on(FRAME) == [Listen(2, None), Feed(2, FRAME)]


def test_dictated_digits_are_joined_piece_by_piece() -> None:
    hearing = Hearing()
    hearing.begin("digits", FRAME * 50, piecewise=True)
    hearing.conclude()
    assert hearing.go_on(FRAME * 2) == [Listen(2, "digits"), Feed(2, FRAME * 2)]
    hearing.conclude()
    assert hearing.take(2, heard("六六")) is None
    whole = hearing.take(1, heard("幺三八", "幺三八八"))
    assert whole is not None
    assert whole.text == "幺三八六六"
    assert [reading.text for reading in whole.alternatives] == ["幺三八六六", "幺三八八六六"]
    assert [word.start for word in whole.words] == [0.1, 1.1]


def test_joining_leaves_silent_pieces_out_and_keeps_each_source_apart() -> None:
    mixed = Transcript(
        "三",
        0.8,
        (),
        (Alternative("三", 0.0, 0.8, "domain"), Alternative("山", 0.0, 0.4, "free")),
    )
    whole = join([mixed, Transcript("", 0.0), heard("四")], [0.0, 1.0, 2.0])
    assert whole.text == "三四"
    assert {(reading.source, reading.text) for reading in whole.alternatives} == {
        ("domain", "三四"),
        ("free", "山四"),
    }


def test_a_lost_recogniser_is_replaced_once() -> None:
    hearing = Hearing()
    hearing.begin(None, FRAME, piecewise=False)
    hearing.conclude()
    assert hearing.retry(1) == [Listen(2, None), Feed(2, FRAME), Conclude(2)]
    assert hearing.retry(1) == []
    assert hearing.retry(2) is None
    assert hearing.end() == [Forget(2)]
