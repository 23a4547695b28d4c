"""Who is rung next, and when; and who is not, by which rule."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

from hypothesis import given, settings
from hypothesis import strategies as st

from voicebot.campaign.law import HolidaysRule, HoursRule, MostCallsRule
from voicebot.campaign.outcomes import RETRIED
from voicebot.campaign.phones import read_number
from voicebot.campaign.plan import (
    Attempt,
    Consented,
    Due,
    History,
    Over,
    Person,
    Terms,
    at_once,
    next_call,
    plan,
)

Make = Callable[..., Terms]
NOON = datetime(2026, 11, 20, 4, 0, tzinfo=UTC)  # a Friday, 12:00 in Shanghai
SIGNED = Consented("order form", NOON - timedelta(days=90), "written")


def person(
    phone: str = "13800006612", country: str = "CN", *, consents: tuple[Consented, ...] = (SIGNED,)
) -> Person:
    number = read_number(phone, country)
    return Person(number.e164, number.country, number.zones, number.area, consents)


def test_the_first_call_is_now_or_when_it_opens(terms: Make) -> None:
    assert next_call(terms(), person(), History(), NOON) == Due(NOON)
    found = next_call(terms(), person(), History(), NOON + timedelta(hours=9))
    assert isinstance(found, Due)
    assert found.at == datetime(2026, 11, 21, 1, 0, tzinfo=UTC)
    assert found.because is not None
    assert found.because.rule == "windows"


def test_commercial_calls_need_consent_with_source_and_date(terms: Make) -> None:
    found = next_call(terms("commercial"), person(consents=()), History(), NOON)
    assert isinstance(found, Over)
    assert found.because.rule == "cn-consent"
    assert "第二十九条" in found.because.law
    assert isinstance(next_call(terms("service"), person(consents=()), History(), NOON), Due)


def test_american_sales_calls_need_it_in_writing(terms: Make) -> None:
    spoken = Consented("phone", NOON - timedelta(days=1))
    found = next_call(
        terms("commercial", "us"), person("212 555 2368", "US", consents=(spoken,)), History(), NOON
    )
    assert isinstance(found, Over)
    assert found.because.rule == "us-written-consent"


def test_who_said_no_is_not_rung_by_any_class(terms: Make) -> None:
    for legal_class in ("commercial", "research", "service", "care"):
        barred = Person("+8613800006612", "CN", ("Asia/Shanghai",), None, (SIGNED,), "hotline")
        found = next_call(terms(legal_class), barred, History(), NOON)
        assert isinstance(found, Over)
        assert found.because.rule == "cn-do-not-call"


def test_a_number_of_another_country_is_not_rung_under_these_rules(terms: Make) -> None:
    found = next_call(terms(), person("+12125552368"), History(), NOON)
    assert isinstance(found, Over)
    assert found.because.rule == "country"


def test_the_strictest_of_all_zones_of_a_number_counts(terms: Make) -> None:
    alaska = person("907 555 2368", "US")
    assert len(alaska.zones) == 2
    morning = datetime(2026, 11, 23, 17, 0, tzinfo=UTC)  # 08:00 in Anchorage, 07:00 in Adak
    found = next_call(terms("service", "us", '["08:00-20:00"]'), alaska, History(), morning)
    assert found == Due(
        morning + timedelta(hours=1), False, found.because if isinstance(found, Due) else None
    )


def test_florida_is_stricter_than_the_union(terms: Make) -> None:
    evening = datetime(2026, 11, 24, 1, 30, tzinfo=UTC)  # 20:30 in Miami and New York
    sales = terms("commercial", "us", '["08:00-21:00"]')
    assert next_call(sales, person("212 555 2368", "US"), History(), evening) == Due(evening)
    found = next_call(sales, person("305 555 2368", "US"), History(), evening)
    assert isinstance(found, Due)
    assert found.because is not None
    assert found.because.rule == "us-fl-hours"


def test_retries_end(terms: Make) -> None:
    busy = [Attempt(NOON + timedelta(minutes=20 * i), "busy") for i in range(3)]
    second = next_call(terms(), person(), History(tuple(busy[:1]), (NOON,)), NOON + timedelta(minutes=1))
    assert second == Due(NOON + timedelta(minutes=15))
    third = next_call(terms(), person(), History(tuple(busy)), NOON + timedelta(hours=1))
    assert isinstance(third, Over)
    assert third.because.rule == "retries.busy"


def test_a_callback_comes_at_the_time_that_was_named_though_the_campaign_would_not(terms: Make) -> None:
    wish = datetime(2026, 11, 21, 12, 30, tzinfo=UTC)  # 20:30, after the campaign's windows
    history = History((Attempt(NOON, "callback", wish),), (NOON, NOON - timedelta(hours=1)))
    assert next_call(terms("research"), person(), history, NOON) == Due(wish, True)


def test_no_callback_in_the_quiet_hours_of_the_law(terms: Make) -> None:
    wish = datetime(2026, 11, 21, 15, 0, tzinfo=UTC)  # 23:00
    found = next_call(terms(), person(), History((Attempt(NOON, "callback", wish),)), NOON)
    assert isinstance(found, Due)
    assert found.at == datetime(2026, 11, 22, 0, 30, tzinfo=UTC)


def test_calls_of_all_campaigns_count_for_the_number(terms: Make) -> None:
    calls = (NOON - timedelta(hours=5), NOON - timedelta(hours=1))
    found = next_call(terms(), person(), History((), calls), NOON)
    assert isinstance(found, Due)
    assert found.at == datetime(2026, 11, 21, 1, 0, tzinfo=UTC)
    assert next_call(terms(), person(), History((), calls[:1]), NOON) == Due(NOON)


def test_holidays_are_waited_for(terms: Make) -> None:
    eve = datetime(2026, 9, 30, 13, 0, tzinfo=UTC)
    found = next_call(terms("commercial"), person(), History(), eve)
    assert isinstance(found, Due)
    assert found.at == datetime(2026, 10, 8, 1, 0, tzinfo=UTC)


def test_a_campaign_that_is_over_rings_nobody(terms: Make) -> None:
    found = next_call(terms(more="ends: 2026-11-19"), person(), History(), NOON)
    assert isinstance(found, Over)
    assert found.because.rule == "starts, ends"


def test_a_call_that_would_be_asked_for_too_late_waits(terms: Make) -> None:
    last_minute = datetime(2026, 11, 20, 11, 59, 40, tzinfo=UTC)
    assert next_call(terms(), person(), History(), last_minute) == Due(last_minute)
    found = at_once(terms(), person(), History(), last_minute, timedelta(seconds=30))
    assert isinstance(found, Due)
    assert found.at == datetime(2026, 11, 21, 1, 0, tzinfo=UTC)


def test_the_soonest_goes_first_and_a_callback_before_others(terms: Make) -> None:
    first, second, third = (
        Person(f"+861380000{number}", "CN", ("Asia/Shanghai",), key=number) for number in (6610, 6611, 6612)
    )
    history = {
        6611: History((Attempt(NOON - timedelta(hours=1), "callback", NOON),)),
        6612: History((Attempt(NOON, "no_answer"),)),
    }
    found = plan(terms(), [third, first, second], history, NOON)
    assert [one.key for one, _ in found.due] == [6611, 6610, 6612]
    assert found.over == ()


# -- properties -------------------------------------------------------------------------------------------------

starts = st.datetimes(datetime(2026, 1, 1), datetime(2028, 12, 31)).map(
    lambda naive: naive.replace(microsecond=0, tzinfo=UTC)
)
outcomes = st.lists(st.sampled_from((*RETRIED, "callback", "completed", "not_asked")), max_size=6)
people = st.sampled_from(
    [
        ("13800006612", "CN"),
        ("212 555 2368", "US"),
        ("907 555 2368", "US"),
        ("305 555 2368", "US"),
        ("602 555 2368", "US"),
    ]
)


@st.composite
def pasts(draw: st.DrawFn) -> tuple[datetime, History]:
    at = draw(starts)
    attempts = []
    for outcome in draw(outcomes):
        wish = at + timedelta(hours=draw(st.integers(0, 200))) if outcome == "callback" else None
        attempts.append(Attempt(at, outcome, wish))
        at += timedelta(minutes=draw(st.integers(1, 3000)))
    return at, History(tuple(attempts), tuple(one.at for one in attempts if one.outcome != "not_asked"))


@settings(max_examples=100, deadline=None)
@given(st.data(), pasts(), people, st.sampled_from(["commercial", "research", "service", "care"]))
def test_whoever_is_rung_may_be_rung_then(
    terms: Make, data: st.DataObject, past: tuple[datetime, History], who: tuple[str, str], legal_class: str
) -> None:
    now, history = past
    signed = Consented("form", datetime(2025, 1, 1, tzinfo=UTC), "written")
    one, country = person(*who, consents=(signed,)), "china" if who[1] == "CN" else "us"
    made = terms(
        legal_class,
        country,
        data.draw(st.sampled_from(['["09:00-20:00"]', '["18:00-02:00"]', '["mon-fri 10:00-12:00"]'])),
    )
    found = next_call(made, one, history, now)
    if isinstance(found, Over):
        assert found.state in {"done", "spent"} or found.because.rule in {"cn-hours-commercial", "windows"}
        return
    assert found.at >= now
    _keeps_the_law(made, one, history, found)
    assert next_call(made, one, history, found.at) == Due(found.at, found.callback), (
        "asked again then, the answer is: now"
    )


def _keeps_the_law(made: Terms, one: Person, history: History, found: Due) -> None:
    walls = [found.at.astimezone(ZoneInfo(zone)) for zone in one.zones]
    if not found.callback:
        assert all(any(window.holds(wall) for window in made.definition.windows) for wall in walls)
    for rule in made.law.rules:
        concerned = made.definition.legal_class in rule.classes and (not rule.areas or one.area in rule.areas)
        if not concerned or (found.callback and not rule.callbacks):
            continue
        if isinstance(rule, HoursRule):
            assert all(any(window.holds(wall) for window in rule.windows) for wall in walls)
        elif isinstance(rule, HolidaysRule):
            assert all(wall.date() not in rule.days for wall in walls)
        elif isinstance(rule, MostCallsRule):
            recent = [call for call in history.calls if found.at - timedelta(hours=rule.hours) < call]
            assert len(recent) < rule.calls


@settings(max_examples=60, deadline=None)
@given(pasts(), st.integers(1, 10_000))
def test_later_never_means_earlier(terms: Make, past: tuple[datetime, History], minutes: int) -> None:
    now, history = past
    first = next_call(terms(), person(), history, now)
    later = next_call(terms(), person(), history, now + timedelta(minutes=minutes))
    if isinstance(first, Due) and isinstance(later, Due):
        assert later.at >= first.at
    assert isinstance(first, Due) == isinstance(later, Due)
