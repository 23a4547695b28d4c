"""Spelling, dialect and fillers."""

from __future__ import annotations

from pathlib import Path

import pytest

from voicebot.errors import VoicebotError
from voicebot.nlu.normalize import Rewriter, clean, normalize, without_fillers
from voicebot.nlu.words import read_words


@pytest.mark.parametrize(
    ("text", "cleaned"),
    [
        ("我 的 订 单 号", "我的订单号"), ("１２３，４５６。", "123,456。"),
        ("這個訂單還沒有到", "这个订单还没有到"),
        ("1,200块", "1200块"), ("3.5 元", "3.5元"), ("138 0000 6612", "13800006612"), ("退货!!!", "退货!"),
        ("我我我想退货", "我想退货"), ("iPhone 15 Pro 多少钱", "iPhone 15 Pro多少钱"),
        ("嗯...我想……", "嗯…我想…"),
        ("你好、再见；", "你好,再见"), ("", ""),
    ],
)  # fmt: skip
def test_writing_is_settled(text: str, cleaned: str) -> None:
    assert clean(text) == cleaned


def test_cleaning_twice_changes_nothing() -> None:
    for text in ("嗯...那个……我想退货", "１２００块。。", "a  b   c", "這個、那個"):
        assert clean(clean(text)) == clean(text)


@pytest.mark.parametrize(
    ("said", "means"),
    [
        ("咋还木有到", "怎么还没有到"), ("啥时候发我", "什么时候发给我"), ("侬帮我看看", "你帮我看看"),
        ("搞快点", "快点"),
        ("么子时候到", "什么时候到"), ("啥子", "什么"), ("得不得行", "可以吗"), ("唔该,几多钱", "麻烦,多少钱"),
        ("佢冇发货", "他没有发货"), ("俺的快递", "我的快递"), ("恁咋不发货", "你怎么不发货"),
        ("忒慢了", "太慢了"),
        ("甭发了", "不要发了"), ("东西搁哪儿了", "东西在哪里了"), ("整坏了", "弄坏了"), ("瓜娃子", "傻子"),
        ("什么破玩意儿", "什么破东西"), ("礼拜三", "星期三"), ("明儿送", "明天送"),
    ],
)  # fmt: skip
def test_dialect_is_put_into_plain_mandarin(said: str, means: str) -> None:
    assert normalize(said) == means


@pytest.mark.parametrize(
    "text", ["整个都要", "完整的", "偶尔", "阿拉伯", "其中不行", "非本人签收", "西瓜皮", "师傅还没来"]
)
def test_words_that_only_look_like_dialect_stay(text: str) -> None:
    assert normalize(text) == text


@pytest.mark.parametrize(
    ("text", "rest"),
    [
        ("嗯那个我想退货", "我想退货"), ("你好,请问订单到哪了", "订单到哪了"), ("麻烦帮我退货谢谢", "退货"),
        ("谢谢", "谢谢"), ("你好", "你好"), ("订单到哪了啊", "订单到哪了"),
    ],
)  # fmt: skip
def test_fillers_are_left_out_unless_nothing_else_is_said(text: str, rest: str) -> None:
    assert without_fillers(text) == rest


def test_operations_can_extend_the_dialect(tmp_path: Path) -> None:
    (tmp_path / "dialect.yaml").write_text(
        "entries:\n  - {say: [喵], means: 好, except: [喵星人]}\n", encoding="utf-8"
    )
    rewriter = Rewriter.load(tmp_path)
    assert normalize("喵,喵星人", rewriter) == "好,喵星人"


@pytest.mark.parametrize(
    ("content", "complaint"),
    [
        ("entries: [{say: 咋}]", "entry 1 needs `say` and `means`"),
        ("entries: 咋", "`entries` must be a list"),
        ("entries: [{say: [1], means: 一}]", "must be a word or a list of words"), ("[", "is not valid YAML"),
        ("- a", "must be a mapping"),
    ],
)  # fmt: skip
def test_a_faulty_list_is_told_by_file_and_entry(tmp_path: Path, content: str, complaint: str) -> None:
    (tmp_path / "dialect.yaml").write_text(content, encoding="utf-8")
    with pytest.raises(VoicebotError, match=r"dialect\.yaml") as caught:
        Rewriter.load(tmp_path)
    assert complaint in str(caught.value)


def test_a_missing_list_says_what_to_do(tmp_path: Path) -> None:
    with pytest.raises(VoicebotError, match="is missing; put it back"):
        Rewriter.load(tmp_path)


def test_what_a_form_means_is_left_as_it_is() -> None:
    for text in ("什么时候到", "为什么", "怎么样", "什么事", "没有什么东西"):
        assert normalize(text) == text


def test_every_form_of_the_list_is_settled_at_once() -> None:
    entries = read_words("dialect")["entries"]
    forms = [str(form) for entry in entries for form in entry["say"]]
    assert len(forms) > 300
    twice = {form: (normalize(form), normalize(normalize(form))) for form in forms}
    assert {form: both for form, both in twice.items() if both[0] != both[1]} == {}
