"""After a call that served him the caller is asked how content he is, where the shop wants that."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from tests.dialogue.conftest import PHONE, FakeShop, Talk
from voicebot.actions import Record
from voicebot.dialogue import Script, load_script


class Shop(FakeShop):
    """A shop that keeps marks."""

    def _do(self, name: str) -> dict[str, Any]:
        return super()._do(name) | {"score": 5}


@pytest.fixture(scope="module")
def asking(hotline: Script) -> Script:
    return hotline


@pytest.fixture(scope="module")
def silent(root: Path) -> Script:
    path = root / "config" / "dialogues" / "hotline.yaml"
    return load_script(path, constants={"after_call": {"satisfaction": False}})


def served(script: Script) -> Talk:
    """A caller whose wish was resolved, and who wants nothing more."""
    return Talk(script, PHONE, Shop())("别再打推销电话")("没有了")


def marks(talk: Talk) -> list[Any]:
    return [
        wish.data["score"] for wish in talk.wishes if isinstance(wish, Record) and wish.kind == "satisfaction"
    ]


def test_a_mark_by_key_and_by_voice_is_kept_and_the_call_ends(asking: Script) -> None:
    talk = served(asking).expect("打个分").keys("4")
    assert marks(talk) == [4]
    assert talk.hung_up()
    assert talk.shop.done[-1] == ("record_satisfaction", {"score": 4, "phone": PHONE})
    spoken = served(asking)("五分", rating=5)
    assert marks(spoken) == [5]
    assert spoken.hung_up()


def test_who_does_not_want_to_say_is_not_pressed(asking: Script) -> None:
    for says in ("不用了", "再见"):
        talk = served(asking)(says)
        assert talk.hung_up()
        assert marks(talk) == []


def test_who_says_nothing_is_let_go_after_one_silence(asking: Script) -> None:
    talk = served(asking).silent()
    assert talk.hung_up()
    talk.expect("再见").never("在听吗")
    assert marks(talk) == []


def test_a_mark_that_cannot_be_is_asked_for_once_more(asking: Script) -> None:
    talk = served(asking).keys("9").expect("一分到五分")
    assert marks(talk.keys("3")) == [3]


def test_it_is_not_asked_where_nothing_was_done_nor_where_it_is_switched_off(
    asking: Script, silent: Script
) -> None:
    assert Talk(asking, PHONE, Shop())("再见").never("打个分").hung_up()
    assert served(silent).never("打个分").hung_up()


def test_the_wording_that_is_tried_is_heard_before_the_mark(root: Path) -> None:
    path = root / "config" / "dialogues" / "hotline.yaml"
    warm = served(load_script(path, constants={"variants": {"parting": "warm"}}))
    assert warm.text.index("很高兴能帮到您") < warm.text.index("打个分")
    assert "variant" in [wish.kind for wish in warm.wishes if isinstance(wish, Record)]
    assert marks(warm.keys("5")) == [5]
