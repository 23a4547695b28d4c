"""Templates, filters, variants."""

from __future__ import annotations

from datetime import datetime

import pytest

from voicebot.dialogue.wording import parse_template, variant

KNOWN = {
    "phone": "13812348866",
    "eta": "2026-11-21",
    "at": "2026-11-18T09:05",
    "far": "2026-12-24",
    "price": "128.50",
    "whole": 30,
    "names": ["咖啡机", "滤纸", "豆子"],
    "yes": True,
    "now": datetime(2026, 11, 20, 15, 0),
}


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("尾号{phone|tail}", "尾号8866"),
        ("{eta|day}送到", "明天送到"),
        ("{at|day}{at|time}", "前天09:05"),
        ("{far|day}", "12月24日"),
        ("{far|date}", "12月24日"),
        ("{price|money}和{whole|money}", "128.5元和30元"),
        ("{names|list}", "咖啡机、滤纸和豆子"),
        ("{names}", "咖啡机、滤纸和豆子"),
        ("没有{missing.at.all}", "没有"),
        ("{yes}", ""),
        ("{missing|money}{missing|day}{missing|list}", ""),
        ("没有洞", "没有洞"),
    ],
)
def test_templates(text, said):
    assert parse_template(text).render(KNOWN.get) == said


@pytest.mark.parametrize("text", ["{phone|tale}", "{phone", "phone}", "{}", "{1 +}", "{{phone}}"])
def test_mistakes_are_found_at_load(text):
    with pytest.raises(ValueError, match=r"."):
        parse_template(text)


def test_variants_come_in_turn():
    words = tuple(parse_template(text) for text in "甲乙丙")
    assert [variant(words, count).text for count in range(5)] == ["甲", "乙", "丙", "甲", "乙"]
