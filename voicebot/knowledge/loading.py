"""Making a knowledge base ready: read its folder, take the encoder if it is there, and remember what it made."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from pathlib import Path
from zipfile import BadZipFile

import numpy as np

from voicebot.knowledge.encoder import SentenceEncoder
from voicebot.knowledge.entries import Library, load_folder
from voicebot.knowledge.goods import Goods
from voicebot.knowledge.knowledge import Knowledge
from voicebot.knowledge.ranking import Encode, Learned

ENCODER = "use-multilingual-v3"
"""The encoder's folder among the models."""

VERSION = "4"
"""To be changed with what is computed from a knowledge base: what was kept by another version is not used."""


def load_knowledge(folder: Path, goods: Iterable[Goods] = (), models: Path | None = None) -> Knowledge:
    """The knowledge base in `folder`, with the catalogue's goods.

    `models` is where models lie; with the sentence encoder among them paraphrases are found far more often, without
    it words, characters and sounds must do. What is computed is kept there too, by the content of the knowledge base.
    Raises VoicebotError when something cannot be read.
    """
    return build_knowledge(load_folder(folder), goods, models)


def build_knowledge(library: Library, goods: Iterable[Goods] = (), models: Path | None = None) -> Knowledge:
    """The same for entries that have been read."""
    goods = tuple(goods)
    if models is None:
        return Knowledge(library, goods)
    files = kept_at(library, models), _goods_kept_at(library, goods, models)
    kept = [_kept(file) for file in files]
    knowledge = Knowledge(library, goods, encoder_in(models), *kept)
    made = knowledge.learned, knowledge.learned_of_goods
    for file, before, learned in zip(files, kept, made, strict=True):
        if before is None and learned is not None:
            _keep(file, learned)
    return knowledge


def kept_at(library: Library, models: Path) -> Path:
    """Where what is computed from these entries is kept; what is there need not be computed again."""
    texts = [(entry.questions, entry.answer) for entry in library.entries]
    return _file(models, texts, library.unanswerable, sorted(library.synonyms.items()))


def _goods_kept_at(library: Library, goods: tuple[Goods, ...], models: Path) -> Path:
    """The same for what is computed from the attributes and the names of the goods."""
    names = [(one.name, one.short, one.aliases) for one in goods]
    asked = [(item["name"], item.get("asked")) for item in library.attributes]
    return _file(models, names, asked, library.otherwise, sorted(library.synonyms.items()))


def _file(models: Path, *content: object) -> Path:
    """A file named by a checksum of everything that learning depends on."""
    text = repr((VERSION, _has_encoder(models), *content))
    return models / "knowledge" / f"{hashlib.sha256(text.encode('utf-8')).hexdigest()[:32]}.npz"


def _kept(file: Path) -> Learned | None:
    """What was learned before; None when there is nothing, or nothing that can be read."""
    try:
        with np.load(file, allow_pickle=False) as archive:
            return {name: archive[name] for name in archive.files}
    except (OSError, ValueError, KeyError, BadZipFile):
        return None


def _keep(file: Path, learned: Learned) -> None:
    """Write what was learned whole or not at all; a folder that cannot be written is no reason to stop."""
    part = file.with_suffix(".part")
    try:
        file.parent.mkdir(parents=True, exist_ok=True)
        with part.open("wb") as stream:
            np.savez(stream, allow_pickle=False, **learned)
        part.replace(file)
    except OSError:
        part.unlink(missing_ok=True)


def encoder_in(models: Path) -> Encode | None:
    """The sentence encoder among the models, or None where it was not fetched."""
    return SentenceEncoder.load(models / ENCODER) if _has_encoder(models) else None


def _has_encoder(models: Path) -> bool:
    folder = models / ENCODER
    return (folder / "weights.npz").is_file() and (folder / "sp.model").is_file()
