"""What the settings switch on, and the command itself with a voice of tones."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner

from voicebot.app.lines import hotline_options
from voicebot.cli import build
from voicebot.config import Config, load, validate
from voicebot.errors import VoicebotError
from voicebot.web.serving import Place

PATH = Path("config/voicebot.toml")


def config(**sections: dict[str, Any]) -> Config:
    return validate(PATH, Config, sections)


def test_by_default_only_the_web_is_on() -> None:
    options = hotline_options(load())
    assert options.web.at == Place("127.0.0.1", 8080)
    assert (options.web.browser, options.web.chat) == (True, True)
    assert (options.twilio, options.asterisk) == (None, None)
    assert (options.limits.calls, options.limits.per_caller) == (40, 2)


def test_twilio_and_asterisk(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TWILIO_AUTH_TOKEN", "t0ken")
    options = hotline_options(
        config(
            twilio={
                "account_sid": "AC1",
                "auth_token": "env:TWILIO_AUTH_TOKEN",
                "numbers": {"default": "+86"},
            },
            asterisk={"on": True, "port": 9999, "numbers": {"default": "600"}},
            server={"public_url": "https://bot.example.com", "trusted_proxies": ["10.0.0.0/8"]},
        )
    )
    assert options.twilio is not None
    assert options.twilio.account.auth_token == "t0ken"
    assert options.twilio.options.numbers == {"default": "+86"}
    assert options.asterisk is not None
    assert options.asterisk.access is None
    assert options.asterisk.options.numbers == {"default": "600"}
    assert options.asterisk.control.media_address == "127.0.0.1:9999"


def test_asterisk_under_control() -> None:
    found = hotline_options(
        config(asterisk={"on": True, "ari_url": "http://pbx:8088/ari", "media_address": "bot:9092"})
    ).asterisk
    assert found is not None
    assert found.access is not None
    assert (found.access.url, found.access.user) == ("http://pbx:8088/ari", "voicebot")
    assert found.control.media_address == "bot:9092"


@pytest.mark.parametrize(
    ("sections", "words"),
    [
        ({"twilio": {"account_sid": "AC1"}}, "auth_token is needed"),
        ({"twilio": {"account_sid": "AC1", "auth_token": "env:NOT_THERE_AT_ALL"}}, "no NOT_THERE_AT_ALL"),
        ({"server": {"trusted_proxies": ["10.0.0.0/40"]}}, "trusted_proxies"),
        ({"server": {"public_url": "bot.example.com"}}, "public_url"),
        ({"server": {"port": 70000}}, "server.port"),
    ],
)
def test_mistakes_are_told(sections: dict[str, Any], words: str) -> None:
    with pytest.raises(VoicebotError, match=words):
        config(**sections)


def test_the_commands_are_there() -> None:
    for name in ("serve", "talk"):
        shown = CliRunner().invoke(build(), [name, "--help"])
        assert shown.exit_code == 0
        assert "--config" in shown.output


def test_a_private_answer_that_nobody_asks_for_is_a_mistake() -> None:
    from voicebot.app import App

    settings = config(recording={"private": ["tail_number"]})
    assert App(settings).private_answers == {"tail_number"}
    with pytest.raises(VoicebotError, match=r"'pin'.*tail_number"):
        App(config(recording={"private": ["pin"]})).private_answers  # noqa: B018
