"""Making a knowledge base ready: read its folder, take the encoder if it is there, and remember what it made."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from voicebot.knowledge.encoder import SentenceEncoder
from voicebot.knowledge.entries import load_folder
from voicebot.knowledge.goods import Goods
from voicebot.knowledge.knowledge import Knowledge
from voicebot.knowledge.ranking import Encode

ENCODER = "use-multilingual-v3"
"""The encoder's folder among the models."""

MANY = 16
"""More sentences than this are the knowledge base itself, whose vectors are worth keeping."""


def load_knowledge(folder: Path, goods: Iterable[Goods] = (), models: Path | None = None) -> Knowledge:
    """The knowledge base in `folder`, with the catalogue's goods.

    `models` is where models lie; with the sentence encoder among them paraphrases are found far more often, without
    it words, characters and sounds must do. Vectors are kept next to the encoder, by the content of the knowledge base.
    Raises VoicebotError when something cannot be read.
    """
    encode = encoder_in(models) if models else None
    return Knowledge(load_folder(folder), goods, encode)


def encoder_in(models: Path) -> Encode | None:
    """The sentence encoder among the models, or None where it was not fetched."""
    folder = models / ENCODER
    if not (folder / "weights.npz").is_file() or not (folder / "sp.model").is_file():
        return None
    return _Remembering(SentenceEncoder.load(folder), folder / "vectors")


class _Remembering:
    """An encoder that keeps the vectors of large batches in files named by the sentences' checksum."""

    def __init__(self, encode: Encode, folder: Path) -> None:
        self._encode, self._folder = encode, folder

    def __call__(self, texts: Sequence[str]) -> NDArray[Any]:
        if len(texts) <= MANY:
            return self._encode(texts)
        name = hashlib.sha256("\n".join(texts).encode("utf-8")).hexdigest()[:32]
        file = self._folder / f"{name}.npy"
        try:
            vectors: NDArray[Any] = np.load(file, allow_pickle=False)
            if vectors.shape[0] == len(texts):
                return vectors
        except (OSError, ValueError):
            pass
        vectors = self._encode(texts)
        self._keep(file, vectors)
        return vectors

    def _keep(self, file: Path, vectors: NDArray[Any]) -> None:
        """Write the vectors whole or not at all; a folder that cannot be written is no reason to stop."""
        part = file.with_suffix(".part")
        try:
            self._folder.mkdir(parents=True, exist_ok=True)
            with part.open("wb") as stream:
                np.save(stream, vectors)
            part.replace(file)
        except OSError:
            part.unlink(missing_ok=True)
