"""Which transfers come to the agent desk, and how long a call waits for it."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from voicebot.app.live import manners, serves
from voicebot.call import CallOptions
from voicebot.config import Config, validate
from voicebot.errors import VoicebotError


def config(**sections: dict[str, Any]) -> Config:
    return validate(Path("config/voicebot.toml"), Config, sections)


def test_lines_without_a_telephone_come_to_the_desk() -> None:
    desk = serves(
        config(
            twilio={"numbers": {"service": "desk", "repair": "+8610"}},
            asterisk={"numbers": {"default": "600"}},
        )
    )
    assert desk("browser", "service")
    assert desk("chat", "anything")
    assert desk("twilio", "service")
    assert desk("twilio", "sales")
    assert not desk("twilio", "repair")
    assert not desk("asterisk", "service")


def test_switched_off_nothing_comes_and_nothing_may_lead_there() -> None:
    assert not serves(config(desk={"on": False}))("browser", "service")
    with pytest.raises(VoicebotError, match=r"\[twilio.numbers\] service.*\[desk\] on"):
        serves(config(desk={"on": False}, twilio={"numbers": {"service": "desk"}}))
    with pytest.raises(VoicebotError, match="agent desk"):
        serves(config(console={"on": False}, asterisk={"numbers": {"default": "desk"}}))


def test_a_call_waits_as_long_as_the_desk_looks() -> None:
    assert manners(config(desk={"wait_s": 300}), CallOptions()).transfer_timeout_ms == 310_000
    assert manners(config(desk={"wait_s": 20}), CallOptions()).transfer_timeout_ms == 60_000
