"""Windows on the wall clock of a place: midnight, daylight saving, leap days, holidays; against plain counting."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from voicebot.campaign.hours import AtMost, Hours, NotOn, Span, Window, beginning, opening, parse_window

ZONES = (
    "Asia/Shanghai",
    "America/New_York",
    "America/Phoenix",
    "Europe/London",
    "Australia/Lord_Howe",
    "Africa/Cairo",
    "America/St_Johns",
)
STEP = timedelta(minutes=5)
DAYS = (
    date(2026, 3, 8),
    date(2026, 11, 1),
    date(2026, 3, 29),
    date(2026, 10, 25),
    date(2026, 4, 24),
    date(2026, 10, 29),
    date(2028, 2, 28),
    date(2026, 12, 31),
    date(2026, 4, 5),
    date(2026, 10, 4),
)
"""Days on which some clock is put, a leap day follows, or a year ends."""


@st.composite
def moments(draw: st.DrawFn) -> datetime:
    day = draw(st.sampled_from(DAYS))
    return datetime(day.year, day.month, day.day, tzinfo=UTC) + STEP * draw(st.integers(-300, 600))


@st.composite
def windows(draw: st.DrawFn) -> Window:
    start, end = draw(st.integers(0, 287)) * 5, draw(st.integers(1, 288)) * 5
    days = draw(st.frozensets(st.integers(0, 6), min_size=1))
    return Window(start, end if end != start else (end + 5), days)


def inside(window: Window, wall: datetime) -> bool:
    """Written another way than the code: the window laid on yesterday and today as naive times."""
    for ahead in (-1, 0):
        day = wall.replace(hour=0, minute=0, second=0, microsecond=0) + timedelta(days=ahead)
        length = window.end - window.start if window.end > window.start else window.end + 1440 - window.start
        begin = day + timedelta(minutes=window.start)
        if day.weekday() in window.days and begin <= wall < begin + timedelta(minutes=length):
            return True
    return False


@settings(max_examples=60, deadline=None)
@given(moments(), st.lists(windows(), min_size=1, max_size=3), st.sampled_from(ZONES))
def test_the_first_opening_is_that_of_counting(at: datetime, given_windows: list[Window], zone: str) -> None:
    hours = Hours(zone, tuple(given_windows))
    found, counted = hours.opens(at), at
    assert found is not None
    while not any(
        inside(window, counted.astimezone(ZoneInfo(zone)).replace(tzinfo=None)) for window in given_windows
    ):
        counted += STEP
        assert counted < at + timedelta(days=9)
    assert found == counted


@settings(max_examples=60, deadline=None)
@given(
    moments(),
    st.lists(windows(), min_size=1, max_size=2),
    st.sampled_from(ZONES),
    st.frozensets(st.sampled_from(DAYS)),
)
def test_an_opening_satisfies_everything_and_nothing_before_it_does(
    at: datetime, given_windows: list[Window], zone: str, closed: frozenset[date]
) -> None:
    calls = (at - timedelta(hours=3), at - timedelta(hours=1))
    rules = [Hours(zone, tuple(given_windows)), NotOn(zone, closed), AtMost(2, timedelta(hours=24), calls)]
    found, by = opening(rules, at)
    assert found is not None
    assert (by is None) == (found == at)
    earlier = at
    while earlier < found:
        assert any(rule.opens(earlier) != earlier for rule in rules)
        earlier += STEP
    assert all(rule.opens(found) == found for rule in rules)


def test_a_window_past_midnight_belongs_to_the_day_it_begins_on() -> None:
    hours = Hours("Asia/Shanghai", (parse_window("fri 22:00-02:00"),))
    friday = datetime(2026, 11, 20, 14, 0, tzinfo=UTC)  # 22:00 in Shanghai
    assert hours.allows(friday)
    assert hours.allows(friday + timedelta(hours=3, minutes=59))
    assert not hours.allows(friday + timedelta(hours=4))
    assert not hours.allows(friday - timedelta(hours=24 - 3))


def test_an_hour_that_does_not_exist_opens_when_the_clock_has_moved() -> None:
    hours = Hours("America/New_York", (parse_window("02:30-05:00"),))
    night = datetime(2026, 3, 8, 6, 0, tzinfo=UTC)
    assert hours.opens(night) == datetime(2026, 3, 8, 7, 0, tzinfo=UTC)


def test_a_day_whose_midnight_does_not_exist_begins_at_one() -> None:
    assert beginning(date(2026, 4, 24), ZoneInfo("Africa/Cairo")) == datetime(2026, 4, 23, 22, 0, tzinfo=UTC)
    assert datetime(2026, 4, 23, 22, 0, tzinfo=UTC).astimezone(ZoneInfo("Africa/Cairo")).hour == 1


def test_holidays_are_days_of_the_place() -> None:
    closed = NotOn("America/New_York", frozenset({date(2026, 11, 26), date(2026, 11, 27)}))
    evening = datetime(2026, 11, 26, 4, 30, tzinfo=UTC)  # still the 25th there
    assert closed.opens(evening) == evening
    assert closed.opens(evening + timedelta(hours=1)) == datetime(2026, 11, 28, 5, 0, tzinfo=UTC)


def test_a_leap_day_is_a_day() -> None:
    hours = Hours("Asia/Shanghai", (parse_window("tue 09:00-10:00"),))
    assert hours.opens(datetime(2028, 2, 28, 12, 0, tzinfo=UTC)) == datetime(2028, 2, 29, 1, 0, tzinfo=UTC)


def test_a_span_that_is_over_never_opens() -> None:
    at = datetime(2026, 11, 20, tzinfo=UTC)
    assert opening([Span(None, at)], at) == (None, 0)


@pytest.mark.parametrize(
    "text", ["9-20", "09:00-09:00", "24:00-02:00", "funday 09:00-10:00", "09:00-25:00", "09:75-10:00"]
)
def test_what_is_no_window_is_told(text: str) -> None:
    with pytest.raises(ValueError, match=r"window|time of the day|day"):
        parse_window(text)


def test_days_may_go_round_the_week() -> None:
    assert parse_window("sat-mon 10:00-18:00").days == {5, 6, 0}
    assert str(parse_window("mon,wed 9:00-24:00")) == "mon,wed 09:00-24:00"
