"""Sentences that were taught beside the grammars."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from voicebot.errors import VoicebotError
from voicebot.nlu.extra import as_files, bare_sentence, with_told
from voicebot.nlu.grammars import Grammars, load_grammars

COMMON = """
lists: {thing: [手机, 电脑]}
expansions: {}
skip_words: {before: [请问], after: [谢谢]}
"""
TOLD = [("invoice", "票据给我弄一下"), ("human_agent", "叫你们管事的#来")]


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "_common.yaml").write_text(COMMON, encoding="utf-8")
    for intent, sentence in (("invoice", "开发票"), ("human_agent", "转人工")):
        (tmp_path / intent).mkdir()
        text = f"intent: {intent}\nsentences:\n  - {sentence}\n"
        (tmp_path / intent / "more.yaml").write_text(text, encoding="utf-8")
    return tmp_path


@pytest.fixture
def grammars(folder: Path) -> Grammars:
    return load_grammars(folder)


def test_what_is_told_is_matched_like_a_template(grammars: Grammars) -> None:
    more = with_told(grammars, TOLD)
    assert grammars.match("票据给我弄一下") == frozenset()
    assert more.match("票据给我弄一下") == {"invoice"}
    assert more.match(more.bare("请问叫你们管事的13800006612来，谢谢")) == {"human_agent"}
    assert more.match("开发票") == {"invoice"}
    assert all(one.whole for one in more.templates)


def test_what_is_learned_is_kept_apart_by_its_digest(grammars: Grammars) -> None:
    digests = {grammars.digest, with_told(grammars, TOLD).digest, with_told(grammars, TOLD[:1]).digest}
    assert len(digests) == 3
    assert with_told(grammars, [*TOLD, *TOLD]).digest == with_told(grammars, TOLD).digest
    assert with_told(grammars, [("invoice", "开发票")]) is grammars


def test_the_files_that_are_written_mean_the_same(folder: Path, grammars: Grammars, tmp_path: Path) -> None:
    copy = tmp_path / "copy"
    shutil.copytree(folder, copy, ignore=shutil.ignore_patterns("copy"))
    for name, text in as_files(TOLD).items():
        (copy / name).write_text(text, encoding="utf-8")
    written, told = load_grammars(copy), with_told(grammars, TOLD)
    assert {(one.intent, one.text) for one in written.templates} == {
        (one.intent, one.text) for one in told.templates
    }
    for _, text in TOLD:
        assert written.match(text) == told.match(text) != frozenset()


def test_a_sentence_is_bare(grammars: Grammars) -> None:
    assert bare_sentence(grammars, "请问，订单 202611200001 呢？谢谢") == "订单#呢"
    for wrong in ("", "我叫欧**", "(a|b)", "<w>", "长" * 61):
        with pytest.raises(VoicebotError, match="训练句"):
            bare_sentence(grammars, wrong)


def test_an_intent_that_is_none(grammars: Grammars) -> None:
    with pytest.raises(VoicebotError, match="没有意图 dance"):
        with_told(grammars, [("dance", "跳舞")])
