"""How this shop's live calls are made, watched and kept."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from tempfile import TemporaryFile
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from voicebot.app.bot import App
    from voicebot.app.foresight import Understand
    from voicebot.app.memory import Remembering
    from voicebot.call import Call
    from voicebot.replay.log import Journal
    from voicebot.runtime.driver import Driver, Engines
    from voicebot.runtime.lobby import House
    from voicebot.runtime.recording import Recording
    from voicebot.telephony.reception import Ring

PATIENCE_OF_A_CHAT = 20.0


def house(app: App, engines: Engines, remembering: Remembering | None = None) -> House:
    """How this shop's calls are made, watched and kept: by `remembering`, or else in plain files."""
    from voicebot.app.foresight import Foreseeing, Foresight
    from voicebot.app.live import manners as patient
    from voicebot.runtime.lobby import House
    from voicebot.web.chat import NoVoice

    catalogue = engines.shop.catalogue()  # type: ignore[attr-defined]
    by_text = replace(engines, synthesizer=NoVoice())
    foresights: dict[str, Foresight] = {}

    def call(ring: Ring) -> Call:
        manners = patient(app.config, app.config.call)
        if ring.line == "chat":
            manners = replace(manners, patience=PATIENCE_OF_A_CHAT)

        def ahead(understand: Understand) -> Foresight:
            foresights[ring.call_id] = Foresight(understand)
            return foresights[ring.call_id]

        return app.call(ring.call_id, app.now(), catalogue, manners, ahead=ahead)

    def engines_of(ring: Ring) -> Engines:
        foresight = foresights.pop(ring.call_id, None)
        shop = engines.shop.for_a_call(ring.line)  # type: ignore[attr-defined]
        own = replace(by_text if ring.line == "chat" else engines, shop=shop)
        if ring.line == "chat" or foresight is None:
            return own
        return replace(own, recognizer=Foreseeing(engines.recognizer, foresight))

    def late() -> float:
        return engines.hearing.lag_s

    if remembering is not None:
        over = remembering.finished(engines.looking)
        return House(call, engines_of, remembering.observers, remembering.recording, over, late)
    plain = PlainFiles(app, engines)
    return House(call, engines_of, plain.observers, plain.recording, plain.finished, late)


class PlainFiles:
    """Keeps journals and recordings as files that anyone can read, for who tries things out."""

    def __init__(self, app: App, engines: Engines) -> None:
        self._settings = app.config.recording
        self._folder = app.config.path(self._settings.folder)
        self._private = app.private_answers
        self._now = app.now
        self._looking = engines.looking
        self._journals: dict[str, Journal] = {}

    def observers(self, ring: Ring) -> list[Journal]:
        """The call's journal, if there are any."""
        from voicebot.replay.log import Journal

        if not self._settings.journal:
            return []
        header = {"call": ring.call_id, "line": ring.line, "at": self._now().isoformat()}
        path = self._folder / f"{ring.call_id}.jsonl"
        self._journals[ring.call_id] = Journal(path, header, recorded=self._recorded(ring))
        return [self._journals[ring.call_id]]

    def recording(self, ring: Ring) -> Recording:
        """What this call is recorded in."""
        from voicebot.runtime.recording import Nowhere, Recording

        return Recording(TemporaryFile if self._recorded(ring) else Nowhere, self._private)

    def finished(self, ring: Ring, driver: Driver, _: BaseException | None) -> None:
        """The call is over: close its journal, and write its recording."""
        journal = self._journals.pop(ring.call_id, None)
        if journal is not None:
            journal.__exit__(None, None, None)
        self._looking.submit(lambda: _keep(driver, self._folder / f"{ring.call_id}.wav"))

    def _recorded(self, ring: Ring) -> bool:
        return self._settings.on and ring.line != "chat"


def _keep(driver: Driver, path: Path) -> None:
    from voicebot.audio import write_wav_stereo

    caller, bot = driver.recording.sides()
    if caller:
        path.parent.mkdir(parents=True, exist_ok=True)
        write_wav_stereo(path, caller, bot)
    driver.recording.close()
