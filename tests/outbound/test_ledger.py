"""The book of what is dialled: nobody twice at once, nobody against the law, nothing forgotten."""

from __future__ import annotations

import threading
from datetime import UTC, datetime, timedelta
from typing import Any

from voicebot.outbound.carrier import Ended, Order

FREE = (50, None)


def claim(desk: Any, campaign: int = 1, owner: str = "one") -> list[Order]:
    return list(desk.ledger(owner).claim(campaign, FREE, desk.clock()))


def end(desk: Any, order: Order, outcome: Any, **more: Any) -> None:
    desk.ledger().resolve([Ended(order.dial, outcome, desk.clock(), **more)], desk.clock())


def test_a_contact_is_claimed_once(desk: Any) -> None:
    name = desk.campaign()
    desk.add(name, "13800006612", "13800006613")
    assert claim(desk) == []  # not started
    desk.campaigns.move(name, "start")
    assert {order.phone for order in claim(desk)} == {"+8613800006612", "+8613800006613"}
    assert claim(desk, owner="two") == []
    assert desk.rows("SELECT state FROM campaign_contacts") == [("dialling",), ("dialling",)]


def test_two_diallers_at_once_never_take_the_same(desk: Any) -> None:
    name = desk.campaign(more="retries: {most: 1}\n")
    desk.add(name, *(f"138000{number:05d}" for number in range(10000, 10060)))
    desk.campaigns.move(name, "start")
    taken: list[str] = []
    lines: list[int] = []

    def work(owner: str) -> None:
        for _ in range(12):
            orders = claim(desk, owner=owner)
            taken.extend(order.phone for order in orders)
            lines.append(desk.one("SELECT count(*) FROM campaign_dials WHERE ringing IS NOT NULL"))
            for order in orders:
                end(desk, order, "completed")

    threads = [threading.Thread(target=work, args=(owner,)) for owner in ("one", "two", "three")]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(taken) == len(set(taken)) == 60
    assert max(lines) <= 20


def test_a_number_rings_for_one_campaign_at_a_time(desk: Any) -> None:
    for name in ("care", "survey"):
        desk.campaign(name)
        desk.add(name, "13800006612")
        desk.campaigns.move(name, "start")
    first = claim(desk, 1)
    assert len(first) == 1
    assert claim(desk, 2) == []
    assert desk.rows("SELECT state FROM campaign_contacts WHERE campaign_id = 2") == [("waiting",)]
    end(desk, first[0], "no_answer")
    desk.clock.later(minutes=2)
    assert len(claim(desk, 2)) == 1


def test_calls_of_other_campaigns_count(desk: Any) -> None:
    for name in ("a", "b", "c"):
        desk.campaign(name)
        desk.add(name, "13800006612")
        desk.campaigns.move(name, "start")
    for campaign in (1, 2):
        end(desk, claim(desk, campaign)[0], "completed")
        desk.clock.later(minutes=5)
    assert claim(desk, 3) == []  # twice within 24 hours already
    because = desk.one("SELECT because FROM campaign_contacts WHERE campaign_id = 3")
    assert "cn-most-a-day" in because


def test_saying_no_is_known_to_all_campaigns_at_once(desk: Any) -> None:
    for name in ("a", "b"):
        desk.campaign(name, "commercial")
        desk.add(name, "13800006612", consent=True)
        desk.campaigns.move(name, "start")
    end(desk, claim(desk, 1)[0], "opted_out")
    assert claim(desk, 2) == []
    state, because = desk.rows("SELECT state, because FROM campaign_contacts WHERE campaign_id = 2")[0]
    assert state == "refused"
    assert "cn-do-not-call" in because
    assert desk.one("SELECT phone FROM opt_outs") == "13800006612", "the hotline knows it, too"
    assert desk.one("SELECT count(*) FROM consents WHERE withdrawn IS NULL") == 0


def test_what_the_hotline_was_told_holds_for_campaigns(desk: Any) -> None:
    name = desk.campaign()
    desk.add(name, "13800006612")
    desk.campaigns.move(name, "start")
    with desk.database.writing() as session:
        from sqlalchemy import text

        session.execute(
            text(
                "INSERT INTO opt_outs (phone, source, created) VALUES ('13800006612', 'hotline', '2026-11-20 00:00:00')"
            )
        )
    assert claim(desk) == []
    assert desk.one("SELECT state FROM campaign_contacts") == "refused"


def test_no_consent_no_commercial_call(desk: Any) -> None:
    name = desk.campaign(legal_class="commercial")
    report = desk.add(name, "13800006612")
    assert [(one.line, "第二十九条" in one.reason) for one in report.barred] == [(2, True)]
    desk.campaigns.move(name, "start")
    assert claim(desk) == []
    assert desk.one("SELECT count(*) FROM campaign_dials") == 0


def test_a_result_counts_once(desk: Any) -> None:
    name = desk.campaign()
    desk.add(name, "13800006612")
    desk.campaigns.move(name, "start")
    order = claim(desk)[0]
    ended = Ended(order.dial, "completed", desk.clock(), answers={"score": 5}, converted=True)
    assert desk.ledger().resolve([ended], desk.clock()) == 1
    assert desk.ledger("two").resolve([Ended(order.dial, "busy", desk.clock())], desk.clock()) == 0
    assert desk.rows("SELECT state, outcome FROM campaign_contacts") == [("done", "completed")]
    assert desk.one("SELECT count(*) FROM campaign_deliveries") == 1
    claim(desk)
    assert desk.one("SELECT state FROM campaigns") == "done"


def test_what_a_dead_dialler_left_is_taken_over_when_its_lease_is_over(desk: Any) -> None:
    name = desk.campaign()
    desk.add(name, "13800006612")
    desk.campaigns.move(name, "start")
    order = claim(desk, owner="dead")[0]
    two = desk.ledger("two")
    assert two.lapsed(["simulated"], desk.clock.later(seconds=119)) == []
    assert two.lapsed(["twilio"], desk.clock.later(seconds=2)) == []
    taken = two.lapsed(["simulated"], desk.clock())
    assert [one.dial for one in taken] == [order.dial]
    assert desk.ledger("three").lapsed(["simulated"], desk.clock()) == []
    assert claim(desk, owner="two") == [], "it may be ringing"


def test_what_was_never_asked_for_is_no_call(desk: Any) -> None:
    name = desk.campaign(more="retries: {most: 1}\n")
    desk.add(name, "13800006612")
    desk.campaigns.move(name, "start")
    end(desk, claim(desk)[0], "not_asked")
    assert len(claim(desk)) == 1
    assert desk.one("SELECT count(*) FROM campaign_deliveries") == 0


def test_a_paused_campaign_claims_nobody(desk: Any) -> None:
    name = desk.campaign()
    desk.add(name, "13800006612")
    desk.campaigns.move(name, "start")
    desk.campaigns.move(name, "pause")
    assert claim(desk) == []
    desk.campaigns.move(name, "resume")
    assert len(claim(desk)) == 1


def test_a_callback_comes_back_when_it_was_wished(desk: Any) -> None:
    name = desk.campaign()
    desk.add(name, "13800006612")
    desk.campaigns.move(name, "start")
    wish = datetime(2026, 11, 20, 7, 30, tzinfo=UTC)
    end(desk, claim(desk)[0], "callback", wish=wish)
    desk.clock.at = wish - timedelta(seconds=1)
    assert claim(desk) == []
    desk.clock.at = wish
    assert [order.callback for order in claim(desk)] == [True]


def test_too_many_abandoned_calls_stop_the_dialling(desk: Any) -> None:
    name = desk.campaign()
    desk.add(name, *(f"138000{number:05d}" for number in range(10000, 10045)))
    desk.campaigns.move(name, "start")
    orders = claim(desk)
    for order in orders[:19]:
        end(desk, order, "completed")
    end(desk, orders[19], "abandoned")
    assert claim(desk) == [], "one of twenty is more than three in a hundred"
    desk.clock.at += timedelta(days=31)
    assert claim(desk), "thirty days later it does not count any more"


def test_outside_the_hours_everybody_waits_for_the_morning(desk: Any) -> None:
    name = desk.campaign()
    desk.add(name, "13800006612")
    desk.campaigns.move(name, "start")
    desk.clock.at = datetime(2026, 11, 20, 11, 59, 50, tzinfo=UTC)  # ten seconds before eight in the evening
    assert claim(desk) == []
    assert (
        desk.one("SELECT due FROM campaign_contacts")
        == datetime(2026, 11, 21, 1, tzinfo=UTC).timestamp() * 1000
    )


def test_a_no_strikes_out_whoever_waits_in_any_campaign_at_once(desk: Any) -> None:
    phone = "13800006612"
    for name, state in (("one", "running"), ("two", "paused"), ("three", "ready")):
        desk.campaign(name)
        desk.add(name, phone, "13800006613")
        for move in {"running": ("start",), "paused": ("start", "pause"), "ready": ()}[state]:
            desk.campaigns.move(name, move)
    (order, _) = desk.ledger().claim(1, (9, None), desk.clock())
    assert order.phone == f"+86{phone}"
    at = desk.clock.later(minutes=1)
    desk.ledger().resolve([Ended(order.dial, "opted_out", at, answered=at)], at)
    rows = desk.rows(f"SELECT state, because FROM campaign_contacts WHERE phone = '+86{phone}'")
    assert [state for state, _ in rows] == ["refused"] * 3
    assert all("cn-do-not-call" in because for _, because in rows)
    assert desk.one("SELECT count(*) FROM campaign_contacts WHERE state = 'waiting'") == 2
    assert desk.campaigns.allow_again(f"+86{phone}", "letter")
    rows = desk.rows(f"SELECT state FROM campaign_contacts WHERE phone = '+86{phone}' ORDER BY id")
    assert [state for (state,) in rows] == ["done", "waiting", "waiting"]
