"""The shipped script on the shipped demonstration shop: both sides of every query agree on names and shapes."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterator
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest

from voicebot.actions import Do, Look
from voicebot.dialogue import Answer, Script
from voicebot.shop.acts import ACTS
from voicebot.shop.demo.prepare import prepare_demo
from voicebot.shop.rules import load_rules
from voicebot.shop.shop import LOOKS, SqlShop
from voicebot.store.database import Database
from voicebot.store.migrate import open_database

NOW = datetime(2026, 11, 20, 10, 0)
FANG, QIANG, MIN, JING, FAN = "13912348866", "15926541234", "18655206677", "15088992255", "18800553399"


class RealShop:
    """The shop behind the same face as the fake one; a query that fails is a test that fails."""

    def __init__(self, shop: SqlShop, script: Script) -> None:
        self.shop = shop
        self.script = script
        self.done: list[tuple[str, Any]] = []

    def answer(self, wish: Look | Do) -> Answer:
        if wish.name == "knowledge":
            return Answer(wish.query, {"found": False, "answer": None, "entry": None, "score": 0.0})
        if isinstance(wish, Do):
            result = self.shop.do(wish.name, wish.arguments, wish.key)
            self.done.append((wish.name, result))
        else:
            result = self.shop.look(wish.name, wish.arguments)
        return Answer(wish.query, result)


@pytest.fixture(scope="module")
def demo(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The demonstration shop in a file that nobody changes."""
    file = tmp_path_factory.mktemp("demo") / "shop.db"
    prepare_demo(str(file))
    return file


@pytest.fixture
def ring(
    demo: Path, tmp_path: Path, root: Path, hotline: Script, talk: Any
) -> Iterator[Callable[[str | None], Any]]:
    """Rings the hotline from a number."""
    open_ones: list[Database] = []

    def call(caller: str | None) -> Any:
        file = tmp_path / "shop.db"
        shutil.copy(demo, file)
        open_ones.append(open_database(str(file)))
        rules = load_rules(root / "config" / "rules.yaml")
        shop = RealShop(SqlShop(open_ones[-1], rules, lambda: NOW), hotline)
        return type(talk)(hotline, caller, shop)

    yield call
    for database in open_ones:
        database.close()


def test_the_script_asks_for_nothing_that_the_shop_does_not_have(hotline):
    elsewhere = {"knowledge"}
    for name, rule in hotline.queries.items():
        assert name in elsewhere or name in (ACTS if rule.changes else LOOKS)


def test_where_is_my_order(ring):
    caller = ring(FANG)
    caller.expect("王女士")
    caller("我的订单到哪了")
    caller("8866").expect("是昨天下单的咖啡机吗")
    caller("是").expect("运输中", "杭州转运中心", "预计明天送到")


def test_by_number_from_an_unknown_phone(ring):
    caller = ring(None)
    caller("查订单261119385202").expect("对吗")
    caller("对").expect("后四位")
    caller("8866").expect("昨天下单的咖啡机，运输中")


def test_a_return(ring):
    caller = ring(FANG)
    caller("我要退货")
    caller("8866")
    caller("不是").expect("空气炸锅")
    caller("第二个", choice=2).expect("原因")
    caller("坏了").expect("15天质量问题")
    caller("上门").expect("退空气炸锅", "380元")
    caller("好").expect("退货单号", "还有")
    ((name, result),) = caller.shop.done
    assert name == "create_return"
    assert result["done"]


def test_a_cancellation(ring):
    caller = ring(QIANG)
    caller("不买了取消吧")
    caller("1234")
    caller("对").expect("3058元", "确定吗")
    caller("对").expect("已经取消了")
    caller("我的订单到哪了").expect("已取消")


def test_an_address(ring):
    caller = ring(QIANG)
    caller("我要改地址")
    caller("1234")
    caller("对")
    caller("武汉市洪山区珞瑜路一号")
    caller("对").expect("已经改好了")


def test_an_invoice_for_a_company(ring):
    caller = ring(QIANG)
    caller("开发票")
    caller("1234")
    caller("对")
    caller("公司")
    caller("武汉大风科技有限公司").expect("3058元", "武汉大风科技有限公司")
    caller("对").expect("24小时")


def test_an_exchange_for_a_colour_that_there_is(ring):
    caller = ring(FANG)
    caller("换货")
    caller("8866")
    caller("不是")
    caller("第二个", choice=2)
    caller("颜色看着难看").expect("您想换哪种")
    caller("紫色的").expect("没有这种款式", "您想换哪种")
    caller("白的").expect("金卡")
    caller("上门").expect("白色")
    caller("对").expect("换货单号")


def test_a_repair(ring):
    caller = ring(MIN)
    caller("机器要修")
    caller("6677")
    caller("不是")
    caller("最后一个", choice=-1).expect("保修期", "哪天")
    caller("后天", date="2026-11-22")
    caller("下午").expect("后天下午上门维修扫地机器人")
    caller("对").expect("预约好了，后天下午")


def test_a_parcel_in_trouble_is_hurried(ring):
    caller = ring(JING)
    caller("我的订单到哪了")
    caller("2255")
    caller("是").expect("派送异常", "催一下吗")
    caller("好").expect("加急")


def test_a_refund(ring):
    caller = ring(FAN)
    caller("我的退款呢")
    caller("3399")
    caller("是").expect("97元", "微信")


def test_a_complaint(ring):
    caller = ring(FANG)
    caller("你们少发了一个东西给我")
    caller("8866")
    caller("是")
    caller("补发")
    caller("对").expect("工单号", "仓储部")


@pytest.mark.parametrize(
    ("said", "piece"),
    [
        ("有什么优惠", "满三千减三百"),
        ("咖啡机还有货吗", "有货"),
        ("买的东西降价了", "后四位"),
        ("预约安装", "后四位"),
    ],
)
def test_other_wishes_get_an_answer(ring, said, piece):
    ring(FANG)(said).expect(piece)


def test_nobody_free_means_a_callback_and_a_number(ring):
    caller = ring(FANG)
    caller("转人工")
    caller.busy()
    caller("好")
    caller("对").expect("工单号")
    assert [name for name, _ in caller.shop.done] == ["request_callback", "create_ticket"]
