import struct
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from voicebot.events import Answered, Heard, HungUp, Pressed
from voicebot.telephony.audiosocket import RATES, AudioSocketProtocol

NAME = UUID("12345678-1234-5678-1234-567812345678")


def message(kind: int, body: bytes = b"") -> bytes:
    return struct.pack(">BH", kind, len(body)) + body


HELLO = message(1, NAME.bytes)


def begun() -> AudioSocketProtocol:
    wire = AudioSocketProtocol()
    wire.receive(HELLO, 0.0)
    return wire


def test_the_name_answers_the_call() -> None:
    wire = AudioSocketProtocol()
    assert wire.receive(HELLO, 0.0) == [Answered(0.0, line="asterisk")]
    assert wire.call_id == NAME


def test_a_call_byte_by_byte_is_the_same_as_at_once() -> None:
    frames = [bytes([number] * 320) for number in range(3)]
    data = HELLO + b"".join(message(0x10, f) for f in frames) + message(3, b"5") + message(0)
    at_once = AudioSocketProtocol().receive(data, 0.5)
    wire = AudioSocketProtocol()
    assert [event for byte in data for event in wire.receive(bytes([byte]), 0.5)] == at_once
    assert at_once == [
        Answered(0.5, line="asterisk"),
        *(Heard(0.5, frame) for frame in frames),
        Pressed(0.5, "5"),
        HungUp(0.5, "caller"),
    ]


def test_packets_of_30_ms_become_frames_of_20() -> None:
    wire = begun()
    sizes = [len(wire.receive(message(0x10, bytes(480)), n * 0.03)) for n in range(6)]
    assert sizes == [1, 2, 1, 2, 1, 2]


@pytest.mark.parametrize(("kind", "rate"), RATES.items())
def test_each_kind_of_audio_is_heard_at_its_rate(kind: int, rate: int) -> None:
    wire = begun()
    heard = [e for n in range(50) for e in wire.receive(message(kind, bytes(rate // 50 * 2)), n * 0.02)]
    assert 45 <= len(heard) <= 50


def test_keys_and_what_is_none() -> None:
    wire = begun()
    keys = [wire.receive(message(3, body), 1.0) for body in (b"0", b"#", b"a", b"x", b"", b"12", b"\xff")]
    pressed = [event.key for events in keys for event in events if isinstance(event, Pressed)]
    assert pressed == ["0", "#", "A"]
    assert not wire.over


def test_an_unknown_kind_is_passed_over() -> None:
    assert begun().receive(message(0x42, b"later") + message(3, b"1"), 1.0) == [Pressed(1.0, "1")]


@pytest.mark.parametrize(
    "data",
    [message(0x10, bytes(320)), message(1, b"short"), message(3, b"1"), b"GET / HTTP/1.1\r\n\r\n"],
)
def test_who_does_not_say_his_name_first_is_cut_off(data: bytes) -> None:
    wire = AudioSocketProtocol()
    assert wire.receive(data, 0.0) == [HungUp(0.0, "line")]
    assert wire.fault is not None
    assert wire.call_id is None


@pytest.mark.parametrize("header", [b"\x10\xff\xff", b"\x03\x10\x00", b"\x55\x00\x41"])
def test_an_oversized_message_ends_the_call_at_its_header(header: bytes) -> None:
    wire = begun()
    assert wire.receive(header, 2.0) == [HungUp(2.0, "line")]
    assert "bytes" in (wire.fault or "")


def test_half_a_second_at_the_highest_rate_fits_its_length_field() -> None:
    wire = begun()
    assert wire.receive(message(0x18, bytes(65534)), 2.0)
    assert not wire.over


def test_an_error_ends_the_call_and_names_its_code() -> None:
    wire = begun()
    assert wire.receive(message(0xFF, b"\x02"), 3.0) == [HungUp(3.0, "line")]
    assert "02" in (wire.fault or "")


def test_the_end_of_the_connection_is_told_once() -> None:
    wire = begun()
    assert wire.receive_end(4.0) == [HungUp(4.0, "caller")]
    assert wire.receive_end(4.1) == wire.receive(message(3, b"1"), 4.2) == []


def test_what_is_sent() -> None:
    wire = begun()
    assert wire.send_audio(b"\1" * 320) == [b"\x10\x01\x40" + b"\1" * 320]
    assert wire.send_audio(None) == [b"\x10\x01\x40" + bytes(320)]
    assert wire.send_hang_up() == [b"\0\0\0"]
    assert wire.send_audio(None) == wire.send_hang_up() == wire.receive_end(1.0) == []


def test_a_silent_phone_is_heard_as_silence() -> None:
    wire = begun()
    assert wire.tick(0.05) == []
    assert wire.tick(0.2) == [Heard(0.2, bytes(320))]


anything = st.one_of(
    st.binary(max_size=400),
    st.builds(message, st.sampled_from([0, 1, 3, 0x10, 0x11, 0x18, 0x42, 0xFF]), st.binary(max_size=200)),
)


@given(st.booleans(), st.lists(anything, max_size=12))
def test_any_bytes_give_no_exception_and_can_be_hung_up(named: bool, pieces: list[bytes]) -> None:
    wire = begun() if named else AudioSocketProtocol()
    seen = [event for n, piece in enumerate(pieces) for event in wire.receive(piece, n * 0.02)]
    assert all(not isinstance(event, HungUp) for event in seen[:-1])
    assert wire.over == (bool(seen) and isinstance(seen[-1], HungUp))
    goodbye = wire.send_hang_up()
    assert goodbye == ([] if seen and isinstance(seen[-1], HungUp) else [b"\0\0\0"])
    assert wire.over
