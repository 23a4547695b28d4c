"""A caller to talk as: what he says is understood by a few rules, and a small shop answers.

talk("我想查订单").expect("订单号")
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest

from voicebot.actions import Do, HangUp, Look, Record, Transfer
from voicebot.dialogue import (
    Answer,
    Began,
    HandedOver,
    HumanFailed,
    Keyed,
    NotHeard,
    Reply,
    Said,
    Script,
    Spoke,
    State,
    WasSilent,
    begin,
    load_script,
    step,
)
from voicebot.nlu.understanding import Intent, Mood, Slot, Understanding

NOW = datetime(2026, 11, 20, 15, 0)
PHONE = "13812348866"
SECRETS = ("下单的", "运输中", "299", "杭州", "李静", "顺丰")
"""Pieces of the shop's data that nobody may hear before he is verified."""

CUSTOMER = {"id": 7, "name": "李静", "surname": "李", "title": "女士", "tier": "金卡", "phone_tail": "8866"}


def order(number: str, short: str, status: str, code: str, day: str, price: str = "299") -> dict[str, Any]:
    items = [{"product_code": f"P{short}", "name": short, "short": short, "quantity": 1, "price": price}]
    return {
        "order_number": number,
        "tail": number[-4:],
        "customer_id": 7,
        "status": status,
        "status_code": code,
        "created": day,
        "items": items,
        "total": price,
        "carrier": "顺丰速运",
        "phone_tail": "8866",
        "summary": f"昨天下单的{short}",
    }


class FakeShop:
    """A shop with one customer and two orders; remembers what was done."""

    def __init__(self) -> None:
        self.done: list[tuple[str, Mapping[str, Any]]] = []
        self.keys: set[str] = set()
        self.broken: set[str] = set()
        self.orders = [
            order("261118004217", "咖啡机", "运输中", "in_transit", "2026-11-19"),
            order("261101007788", "电饭煲", "已签收", "delivered", "2026-11-12"),
        ]
        self.verdict: dict[str, Any] = {
            "allowed": True,
            "why": "可以办理",
            "freight_spoken": "运费由我们承担",
        }
        self.verdict |= {"amount": "299", "wanted": "蓝色", "offer": None, "ask": None}

    def answer(self, wish: Look | Do) -> Answer:
        if wish.name in self.broken:
            return Answer(wish.query, {}, "the database is gone")
        if isinstance(wish, Do):
            if wish.key not in self.keys:
                self.done.append((wish.name, wish.arguments))
            self.keys.add(wish.key)
            return Answer(wish.query, self._do(wish.name))
        found: Callable[[Mapping[str, Any]], dict[str, Any]] = getattr(self, wish.name)
        return Answer(wish.query, found(wish.arguments))

    def _do(self, name: str) -> dict[str, Any]:
        result: dict[str, Any] = {"done": True, "number": "261120300001", "why": "已经催了", "amount": "299"}
        result |= {"ticket_number": "261120300001", "spoken": "已经转给质检部,48小时内给您答复"}
        return result | {"phone_tail": "8866", "next": "快递员会联系您", "hours": 24}

    def customer_by_phone(self, asked: Mapping[str, Any]) -> dict[str, Any]:
        known = asked["phone"] == PHONE
        return {"found": known, "customer": CUSTOMER if known else None}

    def verify_caller(self, asked: Mapping[str, Any]) -> dict[str, Any]:
        number, customer = asked.get("order_number"), asked.get("customer_id")
        about = customer == 7 or any(one["order_number"] == number for one in self.orders)
        verified = asked["tail_number"] == "8866" and about
        return {"verified": verified, "customer": CUSTOMER if verified else None}

    def _order(self, number: str) -> dict[str, Any] | None:
        return next((one for one in self.orders if one["order_number"] == number), None)

    def order_by_number(self, asked: Mapping[str, Any]) -> dict[str, Any]:
        found = self._order(asked["order_number"])
        own = None if found is None else found["customer_id"] == asked.get("customer_id")
        return {"found": found is not None, "order": found, "own": own, "near": []}

    def orders_of_customer(self, asked: Mapping[str, Any]) -> dict[str, Any]:
        return {"orders": self.orders}

    def match_order(self, asked: Mapping[str, Any]) -> dict[str, Any]:
        said = asked["candidates"][0]["digits"]
        fits = [one for one in self.orders if one["order_number"].endswith(said)]
        shown = ("order_number", "summary")
        own = {one["order_number"]: one["customer_id"] == asked.get("customer_id") for one in fits}
        orders = [{"own": own[one["order_number"]]} | {name: one[name] for name in shown} for one in fits]
        return {"orders": orders, "heard": said}

    def logistics(self, asked: Mapping[str, Any]) -> dict[str, Any]:
        latest = {"state": "运输", "at": "2026-11-20T09:00", "place": "杭州", "text": "已到达杭州转运中心"}
        return {
            "found": True,
            "carrier": "顺丰速运",
            "latest": latest,
            "eta": "2026-11-21",
            "problem": None,
            "late": False,
        }

    def refund(self, asked: Mapping[str, Any]) -> dict[str, Any]:
        row = {
            "amount": "299",
            "status": "处理中",
            "expected": "2026-11-22",
            "channel": "微信",
            "completed": None,
        }
        return {"found": True, "refunds": [{**row, "late": False}], "returns": []}

    def product(self, asked: Mapping[str, Any]) -> dict[str, Any]:
        goods = {
            "short": "咖啡机",
            "price": "299",
            "warranty_months": 12,
            "colours": ["红色", "蓝色"],
            "sizes": [],
        }
        return {"found": "咖啡机" in asked["name"], "product": goods}

    def stock(self, asked: Mapping[str, Any]) -> dict[str, Any]:
        return {
            "found": True,
            "available": asked["colour"] == "蓝色",
            "product": "咖啡机",
            "others": ["蓝色"],
            **asked,
        }

    def promotions(self, asked: Mapping[str, Any]) -> dict[str, Any]:
        return {"promotions": [{"title": "满300减30", "text": "全场都能用"}], "coupons": []}

    def check(self, asked: Mapping[str, Any]) -> dict[str, Any]:
        found = self._order(asked["order_number"])
        return self.verdict | {"item": found["items"][0] if found else None}

    def knowledge(self, asked: Mapping[str, Any]) -> dict[str, Any]:
        found = "退" in asked["query"] or "多大" in asked["query"]
        return {"found": found, "answer": "七天之内可以退。" if found else "", "entry": "e1", "score": 0.9}

    def recommend(self, asked: Mapping[str, Any]) -> dict[str, Any]:
        return {"found": True, "product": {"short": "咖啡豆"}, "because": "咖啡机"}


WISHES = {
    "转人工": "human_agent",
    "不跟机器": "human_agent",
    "取消": "cancel_order",
    "改地址": "modify_address",
    "换货": "exchange_goods",
    "换成": "exchange_goods",
    "退款": "refund_status",
    "能退": "return_policy",
    "要退": "return_goods",
    "退货": "return_goods",
    "催": "expedite",
    "发票": "invoice",
    "降价": "price_protection",
    "优惠": "promotion",
    "没货": "stock",
    "有货": "stock",
    "多大": "product_info",
    "坏的": "complaint_quality",
    "少发": "complaint_missing_item",
    "态度": "complaint_service",
    "修": "repair_fault",
    "装": "installation",
    "别再打": "opt_out",
    "到哪": "logistics_trace",
    "什么时候到": "logistics_trace",
    "订单": "order_status",
    "等一下": "wait",
    "再说一遍": "repeat",
    "怎么用": "help",
    "谢谢": "thanks",
    "再见": "goodbye",
    "你好": "greeting",
    "笑话": "smalltalk",
    "不": "deny",
    "没": "deny",
    "对": "affirm",
    "好": "affirm",
    "是": "affirm",
}


def understand(
    text: str, mood: Mood = "neutral", confidence: float = 0.9, **more: str | int
) -> Understanding:
    """A few rules instead of a model; `more` are slots besides the digits in the text."""
    found = {name: text.index(word) for word, name in reversed(WISHES.items()) if word in text}
    serious = {name: at for name, at in found.items() if name not in {"affirm", "deny", "thanks", "greeting"}}
    names = sorted(serious, key=lambda name: serious[name]) or list(found)[-1:] or ["out_of_scope"]
    if found and "deny" in found and serious and text.startswith("不"):
        names = ["deny", *names]
    slots = {name: Slot(value, str(value)) for name, value in more.items()}
    for digits in re.findall(r"\d{3,}", text):
        name = "phone" if len(digits) == 11 else "order_number" if len(digits) > 8 else "tail_number"
        slots[name] = slots["digits"] = Slot(digits, digits)
    for word in ("咖啡机", "电饭煲"):
        if word in text:
            slots["product"] = Slot(word, word)
    turn: Any = "wait" if "wait" in names else "finished"
    return Understanding(text, tuple(Intent(name, confidence) for name in names), slots, mood, turn)


class Talk:
    """One conversation; every word of the bot is watched for what may not be said yet."""

    def __init__(self, script: Script, caller: str | None = None, shop: Any = None) -> None:
        self.script = script
        self.shop = shop or FakeShop()
        self.state: State = begin(script, "call-1")
        self.reply = Reply()
        self.text = ""
        self.wishes: list[Look | Do | Transfer | Record | HangUp] = []
        self.hear(Began(caller, NOW, "test"))

    def __call__(
        self, text: str, mood: Mood = "neutral", confidence: float = 0.9, **slots: str | int
    ) -> Talk:
        return self.hear(Spoke(understand(text, mood, confidence, **slots)))

    def hear(self, said: Said) -> Talk:
        self.text, self.wishes = "", []
        waiting: list[Said] = [said]
        while waiting:
            before = self.state.verified
            self.state, self.reply = step(self.script, self.state, waiting.pop(0))
            self.text += self.reply.text
            self.wishes += self.reply.actions
            if not (before or self.state.verified):
                assert not any(secret in self.reply.text for secret in SECRETS), self.reply.text
            waiting += [self.shop.answer(wish) for wish in self.reply.actions if isinstance(wish, (Look, Do))]
        return self

    def silent(self) -> Talk:
        return self.hear(WasSilent())

    def mumbled(self) -> Talk:
        return self.hear(NotHeard())

    def keys(self, digits: str) -> Talk:
        return self.hear(Keyed(digits))

    def taken(self) -> Talk:
        return self.hear(HandedOver())

    def busy(self) -> Talk:
        return self.hear(HumanFailed("busy"))

    def expect(self, *pieces: str) -> Talk:
        for piece in pieces:
            assert piece in self.text, f"{piece!r} is not in {self.text!r}"
        return self

    def never(self, *pieces: str) -> Talk:
        for piece in pieces:
            assert piece not in self.text, f"{piece!r} is in {self.text!r}"
        return self

    def transfer(self) -> Mapping[str, Any]:
        stories = [wish.story for wish in self.wishes if isinstance(wish, Transfer)]
        assert stories, f"nobody is transferred: {self.text}"
        return stories[0]

    def hung_up(self) -> bool:
        return self.state.ended == "ended" and any(isinstance(wish, HangUp) for wish in self.wishes)

    def done(self) -> list[str]:
        return [name for name, _ in self.shop.done]


@pytest.fixture(scope="session")
def hotline(root: Path) -> Script:
    """The hotline's script as it is shipped."""
    return load_script(root / "config" / "dialogues" / "hotline.yaml")


@pytest.fixture
def talk(hotline: Script) -> Talk:
    """An unknown caller, just answered."""
    return Talk(hotline)


@pytest.fixture
def known(hotline: Script) -> Talk:
    """A caller whose number the shop knows."""
    return Talk(hotline, PHONE)
