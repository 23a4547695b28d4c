import threading
from datetime import date

import pytest

from voicebot.events import Alternative, Transcript
from voicebot.nlu.understand import Understander

TODAY = date(2026, 11, 20)


def intents(understander: Understander, text: str, expecting: str | None = None) -> list[str]:
    return [one.name for one in understander.understand(text, expecting=expecting, today=TODAY).intents]


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        ("退货,顺便开张发票", ["return_goods", "invoice"]),
        ("帮我改一下地址,另外再帮我开个发票", ["modify_address", "invoice"]),
        ("我想退货因为质量不好", ["return_goods"]),
        ("质量太差了,我要退货", ["return_goods"]),
        ("你好,我想问一下,你们几天之内可以退货?谢谢", ["return_policy"]),
        ("不是退货,是换货", ["exchange_goods"]),
        ("你好", ["greeting"]),
        ("谢谢", ["thanks"]),
        ("算了,给我转人工吧", ["human_agent"]),
        ("我要退货,你给我转人工", ["human_agent", "return_goods"]),
    ],
)
def test_wishes_in_the_order_in_which_they_are_served(understander, text: str, wanted: list[str]) -> None:
    assert intents(understander, text) == wanted


@pytest.mark.parametrize(
    "text",
    ["转人工", "人工客服", "我不跟机器说话", "给我找个活人", "叫你们经理来", "你听不懂,换人", "接线员",
     "客服小姐姐在吗", "说人话,转人工", "人工", "我要真人", "怎么转人工啊", "专人工",
     "转仁公", "穿员工", "我要跟人讲话", "有没有活人啊",
     "别拿机器人糊弄我", "找个能管事的来", "帮我接人工服务谢谢"],
)  # fmt: skip
def test_whoever_asks_for_a_human_gets_one(understander, text: str) -> None:
    assert intents(understander, text)[0] == "human_agent"


@pytest.mark.parametrize(
    "text",
    ["维修人工费多少钱", "你是人工智能吗", "这个是手工做的吗", "安装的人工费怎么算", "你是机器人吗",
     "这款是人工合成的皮吗", "快递员电话多少", "师傅什么时候来装", "换个颜色"],
)  # fmt: skip
def test_not_everything_with_these_words_asks_for_a_human(understander, text: str) -> None:
    assert "human_agent" not in intents(understander, text)


@pytest.mark.parametrize(
    ("text", "wanted"), [("推货", "return_goods"), ("我要开花票", "invoice"), ("催依下", "expedite")]
)
def test_misheard_words_mean_what_they_sound_like(understander, text: str, wanted: str) -> None:
    assert intents(understander, text)[0] == wanted


@pytest.mark.parametrize("text", ["是的", "对", "嗯", "没错", "可以", "行", "要", "好的"])
def test_yes_to_a_question(understander, text: str) -> None:
    assert intents(understander, text, "yes_no") == ["affirm"]


@pytest.mark.parametrize("text", ["不用了", "不是", "算了", "不要", "没有"])
def test_no_to_a_question(understander, text: str) -> None:
    assert intents(understander, text, "yes_no") == ["deny"]


def test_an_answer_comes_before_what_is_said_besides(understander) -> None:
    assert intents(understander, "对,我要退货", "yes_no") == ["affirm", "return_goods"]
    assert intents(understander, "不是,我要换货", "yes_no") == ["deny", "exchange_goods"]


def test_the_detail_that_was_asked_for(understander) -> None:
    meant = understander.understand("六六幺二", expecting="tail_number", today=TODAY)
    assert [one.name for one in meant.intents] == ["inform"]
    assert meant.slots["tail_number"].value == "6612"


def test_a_question_does_not_hide_another_wish(understander) -> None:
    assert intents(understander, "我找不到,转人工", "tail_number")[0] == "human_agent"
    assert intents(understander, "等一下我找找", "order_number") == ["wait"]


def test_slots_mood_and_turn_come_along(understander) -> None:
    meant = understander.understand("我前天买的咖啡机怎么还不发货,气死我了", today=TODAY)
    assert meant.slots["date"].value == "2026-11-18"
    assert meant.slots["product"].value == "咖啡机"
    assert meant.mood == "angry"
    assert meant.turn == "finished"


def heard(*texts: tuple[str, float, str]) -> Transcript:
    listed = tuple(Alternative(text, 0.0, chance, source) for text, chance, source in texts)  # type: ignore[arg-type]
    return Transcript(listed[0].text, listed[0].confidence, (), listed)


def test_the_reading_that_makes_sense_is_chosen(understander) -> None:
    meant = understander.understand(
        heard(("穿员工的", 0.5, "free"), ("这铅汞", 0.2, "free"), ("转人工", 0.45, "domain")), today=TODAY
    )
    assert (meant.text, meant.intent) == ("转人工", "human_agent")


def test_a_number_of_the_callers_own_orders_is_preferred(understander) -> None:
    readings = heard(("202611180028", 0.5, "domain"), ("202611180023", 0.4, "domain"))
    ask = {"expecting": "order_number", "today": TODAY}
    assert understander.understand(readings, **ask).slots["order_number"].value == "202611180028"
    own = understander.understand(readings, known=["202611180023"], **ask)
    assert own.slots["order_number"].value == "202611180023"


def test_nothing_heard_is_out_of_scope(understander) -> None:
    assert intents(understander, "") == ["out_of_scope"]
    assert understander.understand(Transcript("", 0.0), today=TODAY).intent == "out_of_scope"


def test_confidences_are_probabilities_and_thresholds_are_ordered(understander) -> None:
    for text in ("退货", "呃那个", "今天天气怎么样", "帮我弄一下"):
        for one in understander.understand(text, today=TODAY).intents:
            assert 0.0 < one.confidence < 1.0
    assert 0.0 < understander.thresholds.confirm <= understander.thresholds.act < 1.0


def test_many_threads_may_ask_at_once(understander) -> None:
    texts = ["退货", "转人工", "我的快递到哪了", "发票"] * 5
    found: dict[int, str] = {}

    def ask(number: int) -> None:
        found[number] = understander.understand(texts[number], today=TODAY).intent

    threads = [threading.Thread(target=ask, args=(number,)) for number in range(len(texts))]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert [found[number] for number in range(4)] == [
        "return_goods",
        "human_agent",
        "logistics_trace",
        "invoice",
    ]
