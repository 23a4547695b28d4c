"""espeak-ng by pyttsx3: a light voice that needs no model, robotic but quick.

The library is the one that the package espeakng-loader carries; it is loaded first, so that pyttsx3, which asks
for it by name, finds it. espeak-ng keeps one state for the whole process, and so does pyttsx3: one lock here.
espeak-ng is GPL-3.0-or-later, used as a separate library.
"""

from __future__ import annotations

import ctypes
import importlib
import os
import tempfile
import threading
from pathlib import Path
from typing import Any

import numpy as np

from voicebot.audio import read_wav_channels
from voicebot.errors import VoicebotError
from voicebot.tts import levels

WORDS_PER_MINUTE = 165
"""At speed 1.0, about 3.5 Chinese syllables a second."""

_lock = threading.Lock()
_loaded: list[Any] = []
"""The one engine of this process, once it is loaded."""


class EspeakVoice:
    """A Voice; calls wait for each other."""

    def __init__(self, speed: float = 1.0, level_dbfs: float = -20.0, language: str = "cmn") -> None:
        """Raises VoicebotError where espeak-ng cannot be loaded."""
        if not 0.5 <= speed <= 2.0:
            raise VoicebotError(f"speed {speed} cannot be spoken: give 0.5 to 2.0")
        self._rate = round(WORDS_PER_MINUTE * speed)
        self._level = level_dbfs
        self._language = language
        self.identity = f"espeak {language} {speed:.2f} {level_dbfs:.1f}"
        with _lock:
            _engine()

    def speak(self, part: str) -> bytes:
        """See Voice."""
        if not any(character.isalnum() for character in part):
            return b""
        with tempfile.TemporaryDirectory(prefix="voicebot-espeak-") as folder:
            path = Path(folder) / "part.wav"
            with _lock:
                engine = _engine()
                engine.setProperty("voice", self._language)
                engine.setProperty("rate", self._rate)
                engine.save_to_file(part, str(path))
                engine.runAndWait()
            rate, (samples,) = read_wav_channels(path)
        return levels.finish((samples / 32768).astype(np.float32), rate, self._level)


def _engine() -> Any:
    if not _loaded:
        try:
            _find_library()
            driver = importlib.import_module("pyttsx3.drivers.espeak")
            vars(driver)["print"] = _unprinted
            _loaded.append(importlib.import_module("pyttsx3").init("espeak"))
        except (ImportError, OSError, RuntimeError, AttributeError) as error:
            raise VoicebotError(
                "espeak-ng cannot be loaded: install the Python package espeakng-loader, or espeak-ng itself, "
                "or choose another voice engine"
            ) from error
    return _loaded[0]


def _find_library() -> None:
    """Load the package's library under the name that pyttsx3 asks for, and say where its data is."""
    try:
        loader = importlib.import_module("espeakng_loader")
    except ImportError:
        return  # the system may have its own
    ctypes.CDLL(loader.get_library_path(), mode=ctypes.RTLD_GLOBAL)
    os.environ.setdefault("ESPEAK_DATA_PATH", str(loader.get_data_path()))


def _unprinted(*_: object) -> None:
    """The driver prints where it saved to standard output, which belongs to results."""
