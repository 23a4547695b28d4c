"""Meaning of a sentence as 512 numbers: Google's Universal Sentence Encoder, multilingual, version 3.

Yang et al. 2019, "Multilingual Universal Sentence Encoder for Semantic Retrieval" (the convolutional model). Weights
and vocabulary are two files, read once: `sp.model`, a SentencePiece unigram model, and `weights.npz`, matrices
with the embedding table in 17 blocks of eight-bit numbers. Embedding is pure arithmetic and safe from several threads.
"""

from __future__ import annotations

import struct
import unicodedata
from collections.abc import Iterator, Sequence
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from voicebot.errors import VoicebotError

Floats = NDArray[np.float32]

UNKNOWN, BEGIN, END = 0, 1, 2
BLOCKS = 17
WINDOWS = ((2, 0), (3, 1), (5, 2))
"""Words that each convolution sees, and how many of them stand before."""


class Pieces:
    """Cuts text into the likeliest pieces of a unigram vocabulary (Viterbi)."""

    def __init__(self, model: bytes) -> None:
        self._scores: dict[str, tuple[int, float]] = {}
        number = 0
        for field, value in _fields(model):
            if field == 1:
                parts = dict(_fields(value))
                score = struct.unpack("<f", parts[2])[0] if 2 in parts else 0.0
                self._scores[parts[1].decode("utf-8")] = (number, score)
                number += 1
        self._longest = max(map(len, self._scores))
        self._strange = min(score for _, score in self._scores.values()) - 10.0

    def numbers(self, text: str) -> list[int]:
        """The pieces' numbers, with the marks for begin and end."""
        marked = "\u2581" + "\u2581".join(unicodedata.normalize("NFKC", text).split())
        best: list[tuple[float, int, int]] = [(0.0, 0, UNKNOWN)] + [(-np.inf, 0, UNKNOWN)] * len(marked)
        for start in range(len(marked)):
            for end in range(start + 1, min(start + self._longest, len(marked)) + 1):
                known = self._scores.get(marked[start:end])
                if known is None and end > start + 1:
                    continue
                piece, score = known or (UNKNOWN, self._strange)
                if best[start][0] + score > best[end][0]:
                    best[end] = (best[start][0] + score, start, piece)
        found: list[int] = []
        at = len(marked)
        while at > 0:
            found.append(best[at][2])
            at = best[at][1]
        return [BEGIN, *reversed(found), END]


def _fields(message: bytes) -> Iterator[tuple[int, bytes]]:
    """The fields of a protocol-buffer message that are bytes, messages or 32-bit numbers; others are skipped."""
    at = 0
    while at < len(message):
        key, at = _varint(message, at)
        kind = key & 7
        if kind == 0:
            _, at = _varint(message, at)
            continue
        size, at = _varint(message, at) if kind == 2 else ({1: 8, 5: 4}[kind], at)
        yield key >> 3, message[at : at + size]
        at += size


def _varint(message: bytes, at: int) -> tuple[int, int]:
    value = shift = 0
    while True:
        byte = message[at]
        at += 1
        value |= (byte & 0x7F) << shift
        shift += 7
        if byte < 0x80:
            return value, at


class SentenceEncoder:
    """Sentences as unit vectors; the cosine of two says how alike they mean. Build it with `load`."""

    def __init__(self, pieces: Pieces, weights: dict[str, NDArray[np.generic]]) -> None:
        self._pieces = pieces
        blocks = [weights.pop(f"q{block + 1}") for block in range(BLOCKS)]
        self._table = np.empty((BLOCKS * len(blocks[0]), blocks[0].shape[1]), dtype=np.uint8)
        for block, rows in enumerate(blocks):
            self._table[block::BLOCKS] = rows
        self._of = {name: np.asarray(value, dtype=np.float32) for name, value in weights.items()}
        self._least = float(self._of["eps"])

    @staticmethod
    def load(folder: Path) -> SentenceEncoder:
        """The encoder in `folder` (sp.model, weights.npz). Raises VoicebotError when it cannot be read."""
        try:
            pieces = Pieces((folder / "sp.model").read_bytes())
            with np.load(folder / "weights.npz", allow_pickle=False) as archive:
                return SentenceEncoder(pieces, {name: archive[name] for name in archive.files})
        except (OSError, ValueError, KeyError, struct.error) as error:
            raise VoicebotError(
                f"the sentence encoder in {folder} cannot be read ({error}); run `voicebot models fetch`"
            ) from error

    def __call__(self, texts: Sequence[str]) -> Floats:
        """One row for each text, shape (texts, 512), each of length one."""
        return np.stack([self._one(text) for text in texts])

    def _one(self, text: str) -> Floats:
        pieces = np.array(self._pieces.numbers(text))
        of = self._of
        block = pieces % BLOCKS
        words = self._table[pieces] * of["scale"][block, None] + of["lo"][block, None]
        narrow = self._settled(
            np.concatenate([words @ of[f"proj{size}"] + of[f"proj_b{size}"] for size, _ in WINDOWS], axis=1),
            np.concatenate([of[f"ln_g{size}"] for size, _ in WINDOWS]),
            np.concatenate([of[f"ln_b{size}"] for size, _ in WINDOWS]),
        )
        seen = np.split(narrow, len(WINDOWS), axis=1)
        parts = [words, *(self._windows(part, *window) for part, window in zip(seen, WINDOWS, strict=True))]
        mixed = self._settled(np.concatenate(parts, axis=1), of["ln_g"], of["ln_b"])
        total = mixed.sum(axis=0) @ of["cnn_W"] + len(pieces) * of["cnn_b"]
        mean = total / np.sqrt(np.float32(len(pieces)))
        first = np.maximum(mean @ of["p1"] + np.maximum(mean @ of["d0"], 0) @ of["d1"], 0)
        last = np.tanh(first @ of["p3"] + np.maximum(first @ of["d2"], 0) @ of["d3"])
        result: Floats = last / max(float(np.linalg.norm(last)), 1e-6)
        return result

    def _windows(self, seen: Floats, size: int, before: int) -> Floats:
        """Two convolutions over `size` words, each added to what went in."""
        of = self._of
        for layer in ("1", "2"):
            around = np.pad(seen, ((before, size - 1 - before), (0, 0)))
            joined = np.concatenate([around[at : at + len(seen)] for at in range(size)], axis=1)
            seen = seen + np.maximum(joined @ of[f"w{layer}_{size}"] + of[f"b{layer}_{size}"], 0)
        return seen

    def _settled(self, rows: Floats, gain: Floats, shift: Floats) -> Floats:
        """Layer normalisation of each row."""
        centred = rows - rows.mean(axis=1, keepdims=True)
        spread = np.sqrt((centred * centred).mean(axis=1, keepdims=True) + self._least)
        settled: Floats = centred / spread * gain + shift
        return settled
