"""The rows of the demonstration shop while they are made: of every table, from one seeded generator."""

from __future__ import annotations

from collections import defaultdict
from datetime import date, datetime, time, timedelta
from importlib.resources import files
from random import Random
from typing import Any

import yaml

SEED = 20261120

Row = dict[str, Any]


def read(name: str) -> Any:
    """A YAML file of this package."""
    return yaml.safe_load((files("voicebot.shop.demo") / name).read_text(encoding="utf-8"))


class Rows:
    """The rows so far, by table, for one anchor day; and chance, the same each time."""

    def __init__(self, today: date) -> None:
        self.today = today
        self.rng = Random(SEED)
        self.rows: dict[str, list[Row]] = defaultdict(list)
        self.catalogue, self.world = read("catalogue.yaml"), read("scenarios.yaml")

    def __getitem__(self, table: str) -> list[Row]:
        return self.rows[table]

    def day(self, days_ago: int) -> date:
        """So many days before the anchor."""
        return self.today - timedelta(days=days_ago)

    def lately(self) -> datetime:
        """Some time this morning."""
        return datetime.combine(self.today, time(self.rng.randint(6, 7), self.rng.randint(0, 59)))

    def add(self, table: str, **values: Any) -> Row:
        """One more row, with the next number."""
        row = {"id": len(self.rows[table]) + 1, **values}
        self.rows[table].append(row)
        return row
