"""How content a caller is: asked after calls in and out, by voice or key, and kept with the call and in the shop."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from functools import partial
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import text

from voicebot.actions import Action
from voicebot.app import App
from voicebot.app.campaign_files import script_of
from voicebot.call import Call
from voicebot.config import load
from voicebot.dialogue.script import Script
from voicebot.events import Event, Pressed
from voicebot.records.clerk import Clerk
from voicebot.records.keeping import Keeping
from voicebot.records.memory import Memory
from voicebot.records.recordings import FolderShelf
from voicebot.records.vault import Vault
from voicebot.replay.text import TextDriver
from voicebot.store.migrate import open_database, upgrade
from voicebot.telephony.reception import Ring

ROOT = Path(__file__).resolve().parents[2]
NOW = datetime(2026, 11, 20, 10, 30)
PHONE = "13812348866"


@dataclass
class Watched:
    """A call that the memory watches."""

    call: Call
    keeping: Keeping

    def receive(self, event: Event) -> list[Action]:
        actions = self.call.receive(event)
        self.keeping.happened(event, actions, None, False)
        return actions

    @property
    def over(self) -> bool:
        return self.call.over

    @property
    def deadline(self) -> float | None:
        return self.call.deadline


@pytest.fixture(scope="module")
def app() -> App:
    return App(load(ROOT / "config"))


@pytest.fixture
def memory(tmp_path: Path) -> Iterator[Memory]:
    file = str(tmp_path / "calls.db")
    upgrade(file)
    database = open_database(file)
    yield Memory(database, Vault(bytes(32)), FolderShelf(tmp_path / "calls"))
    database.close()


def _pressed(key: str, at: float) -> Event:
    return Pressed(at, key)


def talk(app: App, memory: Memory, folder: Path, script: Script | None, *said: str) -> list[Any]:
    """A conversation (a digit is a key); gives the marks that are kept in the shop for this number."""
    shop = app.demo_shop(NOW, folder)
    clerk = Clerk(memory.database, memory.vault)
    keeping = Keeping(Ring("call-1", "asterisk", PHONE), lambda: NOW, clerk.tell)
    call: Any = Watched(app.call("call-1", NOW, shop.catalogue(), script=script), keeping)
    driver = TextDriver(call, shop)
    driver.answer(PHONE)
    for one in said:
        if one.isdigit():
            driver._take(partial(_pressed, one))
        else:
            driver.say(one)
    assert driver.over
    keeping.over(broken=False)
    clerk.close()
    with open_database(f"sqlite:///{next(folder.glob('shop-*.db'))}").reading() as session:
        return [
            row[0]
            for row in session.execute(text(f"SELECT score FROM satisfactions WHERE phone = '{PHONE}'"))
        ]


def kept(memory: Memory) -> int | None:
    number = memory.archive.number("call-1")
    assert number is not None
    whole = memory.archive.call(number)
    assert whole is not None
    return whole.summary.satisfaction


@pytest.mark.parametrize(("answer", "score"), [("五分", 5), ("2", 2), ("不用了", None)])
def test_after_a_call_to_the_hotline_that_was_resolved(
    answer: str, score: int | None, app: App, memory: Memory, tmp_path: Path
) -> None:
    marks = talk(app, memory, tmp_path, None, "别再给我打推销电话了", "没有了", answer)
    assert kept(memory) == score
    assert (score in marks) == (score is not None)


@pytest.mark.parametrize(("answer", "score"), [("四分", 4), ("1", 1), ("再见", None)])
def test_after_a_call_of_a_campaign(
    answer: str, score: int | None, app: App, memory: Memory, tmp_path: Path
) -> None:
    script = script_of(app, ROOT / "config" / "dialogues" / "outbound" / "follow_up.yaml")
    marks = talk(app, memory, tmp_path, script, "方便", "都正常", answer)
    assert kept(memory) == score
    assert (score in marks) == (score is not None)
