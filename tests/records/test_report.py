"""Figures: what a call adds to them, shares and percentiles, and alarms that chance does not raise."""

from __future__ import annotations

import random
from collections import Counter
from datetime import date, datetime, timedelta

import pytest
from scipy.stats import binom

from tests.records.calls import Bell, Story, order_call
from voicebot.records.clerk import Clerk
from voicebot.records.memory import Memory
from voicebot.records.report import BEFORE_DAYS, RECENT_DAYS, alarms, at_least, report

LAST = date(2026, 11, 20)


def test_the_figures_of_some_calls(memory: Memory) -> None:
    clerk = Clerk(memory.database, memory.vault)
    order_call(clerk.tell, Bell("a"), datetime(2026, 11, 19, 9))
    order_call(clerk.tell, Bell("b"), datetime(2026, 11, 20, 9))
    Story(clerk.tell, Bell("c"), datetime(2026, 11, 20, 14)).caller("转人工", "human_agent").handed_over()
    Story(clerk.tell, Bell("d"), datetime(2026, 11, 20, 14)).bot("您好").hung_up()
    rated = Story(clerk.tell, Bell("e"), datetime(2026, 11, 20, 23, 59)).caller(
        "空调坏了", "repair_fault", "angry"
    )
    rated.look("knowledge", {"found": True, "entry": "air"}, query="坏了", product="AC-1")
    rated.do("record_satisfaction", {"done": True, "score": 2}, score=2).resolved().hung_up()
    clerk.close()
    found = report(memory.database, date(2026, 11, 1), LAST)
    assert found.count("calls") == 5
    assert dict(found.counts("outcome")) == {"resolved": 3, "transferred": 1, "abandoned": 1}
    assert found.contained == 3 / 4
    assert found.contained_by_day()[-2:] == [1.0, 2 / 3]
    assert found.counts("handover") == [("asked", 1)]
    assert dict(found.counts("intent")) == {"logistics_trace": 2, "human_agent": 1, "repair_fault": 1}
    assert found.counts("asked") == [("air", 1)]
    assert found.counts("fault") == [("AC-1", 1)]
    assert found.mean("satisfaction") == 2.0
    assert dict(found.counts("hour")) == {"09": 2, "14": 2, "23": 1}
    assert [count for count, _ in found.by_day("calls")][-2:] == [1, 4]
    assert found.mean("gap") == pytest.approx((420 + 510) / 2)
    assert (found.gap_percentile(0.5), found.gap_percentile(0.95)) == (500, 600)
    assert found.cost_fen({"asterisk": 10.0}) == 50.0
    assert found.cost_fen({"chat": 10.0}) is None


def test_nothing_yet(memory: Memory) -> None:
    found = report(memory.database, LAST, LAST)
    assert (found.count("calls"), found.contained, found.mean("gap"), found.gap_percentile(0.5)) == (
        0,
        None,
        None,
        None,
    )
    assert found.contained_by_day() == [None]


@pytest.mark.parametrize(
    ("hits", "tries", "share"), [(1, 1, 0.2), (5, 12, 0.2), (0, 9, 0.5), (40, 90, 0.2), (9, 9, 0.9)]
)
def test_the_tail_is_the_binomials(hits: int, tries: int, share: float) -> None:
    assert at_least(hits, tries, share) == pytest.approx(binom.sf(hits - 1, tries, share), rel=1e-9)


def days(count: int) -> list[date]:
    return [LAST - timedelta(n) for n in range(count)]


def test_a_batch_that_breaks_raises_an_alarm_and_the_others_do_not() -> None:
    calls = dict.fromkeys(days(RECENT_DAYS + BEFORE_DAYS), 200)
    faults = [(day, f"P{n}", 1) for day in days(RECENT_DAYS + BEFORE_DAYS)[::3] for n in range(40)]
    faults += [(day, "P7", 2) for day in days(RECENT_DAYS)]
    found = alarms(faults, calls, LAST)
    assert [(one.product, one.rising) for one in found if one.rising] == [("P7", True)]
    assert found[0].recent == 17
    assert found[0].expected == pytest.approx(0.2 * (17 + 9))


def test_more_calls_of_every_kind_are_no_alarm() -> None:
    calls = {day: (1000 if n < RECENT_DAYS else 100) for n, day in enumerate(days(RECENT_DAYS + BEFORE_DAYS))}
    faults = [
        (day, "P1", 10 if n < RECENT_DAYS else 1) for n, day in enumerate(days(RECENT_DAYS + BEFORE_DAYS))
    ]
    assert not any(one.rising for one in alarms(faults, calls, LAST))


def test_the_first_week_raises_no_alarm() -> None:
    assert not any(one.rising for one in alarms([(LAST, "P1", 30)], {LAST: 100}, LAST))


def test_chance_raises_few_false_alarms() -> None:
    rng, false = random.Random(5), 0
    calls = dict.fromkeys(days(RECENT_DAYS + BEFORE_DAYS), 200)
    for _ in range(200):
        drawn = Counter(
            (rng.choice(days(RECENT_DAYS + BEFORE_DAYS)), f"P{rng.randrange(30)}") for _ in range(300)
        )
        faults = [(day, product, count) for (day, product), count in drawn.items()]
        false += any(one.rising for one in alarms(faults, calls, LAST))
    assert false <= 6
