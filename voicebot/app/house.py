"""How this shop's live calls are made, watched and kept."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from tempfile import TemporaryFile
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from voicebot.app.bot import App
    from voicebot.app.memory import Remembering
    from voicebot.call import Call
    from voicebot.replay.log import Journal
    from voicebot.runtime.driver import Driver, Engines
    from voicebot.runtime.lobby import House
    from voicebot.telephony.reception import Ring

PATIENCE_OF_A_CHAT = 20.0


def house(app: App, engines: Engines, remembering: Remembering | None = None) -> House:
    """How this shop's calls are made, watched and kept: by `remembering`, or else in plain files."""
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

    if remembering is not None:
        return House(
            call,
            engines_of,
            remembering.observers,
            remembering.recording,
            remembering.finished(engines.looking),
        )
    return House(call, engines_of, observers, recording, finished)


def _keep(journal: Journal, driver: Driver, path: Path) -> None:
    from voicebot.audio import write_wav_stereo

    journal.__exit__(None, None, None)
    caller, bot = driver.recording.sides()
    if caller:
        write_wav_stereo(path, caller, bot)
    driver.recording.close()
