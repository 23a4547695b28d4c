"""What a caller's mood does."""

from __future__ import annotations

from voicebot.actions import Transfer


def test_a_caller_in_danger_is_transferred_at_once_with_priority(talk):
    talk("查订单")
    talk("我不想活了", mood="distressed").expect("不要挂断")
    story = talk.transfer()
    assert story["priority"] is True
    assert story["reason"] == "distressed"
    assert next(wish.to for wish in talk.wishes if isinstance(wish, Transfer)) == "priority"


def test_an_angry_caller_hears_an_apology_and_is_served(talk):
    talk("我的订单怎么还没到", mood="angry").expect("抱歉", "订单号")


def test_an_angry_caller_who_wants_nothing_clear_is_offered_a_human(talk):
    talk("什么破玩意儿", mood="angry").expect("抱歉", "转人工", "好吗")
    talk("好").expect("转接")
    assert talk.transfer()["reason"] == "angry"


def test_who_refuses_the_human_goes_on_with_the_machine(talk):
    talk("什么破玩意儿", mood="angry")
    talk("不要").expect("继续")
    talk("查订单").expect("订单号")


def test_an_apology_is_said_once(talk):
    talk("我的订单怎么还没到", mood="unhappy").expect("抱歉")
    talk("261118004217", mood="unhappy").never("抱歉")


def test_nothing_is_recommended_to_an_unhappy_caller(known):
    known("我的订单到哪了", mood="unhappy")
    known("8866")
    known("是")
    known("没有了").expect("打个分").never("常配")


def test_a_served_caller_hears_one_recommendation(known):
    known("我的订单到哪了")
    known("8866")
    known("是")
    known("没有了").expect("常配咖啡豆", "打个分").keys("5").expect("再见")


def test_a_satisfied_caller_gets_a_coupon(known):
    known("我的订单到哪了")
    known("8866")
    known("是")
    known("没有了", mood="satisfied").expect("谢谢", "299元优惠券", "打个分")
    assert known.done() == ["issue_coupon"]


def test_anger_makes_a_ticket_urgent(known):
    known("你们态度太差了我要投诉", mood="angry").expect("服务投诉", "对吗")
    known("对").expect("工单号")
    assert known.shop.done[0][1]["severity"] == "high"


def test_who_is_in_danger_is_never_left_alone_when_nobody_answers(talk):
    talk("我不想活了", mood="distressed")
    talk.busy().expect("12356", "110")
    assert talk.transfer()["priority"] is True
    talk.busy().expect("12356")
    talk.busy().expect("回电")
