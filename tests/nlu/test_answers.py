import pytest

from voicebot.nlu.answers import only_details, wanted_slots, yes_or_no
from voicebot.nlu.understanding import Slot


@pytest.mark.parametrize(
    "text", ["是", "是的", "对对对", "嗯", "没错", "可以", "行", "要", "好的", "确认", "有"]
)
def test_yes(text: str) -> None:
    assert yes_or_no(text) == "affirm"


@pytest.mark.parametrize("text", ["不", "不是", "不用了", "算了", "没有", "不对", "别", "不要", "错了"])
def test_no(text: str) -> None:
    assert yes_or_no(text) == "deny"


@pytest.mark.parametrize("text", ["我要退货", "是不是发货了", "要退货", "不发货", ""])
def test_neither(text: str) -> None:
    assert yes_or_no(text) is None


def test_the_slots_that_answer_a_question() -> None:
    assert wanted_slots("tail_number") == ("tail_number",)
    assert "phone" in wanted_slots("digits")
    assert wanted_slots("yes_no") == wanted_slots("menu") == wanted_slots(None) == ()


def test_a_sentence_that_only_gives_details() -> None:
    slots = {"tail_number": Slot("6612", "六六幺二")}
    assert only_details("尾号是六六幺二", slots)
    assert not only_details("尾号六六幺二帮我催一下", slots)
    assert not only_details("尾号", {})
