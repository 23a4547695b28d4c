"""The hotline: whose order, and where is it?"""

from __future__ import annotations

from voicebot.dialogue import Keys, Spoke
from voicebot.nlu.understanding import Intent, Slot, Understanding


def test_the_greeting_names_the_shop_and_says_that_a_machine_speaks_and_records(talk):
    talk.expect("青禾优品", "机器人", "录音", "请问有什么可以帮您")
    assert not talk.reply.speech[0].interruptible
    assert talk.reply.expecting is None
    assert talk.reply.silence_ms


def test_an_order_is_found_by_its_spoken_number(talk):
    talk("我想查订单").expect("订单号")
    assert talk.reply.expecting == "order_number"
    assert talk.reply.keys == Keys(4, 14)
    assert talk.reply.matched
    talk("261118004217").expect("261118004217", "对吗")
    assert talk.reply.expecting == "yes_no"
    talk("对").expect("后四位")
    talk("8866").expect("咖啡机", "运输中", "杭州", "明天", "还有其他")
    talk("没有了").expect("打个分").keys("5").expect("再见")
    assert talk.hung_up()


def test_a_number_in_the_first_sentence_is_not_asked_for_again(talk):
    talk("查一下261118004217到哪了").expect("261118004217", "对吗").never("请说一下")


def test_keyed_numbers_need_no_readback(talk):
    talk("查订单")
    talk.keys("261118004217").expect("后四位").never("对吗")
    talk.keys("8866").expect("运输中")


def test_a_correction_after_the_readback_rewrites_the_end_of_the_number(talk):
    talk("查订单261118004218").expect("261118004218", "对吗")
    talk("不对，是4217").expect("261118004217", "对吗")
    talk("对").expect("后四位")


def test_a_plain_no_after_the_readback_asks_again(talk):
    talk("查订单261118004218")
    talk("不对").expect("再说一遍", "订单号")
    talk("261118004217").expect("261118004217，对吗")


def test_an_unknown_number_is_told_and_asked_for_again(talk):
    talk("查订单")
    talk.keys("269999999999").expect("没有查到订单269999999999", "订单号")
    talk.keys("261118004217").expect("后四位")


def test_a_number_corrected_later_is_not_asked_for_again(talk):
    talk("查订单").keys("261118004217").expect("后四位")
    talk("不对，订单号是261101007788").expect("改成261101007788")
    talk("对").expect("四位")
    talk("8866").expect("电饭煲")


def test_three_wrong_tails_lead_to_a_human(talk):
    talk("查订单").keys("261118004217")
    talk("1111").expect("对不上")
    talk("2222").expect("对不上")
    talk("3333").expect("核验没有通过")
    story = talk.transfer()
    assert story["reason"] == "unverified"
    assert not story["who"]["verified"]
    assert "核验" in story["spoken"]


def test_a_caller_without_his_tail_is_handed_over(talk):
    talk("查订单").keys("261118004217")
    talk("我不知道").expect("不能查")
    assert talk.transfer()["reason"] == "unverified"


def test_a_known_caller_is_greeted_and_offered_his_last_order(known):
    known.expect("李女士")
    known("我的订单到哪了").expect("后四位")
    known("8866").expect("是昨天下单的咖啡机吗")
    known("是").expect("运输中")
    assert known.state.verified
    assert known.state.customer["surname"] == "李"


def test_a_known_caller_can_choose_another_order(known):
    known("我的订单到哪了")
    known("8866")
    known("不是").expect("咖啡机", "电饭煲", "哪一个")
    assert known.reply.expecting == "choice"
    known("第二个").expect("电饭煲", "已签收")


def test_the_product_that_was_named_leads_to_its_order(known):
    known("我的电饭煲到哪了")
    known("8866").expect("电饭煲，已签收").never("电饭煲吗")


def test_the_order_we_spoke_of_is_still_meant(known):
    known("我的订单到哪了")
    known("8866")
    known("是")
    known("那它什么时候到").expect("明天送到").never("后四位", "订单号", "杭州")


def test_another_order_is_another_order(known):
    known("我的订单到哪了")
    known("8866")
    known("是")
    known("另一个订单呢").expect("咖啡机", "电饭煲", "哪一个")
    known("电饭煲").expect("已签收")


def test_an_order_of_somebody_else_is_not_spoken_of(known):
    known.shop.orders[0]["customer_id"] = 99
    known("我的订单到哪了")
    known("8866")
    known("不是")
    known("第二个")
    known("查订单261118004217").expect("对吗")
    known("对").expect("不在您的名下").never("运输", "顺丰")


def test_a_verified_callers_own_number_is_not_read_back(known):
    known("我的订单到哪了")
    known("8866")
    known("是")
    known("查订单261101007788").expect("电饭煲", "已签收").never("对吗")


def test_a_tail_of_an_order_number_is_matched_to_the_callers_order(known):
    known("我的订单到哪了")
    known("8866")
    known("是")
    known("查订单261118000000")  # not there
    known("对").expect("没有查到")
    known("7788").expect("7788")
    known("对").expect("电饭煲", "那一单吗")
    known("是").expect("已签收")


def test_a_shop_that_fails_is_apologised_for_and_handed_over(talk):
    talk.shop.broken.add("match_order")
    talk("查订单")
    talk.keys("261118004217").expect("系统")
    assert talk.transfer()["reason"] == "system"


def test_what_a_failed_greeting_query_breaks_is_nothing(hotline, known):
    fresh = type(known)(hotline)
    fresh.shop.broken.add("customer_by_phone")
    fresh.expect("请问有什么可以帮您")


def test_a_no_with_the_right_product_is_enough(known):
    known("我的订单到哪了")
    known("8866").expect("咖啡机吗")
    known("不是，是电饭煲").expect("电饭煲", "已签收").never("哪一个")


def test_a_no_with_a_number_is_enough(known):
    known("我的订单到哪了")
    known("8866")
    known("不是，261101007788").expect("电饭煲", "已签收")


def test_a_product_that_was_never_bought(known):
    known.shop.orders.pop()
    known.shop.orders.append(
        {**known.shop.orders[0], "summary": "前天下单的滤纸", "items": [], "order_number": "9"}
    )
    known("我的电饭煲到哪了")
    known("8866").expect("没有电饭煲", "滤纸", "哪一个")


def test_a_number_alone_is_asked_about(talk):
    talk.hear(spoken("261118004217", "inform", order_number="261118004217")).expect(
        "您要查订单261118004217吗"
    )
    talk("对").expect("后四位").never("对吗")


def test_a_product_alone_is_asked_about(talk):
    talk.hear(spoken("咖啡机", "inform", product="咖啡机")).expect("您想办什么")
    talk("有货吗").expect("咖啡机").never("哪款")


def spoken(text: str, intent: str, **slots: str) -> Spoke:
    return Spoke(
        Understanding(text, (Intent(intent, 0.95),), {name: Slot(one, one) for name, one in slots.items()})
    )


def test_a_number_or_a_product_instead_of_yes_or_no(known):
    known("我的订单到哪了")
    known("8866").expect("咖啡机吗")
    known.hear(spoken("电饭煲那个", "inform", product="电饭煲")).expect("电饭煲", "已签收")


def test_a_number_instead_of_a_choice(known):
    known("我的订单到哪了")
    known("8866")
    known("不是").expect("哪一个")
    known.hear(spoken("261101007788", "inform", order_number="261101007788")).expect("电饭煲", "已签收")
