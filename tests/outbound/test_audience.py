"""Whom the shop itself names: its members, and those whose orders are in some state."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, datetime
from pathlib import Path
from typing import Any

import pytest

from voicebot.app.audience import QUERIES, ask_shop, read_table
from voicebot.campaign.definition import Audience
from voicebot.errors import VoicebotError
from voicebot.shop.demo.prepare import prepare_demo
from voicebot.store.database import Database
from voicebot.store.migrate import open_database

NOW = datetime(2026, 11, 20, 10, 0)


@pytest.fixture(scope="module")
def shop(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Database]:
    """The demonstration shop."""
    url = f"sqlite:///{tmp_path_factory.mktemp('shop') / 'shop.db'}"
    prepare_demo(url, date(2026, 11, 20))
    database = open_database(url)
    yield database
    database.close()


def asked(shop: Database, query: str, facts: dict[str, str] | None = None, **arguments: Any) -> Any:
    given = {"query": query, "with": arguments, "columns": {"facts": facts or {}}}
    return ask_shop(shop, Audience.model_validate(given), NOW)


def test_every_query_gives_numbers_that_can_be_dialled(shop: Database) -> None:
    for query in QUERIES:
        table = asked(shop, query, **({"days": 60} if query != "visits" else {}))
        assert all(one.number.e164.startswith("+86") for one in table.contacts.contacts)
        assert {one.reason.partition(" as ")[0] for one in table.contacts.refused} <= {"the same number"}
    assert len(asked(shop, "members").contacts.contacts) > 50


def test_arguments_narrow(shop: Database) -> None:
    gold = asked(shop, "members", {"tier": "tier"}, tiers=["金卡"])
    assert {one.facts["tier"] for one in gold.contacts.contacts} == {"金卡"}
    few = asked(shop, "delivered", {"items": "items", "tail": "tail"}, days=2)
    many = asked(shop, "delivered", {"items": "items", "tail": "tail"}, days=60)
    assert len(few.contacts.contacts) < len(many.contacts.contacts)
    assert all(one.facts["items"] and len(one.facts["tail"]) == 4 for one in many.contacts.contacts)


def test_the_same_question_on_the_same_day_is_the_same_table(shop: Database) -> None:
    assert asked(shop, "members").digest == asked(shop, "members").digest
    assert asked(shop, "members").digest != asked(shop, "members", tiers=["金卡"]).digest


@pytest.mark.parametrize(
    ("query", "arguments", "says"),
    [
        ("nobody", {}, "knows members, delivered"),
        ("delivered", {"days": "soon"}, "does not fit"),
        ("members", {"tiers": 5}, "does not fit"),
    ],
)
def test_what_the_shop_does_not_understand(
    shop: Database, query: str, arguments: dict[str, Any], says: str
) -> None:
    with pytest.raises(VoicebotError, match=says):
        asked(shop, query, **arguments)


def test_a_fact_that_the_query_does_not_give(shop: Database) -> None:
    with pytest.raises(VoicebotError, match="no column 'mood'; it has phone"):
        asked(shop, "members", {"mood": "mood"})


def test_a_file_that_is_not_there(tmp_path: Path) -> None:
    with pytest.raises(VoicebotError, match="cannot be read"):
        read_table(tmp_path / "none.csv", Audience(), NOW)
