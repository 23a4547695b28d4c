from voicebot.call.playout import Mark, Playout

FRAME = b"\1\0" * 160


def test_frames_come_out_in_order_and_leave_marks() -> None:
    playout = Playout()
    playout.open(1)
    playout.push(1, FRAME * 2)
    playout.complete(1)
    assert playout.take() == (FRAME, [Mark(1, 20, False)])
    assert playout.take() == (FRAME, [Mark(1, 40, True)])
    assert playout.take() == (None, [])
    assert not playout.busy


def test_a_speech_waits_for_the_one_before_it() -> None:
    playout = Playout()
    playout.open(1)
    playout.open(2)
    playout.push(2, FRAME)
    playout.complete(2)
    assert playout.take() == (None, [])
    playout.push(1, FRAME)
    playout.complete(1)
    assert playout.take()[1] == [Mark(1, 20, False), Mark(1, 20, True)]
    assert playout.take()[1] == [Mark(2, 20, False), Mark(2, 20, True)]


def test_the_last_piece_is_padded_to_a_frame() -> None:
    playout = Playout()
    playout.open(1)
    playout.push(1, FRAME + b"\5\0")
    playout.complete(1)
    playout.take()
    frame, marks = playout.take()
    assert frame == b"\5\0" + bytes(318)
    assert marks[-1] == Mark(1, 40, True)


def test_an_empty_speech_is_finished_at_once() -> None:
    playout = Playout()
    playout.open(1)
    playout.complete(1)
    assert playout.take() == (None, [Mark(1, 0, True)])


def test_clear_tells_what_was_heard_and_drops_late_audio() -> None:
    playout = Playout()
    playout.open(1)
    playout.open(2)
    playout.push(1, FRAME * 3)
    playout.take()
    assert playout.clear() == [Mark(1, 20, False), Mark(2, 0, False)]
    playout.push(1, FRAME)
    assert playout.take() == (None, [])


def test_a_resumed_speech_counts_from_where_it_stopped() -> None:
    playout = Playout()
    playout.open(3, heard_ms=400)
    playout.push(3, FRAME)
    playout.complete(3)
    assert playout.take()[1] == [Mark(3, 420, False), Mark(3, 420, True)]
