"""The command line: one module per command, each with `register(app)`.

Results go to standard output, everything else to standard error. A VoicebotError becomes one sentence and
status 1; wrong arguments are status 2.
"""

from __future__ import annotations

import importlib
import os
import pkgutil
import sys

import typer

from voicebot import __version__
from voicebot.errors import VoicebotError

os.environ.setdefault("OMP_NUM_THREADS", "1")
"""Set before numpy is loaded: its own threads would compete with those of the calls, and gain nothing here."""

EPILOG = "Every command that a program may want to read has --json: one object a line on standard output."


def build() -> typer.Typer:
    """The application with every command of this package registered."""
    app = typer.Typer(
        name="voicebot",
        help=__doc_help__,
        epilog=EPILOG,
        no_args_is_help=True,
        pretty_exceptions_enable=False,
        add_completion=False,
    )

    @app.callback(invoke_without_command=True)
    def root(version: bool = typer.Option(False, "--version", help="Print the version and stop.")) -> None:
        if version:
            print(__version__)
            raise typer.Exit

    for module in sorted(pkgutil.iter_modules(__path__), key=lambda found: found.name):
        command = importlib.import_module(f"{__name__}.{module.name}")
        if hasattr(command, "register"):
            command.register(app)
    return app


__doc_help__ = "A telephone voice bot for a shop's hotline, in Mandarin first, on the shop's own machine."


def main() -> None:
    """Run the command line; the entry point of the `voicebot` program."""
    try:
        build()()
    except VoicebotError as error:
        print(f"voicebot: {error}", file=sys.stderr)
        sys.exit(1)
    except KeyboardInterrupt:
        sys.exit(130)
    except BrokenPipeError:
        sys.stderr.close()
        sys.exit(141)
