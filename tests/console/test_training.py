"""Marked turns become training sentences: accepted, learned aside, published to new calls, taken back, exported."""

from __future__ import annotations

import io
import shutil
import zipfile
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any, cast

import pytest
import yaml

from tests.console.conftest import Browser, House, hidden, over
from tests.records.calls import Bell, Story
from voicebot.app import App
from voicebot.app.training_office import ShopTraining, Taught, learn_aside
from voicebot.console.training_office import Lecture
from voicebot.errors import VoicebotError
from voicebot.nlu.extra import with_told
from voicebot.nlu.grammars import load_grammars
from voicebot.nlu.training import trained
from voicebot.nlu.understand import Understander
from voicebot.records.clerk import Clerk
from voicebot.records.notes import Recorded
from voicebot.records.person import erase_person
from voicebot.records.retention import Terms, purge

PAGE = "/console/knowledge/training"
SAID = "唱个小曲给大家听听"
FILED = Path(__file__).resolve().parents[2] / "grammars" / "zh-CN"
LEARNED: list[list[tuple[str, str]]] = []
"""What was learned in this module, time by time."""
INTENTS = ("affirm", "deny", "human_agent", "invoice", "out_of_scope", "return_goods")


@pytest.fixture(scope="module")
def grammars(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A part of the language, so that it is learned quickly."""
    folder = tmp_path_factory.mktemp("grammars")
    shutil.copy(FILED / "_common.yaml", folder)
    for intent in INTENTS:
        (folder / intent).mkdir()
        shutil.copy(FILED / intent / "told.yaml", folder / intent)
    return folder


@dataclass
class Bot:
    """As much of an App as training needs."""

    grammars: Path
    time: list[datetime]
    taught: Taught

    def now(self) -> datetime:
        return self.time[0]

    @property
    def understander(self) -> Understander:
        return self.taught.now


def bot_of(house: House, grammars: Path, learned: Path) -> App:
    return cast(App, Bot(grammars, house.time, Taught(Understander.open(grammars, learned))))


@pytest.fixture(scope="module")
def learned(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("learned")


@pytest.fixture
def taught(house: House, grammars: Path, learned: Path, monkeypatch: pytest.MonkeyPatch) -> House:
    """A console that can teach, with three calls; learning is done in this process, so that it is quick."""

    def here(folder: Path, told: Sequence[tuple[str, str]], cache: Path) -> None:
        LEARNED.append(list(told))
        trained(with_told(load_grammars(folder), told), cache)

    monkeypatch.setattr("voicebot.app.training_office.learn_aside", here)
    memory, clerk = house.desk.memory, Clerk(house.desk.memory.database, house.desk.memory.vault)
    for number, text in enumerate((SAID, f"{SAID}，我叫欧阳一一", "随便聊聊"), start=1):
        began = house.time[0] - timedelta(hours=number)
        story = Story(clerk.tell, Bell(f"c-{number}", caller=f"1380000661{number}"), began)
        story.bot("您好").caller(text, "out_of_scope", name="欧阳一一").bot("没听懂").hung_up()
    clerk.tell(Recorded("c-1", memory.recordings.keep("c-1", bytes(16 * 6000), bytes(16))))
    clerk.close()
    office = ShopTraining(bot_of(house, grammars, learned), memory, learned)
    object.__setattr__(house.desk, "training", office)
    return house


def office(house: House) -> ShopTraining:
    return cast(ShopTraining, house.desk.training)


def means(house: House, text: str = SAID) -> str:
    """What a call that begins now takes this for."""
    return office(house)._app.understander.understand(text, today=house.time[0].date()).intents[0].name


def mark(ops: Browser, call: int, turn: int = 2, **right: str) -> None:
    answer = ops.post(f"/console/calls/{call}/turns/{turn}/correct", **{"intent": "invoice", **right})
    assert answer.status_code == 303, answer.text


def tried(house: House, ops: Browser, **form: str) -> tuple[str, str]:
    """What training comes to, as its page shows it in the end; and where it is published."""
    begun = ops.post(f"{PAGE}/try", **form)
    assert begun.status_code == 303, begun.text
    where = begun.headers["location"]
    over(house, where, Lecture)
    return ops.get(f"{where}/found").text, where


def accept(ops: Browser, text: str = SAID, number: str = "1", intent: str = "invoice") -> Any:
    return ops.post(f"{PAGE}/accept", number=number, text=text, intent=intent)


def test_a_marked_turn_is_learned_published_and_taken_back(taught: House) -> None:
    ops = taught.client("ops")
    assert means(taught) == "out_of_scope"
    mark(ops, 1)
    page = ops.get(PAGE).text
    assert SAID in page
    assert f'value="{SAID}"' in page
    assert '<option value="invoice" selected>' in page
    assert accept(ops).status_code == 303
    assert "没有等待处理的标记" in ops.get(PAGE).text
    found, where = tried(taught, ops)
    assert "1 个训练句里有 1 个理解对了" in found
    assert f'<td data-label="客户说">{SAID}</td>' in found
    assert means(taught) == "out_of_scope"
    ongoing, before = office(taught)._app.understander, len(LEARNED)
    assert ops.post(f"{where}/publish").status_code == 303
    assert len(LEARNED) == before  # what was tried is published without being learned again
    assert means(taught) == "invoice"
    assert ongoing.understand(SAID, today=taught.time[0].date()).intents[0].name == "out_of_scope"
    assert "已发布" in ops.get(PAGE).text
    assert ops.post(f"{PAGE}/try").status_code == 400
    _, back = tried(taught, ops, what="undo")
    ops.post(f"{back}/publish")
    assert means(taught) == "out_of_scope"
    deeds = [(deed.who, deed.about, deed.why) for _, deed in taught.desk.memory.audit.lines("training")]
    assert ("ops", "lesson 1", "accept") in deeds
    assert ("ops", "lessons", "published 1 sentences") in deeds


def test_a_new_process_knows_what_was_published(taught: House, grammars: Path, learned: Path) -> None:
    ops = taught.client("ops")
    mark(ops, 1)
    accept(ops)
    ops.post(f"{tried(taught, ops)[1]}/publish")
    app = bot_of(taught, grammars, learned)
    again = ShopTraining(app, taught.desk.memory, learned)
    assert app.understander.understand(SAID, today=app.now().date()).intents[0].name == "out_of_scope"
    again.catch_up()
    assert app.understander.understand(SAID, today=app.now().date()).intents[0].name == "invoice"


def test_nothing_private_is_learned(taught: House) -> None:
    ops = taught.client("ops")
    mark(ops, 2)
    page = ops.get(PAGE).text
    assert "欧阳一一" not in page
    for text in (f"{SAID}我叫欧**", "打给13800006612退货", ""):
        answer = accept(ops, text)
        assert answer.status_code == (303 if text.startswith("打给") else 400), text
    (lesson,) = office(taught).lessons.all()
    assert lesson.text == "打给#退货"


@pytest.mark.parametrize(
    ("form", "status"),
    [
        ({"number": "9"}, 400),
        ({"number": "x"}, 400),
        ({"intent": "dance"}, 400),
        ({"intent": ""}, 400),
        ({"text": "(a|b)"}, 400),
    ],
    ids=str,
)
def test_mistakes_are_told(taught: House, form: dict[str, str], status: int) -> None:
    ops = taught.client("ops")
    mark(ops, 1)
    assert accept(ops, **form).status_code == status
    assert office(taught).lessons.all() == []


def test_a_mark_is_decided_once(taught: House) -> None:
    ops = taught.client("ops")
    mark(ops, 1)
    assert ops.post(f"{PAGE}/refuse", number="1").status_code == 303
    assert accept(ops).status_code == 400
    assert "没有等待处理的标记" in ops.get(PAGE).text


def test_a_sentence_is_left_out_of_the_next_publication(taught: House) -> None:
    ops = taught.client("ops")
    mark(ops, 1)
    accept(ops)
    ops.post(f"{tried(taught, ops)[1]}/publish")
    ops.post(f"{PAGE}/want", number="1", wanted="")
    assert "下次发布去掉" in ops.get(PAGE).text
    ops.post(f"{tried(taught, ops)[1]}/publish")
    assert means(taught) == "out_of_scope"


def test_who_comes_late_publishes_nothing(taught: House) -> None:
    ops = taught.client("ops")
    mark(ops, 1)
    accept(ops)
    _, first = tried(taught, ops)
    _, second = tried(taught, ops)
    assert ops.post(f"{first}/publish").status_code == 303
    late = ops.post(f"{second}/publish")
    assert late.status_code == 400
    assert "刚被别人发布过" in late.text
    assert ops.get(f"{PAGE}/try/guess").status_code == 404


def test_what_was_learned_leaves_as_grammar_files(taught: House) -> None:
    ops = taught.client("ops")
    mark(ops, 1)
    accept(ops)
    answer = ops.get(f"{PAGE}/learned.zip")
    with zipfile.ZipFile(io.BytesIO(answer.content)) as files:
        assert files.namelist() == ["invoice/learned.yaml"]
        assert yaml.safe_load(files.read("invoice/learned.yaml")) == {
            "intent": "invoice",
            "sentences": [SAID],
        }


def test_a_marked_turn_leaves_as_a_fixture_with_a_reason(taught: House) -> None:
    ops = taught.client("ops")
    mark(ops, 1, slots="order_number: 261118004217\nreason: 不想要")
    page = ops.get("/console/calls/1").text
    assert "导出回归样例" in page
    assert "261118004217" not in page
    path = "/console/calls/1/turns/2/fixture"
    assert ops.post(path).status_code == 400
    answer = ops.post(path, reason="质量检查")
    with zipfile.ZipFile(io.BytesIO(answer.content)) as files:
        assert sorted(files.namelist()) == ["c-1-002.wav", "c-1-002.yaml"]
        script = yaml.safe_load(files.read("c-1-002.yaml"))
    wanted = {"intent": "invoice", "slots": {"order_number": "261118004217", "reason": "不想要"}}
    assert script["turns"][0]["understood"] == wanted
    assert ("call c-1 turn 2", "质量检查") in [
        (deed.about, deed.why) for _, deed in taught.desk.memory.audit.lines("export")
    ]
    mark(ops, 2)
    assert "没有录音" in ops.post("/console/calls/2/turns/2/fixture", reason="质量检查").text


def test_a_person_who_is_erased_is_in_no_lesson(taught: House) -> None:
    ops = taught.client("ops")
    mark(ops, 1)
    accept(ops)
    ops.post(f"{tried(taught, ops)[1]}/publish")
    erase_person(taught.desk.memory, "13800006611")
    assert office(taught).lessons.all() == []
    assert office(taught).lessons.in_force() == []
    assert ops.get(PAGE).status_code == 200


def test_a_sentence_outlives_the_call_that_it_comes_from(taught: House) -> None:
    ops = taught.client("ops")
    mark(ops, 1)
    accept(ops)
    purge(taught.desk.memory, Terms(1, 1, 1, 183), taught.time[0] + timedelta(days=3))
    (lesson,) = office(taught).lessons.all()
    assert (lesson.call, lesson.text) == (None, SAID)
    assert "已清除的通话" in taught.client("ops").get(PAGE).text


def test_agents_cannot_teach(taught: House) -> None:
    ann = taught.client("ann")
    csrf = hidden(ann.get("/console/password").text, "csrf")
    for path in ("/accept", "/refuse", "/want", "/try", "/try/x/publish"):
        assert ann.send(f"{PAGE}{path}", {"csrf": csrf}).status_code == 403
    for path in ("", "/learned.zip", "/try/x", "/try/x/found"):
        assert ann.get(f"{PAGE}{path}").status_code == 403


def test_learning_is_done_in_a_process_of_its_own(
    grammars: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    learn_aside(grammars, [("invoice", SAID)], tmp_path)
    assert len(list(tmp_path.glob("*.npz"))) == 1
    monkeypatch.setattr("voicebot.app.training_office._learn", abs)
    with pytest.raises(VoicebotError, match="训练没有完成"):
        learn_aside(grammars, [], tmp_path)
