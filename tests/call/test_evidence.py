"""What a list of readings says about a yes and about a number."""

from __future__ import annotations

from voicebot.call.evidence import clearness, numbers
from voicebot.events import Alternative, Transcript


def heard(*readings: tuple[str, float]) -> Transcript:
    listed = tuple(Alternative(text, 0.0, confidence, "domain") for text, confidence in readings)
    return Transcript(readings[0][0], readings[0][1], (), listed)


def test_a_yes_that_may_have_been_a_no_is_not_clear():
    assert clearness(heard(("对", 0.5), ("不对", 0.4), ("队", 0.1))) < 0.6
    assert clearness(heard(("对", 0.9), ("对的", 0.05), ("不对", 0.01))) > 0.95
    assert clearness(heard(("退货", 0.9), ("推货", 0.1))) == 1.0
    assert clearness(Transcript.of("对")) == 1.0
    assert clearness(Transcript("不对", 0.9)) == 0.0


def test_numbers_are_the_readings_that_hold_one_likeliest_first():
    found = numbers(
        heard(
            ("二六幺幺幺九三八五二零二", 0.3),
            ("二六幺幺幺九三八五二零二", 0.3),
            ("二六幺幺九三八五二零二", 0.2),
        ),
        "",
    )
    assert [one.digits for one in found] == ["261119385202", "26119385202"]
    assert found[0].score > found[1].score
    assert numbers(Transcript.of("我要退货"), "我要退货") == ()


def test_the_chosen_reading_is_one_of_them():
    found = numbers(heard(("八八六六", 0.9)), "八八六八")
    assert [one.digits for one in found] == ["8866", "8868"]
