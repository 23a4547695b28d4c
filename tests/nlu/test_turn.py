"""Whether the caller has finished."""

from __future__ import annotations

from pathlib import Path

import pytest

from voicebot.errors import VoicebotError
from voicebot.nlu.turn import TurnWords, turn_of


@pytest.mark.parametrize(
    "text",
    ["等一下", "稍等", "我找一下", "你等会儿", "等一下我找找", "稍等我看下短信", "先别挂", "让我想想",
     "我去拿个笔", "等等,订单号我找一下",
     "给我一分钟", "我问问我老公"],
)  # fmt: skip
def test_a_moment_is_asked_for(text: str) -> None:
    assert turn_of(text) == "wait"


@pytest.mark.parametrize(
    "text",
    ["我想那个…", "因为", "然后", "就是那个", "我的订单号是", "我想", "电话是", "尾号是八六",
     "我的电话是一三八零零", "呃", "帮我改成",
     "我昨天买的那个", "我想问一下", "那个", "我要退货但是", "我买的", "请问一下", "我的地址是", "你们", ""],
)  # fmt: skip
def test_something_must_follow(text: str) -> None:
    assert turn_of(text) == "unfinished"


@pytest.mark.parametrize(
    "text",
    ["我要退货", "我的订单到哪了", "尾号是八六六一", "是的", "对", "嗯", "没有", "我要后面那个", "还没到",
     "等一下,我想退货", "还要等多久",
     "等了三天了", "我查一下订单到哪了", "不需要", "谢谢你们", "为什么", "退给我", "没问题", "不是这个",
     "大前天", "十二月一号之前", "包邮的那个",
     "等一下发货吗", "能不能便宜点",
     "订单号是二零二六一一二零零零零一", "这个多少钱", "怎么装啊这个", "退我差额"],
)  # fmt: skip
def test_a_whole_sentence_is_finished(text: str) -> None:
    assert turn_of(text) == "finished"


@pytest.mark.parametrize(
    ("text", "expecting", "turn"),
    [
        ("幺三八零零", "phone", "unfinished"), ("幺三八零零零零六六一二", "phone", "finished"),
        ("六六", "tail_number", "unfinished"), ("六六幺二", "tail_number", "finished"),
        ("二零二六一一二零", "order_number", "unfinished"), ("202611200001", "order_number", "finished"),
        ("尾号六六一二", "order_number", "finished"), ("我不知道", "order_number", "finished"),
        ("我找一下", "order_number", "wait"), ("没了就这些", "order_number", "finished"),
        ("杭州市西湖区", "address", "unfinished"), ("文三路120号", "address", "finished"),
        ("是", "yes_no", "finished"),
    ],
)  # fmt: skip
def test_the_question_decides_when_a_number_is_whole(text: str, expecting: str, turn: str) -> None:
    assert turn_of(text, expecting) == turn


def test_a_faulty_list_is_told(tmp_path: Path) -> None:
    (tmp_path / "turns.yaml").write_text("wait: 等(一下\n", encoding="utf-8")
    with pytest.raises(VoicebotError, match=r"turns\.yaml holds a pattern that cannot be read"):
        TurnWords.load(tmp_path)
