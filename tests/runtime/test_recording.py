from voicebot.runtime.recording import Recording

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
