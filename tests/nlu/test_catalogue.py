"""Products by name and by sound."""

from __future__ import annotations

import pytest

from voicebot.nlu.catalogue import Catalogue, Product

SHOP = Catalogue.of(
    [
        Product("P1", "晨星智能手机", ("手机", "晨星手机")),
        Product("P2", "半自动咖啡机", ("意式咖啡机",)),
        Product("P3", "迷你胶囊咖啡机", ("胶囊机",)),
        Product("P4", "扫拖机器人", ("扫地机器人", "机器人")),
        Product("P5", "轻便羽绒服"),
    ]
)


@pytest.mark.parametrize(
    ("said", "value"),
    [
        ("我买的晨星手机坏了", "晨星智能手机"), ("意式咖啡机怎么清洗", "半自动咖啡机"), ("羽绒服掉毛", "轻便羽绒服"),
        ("胶囊机不出水", "迷你胶囊咖啡机"), ("扫地几器人不动了", "扫拖机器人"),
    ],
)  # fmt: skip
def test_a_product_is_found_by_what_it_is_called(said: str, value: str) -> None:
    named = SHOP.find(said)
    assert named is not None
    assert named.value == value


def test_a_name_that_several_share_stays_as_it_was_said() -> None:
    named = SHOP.find("咖啡机坏了")
    assert named is not None
    assert (named.value, named.score) == ("咖啡机", 1.0)
    assert SHOP.product(named.value) is None


@pytest.mark.parametrize(
    "said", ["我不想跟机器人说话", "手机号填错了", "我要退货", "你们店是不是关门了", "物流信息一直停在那"]
)
def test_other_words_are_no_product(said: str) -> None:
    assert SHOP.find(said) is None


def test_vaguer_likeness_will_do_when_a_product_was_asked_for() -> None:
    assert SHOP.find("收集") is None
    named = SHOP.find("收集", asked=True)
    assert named is not None
    assert named.value == "晨星智能手机"
    assert named.score <= 1.0


def test_products_are_known_by_name_and_code() -> None:
    assert SHOP.product("P2") is SHOP.product("半自动咖啡机")
