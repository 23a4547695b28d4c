"""`voicebot serve`: answers live lines."""

from __future__ import annotations

import asyncio
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from voicebot.cli.output import remarks

if TYPE_CHECKING:
    from voicebot.app import App
    from voicebot.app.memory import Remembering
    from voicebot.config import Config


def register(app: typer.Typer) -> None:
    """Add the command."""
    app.command("serve")(serve)


def serve(
    config: Annotated[Path | None, typer.Option(help="Folder of the settings.")] = None,
    host: Annotated[str | None, typer.Option(help="Listen here instead of [server] host.")] = None,
    port: Annotated[
        int | None, typer.Option(help="Listen here instead of [server] port.", min=0, max=65535)
    ] = None,
    voice: Annotated[
        str | None, typer.Option(help="The bot's voice, e.g. tone; default: the settings'.")
    ] = None,
) -> None:
    """Answer calls from the browser, Asterisk and Twilio, and text chats, until told to stop."""
    from voicebot.app import App
    from voicebot.config import load
    from voicebot.runtime.log import to_standard_error

    settings = load(config)
    changed = {name: value for name, value in {"host": host, "port": port}.items() if value is not None}
    settings = settings.model_copy(update={"server": settings.server.model_copy(update=changed)})
    app = App(settings).with_voice(voice)
    for name, make in app.warming():
        remarks.print(f"loading {name}")
        make()
    app.prepare_speech(_tell_progress)
    remarks.print("trying everything once")
    _try_once(app)
    to_standard_error()
    asyncio.run(_run(app))


def _try_once(app: App) -> None:
    """What is made at its first use is made now: within a call it would hold up every other one."""
    from voicebot.audio import silence
    from voicebot.events import Transcript

    app.understander.understand(Transcript.of("我想查一下订单"), expecting=None, today=app.now().date())
    app.call("warming", app.now())
    stream = app.recognizer.stream(None)
    stream.accept(silence(400))
    stream.finish()


async def _run(app: App) -> None:
    from voicebot.app import console
    from voicebot.app.house import house
    from voicebot.app.lines import hotline_options
    from voicebot.web.hotline import Hotline
    from voicebot.web.serving import stopped_by_signals

    stop, engines = asyncio.Event(), app.engines()
    engines.looking.submit(lambda: engines.shop.knowledge)  # type: ignore[attr-defined]
    remembering = _remember(app)
    desk = console.desk(app.config, remembering.memory, app.now, app.clock.now)
    pages = console.routers(desk) if app.config.console.on else []
    inside = house(app, engines, remembering)
    hotline = Hotline(hotline_options(app.config), inside, app.clock, lambda: None, pages)
    hotline.metrics.watch(
        "records_waiting", "Notes that are not written yet.", lambda: remembering.clerk.waiting
    )
    hotline.metrics.watch("hearing_waiting", "Recognition jobs that wait.", lambda: engines.hearing.waiting)
    hotline.metrics.watch("speaking_waiting", "Synthesis jobs that wait.", lambda: engines.speaking.waiting)
    hotline.metrics.watch(
        "pacer_worst_late_seconds", "The latest frame so far.", lambda: engines.pacer.worst_late_s
    )
    try:
        with stopped_by_signals(stop):
            await hotline.run(stop, lambda http, audio: _tell_ports(app.config, http, audio))
    finally:
        for workers in (engines.hearing, engines.speaking, engines.looking):
            workers.close()
        remembering.close()
        remembering.memory.database.close()


def _remember(app: App) -> Remembering:
    """Open the memory, tell what was cut off when the process last ended, and make the first admin."""
    from voicebot.app.memory import Parts, Remembering, open_memory

    memory, recording = open_memory(app.config), app.config.recording
    parts = Parts(app.config.path(recording.folder), recording.on)
    remembering = Remembering(memory, parts, app.now)
    for name, began in remembering.tidy():
        remarks.print(f"the call {name} of {began:%Y-%m-%d %H:%M:%S} was cut off when the process ended")
    password = memory.users.first_admin(app.now())
    if password is not None:
        remarks.print(f"the console's first user is admin with the password {password} (shown this once)")
    return remembering


def _tell_progress(done: int, total: int) -> None:
    if done == total or done % 50 == 0:
        remarks.print(f"speech that is always the same: {done} of {total} pieces are ready")


def _tell_ports(config: Config, http: int, audio: int | None) -> None:
    remarks.print(
        f"listening on http://{config.server.host}:{http}" + ("/call" if config.server.browser else "")
    )
    if audio is not None:
        remarks.print(f"listening for AudioSocket on {config.asterisk.host}:{audio}")
