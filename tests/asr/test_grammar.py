"""Phrases for a decoder."""

from __future__ import annotations

from collections import Counter

from voicebot.asr.expecting import Expecting
from voicebot.asr.grammar import as_written, phrases, remarks
from voicebot.asr.lexicon import Lexicon

LEXICON = Lexicon(["转", "人工", "我", "要", "订单号", "是", "爱", "疯", "[unk]", *"零一二三四五六七八九幺"])


def test_phrases_and_sentences_are_spelled_in_known_words() -> None:
    expecting = Expecting("menu", "phrases", ("转人工",), words={"iPhone": "爱疯"})
    assert phrases(expecting, LEXICON, ["我要iPhone", "……"]) == ["转 人工", "我 要 爱 疯", "[unk]"]


def test_among_digits_other_words_are_rare_and_sentences_are_not_used() -> None:
    count = Counter(phrases(Expecting("order", "digits", ("订单号是",)), LEXICON, ["我要转人工"]))
    assert count["订单号 是"] == 1
    assert "我 要 转 人工" not in count
    assert count["五"] >= 5
    assert count["五"] == count["幺"]
    assert count["[unk]"] == 1


def test_what_the_lexicon_lacks_is_remarked_by_file_and_phrase() -> None:
    lexicon = Lexicon(["我", "要"], sounds_like=lambda character: None)
    (remark,) = remarks(Expecting("menu", "phrases", ("我要", "我要鎏")), lexicon)
    assert "menu.yaml" in remark
    assert "我要鎏" in remark


def test_a_word_that_is_pronounced_otherwise_comes_back_as_it_is_written() -> None:
    expecting = Expecting("menu", "phrases", words={"iPhone": "爱 疯"})
    assert as_written("我要爱疯", expecting) == "我要iPhone"
