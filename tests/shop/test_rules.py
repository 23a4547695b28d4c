"""The shop's rules as data: what a mistake in them is called."""

from __future__ import annotations

from pathlib import Path

import pytest

from voicebot.errors import VoicebotError
from voicebot.shop.rules import Rules, load_rules


@pytest.mark.parametrize(
    ("said", "name"),
    [
        ("耳机有杂音,质量太差", "quality"),
        ("不是质量问题,就是不喜欢", "unwanted"),
        ("发错颜色了", "wrong_item"),
        ("少发了一件", "missing_item"),
        ("收到的时候就碎了", "damaged"),
        ("太小了穿不下", "size"),
        ("就是想退", "other"),
        ("quality", "quality"),
    ],
)
def test_what_a_reason_means(rules: Rules, said: str, name: str) -> None:
    assert rules.reason(said).name == name


@pytest.mark.parametrize(
    ("kind", "severity", "said", "department"),
    [
        ("complaint_quality", "normal", "漏水", "质检部"),
        ("complaint_quality", "urgent", "着火了", "安全专员"),
        ("complaint_service", "normal", "再不处理我找消协", "法务部"),
        ("complaint_missing_item", "low", "", "仓储部"),
        ("something_new", "normal", "", "售后部"),
    ],
)
def test_who_answers_a_ticket(rules: Rules, kind: str, severity: str, said: str, department: str) -> None:
    assert rules.department(kind, severity, said) == department


@pytest.mark.parametrize(
    ("old", "new", "named"),
    [
        ("no_reason_days: 7 ", "no_reason_days: 3 ", "return.no_reason_days"),
        ("no_reason_days: 7 ", "no_reason_days: seven ", "return.no_reason_days"),
        ("refund_days: 7 ", "refund_dayz: 7 ", "return.refund_day"),
        ("签收已经{days}天了", "签收已经{tage}天了", "tage"),
        ("    unopened:", "    unopend:", "unopened"),
        ("hours:\n  spoken", "hours: [\n  spoken", "cannot be read"),
    ],
)
def test_a_mistake_is_named(root: Path, tmp_path: Path, old: str, new: str, named: str) -> None:
    good = (root / "config" / "rules.yaml").read_text(encoding="utf-8")
    assert old in good
    wrong = tmp_path / "rules.yaml"
    wrong.write_text(good.replace(old, new, 1), encoding="utf-8")
    with pytest.raises(VoicebotError, match=named) as caught:
        load_rules(wrong)
    assert str(wrong) in str(caught.value)


def test_rules_that_are_not_there(tmp_path: Path) -> None:
    with pytest.raises(VoicebotError, match="no shop rules"):
        load_rules(tmp_path / "none.yaml")
