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
    from voicebot.runtime.loop import Blocks


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
    from voicebot.app.engines import try_once
    from voicebot.config import load
    from voicebot.runtime.log import to_standard_error
    from voicebot.runtime.loop import Blocks, run_watched

    settings = load(config)
    changed = {name: value for name, value in {"host": host, "port": port}.items() if value is not None}
    settings = settings.model_copy(update={"server": settings.server.model_copy(update=changed)})
    app = App(settings).with_voice(voice)
    for name, make in app.warming():
        remarks.print(f"loading {name}")
        make()
    app.prepare_speech(_tell_progress)
    remarks.print("trying everything once")
    try_once(app)
    to_standard_error()
    blocks = Blocks()
    run_watched(_run(app, blocks), blocks)


async def _run(app: App, blocks: Blocks) -> None:
    from voicebot.app import console
    from voicebot.app import engines as shared
    from voicebot.app.campaign_office import office
    from voicebot.app.campaigns import outbound
    from voicebot.app.following import following
    from voicebot.app.house import house
    from voicebot.app.knowledge_office import published
    from voicebot.app.lines import hotline_options
    from voicebot.app.live import live
    from voicebot.app.retaining import Retaining
    from voicebot.app.training_office import training
    from voicebot.web.hotline import Hotline
    from voicebot.web.serving import stopped_by_signals

    stop, engines = asyncio.Event(), shared.for_many_calls(app)
    remembering = _remember(app)
    calls = live(app, engines)
    placed = office(app, remembering.memory)
    known = await asyncio.to_thread(published, app, remembering.memory, engines)
    taught = await asyncio.to_thread(training, app, remembering.memory)
    desk = console.desk(
        app.config,
        remembering.memory,
        app.now,
        app.clock.now,
        calls,
        campaigns=placed,
        knowledge=known,
        training=taught,
    )
    pages = console.routers(desk) if app.config.console.on else []
    inside = app.variants.join(known.join(house(app, engines, remembering)), engines.looking)
    dialled = outbound(app, engines, calls.agents) if app.config.campaigns.on else None
    inside = inside if dialled is None else dialled.join(inside)
    inside = calls.hub.join(inside) if app.config.console.on else inside
    options = hotline_options(app.config)
    hotline = Hotline(
        options, inside, app.clock, lambda: shared.unready(engines, options.limits.lag_s), pages
    )
    hotline.metrics.watch(
        "records_waiting", "Notes that are not written yet.", lambda: remembering.clerk.waiting
    )
    retaining = Retaining(app.config, remembering.memory, app.now)
    follower = following(known, taught)
    shared.watch(hotline.metrics, engines, blocks)
    await shared.load_rest(engines)
    sweeping = asyncio.create_task(shared.sweeper(engines).run(), name="sweeping")
    campaigns = None if dialled is None else asyncio.create_task(dialled.run(hotline, stop), name="campaigns")
    try:
        with stopped_by_signals(stop):
            await hotline.run(stop, lambda http, audio: _tell_ports(app.config, http, audio))
    finally:
        stop.set()
        sweeping.cancel()
        if campaigns is not None:
            await campaigns
        retaining.close()
        follower.close()
        shared.close(engines)
        remembering.close()
        remembering.memory.database.close()


def _remember(app: App) -> Remembering:
    """Open the memory, tell what was cut off when the process last ended, and make the first admin."""
    from voicebot.app.house import remembering_of

    remembering = remembering_of(app)
    for name, began in remembering.tidy():
        remarks.print(f"the call {name} of {began:%Y-%m-%d %H:%M:%S} was cut off when the process ended")
    password = remembering.memory.users.first_admin(app.now())
    if password is not None:
        remarks.print("the console's first user is admin; the password stands on standard output, this once")
        print(password, flush=True)
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
