"""`voicebot variants`: how the wordings that are tried stand."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

Settings = Annotated[Path | None, typer.Option("--config", help="Folder of the settings.")]
Json = Annotated[bool, typer.Option("--json", help="One object a line on standard output.")]


def register(app: typer.Typer) -> None:
    """Add the command to the program."""
    app.command(
        "variants", help="How the wordings stand that are tried on live calls (config/variants.yaml)."
    )(_variants)


def _variants(config: Settings = None, json: Json = False) -> None:
    import random

    from voicebot.app import App
    from voicebot.app.variants import variants_of
    from voicebot.campaign.bandit import report
    from voicebot.cli.output import emit, remarks
    from voicebot.config import load

    variants = variants_of(App(load(config)))
    if not variants.points:
        remarks.print("no wordings are tried; write some into config/variants.yaml")
    for point in variants.points.values():
        for one in report(point, variants.book.arms(point), random.Random(0)):
            arm = one.arm
            row = {
                "point": point.name,
                "variant": arm.name,
                "shown": arm.shown,
                "judged": round(arm.good + arm.bad),
                "mean": round(arm.mean, 3),
                "best": round(one.best, 3),
                "frozen": point.frozen,
            }
            if json:
                emit(row)
            else:
                state = "frozen" if point.frozen else f"least {point.least}"
                print(
                    f"{point.name:16} {arm.name:12} shown {arm.shown:5}  judged {row['judged']:5}  "
                    f"mean {arm.mean:.2f}  best with {one.best:.0%}  ({state})"
                )
