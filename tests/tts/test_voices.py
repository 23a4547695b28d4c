"""Voices by name."""

from __future__ import annotations

from pathlib import Path

import pytest

from voicebot.errors import VoicebotError
from voicebot.tts.voices import open_voice


def nowhere() -> Path:
    raise AssertionError("only Kokoro's voices need its folder")


def test_light_voices_need_no_model() -> None:
    assert open_voice("tone", 1.0, nowhere).identity.startswith("tone ")
    assert open_voice("espeak", 1.2, nowhere).identity.startswith("espeak cmn 1.20")


def test_other_names_are_kokoros(tmp_path: Path) -> None:
    with pytest.raises(VoicebotError, match=r"no Kokoro voices in .*voicebot models fetch"):
        open_voice("zf_xiaoxiao", 1.0, lambda: tmp_path)
