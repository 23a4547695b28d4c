"""`voicebot models`: what models there are, fetch them, check them."""

from __future__ import annotations

from typing import Annotated

import typer

Names = Annotated[
    list[str] | None, typer.Argument(metavar="[NAME]...", help="Models; without names: the default ones.")
]
Every = Annotated[bool, typer.Option("--all", help="The optional models too.")]
Json = Annotated[bool, typer.Option("--json", help="One object a line on standard output.")]


def register(app: typer.Typer) -> None:
    """Add the commands to the program."""
    group = typer.Typer(help="List, fetch and check the speech models.", no_args_is_help=True)
    group.command(
        "list", help="Show every model: size, licence, whether it is needed and whether it is here."
    )(_list)
    group.command("fetch", help="Download what is missing or corrupted, and verify it.")(_fetch)
    group.command("check", help="Hash every file; status 1 when a default or named model is not whole.")(
        _check
    )
    app.add_typer(group, name="models")


def _list(names: Names = None, json: Json = False) -> None:
    from voicebot.cli.output import emit
    from voicebot.models import State, cache_folder, check, named

    for model in named(names or [], every=True):
        states = set(check(model, deep=False).values())
        state = "ok" if states == {State.OK} else "missing" if states == {State.MISSING} else "incomplete"
        if json:
            emit(
                {
                    "name": model.name,
                    "about": model.about,
                    "licence": model.licence,
                    "default": model.default,
                    "bytes": model.size,
                    "state": state,
                    "folder": str(cache_folder() / model.name),
                }
            )
        else:
            need = "default" if model.default else "optional"
            facts = f"{model.size / 1e6:6.1f} MB  {need:8}  {state:10}  {model.licence:10}"
            print(f"{model.name:26} {facts}  {model.about}")


def _fetch(names: Names = None, every: Every = False, json: Json = False) -> None:
    from voicebot.cli.output import emit, remarks
    from voicebot.models import cache_folder, fetch, named
    from voicebot.models.progress import shown

    models = named(names or [], every)
    with shown() as show:
        fetch(models, show)
    for model in models:
        if json:
            emit({"name": model.name, "state": "ok", "folder": str(cache_folder() / model.name)})
        else:
            remarks.print(f"{model.name} is whole in {cache_folder() / model.name}", soft_wrap=True)


def _check(names: Names = None, every: Every = False, json: Json = False) -> None:
    from voicebot.cli.output import emit, remarks
    from voicebot.models import State, cache_folder, check, named

    broken = []
    for model in named(names or [], every=True):
        states = check(model)
        for path, state in states.items():
            if json:
                emit({"name": model.name, "file": path, "state": state.value})
            else:
                print(f"{state.value:9}  {cache_folder() / model.name / path}")
        if set(states.values()) != {State.OK} and (names or every or model.default):
            broken.append(model.name)
    if broken:
        remarks.print(
            f"not whole: {', '.join(broken)}; run: voicebot models fetch {' '.join(broken)}", soft_wrap=True
        )
        raise typer.Exit(1)
