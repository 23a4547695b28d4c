"""What is bought together."""

from __future__ import annotations

from voicebot.shop.pairings import mine


def test_rules_are_found_with_their_figures() -> None:
    carts = [["A", "B"]] * 8 + [["A"]] * 2 + [["C"]] * 10
    rules = {(rule["antecedent"], rule["consequent"]): rule for rule in mine(carts)}
    assert set(rules) == {("A", "B"), ("B", "A")}
    assert rules["A", "B"]["confidence"] == 0.8
    assert rules["B", "A"]["confidence"] == 1.0
    assert rules["A", "B"]["lift"] == 2.0


def test_single_things_make_no_rules() -> None:
    assert mine([["A"], ["B"]]) == []
    assert mine([]) == []
