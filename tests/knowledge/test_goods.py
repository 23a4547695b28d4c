"""Answers made from the catalogue."""

from __future__ import annotations

from pathlib import Path

import pytest

from voicebot.knowledge.desk import GoodsDesk
from voicebot.knowledge.entries import load_folder
from voicebot.knowledge.goods import Attribute, amount
from voicebot.shop.goods import demo_goods


@pytest.fixture(scope="module")
def desk(root: Path) -> GoodsDesk:
    attributes = load_folder(root / "config" / "knowledge").attributes
    return GoodsDesk(demo_goods(), [Attribute.of(item) for item in attributes])


@pytest.mark.parametrize(
    ("said", "answer"),
    [
        ("保温杯能装多少", "保温杯的容量是500毫升。"),
        ("充电宝多重", "充电宝重398克。"),
        ("电饭锅功率多少瓦", "电饭煲的功率是860瓦。"),
        ("那个扫地机能用多久", "扫地机器人的续航是180分钟。"),
        ("咖啡机多少钱", "咖啡机现在的价格是1299元。"),
        ("空调保修几年", "空调的保修期是6年。"),
    ],
)
def test_one_property_of_one_product(desk: GoodsDesk, said: str, answer: str) -> None:
    reply = desk.reply(said)
    assert reply is not None
    assert reply.answer == answer


@pytest.mark.parametrize(
    ("said", "verdict"),
    [
        ("晨星智能手机和晨星轻薄手机哪个轻", "轻薄手机更轻。"),
        ("咖啡机跟胶囊咖啡机哪个便宜", "胶囊咖啡机更便宜。"),
        ("保温杯和保温壶哪个能装", "保温壶更能装。"),
        ("扫地机器人和吸尘器哪个安静", "扫地机器人更安静。"),
    ],
)
def test_which_of_two(desk: GoodsDesk, said: str, verdict: str) -> None:
    reply = desk.reply(said)
    assert reply is not None
    assert reply.answer.endswith(verdict)


@pytest.mark.parametrize(
    ("said", "told"),
    [
        ("咖啡机和胶囊咖啡机有什么区别", ["价格", "容量"]),
        ("保温杯和保温壶选哪个好", ["价格", "容量"]),
    ],
)
def test_what_tells_two_goods_apart(desk: GoodsDesk, said: str, told: list[str]) -> None:
    reply = desk.reply(said)
    assert reply is not None
    assert reply.id.endswith(":区别")
    assert all(name in reply.answer for name in told)


def test_the_same_in_both(desk: GoodsDesk) -> None:
    reply = desk.reply("冰箱和洗衣机能效一样吗")
    assert reply is not None
    assert reply.answer.endswith("两款一样。")


def test_an_attribute_that_the_product_does_not_have(desk: GoodsDesk) -> None:
    reply = desk.reply("保温杯功率多少瓦")
    assert reply is not None
    assert reply.answer == ""


@pytest.mark.parametrize(
    ("said", "id_"),
    [("储水的那个多重", "product:P3005:重量"), ("壁挂那台有没有八十斤", "product:P3002:重量")],
)
def test_a_part_of_the_name_will_do(desk: GoodsDesk, said: str, id_: str) -> None:
    reply = desk.reply(said)
    assert reply is not None
    assert reply.id == id_


def test_the_one_that_is_talked_about(desk: GoodsDesk) -> None:
    reply = desk.reply("这款电池多大", ["P1001"])
    assert reply is not None
    assert reply.answer == "手机的电池是5000毫安时。"
    assert desk.reply("这款电池多大") is None


def test_a_product_heard_wrongly(desk: GoodsDesk) -> None:
    reply = desk.reply("空气榨锅多重")
    assert reply is not None
    assert reply.id == "product:P4004:重量"


@pytest.mark.parametrize("said", ["保温杯香不香", "什么时候发货", "咖啡机降价了能退差价吗"])
def test_what_the_catalogue_does_not_say(desk: GoodsDesk, said: str) -> None:
    assert desk.reply(said) is None


@pytest.mark.parametrize(
    ("value", "number"), [("1.3公斤", 1300), ("198克", 198), ("14天", 14), ("36小时", 1.5), ("好", None)]
)
def test_amounts_in_one_unit(value: str, number: float | None) -> None:
    assert amount(value) == number
