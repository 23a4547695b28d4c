"""The demonstration shop: complete, plausible, and the same each time."""

from __future__ import annotations

from collections import Counter
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import text

from voicebot.errors import VoicebotError
from voicebot.shop.demo.generate import Generation
from voicebot.shop.demo.prepare import prepare_demo
from voicebot.shop.statuses import STATUSES
from voicebot.store.migrate import open_database, upgrade

Lists = dict[str, list[dict[str, Any]]]


def test_there_is_enough_of_everything(listed: Lists) -> None:
    assert len(listed["customers"]) >= 80
    assert len(listed["products"]) >= 40
    assert len(listed["orders"]) >= 300
    assert {order["status_code"] for order in listed["orders"]} == set(STATUSES)
    assert {customer["tier"] for customer in listed["customers"]} == {"普通", "银卡", "金卡", "钻石"}
    assert {order["latest"]["state"] for order in listed["orders"] if order["latest"]} >= {
        "揽收",
        "运输",
        "派送",
        "签收",
        "疑难",
        "退回",
    }


def test_the_same_day_gives_the_same_shop() -> None:
    assert Generation(date(2026, 11, 20)).everything() == Generation(date(2026, 11, 20)).everything()


def test_another_day_moves_everything_by_as_much() -> None:
    one, other = (Generation(date(2026, 11, day)).everything()["orders"] for day in (20, 21))
    first, second = ({order["number"][6:]: order["created"] for order in orders} for orders in (one, other))
    assert all(
        second[tail] - created == timedelta(days=1) for tail, created in first.items() if tail in second
    )
    assert len(set(first) & set(second)) > 200


def test_order_numbers_say_their_day(listed: Lists) -> None:
    for order in listed["orders"]:
        assert len(order["order_number"]) == 12
        assert order["order_number"][:6] == datetime.fromisoformat(order["created"]).strftime("%y%m%d")


def test_money_adds_up_and_times_are_in_order(demo_file: Path) -> None:
    database = open_database(str(demo_file))
    with database.reading() as session:
        wrong_sums = text(
            "SELECT count(*) FROM orders o WHERE total_fen <> goods_fen + freight_fen - discount_fen OR goods_fen "
            "<> (SELECT sum(price_fen * quantity) FROM order_items i WHERE i.order_number = o.number)"
        )
        assert session.execute(wrong_sums).scalar() == 0
        backwards = text(
            "SELECT count(*) FROM orders WHERE paid < created OR shipped < paid OR delivered < shipped "
            "OR max(created, coalesce(paid, ''), coalesce(shipped, ''), coalesce(delivered, '')) > '2026-11-20 08:31'"
        )
        assert session.execute(backwards).scalar() == 0
        strays = text(
            "SELECT count(*) FROM traces t JOIN orders o ON o.number = t.order_number "
            "WHERE t.at < o.shipped OR t.at > coalesce(o.delivered, '2026-11-20 23:59')"
        )
        assert session.execute(strays).scalar() == 0
    database.close()


def test_the_tail_of_a_phone_names_one_person(listed: Lists) -> None:
    tails = Counter(customer["phone"][-4:] for customer in listed["customers"])
    assert max(tails.values()) == 1


def test_prepared_twice_it_is_left_alone_and_another_day_replaces_it(tmp_path: Path) -> None:
    url = str(tmp_path / "shop.db")
    assert prepare_demo(url)
    assert not prepare_demo(url)
    assert prepare_demo(url, date(2026, 12, 1))
    database = open_database(url)
    with database.reading() as session:
        assert session.execute(text("SELECT max(created) FROM orders")).scalar().startswith("2026-12-01")
    database.close()


def test_a_real_shop_is_never_overwritten(tmp_path: Path) -> None:
    url = str(tmp_path / "shop.db")
    upgrade(url)
    database = open_database(url)
    with database.writing() as session:
        row = "INSERT INTO customers (name, surname, title, phone, tier, points, registered)"
        session.execute(text(f"{row} VALUES ('王五', '王', '先生', '13800000000', '普通', 0, '2026-01-01')"))
    database.close()
    with pytest.raises(VoicebotError, match="real shop"):
        prepare_demo(url, renew=True)
