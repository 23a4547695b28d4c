import base64
import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from voicebot.audio import ulaw_decode, ulaw_encode
from voicebot.events import Answered, Heard, HungUp, Pressed
from voicebot.telephony.media_stream import LONGEST_MESSAGE, MediaStream

FORM = {"encoding": "audio/x-mulaw", "sampleRate": 8000, "channels": 1}
FRAME = b"\x00\x10\x00\xf0" * 80


def start(**changes: Any) -> str:
    body = {
        "accountSid": "AC1",
        "streamSid": "MZ1",
        "callSid": "CA1",
        "tracks": ["inbound"],
        "mediaFormat": FORM,
        "customParameters": {"token": "secret"},
    }
    return json.dumps({"event": "start", "sequenceNumber": "1", "start": body | changes, "streamSid": "MZ1"})


def media(pcm: bytes, sequence: int = 2, track: str = "inbound") -> str:
    payload = base64.b64encode(ulaw_encode(pcm)).decode()
    body = {"track": track, "chunk": "1", "timestamp": "5", "payload": payload}
    return json.dumps({"event": "media", "sequenceNumber": str(sequence), "media": body, "streamSid": "MZ1"})


def begun() -> MediaStream:
    wire = MediaStream()
    wire.receive('{"event":"connected","protocol":"Call","version":"1.0.0"}', 0.0)
    wire.receive(start(), 0.0)
    return wire


def mark(name: str) -> str:
    return json.dumps({"event": "mark", "sequenceNumber": "4", "streamSid": "MZ1", "mark": {"name": name}})


def test_start_answers_and_tells_its_parameters() -> None:
    wire = MediaStream()
    assert wire.receive('{"event":"connected"}', 0.0) == []
    assert wire.receive(start(), 0.1) == [Answered(0.1, line="twilio")]
    assert (wire.stream_sid, wire.call_sid, wire.parameters) == ("MZ1", "CA1", {"token": "secret"})
    assert wire.receive(start(), 0.2) == []


@pytest.mark.parametrize(
    "changes",
    [
        {"streamSid": ""},
        {"streamSid": 5},
        {"mediaFormat": None},
        {"mediaFormat": FORM | {"sampleRate": 16000}},
    ],
)
def test_a_start_that_cannot_be_used_ends_the_call(changes: dict[str, Any]) -> None:
    wire = MediaStream()
    assert wire.receive(start(**changes), 0.0) == [HungUp(0.0, "line")]
    assert wire.fault


def test_sample_rates_may_be_written_as_text() -> None:
    assert MediaStream().receive(start(mediaFormat=FORM | {"sampleRate": "8000"}), 0.0) == [
        Answered(0.0, line="twilio")
    ]


def test_audio_comes_in_ulaw() -> None:
    assert begun().receive(media(FRAME), 0.5) == [Heard(0.5, ulaw_decode(ulaw_encode(FRAME)))]


def test_the_bots_own_track_is_not_the_caller() -> None:
    assert begun().receive(media(FRAME, track="outbound"), 0.5) == []


def test_keys() -> None:
    wire = begun()
    for digit, wanted in [("5", [Pressed(1.0, "5")]), ("x", []), (5, []), ("12", [])]:
        message = json.dumps({"event": "dtmf", "sequenceNumber": "7", "dtmf": {"digit": digit}})
        assert wire.receive(message, 1.0) == wanted


def test_stop_and_a_closed_socket_end_the_call_once() -> None:
    wire = begun()
    assert wire.receive('{"event":"stop","sequenceNumber":"9"}', 2.0) == [HungUp(2.0, "caller")]
    assert wire.receive_end(2.1) == wire.receive(media(FRAME), 2.2) == wire.send_audio(FRAME) == []


def test_what_is_sent_names_its_stream() -> None:
    wire = begun()
    (sent,) = wire.send_audio(FRAME)
    message = json.loads(sent)
    assert (message["event"], message["streamSid"]) == ("media", "MZ1")
    assert base64.b64decode(message["media"]["payload"]) == ulaw_encode(FRAME)
    assert json.loads(wire.send_clear()[0]) == {"event": "clear", "streamSid": "MZ1"}
    assert json.loads(wire.send_mark("m")[0])["mark"] == {"name": "m"}


def test_nothing_is_sent_before_the_start() -> None:
    wire = MediaStream()
    assert wire.send_audio(FRAME) == wire.send_clear() == wire.send_mark("m") == []


def test_played_and_cleared_marks_are_told_apart_though_both_are_echoed() -> None:
    wire = begun()
    wire.send_mark("first")
    wire.send_mark("second")
    assert wire.mark("first") == "waiting"
    wire.receive(mark("first"), 1.0)
    wire.send_clear()
    wire.receive(mark("second"), 1.1)
    assert (wire.mark("first"), wire.mark("second"), wire.mark("third")) == ("played", "cleared", None)
    wire.send_mark("third")
    wire.receive(mark("third"), 1.2)
    assert wire.mark("third") == "played"


def test_lost_messages_are_counted_by_their_numbers() -> None:
    wire = begun()
    for number in (2, 3, 7, 6, 8):
        wire.receive(media(FRAME, number), number * 0.02)
    assert wire.missing == 3


def test_an_oversized_message_ends_the_call() -> None:
    wire = begun()
    assert wire.receive("x" * (LONGEST_MESSAGE + 1), 1.0) == [HungUp(1.0, "line")]


def test_what_makes_no_sense_is_counted_and_passed_over() -> None:
    wire = begun()
    for message in ["", "{", "[]", "[" * 5000, '{"event":"media","media":{"payload":"?"}}', b"\xff\xfe"]:
        assert wire.receive(message, 1.0) == []
    assert wire.strange == 6
    assert wire.receive(media(FRAME), 1.0)


values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=9),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(
        st.sampled_from(["event", "start", "media", "payload", "mark", "name", "dtmf", "digit", "streamSid",
                         "mediaFormat", "customParameters", "sequenceNumber"]), inner, max_size=4),
    max_leaves=12,
)  # fmt: skip
messages = st.builds(
    lambda event, rest: json.dumps({**rest, "event": event}),
    st.sampled_from(["connected", "start", "media", "dtmf", "mark", "stop", "other"]),
    st.dictionaries(
        st.sampled_from(["start", "media", "mark", "dtmf", "sequenceNumber"]), values, max_size=4
    ),
)


@given(st.booleans(), st.lists(st.text(max_size=60) | st.binary(max_size=60) | messages, max_size=10))
def test_any_messages_give_no_exception_and_can_be_hung_up(started: bool, sent: list[str | bytes]) -> None:
    wire = begun() if started else MediaStream()
    seen = [event for number, message in enumerate(sent) for event in wire.receive(message, number * 0.02)]
    assert all(not isinstance(event, HungUp) for event in seen[:-1])
    wire.tick(9.0)
    wire.send_hang_up()
    assert wire.over
    assert wire.send_audio(FRAME) == []
