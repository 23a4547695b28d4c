"""Answers that are meant for some callers only: said to these, to nobody else, and to nobody before he is verified."""

from __future__ import annotations

import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import datetime
from pathlib import Path

import pytest
from sqlalchemy import select

from voicebot.app import App
from voicebot.app.caller_facts import CallerFacts
from voicebot.app.whole_shop import WholeShop
from voicebot.config import load
from voicebot.knowledge.entries import Entry, Library
from voicebot.knowledge.knowledge import Knowledge
from voicebot.replay.text import TextDriver
from voicebot.shop.tables import Customer

NOW = datetime(2026, 11, 20, 10, 30)
QUESTION = "贵宾休息室怎么预约"
ASKED = (QUESTION, "怎么约贵宾休息室", "休息室在哪里约")
GOLD, OTHERS, NEARBY = "金卡会员请提前一天预约休息室。", "休息室只对会员开放。", "本地休息室在二楼。"
OTHER_ENTRY = Entry("invoice", ("能开发票吗", "发票怎么开", "要开发票"), "可以开电子发票。")


def knowing(*entries: Entry) -> Knowledge:
    return Knowledge(Library((*entries, OTHER_ENTRY), ("今天天气怎么样", "你是谁")))


CONDITIONED = knowing(
    Entry("lounge-gold", ASKED, GOLD, conditions={"tier": ("金卡", "钻石"), "verified": ("是",)}),
    Entry("lounge-unknown", ASKED, OTHERS, conditions={"verified": ("否",)}),
)


@pytest.fixture(scope="module")
def bot() -> App:
    return App(load()).with_voice("tone")


@pytest.fixture(scope="module")
def shop(bot: App) -> Iterator[WholeShop]:
    with tempfile.TemporaryDirectory() as folder:
        yield bot.demo_shop(NOW, Path(folder))


def number_of(shop: WholeShop, tier: str) -> str:
    """The telephone of a customer of this tier."""
    with shop.data._database.reading() as session:
        rows = select(Customer.phone).where(Customer.tier == tier)
        return str(session.scalars(rows).first())


@contextmanager
def chatting(
    bot: App, shop: WholeShop, caller: str | None, knowledge: Knowledge = CONDITIONED
) -> Iterator[Callable[[str], str]]:
    """A text chat; gives what says something and returns the answer."""
    own = replace(shop, knowledge=knowledge).for_a_call("chat")
    driver = TextDriver(bot.call(f"facts-{caller}", NOW, own.catalogue()), own)
    driver.answer(caller)
    yield lambda text: "".join(driver.say(text).say)
    driver.hang_up()


def test_a_gold_customer_is_told_what_is_for_gold_once_he_is_verified(bot: App, shop: WholeShop) -> None:
    phone = number_of(shop, "金卡")
    with chatting(bot, shop, phone) as say:
        assert OTHERS in say(QUESTION)
        assert "后四位" in say("我有多少积分")
        assert "金卡" in say(phone[-4:])
        assert GOLD in say(QUESTION)


def test_who_is_no_gold_customer_is_not(bot: App, shop: WholeShop) -> None:
    phone = number_of(shop, "普通")
    with chatting(bot, shop, phone) as say:
        say("我有多少积分")
        say(phone[-4:])
        answer = say(QUESTION)
        assert GOLD not in answer
        assert OTHERS not in answer


def test_a_wrong_tail_makes_nobody_gold(bot: App, shop: WholeShop) -> None:
    phone = number_of(shop, "金卡")
    with chatting(bot, shop, phone) as say:
        say("我有多少积分")
        say(f"{(int(phone[-4:]) + 1) % 10_000:04d}")
        say("不用了")
        assert GOLD not in say(QUESTION)


def test_one_calls_caller_is_not_anothers(bot: App, shop: WholeShop) -> None:
    phone = number_of(shop, "金卡")
    with chatting(bot, shop, phone) as first, chatting(bot, shop, None) as second:
        first("我有多少积分")
        first(phone[-4:])
        assert GOLD in first(QUESTION)
        assert OTHERS in second(QUESTION)
    assert shop.caller is None


def test_the_region_is_the_city_of_the_newest_order(bot: App, shop: WholeShop) -> None:
    phone = number_of(shop, "金卡")
    found = shop.look("customer_by_phone", {"phone": phone})["customer"]
    city = shop.look("orders_of_customer", {"customer_id": found["id"], "limit": 1})["orders"][0]["city"]
    here = knowing(Entry("lounge-here", ASKED, NEARBY, conditions={"region": (city,)}))
    elsewhere = knowing(Entry("lounge-there", ASKED, NEARBY, conditions={"region": ("月球",)}))
    for knowledge, told in ((here, True), (elsewhere, False)):
        with chatting(bot, shop, phone, knowledge) as say:
            say("我有多少积分")
            say(phone[-4:])
            assert (NEARBY in say(QUESTION)) == told


def test_only_what_is_wanted_is_asked_for() -> None:
    facts = CallerFacts("browser")

    def look(name: str, arguments: object) -> dict[str, object]:
        raise AssertionError("nobody wanted to know")

    assert facts.known({"tier", "verified", "region", "line"}, look) == {"verified": "否", "line": "browser"}
    facts.learn("customer_by_phone", {"found": True, "customer": {"id": 1, "tier": "金卡"}})
    assert facts.known({"tier"}, look) == {}
    facts.learn("verify_caller", {"verified": True, "customer": {"id": 1, "tier": "金卡", "title": "女士"}})
    assert facts.known({"tier", "verified"}, look) == {"verified": "是", "tier": "金卡"}
