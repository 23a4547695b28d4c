"""A simulated caller answers what is asked, in whatever order it is asked."""

from __future__ import annotations

import pytest

from voicebot.replay.persona import Persona, Wants, Ways, spoken_digits
from voicebot.replay.questions import question

WANTS = Wants(
    opening=("我的咖啡机到哪了", "查快递"),
    titles=frozenset({"查订单"}),
    things=("咖啡机",),
    tail="8861",
    confirms=("咖啡机", "后天|11月22日"),
    answers={"reason": ("坏了",)},
)


def caller(**ways: object) -> Persona:
    return Persona("somebody", WANTS, Ways(**ways))  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("said", "kind"),
    [
        ("您好。王女士，请问有什么可以帮您？", "open"),
        ("为了您的信息安全，请说收货手机号的后四位。", "tail"),
        ("查到了，是昨天下单的咖啡机吗？", "this_order"),
        ("我重复一下，订单号261119385202，对吗？", "readback"),
        ("确认一下，您是要查订单，对吗？", "doubt"),
        ("确认一下，退咖啡机，上门取件，退款380元，确定办理吗？", "confirm"),
        ("运费由我们承担。您要上门取件，还是自己寄回？", "method"),
        ("已经催了。还有其他可以帮您的吗？", "closing"),
        ("好的，不着急，您慢慢找。", ""),
    ],
)
def test_a_question_is_known_by_its_words(said: str, kind: str) -> None:
    assert question(said)[0] == kind


def test_he_answers_what_is_asked() -> None:
    one = caller()
    assert one.reply("请问有什么可以帮您？").text == "我的咖啡机到哪了"
    assert one.reply("请说收货手机号的后四位。").text == spoken_digits("8861") == "八八六幺"
    assert one.reply("查到了，是昨天下单的咖啡机吗？").meant == "yes"
    assert one.reply("请问退货的原因是什么？").text == "坏了"


def test_he_agrees_only_to_what_he_wants() -> None:
    assert caller().reply("维修咖啡机，11月22日，确定吗？").meant == "yes"
    assert caller().reply("维修电饭煲，11月22日，确定吗？").text == "不对，是咖啡机"
    assert caller().reply("查到了，是昨天下单的电饭煲吗？").meant == "no"


def test_a_twist_happens_once_and_is_noted() -> None:
    one = caller(aside=("等一下",), at=frozenset({"tail"}))
    assert not one.twisted
    assert one.reply("请说收货手机号的后四位。").text == "等一下"
    assert one.twisted
    assert one.reply("好的，不着急，您慢慢找。").text == "8861"


def test_a_slip_is_corrected() -> None:
    in_a_breath = caller(slips={"tail": "八八六二"}, breath=True)
    assert in_a_breath.reply("请说收货手机号的后四位。").text == "八八六二，不对不对，是八八六幺"
    later = caller(slips={"tail": "八八六二"})
    assert later.reply("请说收货手机号的后四位。").text == "八八六二"
    assert later.reply("对不上。请报一下手机尾号四位数字。").text == "8861"


def test_who_has_not_heard_what_he_rang_for_says_it_again() -> None:
    wants = Wants(opening=("几天能退", "退货期限"), hears=("七天|一周",))
    one = Persona("somebody", wants, Ways())
    assert one.reply("还有其他可以帮您的吗？").text == "退货期限"
    assert one.reply("签收后七天。还有什么可以帮您？").meant == "over"
