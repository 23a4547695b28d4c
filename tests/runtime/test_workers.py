import os
import threading

from voicebot.runtime.workers import WorkerOptions, Workers


def test_a_lane_keeps_the_order_and_lanes_run_side_by_side() -> None:
    workers = Workers(2, "test")
    both_run, order, done = threading.Barrier(2, timeout=10), [], threading.Semaphore(0)
    first, second = workers.lane(), workers.lane()
    for lane in (first, second):
        lane.submit(lambda: (both_run.wait(), done.release()))
    for number in range(50):
        first.submit(lambda number=number: order.append(number))
    first.submit(done.release)
    for _ in range(3):
        assert done.acquire(timeout=10)
    workers.close()
    assert order == list(range(50))


def test_waiting_counts_jobs_that_have_not_begun() -> None:
    workers = Workers(1, "test")
    begun, release = threading.Event(), threading.Event()
    workers.submit(lambda: (begun.set(), release.wait(10)))
    assert begun.wait(10)
    workers.submit(lambda: None)
    assert workers.waiting == 1
    release.set()
    workers.close()


class Gate:
    """Keeps the only thread of a pool busy until it is opened."""

    def __init__(self, workers: Workers) -> None:
        self._open = threading.Event()
        begun = threading.Event()
        workers.submit(lambda: (begun.set(), self._open.wait(10)))
        assert begun.wait(10)

    def open(self) -> None:
        self._open.set()


def test_what_is_urgent_passes_what_is_not() -> None:
    workers, order, done = Workers(1, "test"), [], threading.Event()
    gate = Gate(workers)
    workers.submit(lambda: order.append("speaking on"))
    workers.submit(lambda: order.append("waits for his answer"), urgent=True)
    workers.submit(done.set)
    gate.open()
    assert done.wait(10)
    workers.close()
    assert order == ["waits for his answer", "speaking on"]


def test_a_lane_becomes_urgent_as_a_whole_and_keeps_its_order() -> None:
    workers, order, done = Workers(1, "test"), [], threading.Event()
    gate = Gate(workers)
    first, second = workers.lane(), workers.lane()
    for number in range(3):
        first.submit(lambda number=number: order.append(("first", number)))
        second.submit(lambda number=number: order.append(("second", number)))
    second.submit(lambda: order.append(("second", "end")), urgent=True)
    first.submit(done.set)
    gate.open()
    assert done.wait(10)
    workers.close()
    assert order[:4] == [("second", 0), ("second", 1), ("second", 2), ("second", "end")]
    assert order[4:] == [("first", 0), ("first", 1), ("first", 2)]


def test_a_lane_that_runs_lets_urgent_ones_pass_between_two_jobs() -> None:
    workers, order, done = Workers(1, "test"), [], threading.Event()
    slow, quick = workers.lane(), workers.lane()
    begun, go_on = threading.Event(), threading.Event()
    slow.submit(lambda: (begun.set(), go_on.wait(10), order.append("slow 1")))
    slow.submit(lambda: order.append("slow 2"))
    slow.submit(done.set)
    assert begun.wait(10)
    quick.submit(lambda: order.append("quick"), urgent=True)
    go_on.set()
    assert done.wait(10)
    workers.close()
    assert order == ["slow 1", "quick", "slow 2"]


def test_more_than_may_wait_are_refused_and_counted() -> None:
    workers = Workers(1, "test", WorkerOptions(most=1))
    gate, done = Gate(workers), threading.Event()
    assert workers.submit(done.set)
    assert not workers.submit(lambda: None)
    assert workers.refused == 1
    lane = workers.lane()
    in_lane = threading.Event()
    lane.submit(in_lane.set)
    gate.open()
    assert done.wait(10)
    assert in_lane.wait(10), "what belongs to a running utterance is never refused"
    workers.close()


def test_lag_is_the_age_of_what_has_waited_longest() -> None:
    class Clock:
        time = 5.0

        def now(self) -> float:
            return self.time

    clock = Clock()
    workers = Workers(1, "test", clock=clock)
    assert workers.lag_s == 0.0
    gate, done = Gate(workers), threading.Event()
    workers.submit(lambda: None)
    clock.time = 7.5
    workers.submit(done.set, urgent=True)
    assert workers.lag_s == 2.5
    gate.open()
    workers.submit(done.set)
    assert done.wait(10)
    workers.close()


def test_a_broken_job_does_not_end_its_thread() -> None:
    workers, done = Workers(1, "test"), threading.Event()
    workers.submit(lambda: 1 / 0)
    workers.submit(done.set)
    assert done.wait(10)
    workers.close()


def test_threads_take_their_place_behind_others() -> None:
    workers, seen, done = Workers(1, "test", WorkerOptions(nice=7)), [], threading.Event()
    workers.submit(lambda: seen.append(os.getpriority(os.PRIO_PROCESS, threading.get_native_id())))
    workers.submit(done.set)
    assert done.wait(10)
    workers.close()
    assert seen[0] == max(7, os.getpriority(os.PRIO_PROCESS, 0))


def test_finish_does_all_that_waits_and_what_that_leads_to() -> None:
    workers, order = Workers(2, "test"), []
    lane = workers.lane()
    for number in range(20):
        lane.submit(lambda number=number: order.append(number))
    workers.finish()
    assert order == list(range(20))
    assert not workers.submit(lambda: None)


def test_of_the_urgent_what_is_due_first_goes_first() -> None:
    workers, order = Workers(1, "test"), []
    gate = Gate(workers)
    entries = {
        due: workers.enter(lambda due=due: order.append(due), urgent=True, due=due) for due in (3.0, 1.0, 2.0)
    }
    assert workers.anyone_before(1.5)
    assert not workers.anyone_before(1.0)
    workers.hurry(entries[3.0], due=0.5)
    gate.open()
    workers.finish()
    assert order == [3.0, 1.0, 2.0]


def test_what_is_not_due_yet_is_not_late() -> None:
    class Clock:
        def now(self) -> float:
            return 5.0

    workers = Workers(1, "test", clock=Clock())
    gate = Gate(workers)
    workers.enter(lambda: None, urgent=True, due=60.0)
    assert workers.lag_s == 0.0
    gate.open()
    workers.close()


def test_the_processor_time_of_jobs_is_counted_and_not_that_of_waiting() -> None:
    workers = Workers(1, "test")
    workers.submit(lambda: threading.Event().wait(0.2))
    workers.submit(lambda: sum(range(3_000_000)))
    workers.finish()
    assert workers.processor_s > 0.005
    idle = Workers(1, "test")
    idle.submit(lambda: threading.Event().wait(0.2))
    idle.finish()
    assert idle.processor_s < workers.processor_s
