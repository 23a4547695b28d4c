import threading

from voicebot.runtime.workers import Workers


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
