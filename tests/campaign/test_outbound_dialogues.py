"""Care, follow-up, appointments and recovery as shipped: personal, honest about who calls, never insisting."""

from __future__ import annotations

from functools import cache
from pathlib import Path
from typing import Any

import pytest

from tests.campaign.dialled import NOW, OUTBOUND, Dialled
from voicebot.app import App
from voicebot.campaign.survey_script import campaign_script
from voicebot.config import load
from voicebot.dialogue import Script

NAMES = ("recovery", "care", "follow_up", "delivery_appointment", "delivery_survey")
LI = {
    "surname": "李",
    "title": "女士",
    "tier": "金卡",
    "customer_id": 7,
    "items": "咖啡机",
    "link": "https://s.example/p/1",
}


@cache
def script(name: str) -> Script:
    return campaign_script(OUTBOUND / f"{name}.yaml", OUTBOUND / "frame.yaml")


def call(name: str, **contact: Any) -> Dialled:
    known = script(name).constants.get("contact", {})
    return Dialled(script(name), {"contact": {**known, **LI, **contact}})


@pytest.mark.parametrize("name", NAMES)
def test_every_opening_says_who_calls_that_it_is_a_machine_and_how_to_refuse(name: str) -> None:
    call(name).expect("李女士您好", "青禾优品", "机器人", "不想再接到", "按")


@pytest.mark.parametrize("name", NAMES)
def test_a_second_hello_gets_a_shorter_opening(name: str) -> None:
    dialled = call(name)
    first = len(dialled.text)
    dialled("喂？").expect("青禾优品", "方便")
    assert len(dialled.text) < first


@pytest.mark.parametrize("name", NAMES)
@pytest.mark.parametrize("before", [(), ("可以",)])
@pytest.mark.parametrize("says", ["不要再打了", "别再给我打电话了", ""])
def test_no_more_calls_ends_every_call_in_one_sentence(name: str, before: tuple[str, ...], says: str) -> None:
    dialled = call(name)(*before)
    if dialled.over:
        return
    dialled = dialled(says) if says else dialled.keys(script(name).settings.opt_out_key)
    assert dialled.over
    assert dialled.text == "好的，已经登记，以后不会再给您打这类电话了，再见。"
    assert dialled.result.outcome == "opted_out"


@pytest.mark.parametrize("name", NAMES)
def test_a_no_is_a_no(name: str) -> None:
    dialled = call(name)("不用了")
    assert dialled.over
    dialled.never("优惠", "要不", "考虑").expect("不打扰")
    assert dialled.result.outcome == "refused"
    assert dialled.deeds == []


def test_the_wrong_person_and_another_time() -> None:
    assert call("care")("你打错了吧").result.outcome == "wrong_person"
    later = call("recovery")("我在开车呢", "好的", "明天下午三点")
    assert later.over
    assert (later.result.outcome, str(later.result.wish)) == ("callback", "2026-11-21 15:00:00")


REFUSALS = (
    "不需要，谢谢", "算了吧", "不考虑", "用不着", "暂时不需要", "我不想听", "挂了啊", "谢谢不用了", "不要",
    "先不用", "不了不了", "没必要",
    "拉倒吧", "真不需要", "没兴趣", "我不感兴趣", "别烦我",
)  # fmt: skip


@pytest.mark.parametrize("name", ["recovery", "care", "follow_up", "delivery_survey"])
@pytest.mark.parametrize("says", REFUSALS)
def test_however_he_says_no_it_is_the_end_and_nothing_is_offered(name: str, says: str) -> None:
    dialled = call(name)(says)
    assert dialled.over
    assert dialled.result.outcome in {"refused", "opted_out"}
    assert dialled.deeds == []
    dialled.never("优惠", "要不", "考虑", "吗")


@pytest.mark.parametrize("says", REFUSALS)
def test_a_no_to_the_offer_is_not_argued_with(says: str) -> None:
    dialled = call("recovery")("可以").expect("优惠券")(says)
    assert dialled.over
    assert dialled.deeds == []
    dialled.never("优惠", "吗")


@pytest.mark.parametrize("says", ["你说", "说吧", "嗯", "行", "可以啊", "好的你讲", "长话短说", "方便"])
def test_however_he_agrees_it_goes_on(says: str) -> None:
    call("recovery")(says).expect("咖啡机")


@pytest.mark.parametrize(
    ("says", "wish"),
    [
        (("我在开车", "明天下午三点"), "2026-11-21 15:00"),
        (("我在开车", "好的", "明天下午三点"), "2026-11-21 15:00"),
        (("我在开会呢", "半小时后"), "2026-11-20 15:30"),
        (("现在不方便", "周末"), "2026-11-21 10:00"),
        (("在吃饭", "下班以后"), "2026-11-20 18:30"),
        (("睡觉呢", "十分钟以后"), "2026-11-20 15:10"),
        (("我现在有点事", "行", "后天上午"), "2026-11-22 09:00"),
        (("晚上再打",), "2026-11-20 19:00"),
        (("明天下午三点再打吧",), "2026-11-21 15:00"),
        (("半小时后打给我",), "2026-11-20 15:30"),
        (("周末再打",), "2026-11-21 10:00"),
        (("我在开车，一个小时后打给我",), "2026-11-20 16:00"),
        (("在忙，晚上八点以后打",), "2026-11-20 20:00"),
        (("现在没空，明天吧",), "2026-11-21 10:00"),
        (("下午吧",), "2026-11-21 14:00"),
        (("可以", "晚上再打吧"), "2026-11-20 19:00"),
        (("可以", "我在开会", "好", "下周一"), "2026-11-23 10:00"),
    ],
)
def test_who_has_no_time_is_rung_at_the_time_that_he_names(says: tuple[str, ...], wish: str) -> None:
    dialled = call("recovery")(*says)
    assert dialled.over
    assert (dialled.result.outcome, f"{dialled.result.wish:%Y-%m-%d %H:%M}") == ("callback", wish)
    dialled.expect("再给您打").never("登记")
    assert dialled.deeds == []


def test_who_has_no_time_and_names_none_is_asked_once() -> None:
    later = call("recovery")("等会儿再说吧").expect("换个时间")("好的").expect("什么时候")("不知道")
    assert later.over
    assert (later.result.outcome, later.result.wish) == ("callback", None)
    assert call("follow_up")("可以", "我在开车").expect("换个时间")("不用了").result.outcome == "refused"


@pytest.mark.parametrize("name", NAMES)
@pytest.mark.parametrize(
    ("asks", "answer"),
    [
        ("你是机器人吧", "我是青禾优品的智能语音机器人"),
        ("谁给你的号码", "下单或者登记时留下的"),
        ("什么事", "这里是青禾优品"),
        ("你们是骗子吧", "不会问您的密码"),
        ("你是哪里", "这里是青禾优品"),
    ],
)
def test_questions_in_between_are_answered_and_it_goes_on(name: str, asks: str, answer: str) -> None:
    dialled = call(name)(asks).expect(answer, "方便吗")
    assert not dialled("可以").over or name == "care"


def test_questions_in_the_middle_of_a_survey_lose_no_answer() -> None:
    dialled = call("delivery_survey")("可以", "收到了", "谁给你的号码").expect("打个分")
    assert dialled("四分").result.answers["delivery"] == 4
    broken = call("delivery_survey")("可以", "收到了", "我在开车，晚上再打")
    assert broken.over
    assert (broken.result.outcome, broken.result.answers) == ("callback", {"received": "yes"})


def test_the_key_counts_whatever_was_said_before() -> None:
    dialled = call("recovery")("我在开车，晚点再打").expect("换个时间").keys("9")
    assert dialled.over
    assert dialled.result.outcome == "opted_out"


def test_who_has_paid_is_not_reminded_again() -> None:
    for before in ((), ("可以",)):
        dialled = call("recovery")(*before)("我已经付过款了")
        assert dialled.over
        assert dialled.result.outcome == "completed"
        assert dialled.deeds == []


def test_what_was_reached_stays_reached_when_he_has_no_time_for_a_mark() -> None:
    dialled = call("recovery")("可以", "好的").expect("打个分")("没时间打分，我在开车")
    assert dialled.over
    assert (dialled.result.outcome, dialled.result.converted) == ("completed", True)


def test_recovery_offers_what_the_tier_allows_once_and_sends_the_link() -> None:
    dialled = call("recovery")("可以").expect("咖啡机", "金卡会员", "优惠券")
    dialled("好的").expect("短信")
    coupon, message = dialled.deeds
    assert (coupon.name, coupon.arguments) == ("issue_coupon", {"customer_id": 7})
    assert message.arguments["phone"] == "13812348866"
    assert "https://s.example/p/1" in message.arguments["text"]
    dialled("五分")
    assert dialled.over
    assert (dialled.result.outcome, dialled.result.converted) == ("completed", True)
    assert dialled.result.details["satisfaction"] == 5
    assert [deed.name for deed in dialled.deeds] == ["issue_coupon", "send_message", "record_satisfaction"]


def test_recovery_offers_no_benefit_to_who_gets_none_and_nothing_after_a_no() -> None:
    dialled = call("recovery", tier="普通")("可以").expect("咖啡机").never("优惠券")
    dialled("不要")
    assert dialled.over
    dialled.never("优惠")
    assert dialled.result.outcome == "refused"
    assert dialled.deeds == []
    refused = call("recovery")("可以", "不用了")
    assert refused.over
    assert refused.deeds == []


def test_recovery_answers_a_question_and_comes_back() -> None:
    dialled = call("recovery")("可以", "退货的运费谁出").expect("运费由我们承担", "链接")
    assert dialled("好").result.converted


def test_care_says_its_wish_and_sells_nothing() -> None:
    dialled = call("care")("方便")
    assert dialled.over
    dialled.expect("生日快乐").never("优惠", "购买")
    assert dialled.result.outcome == "completed"


def test_a_follow_up_writes_down_what_is_wrong() -> None:
    dialled = call("follow_up")("可以").expect("咖啡机")("有问题").expect("什么问题")
    dialled("杯子漏水").expect("人工")("不用").expect("跟进").keys("2")
    assert dialled.over
    assert dialled.result.answers == {"fine": "no", "trouble": "杯子漏水"}
    assert dialled.result.details["satisfaction"] == 2
    assert call("follow_up", kind="repair")("可以").text.count("维修") == 1
    assert call("follow_up")("可以", "都正常").result.answers == {"fine": "yes"}


def test_a_follow_up_gives_who_wants_to_a_human() -> None:
    dialled = call("follow_up")("可以", "不正常", "杯子漏水", "好的").taken()
    assert dialled.result.outcome == "transferred"


def test_a_delivery_is_agreed_read_back_and_can_be_changed() -> None:
    dialled = (
        call("delivery_appointment")("可以")
        .expect("哪天")("后天")
        .expect("上午")("下午吧")
        .expect("后天下午", "对吗")
    )
    dialled("不对").expect("日期")("明天", "上午").expect("明天上午")("对")
    dialled.expect("已经登记")
    assert dialled.result.answers == {"delivery": "2026-11-21 上午"}


def test_a_part_of_the_day_said_with_the_day_is_not_asked_again() -> None:
    call("delivery_appointment")("可以", "后天下午").expect("后天下午", "对吗")


def test_who_has_no_time_on_a_day_is_not_put_off() -> None:
    dialled = call("delivery_appointment")("可以", "我白天上班，周六送吧").expect("上午")
    assert dialled("上午").expect("明天上午", "对吗")("对").result.outcome == "completed"


def test_a_planned_delivery_only_wants_a_yes() -> None:
    dialled = call("delivery_appointment", day="2026-11-21", slot="上午")("可以").expect("明天上午")("可以")
    assert dialled.result.answers == {"delivery": "2026-11-21 上午"}
    dialled.expect("已经登记")


def test_who_says_nothing_is_left_alone() -> None:
    dialled = call("care")
    for _ in range(3):
        dialled.silent()
    assert dialled.over


def test_a_link_goes_through_the_shops_door_to_the_gateway(tmp_path: Path) -> None:
    app = App(load())
    settings = app.config.model_copy(
        update={"messages": app.config.messages.model_copy(update={"file": tmp_path / "m"})}
    )
    shop = App(settings).demo_shop(NOW, tmp_path)
    sent = shop.do("send_message", {"phone": "13812348866", "text": "付款链接"}, "call-1/send_message")
    assert sent["done"] is True
    assert "付款链接" in (tmp_path / "m").read_text("utf-8")
