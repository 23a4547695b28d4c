"""No number that was heard is used before the caller has heard it again and said yes; so a wrong one is caught."""

from __future__ import annotations

import random
from datetime import datetime

import pytest

from voicebot.app import App
from voicebot.config import load
from voicebot.replay.text import BotTurn, TextDriver

NOW = datetime(2026, 11, 20, 10, 30)
SPOKEN = str.maketrans("0123456789", "零幺二三四五六七八九")


def numbers() -> list[str]:
    """Wrong order numbers of several lengths, as recognition may make them."""
    chance = random.Random(1000)
    return ["".join(chance.choices("0123456789", k=length)) for length in (8, 11, 12, 13) for _ in range(4)]


@pytest.fixture(scope="module")
def bot() -> App:
    return App(load()).with_voice("tone")


@pytest.mark.parametrize("number", numbers())
@pytest.mark.parametrize("opening", [True, False], ids=["in the first sentence", "when asked"])
def test_a_number_is_read_back_before_it_is_used(bot: App, number: str, opening: bool) -> None:
    with bot.text_shop(None, NOW) as shop:
        driver = TextDriver(bot.call("readback", NOW, shop.catalogue()), shop, source="free")
        driver.answer(None)
        spoken = number.translate(SPOKEN)
        turn: BotTurn
        if opening:
            turn = driver.say(f"帮我查一下订单{spoken}到哪了")
        else:
            driver.say("帮我查一下我的订单")
            turn = driver.say(spoken)
        assert number in "".join(turn.say), turn.say
        assert turn.expecting == "yes_no"
        assert turn.actions == []
