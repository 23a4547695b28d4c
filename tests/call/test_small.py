"""The endpoint, the keys and the timers."""

import pytest

from voicebot.call.endpoint import patience_ms
from voicebot.call.keys import TWICE_S, Doubles, KeyPad
from voicebot.call.options import EndpointOptions
from voicebot.call.timers import Timers
from voicebot.dialogue import Keys

E = EndpointOptions()


@pytest.mark.parametrize(
    ("turn", "matched", "expecting", "wanted"),
    [
        ("finished", True, None, E.answered_ms),
        ("finished", True, "tail_number", E.answered_ms),
        ("finished", False, None, E.finished_ms),
        ("finished", False, "order_number", E.unclear_ms),
        ("unfinished", False, None, E.unfinished_ms),
        ("unfinished", True, None, E.unfinished_ms),
        ("unfinished", False, "phone", E.digits_ms),
        ("wait", True, None, E.wait_ms),
    ],
)
def test_patience(turn: str, matched: bool, expecting: str | None, wanted: int) -> None:
    assert patience_ms(turn, matched, expecting, E) == wanted


def test_patience_is_short_after_an_answer_and_long_in_a_number() -> None:
    assert E.answered_ms < E.finished_ms < E.unclear_ms < E.digits_ms < E.unfinished_ms


def test_keys_end_by_length() -> None:
    pad = KeyPad()
    rule = Keys(4, 4)
    assert [pad.press(key, rule) for key in "6612"] == [None, None, None, "6612"]
    assert not pad.pending


def test_keys_end_by_terminator() -> None:
    pad = KeyPad()
    rule = Keys(8, 20)
    for key in "26112000":
        assert pad.press(key, rule) is None
    assert pad.press("#", rule) == "26112000"


def test_a_lone_terminator_and_a_key_without_a_rule_are_answers() -> None:
    pad = KeyPad()
    assert pad.press("#", Keys(1, 4)) == "#"
    assert pad.press("0", None) == "0"


def test_keys_end_by_a_pause() -> None:
    pad = KeyPad()
    pad.press("1", Keys(4, 4))
    assert pad.pending
    assert pad.take() == "1"
    assert not pad.pending


def test_timers_come_due_in_order_and_once() -> None:
    timers = Timers()
    timers.set("b", 2.0)
    timers.set("a", 1.0)
    timers.set("c", 9.0)
    assert timers.deadline == 1.0
    assert timers.due(0.5) is None
    assert [timers.due(5.0), timers.due(5.0), timers.due(5.0)] == [("a", 1.0), ("b", 2.0), None]
    assert timers.drop("c")
    assert not timers.drop("c")
    assert timers.deadline is None


def test_timers_by_prefix() -> None:
    timers = Timers()
    timers.set("look 3", 1.0)
    assert timers.any("look ")
    timers.clear()
    assert not timers.any("look ")


def test_a_key_that_is_signalled_and_heard_counts_once() -> None:
    doubles = Doubles()
    assert doubles.fresh(1.0, "5", signalled=True)
    assert not doubles.fresh(1.1, "5", signalled=False)
    assert doubles.fresh(1.3, "5", signalled=True)
    assert not doubles.fresh(1.4, "5", signalled=False)


def test_the_same_key_twice_one_way_or_long_after_counts_twice() -> None:
    doubles = Doubles()
    assert doubles.fresh(1.0, "5", signalled=False)
    assert doubles.fresh(1.2, "5", signalled=False)
    assert doubles.fresh(1.2 + 2 * TWICE_S, "5", signalled=True)
