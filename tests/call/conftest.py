"""Calls for the tests of the call machine."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from tests.call.talking import SCRIPT, Talk
from voicebot.call import CallOptions
from voicebot.dialogue import Script, parse_script


@pytest.fixture(scope="session")
def script() -> Script:
    return parse_script(SCRIPT)


@pytest.fixture
def fresh(script: Script) -> Callable[..., Talk]:
    """Makes calls that were not answered yet."""
    return lambda options=None: Talk(script, options or CallOptions())


@pytest.fixture
def talk(fresh: Callable[..., Talk]) -> Talk:
    """A call that was answered, whose greeting has been heard."""
    talk = fresh()
    talk.answer()
    talk.hear(quiet_ms=200)
    talk.play_out()
    return talk
