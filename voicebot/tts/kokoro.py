"""Kokoro-82M by onnxruntime: the bot's default voice.

Model, vocabulary and voices are those of `<models>/kokoro-82m`: `model.int8.onnx` (inputs tokens int64
[1, n+2] with 0 at both ends, style float32 [1, 256], speed float32 [1]; output float32 at 24 kHz),
`vocab.json`, and `voices/NAME.bin`, float32 [510, 256], a style for each number of tokens. Model and voices
are Apache-2.0.
"""

from __future__ import annotations

import hashlib
import json
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import onnxruntime
from numpy.typing import NDArray

from voicebot.errors import VoicebotError
from voicebot.tts import levels, pronunciation

MODEL_RATE = 24000
LONGEST = 510
"""More phonemes than this cannot be said at once."""

RECIPE = 1
"""Raised when the same text comes to sound different by a change of code."""


@dataclass(frozen=True, slots=True)
class KokoroOptions:
    """`voice` names a file of the voices folder; `speed` is relative; `level_dbfs` is the speech's RMS."""

    voice: str = "zf_xiaoxiao"
    speed: float = 1.0
    level_dbfs: float = -20.0


class KokoroVoice:
    """A Voice; one session on one thread for each call of `speak`, shared by all callers."""

    def __init__(self, folder: Path, options: KokoroOptions | None = None) -> None:
        """Load from `folder` (…/kokoro-82m). Raises VoicebotError where a file is missing or broken."""
        self._options = options or KokoroOptions()
        self._folder = folder
        if not 0.5 <= self._options.speed <= 2.0:
            raise VoicebotError(f"speed {self._options.speed} cannot be spoken: give 0.5 to 2.0")
        self._styles = _styles(folder, self._options.voice)
        self._vocabulary = _vocabulary(folder / "vocab.json")
        self._session = _session(folder / "model.int8.onnx")
        pronunciation.pronounce("好")  # loads the dictionaries now rather than in the first call
        self.identity = self._identity()

    def _identity(self) -> str:
        """Engine, voice and speed in words; model, styles, data and recipe as a hash."""
        digest = hashlib.sha256(f"{RECIPE} {self._options.level_dbfs}".encode())
        with (self._folder / "model.int8.onnx").open("rb") as file:
            digest.update(hashlib.file_digest(file, "sha256").digest())
        digest.update(self._styles.tobytes() + pronunciation.source())
        return f"kokoro {self._options.voice} {self._options.speed:.2f} {digest.hexdigest()[:16]}"

    def speak(self, part: str) -> bytes:
        """See Voice. A part of more than about 100 syllables is cut off."""
        tokens = self.tokens(pronunciation.pronounce(part))
        if not any(token > 16 for token in tokens):
            return b""
        inputs = {
            "tokens": np.array([[0, *tokens, 0]], dtype=np.int64),
            "style": self._styles[len(tokens) - 1 : len(tokens)],
            "speed": np.array([self._options.speed], dtype=np.float32),
        }
        samples = self._session.run(None, inputs)[0]
        return levels.finish(samples, MODEL_RATE, self._options.level_dbfs)

    def tokens(self, phonemes: str) -> list[int]:
        """The model's numbers for phonemes; symbols that it does not know are left out."""
        known = (self._vocabulary.get(symbol) for symbol in phonemes)
        return [token for token in known if token is not None][:LONGEST]


def voices(folder: Path) -> list[str]:
    """Names of the voices that are installed."""
    return sorted(path.stem for path in (folder / "voices").glob("*.bin"))


def _fetch(path: Path) -> str:
    return f"{path}: run 'voicebot models fetch', or 'voicebot models check' to see what is wrong"


def _styles(folder: Path, voice: str) -> NDArray[np.float32]:
    path = folder / "voices" / f"{voice}.bin"
    installed = voices(folder)
    if voice not in installed:
        if installed:
            raise VoicebotError(f"there is no Kokoro voice '{voice}'; there are {', '.join(installed)}")
        raise VoicebotError(f"no Kokoro voices in {_fetch(folder / 'voices')}")
    data = path.read_bytes()
    if len(data) != LONGEST * 256 * 4:
        raise VoicebotError(f"a broken Kokoro voice in {_fetch(path)}")
    return np.frombuffer(data, dtype="<f4").reshape(LONGEST, 256)


def _vocabulary(path: Path) -> dict[str, int]:
    try:
        vocabulary: dict[str, int] = json.loads(path.read_text(encoding="utf-8"))["vocab"]
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise VoicebotError(f"no Kokoro vocabulary in {_fetch(path)}") from error
    return vocabulary


def _session(path: Path) -> onnxruntime.InferenceSession:
    if not path.is_file():
        raise VoicebotError(f"no Kokoro model in {_fetch(path)}")
    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = 1
    options.inter_op_num_threads = 1
    options.log_severity_level = 4
    try:
        return onnxruntime.InferenceSession(str(path), options, providers=["CPUExecutionProvider"])
    except Exception as error:  # onnxruntime raises many kinds of its own for a broken file
        raise VoicebotError(f"a broken Kokoro model in {_fetch(path)}") from error
