"""What can be said or left unsaid anywhere in a call."""

from __future__ import annotations

from datetime import datetime

import pytest

from voicebot.actions import Transfer
from voicebot.dialogue import Answer, Began, Spoke, begin, step


def test_repeat_says_the_last_thing_again(talk):
    talk("查订单").expect("请说一下订单号")
    talk("再说一遍").expect("请说一下订单号")
    talk("再说一遍").expect("请说一下订单号")
    assert talk.reply.expecting == "order_number"


def test_wait_is_patient_and_then_asks_again(talk):
    talk("查订单")
    before = talk.reply.silence_ms
    talk("等一下").expect("不着急")
    assert talk.reply.silence_ms > before
    assert talk.reply.keys is not None
    talk.silent().expect("还在吗", "订单号")
    assert talk.reply.silence_ms == before


def test_help_tells_what_to_say_here(talk):
    talk("怎么用").expect("转人工")
    talk("查订单")
    talk("怎么用").expect("十二位")


def test_silence_is_asked_about_in_other_words_and_ends_the_call(talk):
    first = talk.silent().text
    second = talk.silent().text
    assert first != second
    talk.silent().expect("再见")
    assert talk.hung_up()


def test_speech_ends_the_count_of_silences(talk):
    talk.silent().silent()
    talk("查订单")
    talk.silent().silent()
    assert talk.state.ended == "open"


def test_two_failures_in_a_row_lead_to_a_human_with_the_story(talk):
    talk("查订单")
    talk("咕噜咕噜").expect("订单号").never("转接")
    talk("咕噜咕噜").expect("转接人工")
    story = talk.transfer()
    assert story["reason"] == "failed"
    assert story["wanted"] == ["查订单"]
    assert {"who", "tried", "slots", "mood", "next_step", "spoken"} <= set(story)


def test_voices_without_words_are_failures_in_other_words(talk):
    talk("查订单")
    first = talk.mumbled().expect("没听清").text
    talk.mumbled().expect("转接")
    assert "转接" not in first


def test_an_answer_ends_the_count_of_failures(talk):
    talk("查订单")
    talk("咕噜咕噜")
    talk("261118004217")
    talk("咕噜咕噜").expect("对吗")
    assert not [wish for wish in talk.wishes if isinstance(wish, Transfer)]


def test_what_is_not_known_at_an_open_question_counts_too(talk):
    talk("讲讲量子力学").expect("不太清楚")
    talk("讲讲相对论").expect("转接")
    assert talk.transfer()["reason"] == "failed"


@pytest.mark.parametrize("before", [[], ["查订单"], ["查订单", "261118004217"], ["我要退货"], ["坏的东西"]])
def test_a_human_is_called_anywhere(talk, before):
    for text in before:
        talk(text)
    talk("我不跟机器说话", confidence=0.4).expect("人工")
    assert talk.transfer()["reason"] == "asked"
    talk("快点").expect("接")
    assert talk.taken().state.ended == "transferred"


def test_nothing_happens_after_the_end(talk):
    talk("再见").expect("再见")
    assert talk.hung_up()
    assert talk("查订单").text == ""


def test_zero_asks_for_a_human(talk):
    talk.keys("0").expect("人工")
    talk.transfer()


def test_no_human_is_free_so_a_callback_is_booked(known):
    known("转人工")
    known.busy().expect("抱歉", "回电")
    known("好").expect("尾号8866")
    known("对").expect("工单号261120300001")
    assert known.done() == ["request_callback", "create_ticket"]


def test_a_callback_to_another_number(talk):
    talk("转人工")
    talk.busy()
    talk("好").expect("电话号码")
    talk("13900001111").expect("13900001111", "对吗")
    talk("对").expect("工单号")
    assert talk.shop.done[0][1]["phone"] == "13900001111"


def test_no_callback_is_no_callback(known):
    known("转人工")
    known.busy()
    known("不用").expect("还有其他")
    assert known.done() == []


def test_a_weak_wish_is_asked_about(talk):
    talk("我要退货", confidence=0.45).expect("您是要退货，对吗")
    assert talk.reply.expecting == "yes_no"
    talk("对").expect("订单号")


def test_a_weak_wish_may_be_wrong(talk):
    talk("我要退货", confidence=0.45)
    talk("不是，开发票").expect("订单号")
    assert talk.state.wanted == ("开发票",)


def test_a_digression_returns_to_where_it_left(known):
    known("我的订单到哪了").expect("后四位")
    known("七天之内能退吗").expect("七天之内可以退", "刚才说到查订单", "四位")
    known("8866").expect("咖啡机吗")


def test_two_wishes_in_one_sentence_are_served_in_order(known):
    known("我要退货，顺便开发票")
    known("8866")
    known("是").expect("原因")
    known("坏了")
    known("上门").expect("确定办理吗")
    known("好").expect("退货单号", "接下来帮您开发票", "个人")
    known("个人").expect("抬头李静")
    known("对").expect("还有其他")
    assert known.done() == ["create_return", "request_invoice"]


def test_a_wish_beside_an_answer_is_served_afterwards(known):
    known("我的订单到哪了")
    known("8866")
    known("是咖啡机，顺便开发票")
    assert "开发票" in known.state.wanted


def test_opting_out_works_in_the_middle_of_anything(known):
    known("我要退货")
    known("别再打电话来了").expect("不会再", "8866", "刚才说到退货")
    assert known.done() == ["opt_out"]


def test_thanks_do_not_lose_the_question(talk):
    talk("查订单")
    talk("谢谢").expect("不客气", "订单号")


def test_what_was_said_while_the_shop_was_asked_is_not_lost(hotline, talk):
    understood = type(talk).__call__.__globals__["understand"]
    state, reply = step(hotline, begin(hotline), Began("13812348866", datetime(2026, 11, 20), "test"))
    query = reply.actions[0].query
    assert reply.expecting is None
    assert reply.silence_ms is None
    state, silent = step(hotline, state, Spoke(understood("我想查订单")))
    assert silent.text == ""
    state, reply = step(hotline, state, Answer(query, {"found": False}))
    assert "订单号" in reply.text


def test_stale_answers_change_nothing(talk):
    talk("查订单")
    talk.hear(Answer(99, {"found": True}))
    assert talk.text == ""
    assert talk.reply.expecting == "order_number"


def test_a_step_can_be_taken_back(talk):
    before = talk.state
    talk("查订单")
    talk.state = before
    talk("我要退货").expect("订单号")
    assert talk.state.wanted == ("退货",)


def test_a_wish_that_was_doubted_keeps_its_words(known):
    known("收到就是坏的东西", confidence=0.45).expect("质量问题，对吗")
    known("对")
    known("8866")
    known("是").expect("怎么处理").never("什么问题")
    known("退款")
    known("对")
    assert known.shop.done[0][1]["summary"] == "收到就是坏的东西"


def test_a_doubt_is_answered_by_keys_too(talk):
    talk("我要退货", confidence=0.45)
    talk.keys("1").expect("订单号")
