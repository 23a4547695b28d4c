"""Spelling sentences in the words that the recogniser's model knows."""

from __future__ import annotations

import struct
from pathlib import Path

import pytest

from voicebot.asr.lexicon import Lexicon
from voicebot.errors import VoicebotError

WORDS = ["我", "要", "退货", "退", "货", "转", "人工", "一", "二", "一二", "优", "艾", "斯", "比", "油", "局"]


@pytest.fixture
def lexicon() -> Lexicon:
    return Lexicon(WORDS)


@pytest.mark.parametrize(
    ("sentence", "words"),
    [
        ("我要退货", ["我", "要", "退货"]),
        ("转人工。我要退货!", ["转", "人工", "我", "要", "退货"]),
        ("12", ["一", "二"]),
        ("一二", ["一", "二"]),
        ("USB", ["优", "艾", "斯", "比"]),
        ("焗油", ["局", "油"]),
        ("……", []),
        ("", []),
    ],
)
def test_a_sentence_is_spelled_in_known_words(lexicon: Lexicon, sentence: str, words: list[str]) -> None:
    assert lexicon.spell(sentence) == words


def test_a_word_without_any_known_sound_is_left_out() -> None:
    lexicon = Lexicon(["我"], sounds_like=lambda character: None)
    assert lexicon.spell("我鎏我") == ["我", "我"]


def _graph(words: list[str]) -> bytes:
    table = struct.pack("<i", 2125658996) + struct.pack("<i", 1) + b"w"
    table += struct.pack("<qq", len(words), len(words))
    for key, word in enumerate(words):
        encoded = word.encode()
        table += struct.pack("<i", len(encoded)) + encoded + struct.pack("<q", key)
    return b"some header" + table + b"the graph itself"


def test_words_are_read_from_the_graph(tmp_path: Path) -> None:
    (tmp_path / "graph").mkdir()
    (tmp_path / "graph" / "Gr.fst").write_bytes(_graph(["<eps>", "!SIL", "[unk]", "退货", "#0"]))
    lexicon = Lexicon.read(tmp_path)
    assert "退货" in lexicon
    assert "<eps>" not in lexicon
    assert len(lexicon) == 2


@pytest.mark.parametrize("content", [None, b"", b"no table here", _graph(["退货"])[:40]])
def test_an_unreadable_graph_is_one_sentence(tmp_path: Path, content: bytes | None) -> None:
    if content is not None:
        (tmp_path / "graph").mkdir()
        (tmp_path / "graph" / "Gr.fst").write_bytes(content)
    with pytest.raises(VoicebotError, match=r"Gr\.fst.*voicebot models fetch"):
        Lexicon.read(tmp_path)
