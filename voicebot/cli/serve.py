"""`voicebot serve`: answers live lines."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from pathlib import Path
from tempfile import TemporaryFile
from typing import TYPE_CHECKING, Annotated

import typer

from voicebot.cli.output import remarks

if TYPE_CHECKING:
    from voicebot.app import App
    from voicebot.call import Call
    from voicebot.config import Config
    from voicebot.replay.log import Journal
    from voicebot.runtime.driver import Driver, Engines
    from voicebot.runtime.lobby import House
    from voicebot.telephony.reception import Ring
    from voicebot.web.hotline import AsteriskLines, HotlineOptions, TwilioLines

PATIENCE_OF_A_CHAT = 20.0


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
    from voicebot.web.hotline import Hotline
    from voicebot.web.serving import stopped_by_signals

    stop, engines = asyncio.Event(), app.engines()
    engines.looking.submit(lambda: engines.shop.knowledge)  # type: ignore[attr-defined]
    hotline = Hotline(hotline_options(app.config), house(app, engines), app.clock, lambda: None)
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


def house(app: App, engines: Engines) -> House:
    """How this shop's calls are made, watched and kept."""
    from voicebot.replay.log import Journal
    from voicebot.runtime.lobby import House
    from voicebot.runtime.recording import Nowhere, Recording
    from voicebot.web.chat import NoVoice

    catalogue = engines.shop.catalogue()  # type: ignore[attr-defined]
    by_text = replace(engines, synthesizer=NoVoice())
    folder = app.config.path(app.config.recording.folder)
    journals: dict[str, Journal] = {}

    def call(ring: Ring) -> Call:
        manners = app.config.call
        if ring.line == "chat":
            manners = replace(manners, patience=PATIENCE_OF_A_CHAT)
        return app.call(ring.call_id, app.now(), catalogue, manners)

    def observers(ring: Ring) -> list[Journal]:
        if not app.config.recording.on:
            return []
        header = {"call": ring.call_id, "line": ring.line, "at": app.now().isoformat()}
        journals[ring.call_id] = Journal(folder / f"{ring.call_id}.jsonl", header)
        return [journals[ring.call_id]]

    def finished(ring: Ring, driver: Driver, _: BaseException | None) -> None:
        journal = journals.pop(ring.call_id, None)
        if journal is not None:
            engines.looking.submit(lambda: _keep(journal, driver, folder / f"{ring.call_id}.wav"))

    def recording(ring: Ring) -> Recording:
        sounds = app.config.recording.on and ring.line != "chat"
        return Recording(TemporaryFile if sounds else Nowhere)

    def engines_of(ring: Ring) -> Engines:
        return by_text if ring.line == "chat" else engines

    return House(call, engines_of, observers, recording, finished)


def _keep(journal: Journal, driver: Driver, path: Path) -> None:
    from voicebot.audio import write_wav_stereo

    journal.__exit__(None, None, None)
    caller, bot = driver.recording.sides()
    if caller:
        write_wav_stereo(path, caller, bot)
    driver.recording.close()


def hotline_options(config: Config) -> HotlineOptions:
    """The lines that the settings switch on."""
    from voicebot.runtime.lobby import LobbyOptions
    from voicebot.web.hotline import HotlineOptions, WebOptions
    from voicebot.web.serving import Place

    server = config.server
    web = WebOptions(
        Place(server.host, server.port),
        server.public_url,
        server.trusted_proxies,
        server.metrics_from,
        server.browser,
        server.chat,
        server.secret,
    )
    limits = LobbyOptions(server.calls, server.per_caller, server.longest_s, server.stop_within_s)
    return HotlineOptions(web, _twilio(config), _asterisk(config), limits)


def _twilio(config: Config) -> TwilioLines | None:
    from voicebot.telephony.twilio_exchange import TwilioOptions
    from voicebot.telephony.twilio_rest import RestOptions
    from voicebot.web.hotline import TwilioLines

    settings = config.twilio
    if not settings.account_sid:
        return None
    account = RestOptions(settings.account_sid, settings.auth_token, settings.api_url)
    return TwilioLines(
        account, TwilioOptions(settings.numbers, settings.warm, settings.caller_id, settings.ring_s)
    )


def _asterisk(config: Config) -> AsteriskLines | None:
    from voicebot.telephony.ari import AriOptions
    from voicebot.telephony.ari_client import AriAccess
    from voicebot.telephony.dialplan import DialplanOptions
    from voicebot.web.hotline import AsteriskLines
    from voicebot.web.serving import Place

    settings = config.asterisk
    if not settings.on:
        return None
    options = DialplanOptions(settings.numbers, settings.announced_only)
    media = settings.media_address or f"{settings.host}:{settings.port}"
    control = AriOptions(settings.ari_app, media, settings.numbers, settings.context)
    access = (
        AriAccess(settings.ari_url, settings.ari_user, settings.ari_password) if settings.ari_url else None
    )
    return AsteriskLines(Place(settings.host, settings.port), settings.secret, options, access, control)


def _tell_progress(done: int, total: int) -> None:
    if done == total or done % 50 == 0:
        remarks.print(f"speech that is always the same: {done} of {total} pieces are ready")


def _tell_ports(config: Config, http: int, audio: int | None) -> None:
    remarks.print(
        f"listening on http://{config.server.host}:{http}" + ("/call" if config.server.browser else "")
    )
    if audio is not None:
        remarks.print(f"listening for AudioSocket on {config.asterisk.host}:{audio}")
