"""The calls that go on, for the console: watched, and taken by humans at the agent desk."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

from voicebot.errors import VoicebotError

if TYPE_CHECKING:
    from voicebot.app.bot import App
    from voicebot.call import CallOptions
    from voicebot.config import Config
    from voicebot.console.desk import Live
    from voicebot.runtime.agent_desk import Serves
    from voicebot.runtime.driver import Engines

DESK = "desk"
"""As a transfer's number: the humans at the console."""


def live(app: App, engines: Engines) -> Live:
    """The hub of all calls, the agent desk, and what helps a human in a call. Its hub joins the house."""
    from voicebot.agents.queue import DeskOptions
    from voicebot.console.desk import Live
    from voicebot.runtime.agent_desk import AgentDesk
    from voicebot.runtime.human_voice import Scribe
    from voicebot.runtime.live import Hub

    settings, hub = app.config.desk, Hub()
    options = DeskOptions(
        settings.ring_s, settings.wait_s, settings.tell_s, settings.handling_s, settings.tiers_first
    )
    agents = AgentDesk(hub, app.clock.now, options, serves(app.config), languages=settings.languages)
    return Live(hub, agents, Scribe(engines.recognizer, engines.hearing, app.vad.stream))


def serves(config: Config) -> Serves:
    """Transfers of these lines to these names come to the desk: where no telephone can be rung, or "desk" is."""
    numbers = {"twilio": config.twilio.numbers, "asterisk": config.asterisk.numbers}
    _check(config, numbers)

    def at_the_desk(line: str, to: str) -> bool:
        known = numbers.get(line, {})
        number = known.get(to) or known.get("default")
        return config.desk.on and number in {None, "", DESK}

    return at_the_desk


def _check(config: Config, numbers: Mapping[str, Mapping[str, str]]) -> None:
    if config.desk.on and config.console.on:
        return
    for line, known in numbers.items():
        for name, number in known.items():
            if number == DESK:
                raise VoicebotError(
                    f"[{line}.numbers] {name}: transfers go to the agent desk, which is off; "
                    "set [desk] on and [console] on, or give a telephone number"
                )


def manners(config: Config, call: CallOptions) -> CallOptions:
    """A call waits for a human as long as the desk looks for one, and a little longer."""
    from dataclasses import replace

    longest = round((config.desk.wait_s + 10) * 1000)
    return replace(call, transfer_timeout_ms=max(call.transfer_timeout_ms, longest))
