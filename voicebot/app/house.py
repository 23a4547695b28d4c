"""How this shop's live calls are made, watched and kept."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from voicebot.app.bot import App
    from voicebot.app.foresight import Understand
    from voicebot.app.memory import Remembering
    from voicebot.call import Call
    from voicebot.runtime.driver import Engines
    from voicebot.runtime.lobby import House
    from voicebot.telephony.reception import Ring

PATIENCE_OF_A_CHAT = 20.0


def remembering_of(app: App) -> Remembering:
    """The memory of this shop's calls as the settings have it: what is kept is sealed. To be tidied before the first
    call, and closed after the last.

    Raises VoicebotError for a database or a key that cannot be used.
    """
    from voicebot.app.memory import Parts, Remembering, open_memory

    recording = app.config.recording
    parts = Parts(app.config.path(recording.folder), recording.on, recording.journal, app.private_answers)
    return Remembering(open_memory(app.config), parts, app.now)


def house(app: App, engines: Engines, remembering: Remembering) -> House:
    """How this shop's calls are made and watched, and kept by `remembering`."""
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

        made = app.call(ring.call_id, app.now(), catalogue, manners, ahead=ahead)
        foresights[ring.call_id].known = lambda: made.own_numbers
        return made

    def engines_of(ring: Ring) -> Engines:
        foresight = foresights.pop(ring.call_id, None)
        shop = engines.shop.for_a_call(ring.line)  # type: ignore[attr-defined]
        own = replace(by_text if ring.line == "chat" else engines, shop=shop)
        if ring.line == "chat" or foresight is None:
            return own
        return replace(own, recognizer=Foreseeing(engines.recognizer, foresight))

    def late() -> float:
        return engines.hearing.lag_s

    over = remembering.finished(engines.looking)
    return House(call, engines_of, remembering.observers, remembering.recording, over, late)
