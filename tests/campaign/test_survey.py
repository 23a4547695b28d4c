"""Surveys: every mistake is named by its line; the order is the contact's own; what is kept when he hangs up."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from tests.campaign.dialled import NOW, OUTBOUND, Dialled
from voicebot.campaign.answers import for_contact, full_cells, tally
from voicebot.campaign.survey import Survey, read_survey
from voicebot.campaign.survey_script import campaign_script, survey_script
from voicebot.dialogue import Script, ScriptError

SHIPPED = OUTBOUND / "delivery_survey.yaml"
FRAME = OUTBOUND / "frame.yaml"
QUESTIONS = ["received", "delivery", "why", "packing", "notice", "orders", "advice"]
ORDER = {"survey": {"questions": QUESTIONS, "order_1": ["packing", "notice", "orders"], "full": {}}}


@pytest.fixture(scope="module")
def survey() -> Survey:
    return read_survey(SHIPPED.read_text("utf-8"), "delivery_survey.yaml")


@pytest.fixture(scope="module")
def script() -> Script:
    return campaign_script(SHIPPED, FRAME)


def call(script: Script, **full: list[str]) -> Dialled:
    """A call whose opening has been agreed to."""
    given = {"survey": {**ORDER["survey"], "full": full}}
    dialled = Dialled(script, given)
    dialled.expect("青禾优品", "机器人", "不想再接到", "星号键")
    return dialled("方便")


def test_a_whole_survey_by_voice(script: Script) -> None:
    dialled = call(script)("收到了", "四分", "一般般吧", "打电话了", "大概十次", "希望包装再结实一点")
    assert dialled.over
    dialled.expect("谢谢您的配合")
    assert dialled.result.outcome == "completed"
    assert dialled.result.answers == {
        "received": "yes",
        "delivery": 4,
        "packing": "fair",
        "notice": "yes",
        "orders": 10,
        "advice": "希望包装再结实一点",
    }


def test_a_whole_survey_by_keys(script: Script) -> None:
    dialled = call(script).keys("1", "2")("太慢了").keys("3", "2", "12")("包装纸太薄")
    assert dialled.over
    assert dialled.result.answers == {
        "received": "yes",
        "delivery": 2,
        "why": "太慢了",
        "packing": "poor",
        "notice": "no",
        "orders": 12,
        "advice": "包装纸太薄",
    }
    assert dialled.result.details["classes"] == {"why": "slow"}


def test_what_does_not_concern_him_is_not_asked(script: Script) -> None:
    dialled = call(script)("还没有收到")
    assert dialled.over
    assert dialled.result.answers == {"received": "no"}
    call(script)("收到了", "五分").never("哪方面").expect("包装")


def test_an_answer_that_cannot_be_is_asked_for_again_in_a_friendly_way(script: Script) -> None:
    dialled = call(script)("收到了", "八分").expect("不好意思", "1到5")
    dialled("五分").expect("包装")
    assert dialled.result.answers["delivery"] == 5


def test_a_question_that_is_not_answered_is_left_out(script: Script) -> None:
    dialled = call(script)("收到了", "五分", "嗯嗯那个", "哎呀", "这个这个", "哎呀")
    assert "联系您了吗" in "".join(dialled.asked[-2:])
    assert dialled.result.details["skipped"] == ["packing"]
    assert dialled("打电话了", "大概十次", "没有").over
    assert dialled.result.details["survey"] == "completed"
    assert "unanswered" not in dialled.result.details


def test_what_was_answered_is_kept_when_he_hangs_up(script: Script) -> None:
    result = call(script)("收到了", "三分").result
    assert (result.outcome, result.answers) == ("cut_off", {"received": "yes", "delivery": 3})
    assert result.details["survey"] == "begun"
    assert result.details["unanswered"] == ["why"]
    assert result.details["not_reached"] == ["packing", "notice", "orders", "advice"]
    assert "skipped" not in result.details


def test_what_a_branch_left_out_is_no_open_question(script: Script) -> None:
    details = call(script)("还没有收到").result.details
    assert details["survey"] == "completed"
    assert not {"skipped", "unanswered", "not_reached"} & set(details)


@pytest.mark.parametrize("before", [(), ("收到了",), ("收到了", "三分"), ("收到了", "五分", "挺好的")])
def test_no_more_calls_is_honoured_at_every_question(script: Script, before: tuple[str, ...]) -> None:
    for dialled in (call(script)(*before)("以后不要再给我打电话了"), call(script)(*before).keys("*")):
        assert dialled.over
        dialled.expect("不会再给您打")
        assert dialled.result.outcome == "opted_out"
    assert Dialled(script, ORDER).keys("*").result.outcome == "opted_out"


def test_a_question_of_his_is_answered_and_then_it_goes_on(script: Script) -> None:
    dialled = call(script)("收到了", "退货的运费谁出").expect("运费由我们承担", "打个分")
    assert dialled("四分").result.answers["delivery"] == 4


def test_enough_of_one_answer_ends_the_survey_politely(script: Script) -> None:
    dialled = call(script, packing=["good"])("收到了", "五分", "很好")
    assert dialled.over
    dialled.expect("已经收集够了")
    assert dialled.result.details["survey"] == "quota"
    assert call(script, packing=["poor"])("收到了", "五分", "很好").expect("联系您了吗")


def test_the_order_is_the_contacts_own_and_the_same_each_time(script: Script) -> None:
    def order_for(number: int) -> tuple[str, ...]:
        return tuple(for_contact(script, f"+861380000{number:04d}").constants["survey"]["order_1"])

    orders = [order_for(number) for number in range(300)]
    assert orders[1] == order_for(1)
    counts = [orders.count(one) for one in set(orders)]
    assert len(counts) == 6
    assert min(counts) > 25
    asked = {}
    for order in set(orders):
        dialled = Dialled(script, {"survey": {"order_1": list(order), "full": {}}})("方便", "收到了", "五分")
        asked[order[0]] = dialled.text
        said = {"packing": "很好", "notice": "没联系", "orders": "三次"}
        dialled(*(said[one] for one in order), "没什么建议")
        assert dialled.over
        assert dialled.result.answers["orders"] == 3
    assert "包装" in asked["packing"]
    assert "联系您" in asked["notice"]
    assert "几次" in asked["orders"]


def test_quotas_count_complete_answers(script: Script, survey: Survey) -> None:
    results = [{"packing": "poor"}] * 200 + [{"packing": "good"}] * 399 + [{}]
    assert full_cells(survey.quotas, results) == {"packing": ["poor"]}
    own = for_contact(script, "x", [*results, {"packing": "good"}])
    assert own.constants["survey"]["full"] == {"packing": ["good", "poor"]}
    dialled = Dialled(own)("方便", "收到了", "五分")
    for _ in range(3):
        dialled("很好") if "包装" in dialled.text else dialled.keys("1")
        if dialled.over:
            break
    assert dialled.result.details["survey"] == "quota"


def test_a_script_that_is_no_survey_stays_as_it_is(script: Script) -> None:
    plain = replace(script, constants={})
    assert for_contact(plain, "x") is plain


def test_answers_are_counted_by_question_partial_ones_too(survey: Survey) -> None:
    counted = {
        one.question: one for one in tally(survey, [{"received": "yes", "delivery": 4}, {"delivery": 5}, {}])
    }
    assert (counted["delivery"].answered, counted["delivery"].mean) == (2, 4.5)
    assert counted["received"].counts == {"yes": 1}
    assert counted["advice"].answered == 0


@pytest.mark.parametrize(
    ("change", "line", "reason"),
    [
        (("type: rating", "type: stars"), 13, "type is one of"),
        (("scale: 5", "scale: 7"), 14, "scale is 3, 5 or 10"),
        (('opt_out_key: "*"', 'opt_out_key: "3"'), 12, "the key 3 ends the call"),
        (("go: end", "go: finish"), 10, "no such question"),
        (("id: advice", "id: why"), 45, "here twice"),
        (("if: delivery <= 3", "if: delivry <= 3"), 20, "unknown name 'delivry'"),
        (("if: delivery <= 3", "if: delivery <="), 20, "not an expression"),
        (("max: 60", "most: 60"), 37, "most"),
        (("  packing: {good", "  parcel: {good"), 2, "no question 'parcel'"),
    ],
)
def test_mistakes_are_named_by_line(change: tuple[str, str], line: int, reason: str) -> None:
    text = SHIPPED.read_text("utf-8")
    assert change[0] in text
    with pytest.raises(ScriptError) as caught:
        survey_script(read_survey(text.replace(*change), "s.yaml"), FRAME)
    found = [(one.place.line, one.reason) for one in caught.value.problems if one.place.file == "s.yaml"]
    assert any(reason in one for _, one in found), found
    if line > 2:
        assert any(abs(place - line) <= 4 for place, one in found if reason in one), found


def test_a_dialogue_is_loaded_as_it_is(tmp_path: Path) -> None:
    file = tmp_path / "own.yaml"
    common = (OUTBOUND / "common.yaml").resolve()
    file.write_text(
        f"include: ['{common}']\nflows:\n  opening: {{steps: [{{call: introduce}}, {{hangup: done, say: 再见}}]}}\n",
        "utf-8",
    )
    dialled = Dialled(campaign_script(file, FRAME), {"purpose": "给您送货"})
    dialled.expect("给您送货")
    assert dialled("可以").over
    assert NOW.year == 2026
