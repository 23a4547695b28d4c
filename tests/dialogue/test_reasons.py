"""What is told besides a wish."""

from __future__ import annotations

import pytest

from voicebot.dialogue.reasons import told_besides


@pytest.mark.parametrize(
    ("said", "told"),
    [
        ("机器人老是撞墙，我要退货", "机器人老是撞墙"),
        ("我要退空气炸锅，声音像拖拉机，上门取", "声音像拖拉机"),
        ("我要退货", None),
        ("我要退昨天买的咖啡机，上门取件", None),
        ("机器人老是撞墙", None),
    ],
)
def test_the_reason_is_what_says_neither_what_nor_how(said: str, told: str | None) -> None:
    assert told_besides(said) == told
