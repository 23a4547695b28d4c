"""Whatever happens in whatever order, the book stays whole: claims, results, deaths, time, opt-outs, pauses."""

from __future__ import annotations

import random
from contextlib import suppress
from datetime import UTC, datetime
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from voicebot.campaign.outcomes import OUTCOMES
from voicebot.errors import VoicebotError
from voicebot.outbound.carrier import Ended, Order

PHONES = [f"138000{number:05d}" for number in range(10000, 10012)]


@pytest.mark.parametrize("seed", range(4))
def test_the_book_stays_whole(desk: Any, seed: int) -> None:
    chance = random.Random(seed)
    for name, legal_class in (("a", "commercial"), ("b", "service")):
        desk.campaign(name, legal_class)
        desk.add(name, *PHONES, consent=True)
        desk.campaigns.move(name, "start")
    open_dials: dict[str, Order] = {}
    barred: set[str] = set()
    for _ in range(120):
        _do(desk, chance, open_dials, barred)
        _whole(desk, open_dials, barred)


def _do(desk: Any, chance: random.Random, open_dials: dict[str, Order], barred: set[str]) -> None:
    what = chance.choice(
        ["claim", "claim", "end", "end", "end", "lapse", "wait", "night", "no", "pause", "add"]
    )
    if what == "claim":
        campaign = chance.choice([1, 2])
        for order in desk.ledger(chance.choice("xy")).claim(
            campaign, (chance.randint(1, 5), None), desk.clock()
        ):
            assert order.phone not in barred
            assert 8 * 60 + 30 <= _minute(desk.clock()) < 21 * 60
            open_dials[order.dial] = order
    elif what == "end" and open_dials:
        dial = chance.choice(sorted(open_dials))
        order, outcome = open_dials.pop(dial), chance.choice(OUTCOMES)
        wish = desk.clock() if outcome == "callback" else None
        assert (
            desk.ledger(chance.choice("xy")).resolve(
                [Ended(dial, outcome, desk.clock(), wish=wish)] * 2, desk.clock()
            )
            == 1
        )
        if outcome == "opted_out":
            barred.add(order.phone)
    elif what == "lapse":
        taken = desk.ledger("z").lapsed(["simulated"], desk.clock())
        assert {order.dial for order in taken} <= set(open_dials)
    elif what == "no":
        phone = f"+86{chance.choice(PHONES)}"
        desk.campaigns.opt_out([phone], "letter")
        barred.add(phone)
    elif what == "pause":
        _move(desk, chance)
    elif what == "add":
        desk.add(chance.choice("ab"), *chance.sample(PHONES, 3), consent=True)
    else:
        desk.clock.later(minutes=chance.randint(1, 200), hours=10 if what == "night" else 0)


def _move(desk: Any, chance: random.Random) -> None:
    with suppress(VoicebotError):  # not every state allows it
        desk.campaigns.move(chance.choice("ab"), chance.choice(["pause", "resume", "resume"]))


def _minute(at: datetime) -> int:
    wall = at.replace(tzinfo=UTC).astimezone(ZoneInfo("Asia/Shanghai"))
    return wall.hour * 60 + wall.minute


def _whole(desk: Any, open_dials: dict[str, Order], barred: set[str]) -> None:
    ringing = desk.rows("SELECT id, ringing FROM campaign_dials WHERE outcome IS NULL")
    assert dict(ringing) == {dial: order.phone for dial, order in open_dials.items()}
    assert (
        desk.one("SELECT count(*) FROM campaign_dials WHERE outcome IS NOT NULL AND ringing IS NOT NULL") == 0
    )
    dialling = desk.rows("SELECT id FROM campaign_contacts WHERE state = 'dialling'")
    assert {row[0] for row in dialling} == {order.contact_id for order in open_dials.values()}
    assert desk.one("SELECT count(*) FROM campaign_contacts WHERE state = 'waiting' AND due IS NULL") == 0
    assert desk.one("SELECT count(*) FROM campaign_contacts") == 2 * len(PHONES)
    assert {row[0] for row in desk.rows("SELECT phone FROM do_not_call")} == barred
