import threading

from voicebot.events import Pressed
from voicebot.runtime.deferred import MOST, Deferred
from voicebot.runtime.workers import Workers


class Notes:
    def __init__(self) -> None:
        self.seen = []
        self.threads = set()

    def happened(self, event, actions, place, speech) -> None:
        self.seen.append((event, actions, place, speech))
        self.threads.add(threading.current_thread().name)


def test_the_other_is_told_everything_in_order_in_another_thread() -> None:
    workers, notes, done = Workers(2, "writing"), Notes(), threading.Event()
    deferred = Deferred(notes, workers.lane())
    events = [(Pressed(number / 50, "1"), [], number, bool(number % 2)) for number in range(3 * MOST + 7)]
    for event in events:
        deferred.happened(*event)
    deferred.over(done.set)
    assert done.wait(10)
    workers.close()
    assert notes.seen == events
    assert threading.current_thread().name not in notes.threads


def test_what_was_told_is_written_before_the_end_is_done() -> None:
    workers, notes, order, done = Workers(1, "writing"), Notes(), [], threading.Event()
    deferred = Deferred(notes, workers.lane())
    deferred.happened(Pressed(0.0, "1"), [], None, False)
    deferred.over(lambda: (order.append(len(notes.seen)), done.set()))
    assert done.wait(10)
    workers.close()
    assert order == [1]


def test_it_wants_frames_if_the_other_does() -> None:
    workers, notes = Workers(1, "writing"), Notes()
    assert Deferred(notes, workers.lane()).wants_frames
    notes.wants_frames = False
    assert not Deferred(notes, workers.lane()).wants_frames
    workers.close()
