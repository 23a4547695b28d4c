"""`voicebot ask`: put questions to the knowledge base."""

from __future__ import annotations

import sys
from datetime import date, datetime
from pathlib import Path
from typing import Annotated

import typer

from voicebot.cli.output import emit, remarks


def register(app: typer.Typer) -> None:
    """Add the command to the program."""
    app.command()(ask)


def ask(
    knowledge: Annotated[Path, typer.Option(help="The folder of the knowledge base.")] = Path(
        "config/knowledge"
    ),
    database: Annotated[
        str | None,
        typer.Option(
            envvar="VOICEBOT_DATABASE", help="Take the goods from this shop, not the demonstration's."
        ),
    ] = None,
    today: Annotated[
        datetime | None,
        typer.Option(formats=["%Y-%m-%d"], help="The day that counts; otherwise the real one."),
    ] = None,
    product: Annotated[list[str] | None, typer.Option(help="Code of a product that is talked about.")] = None,
    tier: Annotated[str | None, typer.Option(help="The caller's membership.")] = None,
    as_json: Annotated[bool, typer.Option("--json", help="One JSON object a line.")] = False,
) -> None:
    """Answer the questions on standard input, one a line; nothing is said where nothing fits."""
    from voicebot.knowledge.loading import ENCODER, load_knowledge
    from voicebot.models.cache import cache_folder
    from voicebot.shop.goods import demo_goods, goods_of
    from voicebot.store.migrate import open_database

    models = cache_folder()
    if not (models / ENCODER).is_dir():
        remarks.print(
            "the sentence encoder is not here (voicebot models fetch): paraphrases are found less often"
        )
    goods = goods_of(open_database(database)) if database else demo_goods()
    base = load_knowledge(knowledge, goods, models)
    day = today.date() if today else date.today()
    facts = {"tier": tier} if tier else {}
    for line in sys.stdin:
        query = line.strip()
        if not query:
            continue
        found = base.ask(query, day, product or (), facts)
        if as_json:
            emit(
                {
                    "query": query,
                    "entry": found.entry if found else None,
                    "answer": found.answer if found else None,
                    "score": found.score if found else 0.0,
                }
            )
        else:
            print(found.answer if found else "(没有找到答案)")
