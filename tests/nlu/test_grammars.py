from pathlib import Path

import numpy as np
import pytest

from voicebot.errors import VoicebotError
from voicebot.nlu.grammars import domain_sentences, load_grammars
from voicebot.nlu.intent import INTENTS

FOLDER = Path(__file__).resolve().parents[2] / "grammars" / "zh-CN"


def small(tmp_path: Path, sentences: str = "sentences: [退货, '退{thing}']", common: str = "") -> Path:
    (tmp_path / "_common.yaml").write_text(
        common or "lists: {thing: [鞋子, 锅]}\nskip_words: {before: [请问], after: [谢谢, 啊]}\n",
        encoding="utf-8",
    )
    (tmp_path / "return_goods").mkdir()
    (tmp_path / "return_goods" / "a.yaml").write_text(
        f"intent: return_goods\n{sentences}\n", encoding="utf-8"
    )
    return tmp_path


@pytest.fixture(scope="module")
def grammars():
    return load_grammars(FOLDER)


def test_every_intent_has_a_grammar_and_no_other(grammars) -> None:
    assert set(grammars.intents) == set(INTENTS)


def test_each_intent_can_be_said_in_many_ways(grammars) -> None:
    rng = np.random.default_rng(1)
    for intent in INTENTS:
        drawn = {
            grammars.draw(one, rng) for one in grammars.templates if one.intent == intent for _ in range(20)
        }
        assert len(drawn) >= 100, intent


@pytest.mark.parametrize(
    ("text", "left"),
    [
        ("请问,退货怎么退?谢谢", "退货怎么退"),
        ("你好", "你好"),
        ("麻烦你了", "麻烦你了"),
        ("咋还不发货啊", "怎么还不发货"),
        ("订单 202611180023 到哪了", "订单#到哪了"),
    ],
)
def test_politeness_dialect_and_numbers_do_not_count(grammars, text: str, left: str) -> None:
    assert grammars.bare(text) == left


def test_matching_is_exact(tmp_path: Path) -> None:
    found = load_grammars(small(tmp_path))
    assert found.match("退鞋子") == {"return_goods"}
    assert found.match("退裤子") == frozenset()
    assert found.match("退鞋子", without=frozenset({1})) == frozenset()


def test_the_digest_changes_with_the_sentences(tmp_path: Path) -> None:
    before = load_grammars(small(tmp_path)).digest
    (tmp_path / "return_goods" / "a.yaml").write_text(
        "intent: return_goods\nsentences: [退了]\n", encoding="utf-8"
    )
    assert load_grammars(tmp_path).digest != before


@pytest.mark.parametrize(
    ("sentences", "says"),
    [
        ("sentences: ['(退货']", "sentence 1"),
        ("sentences: [退货, '退{nothing}']", "nothing"),
        ("sentences: [退货, 12]", "entry 2"),
        ("sentences: [退货, '8866']", "sentence 2 is a number alone"),
        ("sentence: [退货]", "sentences"),
        ("sentences: [退货", "YAML"),
    ],
)
def test_a_mistake_is_named_with_its_file(tmp_path: Path, sentences: str, says: str) -> None:
    with pytest.raises(VoicebotError, match=r"a\.yaml") as caught:
        load_grammars(small(tmp_path, sentences))
    assert says in str(caught.value)


def test_an_expansion_that_contains_itself_is_refused(tmp_path: Path) -> None:
    with pytest.raises(VoicebotError, match="contains itself"):
        load_grammars(
            small(tmp_path, common="lists: {thing: [锅]}\nexpansions: {a: '退<b>', b: '[<a>]了'}\n")
        )


def test_an_empty_folder_is_refused(tmp_path: Path) -> None:
    (tmp_path / "_common.yaml").write_text("lists: {}\n", encoding="utf-8")
    with pytest.raises(VoicebotError, match="no grammars"):
        load_grammars(tmp_path)


def test_a_broken_list_of_misheard_sentences_is_refused(tmp_path: Path) -> None:
    folder = small(tmp_path)
    (folder / "_heard.tsv").write_text("# said, heard\nreturn_goods\t退货\n", encoding="utf-8")
    with pytest.raises(VoicebotError, match=r"_heard\.tsv: line 2"):
        load_grammars(folder)


def test_a_broken_list_of_wishes_is_refused(tmp_path: Path) -> None:
    folder = small(tmp_path)
    (folder / "_wishes.tsv").write_text("return_goods,invoice 退货开票\n", encoding="utf-8")
    with pytest.raises(VoicebotError, match=r"_wishes\.tsv: line 1"):
        load_grammars(folder)


@pytest.mark.parametrize("number", ["8866", "886", "一二三四", "202611180012"])
def test_a_number_alone_says_no_intent(grammars, number: str) -> None:
    assert grammars.match(grammars.bare(number)) == frozenset()


def test_the_recogniser_gets_thousands_of_sentences(grammars) -> None:
    sentences = domain_sentences(grammars)
    assert len(sentences) == len(set(sentences)) > 3000
    assert sentences == domain_sentences(grammars)
    assert sum("转人工" in one for one in sentences) >= 20
