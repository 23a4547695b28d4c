"""Nothing is asked twice; details beside a question, changed minds, unclear answers, and several wishes."""

from __future__ import annotations

from dataclasses import replace

from tests.dialogue.conftest import understand
from voicebot.actions import Do, Look
from voicebot.dialogue import TRANSCRIPT, Digits, Spoke
from voicebot.nlu.understanding import Slot


def test_a_yes_that_was_not_clear_is_asked_for_once_more_before_something_costly(known):
    known("取消订单")
    known("8866")
    known("是").expect("确定吗")
    known.hear(Spoke(understand("对"), clear=0.5)).expect("再跟您确认", "确定吗")
    assert known.done() == []
    known.hear(Spoke(understand("对"), clear=0.5)).expect("已经取消了")
    assert known.done() == ["cancel_order"]


def test_a_yes_of_little_confidence_is_not_clear_either(known):
    known("取消订单")
    known("8866")
    known("是")
    known("对", confidence=0.6).expect("再跟您确认")
    known("不").expect("不取消")
    assert known.done() == []


def test_an_unclear_yes_to_what_costs_nothing_is_enough(known):
    known("我的订单到哪了")
    known("8866")
    known.hear(Spoke(understand("是"), clear=0.5)).expect("运输中")


def test_every_reading_of_a_number_is_compared_with_the_orders(talk):
    talk("查订单")
    said = Spoke(
        understand("261118004211"), readings=(Digits("261118004211", -0.4), Digits("261118004217", -1.1))
    )
    talk.hear(said)
    looks = [wish for wish in talk.wishes if isinstance(wish, Look) and wish.name == "match_order"]
    assert looks[0].arguments["candidates"] == [
        {"digits": "261118004211", "score": -0.4},
        {"digits": "261118004217", "score": -1.1},
    ]


def test_the_reading_that_is_an_order_is_read_back(talk):
    def match(asked):
        return {"orders": [], "heard": "261118004217"}

    talk.shop.match_order = match
    talk("查订单")
    said = Spoke(
        understand("261118004211"), readings=(Digits("261118004211", -0.4), Digits("261118004217", -1.1))
    )
    talk.hear(said).expect("订单号261118004217，对吗")


def test_a_complaint_carries_the_conversation(known):
    known("你们少发了一个东西给我")
    known("8866")
    known("是")
    known("补发")
    known("对")
    deed = next(wish for wish in known.wishes if isinstance(wish, Do))
    assert deed.arguments["transcript"] == TRANSCRIPT


def test_a_changed_mind_leaves_what_was_begun(known):
    known("我要退咖啡机")
    known("8866").expect("原因")
    known("算了不退了").expect("先不退货", "还有其他").never("刚才说到")
    assert known.done() == []
    assert known.state.failures == 0


def test_a_rival_wish_takes_the_place_of_the_first(known):
    known("我要退咖啡机")
    known("8866").expect("原因")
    known("换货吧换成蓝色的").never("刚才说到")
    known("上门")
    known("好").expect("换货单号").never("刚才说到")


def test_another_product_named_at_the_last_question_is_another_order(known):
    known("开发票")
    known("8866")
    known("是")
    known("个人").expect("咖啡机")
    known("不对，是电饭煲").expect("电饭煲", "对吗")


def test_a_product_that_is_only_mentioned_beside_a_yes_changes_nothing(known):
    known("取消订单")
    known("8866")
    known("是")
    said = understand("好")
    known.hear(Spoke(replace(said, slots={"product": Slot("电饭煲", "电饭煲")}))).expect("已经取消了")
    assert known.shop.done[0][1]["order_number"] == "261118004217"


def test_a_detail_beside_the_question_is_no_failure(known):
    known("我要退咖啡机")
    known("8866").expect("原因")
    known("上门取件").expect("记下了", "不想要了")
    assert known.state.failures == 0
    known("坏了").expect("确定办理").never("还是自己寄")


def test_the_number_of_a_house_is_no_order_number(talk):
    talk("我要改地址")
    said = understand("南京市建设路1234号")
    slots = {**said.slots, "address": Slot("南京市建设路1234号", "南京市建设路1234号")}
    talk.hear(Spoke(replace(said, slots=slots))).expect("记下了", "订单号").never("1234，对吗")


def test_a_complaint_is_filed_without_an_order_number_too(talk):
    talk("你们少发了一个东西给我").expect("订单号", "没有")
    talk("没有").expect("怎么处理")
    talk("补发").expect("少发货", "对吗")
    talk("对").expect("工单号")
    assert talk.shop.done[0][1]["order_number"] is None


def test_each_of_two_wishes_has_its_own_product(known):
    said = understand("催一下咖啡机，再给电饭煲开发票")
    known.hear(
        Spoke(
            said,
            parts={
                "expedite": {"product": Slot("咖啡机", "咖啡机")},
                "invoice": {"product": Slot("电饭煲", "电饭煲")},
            },
        )
    )
    known("8866").expect("咖啡机，运输中", "开发票")
    known("个人").expect("电饭煲")


def test_a_denied_doubt_asks_what_it_is_then(talk):
    talk("我要退货", confidence=0.45).expect("退货，对吗")
    talk("不").expect("您想办什么").never("没听明白")


def test_a_doubt_that_was_not_answered_is_asked_again(talk):
    talk("我要退货", confidence=0.45).expect("退货，对吗")
    talk("嘟嘟嘟").expect("退货")
    talk("对").expect("订单号")


def test_the_same_once_more_for_another_thing(known):
    known("我的咖啡机到哪了")
    known("8866").expect("咖啡机，运输中")
    known("那电饭煲呢").expect("电饭煲，已签收")


def test_a_human_gets_a_whole_story(known):
    known("我要退咖啡机")
    known("8866")
    known("转人工")
    story = known.transfer()
    assert story["doing"] == "退货"
    assert story["order"]["order_number"] == "261118004217"
    assert story["next_step"] == "核实退货条件，办理退货"
    assert story["who"]["verified"]


def test_thresholds_are_those_that_were_learned_unless_the_script_sets_its_own(hotline):
    learned = hotline.with_thresholds(0.7, 0.5).settings
    assert (learned.act, learned.confirm) == (0.7, 0.5)
    own = replace(hotline, settings=replace(hotline.settings, act=0.9, given=frozenset({"act"})))
    assert own.with_thresholds(0.7, 0.5).settings.act == 0.9


def test_a_murmur_before_a_question_is_no_yes(known):
    known("取消订单")
    known("8866")
    known("是").expect("确定吗")
    said = understand("嗯，那生鲜能退吗")
    intents = (replace(said.intents[0], name="affirm"), *said.intents)
    known.hear(Spoke(replace(said, intents=intents)))
    assert known.done() == []
    known("对").expect("已经取消了")


def test_a_reason_that_was_misheard_and_understood_is_one(known):
    plain = known.shop.check

    def check(asked):
        quality = "质量问题" in (asked.get("reason") or "")
        return plain(asked) | {"reason_class": "quality" if quality else "other"}

    known.shop.check = check
    known("我要退咖啡机")
    known("8866").expect("原因")
    quality = replace(understand("对").intents[0], name="complaint_quality")
    known.hear(Spoke(replace(understand("质粮有问题"), intents=(quality,)))).expect("上门取件")
    assert str(known.state.slots["reason"].value).startswith("质量问题")
