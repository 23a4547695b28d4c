import json
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from voicebot.events import Answered, HungUp, Transcribed
from voicebot.telephony.chat import LONGEST_MESSAGE, LONGEST_TEXT, ChatProtocol

HELLO = '{"type":"hello","ticket":"t"}'


def begun() -> ChatProtocol:
    wire = ChatProtocol()
    assert wire.receive(HELLO, 0.0) == [Answered(0.0, line="chat")]
    return wire


def say(text: str) -> str:
    return json.dumps({"type": "say", "text": text})


def test_what_is_written_is_heard_as_it_is() -> None:
    (event,) = begun().receive(say(" 我要\n退货 "), 1.0)
    assert isinstance(event, Transcribed)
    assert event.final
    assert event.transcript.text == "我要 退货"
    assert event.transcript.alternatives[0].source == "text"


def test_nothing_is_not_said_and_too_much_is_cut() -> None:
    wire = begun()
    assert wire.receive(say("  "), 1.0) == wire.receive('{"type":"say","text":3}', 1.0) == []
    (event,) = wire.receive(say("长" * 600), 1.0)
    assert isinstance(event, Transcribed)
    assert len(event.transcript.text) == LONGEST_TEXT
    assert wire.receive(say("长" * LONGEST_MESSAGE), 1.0) == []


def test_hanging_up_from_both_sides() -> None:
    wire = begun()
    assert wire.receive('{"type":"hang_up"}', 2.0) == [HungUp(2.0, "caller")]
    wire = begun()
    assert json.loads(wire.send_text("您好")[0]) == {"type": "bot", "text": "您好"}
    assert json.loads(wire.send_hang_up()[0]) == {"type": "ended", "by": "bot"}
    assert wire.send_text("x") == wire.receive_end(3.0) == []


def test_no_hello_ends_it() -> None:
    assert ChatProtocol().receive(say("你好"), 0.0) == [HungUp(0.0, "line")]


objects = st.dictionaries(
    st.sampled_from(["type", "ticket", "text"]),
    st.sampled_from(["hello", "say", "hang_up", "x", 1, None, []]),
)


@given(st.booleans(), st.lists(st.text(max_size=50) | st.binary(max_size=50) | objects.map(json.dumps)))
def test_any_messages_give_no_exception_and_can_be_hung_up(started: bool, sent: list[Any]) -> None:
    wire = begun() if started else ChatProtocol()
    seen = [event for number, message in enumerate(sent) for event in wire.receive(message, float(number))]
    assert all(not isinstance(event, HungUp) for event in seen[:-1])
    wire.send_hang_up()
    assert wire.over
