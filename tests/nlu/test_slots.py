"""Details of whole sentences, from data/slots.yaml."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import Any

import pytest
import yaml
from hypothesis import given, settings
from hypothesis import strategies as st

from voicebot.nlu.catalogue import Catalogue, Product
from voicebot.nlu.slots import NAMES, extract
from voicebot.nlu.slots_words import Option

DATA = yaml.safe_load((Path(__file__).parent / "data" / "slots.yaml").read_text(encoding="utf-8"))
TODAY: date = DATA["today"]


@pytest.mark.parametrize("case", DATA["cases"], ids=lambda case: f"{case['say']}-{case.get('asked', '')}")
def test_the_details_of_a_sentence(case: dict[str, Any]) -> None:
    options = [Option(value, tuple(names)) for value, *names in case.get("options", [])]
    found = extract(case["say"], expecting=case.get("asked"), today=TODAY, options=options)
    wanted = {
        name: value.isoformat() if isinstance(value, date) else value for name, value in case["slots"].items()
    }
    assert {name: slot.value for name, slot in found.items()} == wanted


def test_the_words_of_a_slot_are_kept() -> None:
    slots = extract("尾号是 幺三八八", today=TODAY)
    assert slots["tail_number"].text == "幺三八八"


def test_every_slot_has_a_known_name_and_a_plain_value() -> None:
    for case in DATA["cases"]:
        for name, slot in extract(case["say"], today=TODAY).items():
            assert name in NAMES
            assert isinstance(slot.value, str | int)


def test_the_shops_own_products_come_with_their_names() -> None:
    catalogue = Catalogue.of([Product("P4001", "半自动咖啡机", ("意式咖啡机",))])
    assert extract("意式咖啡机漏水", today=TODAY, catalogue=catalogue)["product"].value == "半自动咖啡机"


@pytest.mark.parametrize("text", ["", " ", "……", "???", "啊" * 500, "一" * 300, "12345" * 40])
def test_odd_text_is_understood_as_something(text: str) -> None:
    extract(text, today=TODAY)


def test_third_party_money_and_days_have_the_same_values(testdata: Path) -> None:
    money = (testdata / "textnorm" / "itn" / "money.txt").read_text(encoding="utf-8").splitlines()
    sums = [line.split(" => ¥") for line in money if " => ¥" in line]
    assert len(sums) >= 3
    assert [extract(said, today=TODAY)["amount"].value for said, _ in sums] == [yuan for _, yuan in sums]
    assert extract("二零零八年八月八日", today=TODAY)["date"].value == "2008-08-08"
    assert extract("两千零五年八月五号", today=TODAY)["date"].value == "2005-08-05"


_ODD = st.text(
    alphabet="一二两三十百千万亿零幺半点块毛号月年日天周上前后这那个第位是不对最后尾号我,。 85:.-/双分之几多来差路室姓",
    max_size=20,
)


@settings(max_examples=300, deadline=None)
@given(
    _ODD,
    st.sampled_from(
        [None, "order_number", "phone", "tail_number", "amount", "quantity", "rating", "date", "choice"]
    ),
)
def test_any_jumble_of_numerals_is_understood_as_something(text: str, asked: str | None) -> None:
    slots = extract(text, expecting=asked, today=TODAY)
    assert set(slots) <= set(NAMES)
    for name in {"order_number", "phone", "tail_number"} & set(slots):
        assert str(slots[name].value).isdecimal()
    if "date" in slots:
        date.fromisoformat(str(slots["date"].value))


@pytest.mark.parametrize(
    ("said", "value"),
    [
        ("寄到航州西湖区文三路一百二十号", "杭州西湖区文三路120号"),
        ("地址改成苏洲工业园区", "苏州工业园区"),
        ("送到成嘟市武侯区", "成都市武侯区"),
    ],
)
def test_towns_are_known_by_their_sound(said: str, value: str) -> None:
    slots = extract(said, today=TODAY)
    assert slots["address"].value == value
    assert str(slots["address"].text) in said


@pytest.mark.parametrize("said", ["发到附件里", "改成通话", "寄到公司"])
def test_words_that_only_sound_like_towns_stay(said: str) -> None:
    slot = extract(said, today=TODAY).get("address")
    assert slot is None or slot.value == slot.text
