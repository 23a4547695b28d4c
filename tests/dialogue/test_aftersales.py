"""Returns, exchanges, changes and complaints, to their ends."""

from __future__ import annotations

import pytest

from voicebot.dialogue import Spoke
from voicebot.nlu.understanding import Intent, Understanding


def found(known):
    known("8866")
    return known("是") if known.text.endswith("下单的咖啡机吗？") else known


def test_a_return_to_its_end(known):
    known("我要退咖啡机")
    found(known).expect("原因")
    known("坏了").expect("运费由我们承担", "上门取件")
    known("自己寄吧").expect("退咖啡机", "自己寄回", "299元", "确定")
    known("好").expect("退货单号261120300001")
    name, asked = known.shop.done[0]
    assert name == "create_return"
    assert asked["method"] == "dropoff"
    assert asked["reason"] == "坏了"
    assert asked["order_number"] == "261118004217"


def test_nothing_is_done_without_a_yes(known):
    known("我要退咖啡机")
    found(known)
    known("坏了")
    known("上门")
    known("不").expect("先不办理", "还有其他")
    assert known.done() == []


def test_a_reason_may_sound_like_a_complaint(known):
    known("我要退咖啡机")
    found(known)
    known("是坏的").expect("上门取件")


def test_a_question_instead_of_a_reason_is_answered_first(known):
    known("我要退咖啡机")
    found(known)
    known("生鲜能退吗").expect("七天之内可以退", "刚才说到退货", "质量问题")


def test_what_the_rules_refuse_is_explained(known):
    known.shop.verdict |= {"allowed": False, "why": "签收已经十天了", "offer": None}
    known("我要退咖啡机")
    found(known).expect("签收已经十天了", "还有其他").never("原因")
    assert known.done() == []
    known.shop.verdict |= {"ask": "reason", "reason_class": "other"}
    known("我要退咖啡机").expect("原因")
    known("不好说").expect("质量问题，还是您不想要了")
    known("就是不喜欢").expect("签收已经十天了", "还有什么")
    assert known.done() == []


def test_a_reason_that_says_nothing_is_asked_about_once_and_then_kept_as_it_was_said(known):
    known.shop.verdict |= {"reason_class": "other"}
    known("我要退咖啡机")
    found(known).expect("原因")
    known("就是那个那个").expect("质量问题", "不想要了").never("上门")
    known("说不上来反正要退").expect("上门取件")
    known("上门")
    known("好").expect("退货单号")
    assert known.shop.done[0][1]["reason"] == "就是那个那个，说不上来反正要退"


def test_whatever_was_said_at_once_is_not_asked_for(known):
    known("我要退咖啡机，上门取件吧", reason="质量问题")
    found(known).expect("退咖啡机，上门取件", "确定").never("原因", "还是自己寄")


def test_a_return_before_shipping_becomes_a_cancellation(known):
    known.shop.verdict |= {"allowed": False, "why": "还没有发货", "offer": "cancel"}
    known("我要退咖啡机")
    found(known).expect("取消", "这个订单吗")
    known("好").expect("已经取消了")
    assert known.done() == ["cancel_order"]


def test_an_opened_package_is_asked_about(known):
    known.shop.verdict |= {"ask": "opened"}
    known("我要退咖啡机")
    found(known)
    known("不喜欢").expect("拆封")
    known("没拆").expect("上门取件")


def test_an_order_with_two_items_asks_which(known):
    known.shop.orders[0]["items"] += [{"product_code": "P9", "name": "滤纸", "short": "滤纸", "price": "9"}]
    known("我要退货")
    found(known).expect("咖啡机", "滤纸", "哪一件")
    known("滤纸").expect("原因")
    known("买错了")
    known("上门").expect("退滤纸")


def test_an_exchange_takes_the_colour_from_the_first_sentence(known):
    known("把咖啡机换成蓝色的")
    found(known).expect("上门取件").never("什么颜色", "原因")
    known("上门").expect("换咖啡机蓝色")
    known("对").expect("换货单号")
    assert known.shop.done[0][1]["colour"] == "蓝色"


@pytest.mark.parametrize(
    ("said", "act"),
    [("取消订单", "cancel_order"), ("买的东西降价了", "apply_price_protection")],
)
def test_what_is_confirmed_is_done_once(known, said, act):
    known(said)
    found(known)
    known("对").expect("299元")
    assert known.done() == [act]


def test_hurrying_needs_no_confirmation(known):
    known("帮我催一下")
    found(known).expect("运输中", "加急")
    assert known.done() == ["expedite"]


def test_an_address_is_read_back(known):
    known("我要改地址")
    found(known).expect("新的收货地址")
    known("南京市建设路八号").expect("南京市建设路八号，对吗")
    known("不对").expect("再说一遍", "新地址")
    known("南京市解放路九号").expect("南京市解放路九号")
    known("对").expect("改好了")
    assert known.shop.done == [
        ("change_address", {"order_number": "261118004217", "address": "南京市解放路九号", "customer_id": 7})
    ]


def test_a_refund_is_told(known):
    known("我的退款呢")
    found(known).expect("299元", "处理中", "后天", "微信")


def test_a_complaint_becomes_a_ticket_that_is_read_back(known):
    known("你们少发了一个东西给我")
    found(known).expect("怎么处理")
    known("补发").expect("少发货", "补发", "对吗")
    known("对").expect("工单号261120300001", "质检部")
    name, asked = known.shop.done[0]
    assert name == "create_ticket"
    assert asked["type"] == "complaint_missing_item"
    assert asked["remedy"] == "补发"
    assert "少发了一个东西" in asked["summary"]


def test_a_ticket_that_is_not_right_can_be_changed(known):
    known("你们少发了一个东西给我")
    found(known)
    known("补发")
    known("不").expect("补发、退款")
    known("退款").expect("希望退款，对吗")
    known("不").expect("先不登记")
    assert known.done() == []


def test_a_repair_is_booked_for_a_day(known):
    known("咖啡机要修")
    found(known).expect("哪天上门")
    known("昨天", future_date="2026-11-19", date="2026-11-19").expect("明天到三十天")
    known("后天", date="2026-11-22").expect("上午、下午")
    known("下午").expect("后天下午上门维修咖啡机")
    known("对").expect("预约好了")
    assert known.shop.done[0][1]["date"] == "2026-11-22"


def test_stock_and_offers_and_products_need_no_verification(talk):
    talk("咖啡机蓝色的有货吗")
    assert "有货" in talk.text


def test_offers(talk):
    talk("有什么优惠").expect("满300减30")


def test_a_product_question_takes_the_product_from_before(known):
    known("我的咖啡机到哪了")
    found(known)
    known("它多大").expect("七天之内可以退")


def test_the_same_deed_has_the_same_key(known):
    known("帮我催一下")
    found(known)
    known("再催一下")
    assert len(known.shop.keys) == 1
    assert known.done() == ["expedite"]


def test_the_wish_again_is_a_yes(known):
    known("取消订单")
    found(known).expect("确定吗")
    known("取消吧").expect("已经取消了")


@pytest.mark.parametrize("hedged", ["先别取消", "能取消吗", "取消？"])
def test_a_hedged_wish_is_no_yes(known, hedged):
    known("取消订单")
    found(known)
    known(hedged)
    assert known.done() == []


def test_an_option_is_an_option_whatever_it_sounds_like(known):
    known("开发票")
    found(known).expect("个人")
    sounding = Understanding("个人", (Intent("human_agent", 0.8),))
    known.hear(Spoke(sounding)).expect("抬头李静")


def test_the_offered_human_is_not_offered_again_after_something_else(known):
    known("什么破玩意儿", mood="angry").expect("好吗")
    known("有什么优惠").expect("满300减30").never("好吗", "刚才")
