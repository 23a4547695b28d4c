from tempfile import TemporaryFile

from voicebot.runtime.recording import Nowhere, Recording

FRAME = b"\1\0" * 160


def test_gaps_are_silence_and_bursts_do_not_overlap() -> None:
    recording = Recording()
    assert recording.caller.add(0.0, FRAME) == 0
    assert recording.caller.add(0.001, FRAME) == 160
    assert recording.caller.add(0.1, FRAME) == 800
    assert recording.caller.pcm == FRAME * 2 + bytes(960) + FRAME


def test_both_sides_have_one_length() -> None:
    recording = Recording()
    recording.bot.add(0.04, FRAME)
    recording.caller.add(0.0, FRAME)
    left, right = recording.sides()
    assert left == FRAME + bytes(640)
    assert right == bytes(640) + FRAME


def test_a_recording_in_files_is_the_same_and_can_go_on_after_it_was_read() -> None:
    recording = Recording(TemporaryFile)
    recording.caller.add(0.0, FRAME)
    recording.bot.add(0.04, FRAME)
    assert recording.sides() == (FRAME + bytes(640), bytes(640) + FRAME)
    recording.caller.add(0.02, FRAME)
    assert recording.caller.pcm == FRAME * 2
    recording.close()


def test_what_is_not_recorded_still_tells_places() -> None:
    recording = Recording(Nowhere)
    assert [recording.caller.add(at, FRAME) for at in (0.0, 0.001, 0.1)] == [0, 160, 800]
    assert recording.sides() == (b"", b"")
