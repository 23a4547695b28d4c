"""`voicebot database` and `voicebot shop` as a person uses them."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from typer.testing import CliRunner

from voicebot.cli import build
from voicebot.errors import VoicebotError


def test_a_demonstration_is_prepared_and_listed(tmp_path: Path) -> None:
    run, app = CliRunner(), build()
    url = f"sqlite:///{tmp_path / 'new folder' / 'shop.db'}"
    made = run.invoke(
        app, ["database", "prepare", "--demo", "--today", "2026-11-20", "--database", url, "--json"]
    )
    assert made.exit_code == 0
    assert json.loads(made.stdout)["revision"]
    for name, key in [
        ("orders", "order_number"),
        ("customers", "phone"),
        ("products", "product_code"),
        ("returns", "freight"),
        ("tickets", "department"),
    ]:
        shown = run.invoke(app, ["shop", name, "--database", url, "--json"])
        rows = [json.loads(line) for line in shown.stdout.splitlines()]
        assert rows
        assert all(key in row for row in rows)
        assert run.invoke(app, ["shop", name, "--database", url]).exit_code == 0


def test_a_database_that_is_not_there(tmp_path: Path) -> None:
    result = CliRunner().invoke(build(), ["shop", "orders", "--database", str(tmp_path / "none.db")])
    assert isinstance(result.exception, VoicebotError)
    assert "voicebot database upgrade" in str(result.exception)


@pytest.mark.parametrize("command", [["downgrade", "base"], ["current"]])
def test_schemas_by_hand(tmp_path: Path, command: list[str]) -> None:
    url = str(tmp_path / "shop.db")
    assert CliRunner().invoke(build(), ["database", "upgrade", "--database", url]).exit_code == 0
    assert CliRunner().invoke(build(), ["database", *command, "--database", url]).exit_code == 0


def test_without_a_database_the_shop_is_the_one_that_chat_talks_about() -> None:
    run, app = CliRunner(), build()
    shown = run.invoke(app, ["shop", "orders", "--at", "2026-11-20", "--json"])
    assert shown.exit_code == 0
    orders = [json.loads(line) for line in shown.stdout.splitlines()]
    spoken = next(one for one in orders if one["order_number"] == "261119385202")
    talk = run.invoke(
        app,
        ["chat", "--caller", spoken["phone"], "--at", "2026-11-20T10:30", "--json"],
        input=f"帮我查一下订单{spoken['order_number']}\n",
    )
    assert spoken["order_number"] in talk.stdout
