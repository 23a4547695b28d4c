"""What is always the same in the bot's replies is made before anybody waits for it, while few calls go on.

The openings of replies are made before the first call (`App.opening_parts`); this is the rest. It is done once for
a voice: what was made stays on disk.
"""

from __future__ import annotations

import threading
from contextlib import suppress
from typing import TYPE_CHECKING

from voicebot.errors import VoicebotError

if TYPE_CHECKING:
    from voicebot.app.bot import App
    from voicebot.runtime.pacer import Pacer
    from voicebot.runtime.workers import Workers
    from voicebot.tts.parts import Part
    from voicebot.tts.speaker import Speaker

LOOK_AGAIN_S = 2.0


def fixed_parts(app: App) -> list[Part]:
    """Every part of speech that does not depend on the call."""
    from voicebot.tts.parts import Part

    return [Part(text, 0, False) for text in sorted(app.fixed_texts)]


def rehearse(app: App, speaker: Speaker, making: Workers, pacer: Pacer) -> threading.Thread:
    """Make them one by one, in a thread of its own, as the last that `making` has to do; ends with `making`."""
    few, pause = app.threads, threading.Event()

    def work() -> None:
        for part in fixed_parts(app):
            while pacer.ticks > few and not making.closed:
                pause.wait(LOOK_AGAIN_S)
            if making.closed:
                return
            if not speaker.cached(part):
                _make(part)

    def _make(part: Part) -> None:
        done = threading.Event()

        def make() -> None:
            with suppress(VoicebotError):  # it is made when it is said, or nothing is said any more
                speaker.part_audio(part)
            done.set()

        if making.submit(make):
            while not done.wait(LOOK_AGAIN_S) and not making.closed:
                pass

    thread = threading.Thread(target=work, name="rehearsal", daemon=True)
    thread.start()
    return thread
