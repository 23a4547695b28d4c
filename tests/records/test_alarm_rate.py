"""How often the alarm about a product is false: at most as often as it says, whatever the product and the volume."""

from __future__ import annotations

from datetime import date, timedelta

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from voicebot.records.report import BEFORE_DAYS, CHANCE, FEWEST, RECENT_DAYS, alarms, at_least

LAST = date(2026, 11, 20)
DAYS = [LAST - timedelta(n) for n in range(RECENT_DAYS + BEFORE_DAYS)]


@given(tries=st.integers(1, 200), share=st.floats(0.02, 0.9))
@settings(max_examples=100, deadline=None)
def test_chance_alone_alarms_about_one_product_at_most_as_often_as_promised(tries: int, share: float) -> None:
    """Exactly, over everything that chance can do: each fault call falls into the last week with `share`."""
    reach = next(
        k for k in range(tries + 2) if k > tries or (k >= FEWEST and at_least(k, tries, share) < CHANCE)
    )
    false = at_least(reach, tries, share) if reach <= tries else 0.0
    assert false < CHANCE
    fewer = reach - 1
    assert fewer < FEWEST or at_least(fewer, tries, share) >= CHANCE


@given(
    products=st.integers(1, 30),
    rate=st.floats(0.05, 5.0),
    volume=st.integers(20, 400),
    growth=st.floats(0.3, 3.0),
    seed=st.integers(0, 2**32 - 1),
)
@settings(max_examples=60, deadline=None)
def test_no_product_alarms_where_each_has_its_share_of_the_calls(
    products: int, rate: float, volume: int, growth: float, seed: int
) -> None:
    """Fault calls that grow as all calls grow are no alarm, beyond what one in a hundred weeks may bring."""
    rng = np.random.default_rng(seed)
    false = 0
    for _ in range(20):
        calls = {
            day: int(rng.poisson(volume * (growth if n < RECENT_DAYS else 1.0))) for n, day in enumerate(DAYS)
        }
        faults = [
            (day, f"p{product}", int(rng.poisson(rate * (growth if n < RECENT_DAYS else 1.0))))
            for n, day in enumerate(DAYS)
            for product in range(products)
        ]
        false += any(one.rising for one in alarms(faults, calls, LAST))
    assert false <= 4  # twenty weeks at 1 %: five or more happen once in 70,000


def test_the_rate_over_many_weeks_is_the_promised_one() -> None:
    rng, weeks, false = np.random.default_rng(7), 1500, 0
    rates = np.geomspace(0.1, 6.0, 12)
    for _ in range(weeks):
        counts = rng.poisson(rates, (len(DAYS), len(rates)))
        calls = {day: int(number) for day, number in zip(DAYS, rng.poisson(200, len(DAYS)), strict=True)}
        faults = [
            (day, f"p{product}", int(count))
            for day, row in zip(DAYS, counts, strict=True)
            for product, count in enumerate(row)
        ]
        false += any(one.rising for one in alarms(faults, calls, LAST))
    assert 0 < false <= weeks * CHANCE + 3 * (weeks * CHANCE) ** 0.5


def test_a_batch_that_breaks_four_times_as_often_is_seldom_missed() -> None:
    rng, weeks, seen = np.random.default_rng(8), 200, 0
    for _ in range(weeks):
        calls = {day: int(rng.poisson(200)) for day in DAYS}
        faults = [
            (day, f"p{product}", int(rng.poisson(1.0 * (4.0 if product == 0 and n < RECENT_DAYS else 1.0))))
            for n, day in enumerate(DAYS)
            for product in range(12)
        ]
        rising = [one.product for one in alarms(faults, calls, LAST) if one.rising]
        seen += "p0" in rising
    assert seen >= 0.85 * weeks
