"""`voicebot shop`: list what the shop's database holds."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import datetime
from typing import Annotated, Any

import typer

from voicebot.cli.output import emit

Url = Annotated[
    str | None,
    typer.Option(
        "--database",
        envvar="VOICEBOT_DATABASE",
        help="sqlite:///FILE or postgresql://USER:PASSWORD@HOST/NAME; default: the demonstration shop of that day.",
    ),
]
At = Annotated[
    datetime | None,
    typer.Option(
        formats=["%Y-%m-%d", "%Y-%m-%dT%H:%M"], help="The demonstration shop's day; default: today."
    ),
]
AsJson = Annotated[bool, typer.Option("--json", help="One JSON object a line on standard output.")]

SHOWN = {
    "orders": ("order_number", "status", "phone", "items", "total", "created", "carrier", "latest"),
    "customers": ("id", "name", "title", "phone", "tier", "address"),
    "products": ("product_code", "name", "short", "price", "category", "warranty_months"),
    "returns": ("number", "kind", "order_number", "item", "status", "freight", "created"),
    "tickets": ("ticket_number", "type", "order_number", "severity", "department", "status", "summary"),
}
"""The columns of the table for people; JSON has everything."""


def register(app: typer.Typer) -> None:
    """Add the command group to the program."""
    group = typer.Typer(no_args_is_help=True, help="List the shop's data: what callers can ask about.")
    app.add_typer(group, name="shop")

    @group.command()
    def orders(database: Url = None, at: At = None, as_json: AsJson = False) -> None:
        """Orders, the newest first."""
        _show("orders", database or _demo(at), as_json)

    @group.command()
    def customers(database: Url = None, at: At = None, as_json: AsJson = False) -> None:
        """Customers with their numbers and tiers."""
        _show("customers", database or _demo(at), as_json)

    @group.command()
    def products(database: Url = None, at: At = None, as_json: AsJson = False) -> None:
        """The catalogue with attributes and stock."""
        _show("products", database or _demo(at), as_json)

    @group.command()
    def returns(database: Url = None, at: At = None, as_json: AsJson = False) -> None:
        """Returns and exchanges, the newest first."""
        _show("returns", database or _demo(at), as_json)

    @group.command()
    def tickets(database: Url = None, at: At = None, as_json: AsJson = False) -> None:
        """Tickets, the newest first."""
        _show("tickets", database or _demo(at), as_json)


def _demo(at: datetime | None) -> str:
    """The shop that `voicebot chat` talks about when it is given none, as it was made: calls change copies of it."""
    from voicebot.app import demo_database

    return f"sqlite:///{demo_database((at or datetime.now()).date())}"


def _show(name: str, url: str, as_json: bool) -> None:
    from voicebot.shop.listing import LISTS
    from voicebot.store.migrate import open_database

    database = open_database(url)
    try:
        with database.reading() as session:
            rows = LISTS[name](session)
            if as_json:
                for row in rows:
                    emit(row)
            else:
                _table(name, rows)
    finally:
        database.close()


def _table(name: str, rows: Iterator[Mapping[str, Any]]) -> None:
    from rich.console import Console
    from rich.table import Table

    table = Table(*SHOWN[name], box=None)
    for row in rows:
        table.add_row(*(_cell(row[column]) for column in SHOWN[name]))
    screen = Console()
    screen.print(table, width=None if screen.is_terminal else 200)


def _cell(value: Any) -> str:
    if isinstance(value, list):
        return " ".join(f"{item['short']}×{item['quantity']}" for item in value)
    if isinstance(value, Mapping):
        return str(value["text"])
    return "" if value is None else str(value)
