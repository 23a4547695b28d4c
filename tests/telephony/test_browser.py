import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from voicebot.events import Answered, Heard, HungUp, Pressed
from voicebot.telephony.browser import BrowserProtocol

HELLO = '{"type":"hello","ticket":"t","rate":16000}'


def begun() -> BrowserProtocol:
    wire = BrowserProtocol()
    wire.receive(HELLO, 0.0)
    return wire


def test_hello_answers() -> None:
    wire = BrowserProtocol()
    assert wire.receive(HELLO, 0.0) == [Answered(0.0, line="browser")]
    assert (wire.ticket, wire.begun) == ("t", True)


@pytest.mark.parametrize(
    "message",
    [
        "",
        "{}",
        b"\0" * 640,
        HELLO.replace("16000", "16001"),
        HELLO.replace("16000", '"x"'),
        HELLO.replace('"t"', "5"),
    ],
)
def test_anything_else_first_ends_the_call(message: str | bytes) -> None:
    wire = BrowserProtocol()
    assert wire.receive(message, 0.0) == [HungUp(0.0, "line")]
    assert wire.fault
    assert wire.send_audio(bytes(320)) == wire.send_clear() == []


def test_audio_at_16_khz_is_heard_at_8() -> None:
    wire = begun()
    heard = [event for n in range(20) for event in wire.receive(bytes(640), n * 0.02)]
    assert len(heard) == 19
    assert all(isinstance(event, Heard) and len(event.pcm) == 320 for event in heard)


def test_too_much_audio_at_once_ends_the_call() -> None:
    assert begun().receive(bytes(16002), 1.0) == [HungUp(1.0, "line")]


def test_keys_and_hanging_up() -> None:
    wire = begun()
    assert wire.receive('{"type":"key","key":"*"}', 1.0) == [Pressed(1.0, "*")]
    assert wire.receive('{"type":"key","key":"12"}', 1.0) == []
    assert wire.receive('{"type":"hang_up"}', 2.0) == [HungUp(2.0, "caller")]
    assert wire.receive_end(2.0) == []


def test_what_is_sent() -> None:
    wire = begun()
    assert wire.send_audio(b"\1" * 320) == [b"\1" * 320]
    assert [json.loads(sent) for sent in wire.send_note("bot", text="您好") + wire.send_clear()] == [
        {"type": "bot", "text": "您好"},
        {"type": "clear"},
    ]
    assert json.loads(wire.send_hang_up()[0]) == {"type": "ended", "by": "bot"}
    assert wire.send_hang_up() == []


objects = st.dictionaries(
    st.sampled_from(["type", "ticket", "rate", "key"]),
    st.sampled_from(["hello", "key", "hang_up", "5", 16000, 8000, None, [], {}, True]),
)


@given(st.booleans(), st.lists(st.text(max_size=50) | st.binary(max_size=900) | objects.map(json.dumps)))
def test_any_messages_give_no_exception_and_can_be_hung_up(started: bool, sent: list[Any]) -> None:
    wire = begun() if started else BrowserProtocol()
    seen = [event for number, message in enumerate(sent) for event in wire.receive(message, number * 0.02)]
    assert all(not isinstance(event, HungUp) for event in seen[:-1])
    wire.send_hang_up()
    assert wire.over
