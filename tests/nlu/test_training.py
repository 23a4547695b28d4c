from pathlib import Path

import numpy as np
import pytest

from voicebot.nlu.confusion import Confusion
from voicebot.nlu.grammars import Grammars, load_grammars
from voicebot.nlu.intent import IntentModel
from voicebot.nlu.pinyin import folded, syllables
from voicebot.nlu.training import Options, drawn_rows, trained

COMMON = "lists: {thing: [鞋子, 裤子, 锅, 手机, 衣服, 帽子]}\n"
SENTENCES = {
    "return_goods": [
        "(我要|我想|帮我)退[掉](货|{thing})",
        "{thing}不要了(退|退货|退掉)",
        "退(了|货)吧",
        "怎么退{thing}",
    ]
    * 4,
    "invoice": [
        "(我要|我想|帮我)开[一张](发票|票)",
        "{thing}的发票(呢|怎么开)",
        "补(发票|票)",
        "(电子|纸质)(发票|票)",
    ]
    * 4,
    "out_of_scope": ["(今天|明天)(天气|下雨吗)", "(讲|说)个(笑话|故事)", "几点了", "(股票|基金)跌了"] * 4,
}
FEW = Options(per_intent=40, passes=3)


@pytest.fixture
def grammars(tmp_path: Path) -> Grammars:
    (tmp_path / "_common.yaml").write_text(COMMON, encoding="utf-8")
    for intent, sentences in SENTENCES.items():
        (tmp_path / intent).mkdir()
        lines = "".join(f'  - "{one}"\n' for one in sentences)
        (tmp_path / intent / "a.yaml").write_text(f"intent: {intent}\nsentences:\n{lines}", encoding="utf-8")
    return load_grammars(tmp_path)


def test_the_same_grammars_teach_the_same(grammars: Grammars) -> None:
    one, other = trained(grammars, options=FEW), trained(grammars, options=FEW)
    assert np.array_equal(one.weights, other.weights)
    assert one.thresholds == other.thresholds


def test_what_was_learned_is_kept_and_read_again(grammars: Grammars, tmp_path: Path) -> None:
    cache = tmp_path / "cache"
    first = trained(grammars, cache, FEW)
    (file,) = cache.iterdir()
    stamp = file.stat().st_mtime_ns
    again = trained(grammars, cache, FEW)
    assert file.stat().st_mtime_ns == stamp
    assert np.array_equal(first.weights, again.weights)
    assert first.vocabulary == again.vocabulary


@pytest.mark.parametrize("damage", [b"", b"PK\x03\x04 not a model", None])
def test_a_damaged_file_is_replaced(grammars: Grammars, tmp_path: Path, damage: bytes | None) -> None:
    cache = tmp_path / "cache"
    first = trained(grammars, cache, FEW)
    (file,) = cache.iterdir()
    file.write_bytes(file.read_bytes()[:1000] if damage is None else damage)
    assert np.array_equal(trained(grammars, cache, FEW).weights, first.weights)
    assert np.array_equal(IntentModel.load(file).weights, first.weights)


def test_other_options_are_another_model(grammars: Grammars, tmp_path: Path) -> None:
    trained(grammars, tmp_path / "cache", FEW)
    trained(grammars, tmp_path / "cache", Options(per_intent=41, passes=3))
    assert len(list((tmp_path / "cache").iterdir())) == 2


def test_misheard_rows_keep_their_meaning_and_some_differ(grammars: Grammars) -> None:
    rows = drawn_rows(grammars, FEW)
    clean = {row.text for row in rows if not row.misheard}
    assert any(row.misheard and row.text not in clean for row in rows)
    assert {row.intent for row in rows} == set(SENTENCES)


def test_a_replaced_character_sounds_alike() -> None:
    confusion = Confusion(["退货换货发票人工推腿花活"])
    rng = np.random.default_rng(3)
    heard = {confusion.misheard("退", rng) for _ in range(400)} - {"退", "退退"}
    sounds = {folded(syllables(char)[0]) for char in heard}
    assert heard
    assert sounds <= {"tui", "dui"}
