"""A marked turn becomes a fixture, and `voicebot replay` judges the bot by what the turn should have been."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path

import pytest
from typer.testing import CliRunner

from voicebot.app.regressions import regression
from voicebot.audio import read_wav
from voicebot.cli import build
from voicebot.errors import VoicebotError
from voicebot.records.clerk import Clerk
from voicebot.records.memory import Memory
from voicebot.records.notes import Closed, Opened, Recorded, Said
from voicebot.records.recordings import FolderShelf
from voicebot.records.standing import Standing
from voicebot.records.vault import Vault
from voicebot.records.views import Correction, WholeCall
from voicebot.replay.fixture import load_fixture
from voicebot.store.migrate import open_database, upgrade

FIXTURES = Path(__file__).resolve().parents[2] / "audio_fixtures"
NOW = datetime(2026, 11, 20, 10, 30)
ANGRY, HUMAN = "气死我了，你们什么破服务，我要投诉你们", "我要找人工"


@pytest.fixture
def memory(tmp_path: Path) -> Iterator[Memory]:
    """One call: the recorded caller of a fixture, whose times are the fixture's."""
    upgrade(str(tmp_path / "shop.db"))
    database = open_database(str(tmp_path / "shop.db"))
    made = Memory(database, Vault(bytes(32)), FolderShelf(tmp_path / "calls"))
    clerk, none = Clerk(database, made.vault), Standing().columns()
    clerk.tell(Opened("call 1/ä", "asterisk", NOW, "13800006612"))
    clerk.tell(Said("call 1/ä", 1, 0.0, 1.0, "bot", {"text": "您好"}, None, "", "", None, none))
    spoken = ((2, 1.22, 4.76, ANGRY, "complaint_service"), (4, 5.29, 6.24, HUMAN, "out_of_scope"))
    for number, at, until, text, intent in spoken:
        content = {"text": text, "intents": [{"name": intent, "confidence": 0.9}]}
        clerk.tell(Said("call 1/ä", number, at, until, "caller", content, 0.9, intent, "neutral", None, none))
    clerk.tell(Said("call 1/ä", 3, 5.0, 5.1, "keys", {"text": "5"}, None, "", "", None, none))
    clerk.tell(Closed("call 1/ä", 7.0, "caller", "ended", {**none, "outcome": "abandoned"}))
    pcm = read_wav(FIXTURES / "angry_caller.wav")
    clerk.tell(Recorded("call 1/ä", made.recordings.keep("call 1/ä", pcm, bytes(len(pcm)))))
    clerk.close()
    yield made
    database.close()


def marked(memory: Memory, number: int, **right: object) -> tuple[WholeCall, bytes]:
    memory.archive.correct(1, number, Correction("ops", NOW, **{"text": "", "remark": "", **right}))  # type: ignore[arg-type]
    call = memory.archive.call(1)
    assert call is not None
    assert call.summary.recording is not None
    wav = memory.recordings.wav(call.summary.recording)
    assert wav is not None
    return call, wav


def written(memory: Memory, folder: Path, **right: object) -> Path:
    """The fixture of the last turn, in files."""
    made = regression(*[*marked(memory, 4, **right)][:1], 4, marked(memory, 4, **right)[1])
    folder.mkdir(exist_ok=True)
    (folder / f"{made.name}.wav").write_bytes(made.wav)
    (folder / f"{made.name}.yaml").write_text(made.script, encoding="utf-8")
    return folder / f"{made.name}.yaml"


def test_the_fixture_holds_the_caller_up_to_the_marked_turn(memory: Memory, tmp_path: Path) -> None:
    path = written(memory, tmp_path / "cut", intent="human_agent", slots={"reason": "service"})
    assert path.name == "call-1-004.yaml"
    fixture = load_fixture(path)
    assert "13800006612" not in path.read_text(encoding="utf-8")
    angry, keys, human = fixture.script.turns
    assert (angry.caller, keys.keys, human.caller) == (ANGRY, "5", HUMAN)  # type: ignore[union-attr]
    assert angry.understood is None  # type: ignore[union-attr]
    assert human.understood.intent == "human_agent"  # type: ignore[union-attr]
    assert human.understood.slots == {"reason": "service"}  # type: ignore[union-attr]
    original = read_wav(FIXTURES / "angry_caller.wav")
    assert fixture.sound(human.segment) in original  # type: ignore[union-attr]
    assert 4_000 < len(fixture.pcm) / 16 - 1000 < 7_000


def test_the_last_word_about_a_turn_counts(memory: Memory) -> None:
    marked(memory, 4, intent="invoice")
    call, wav = marked(memory, 4, intent="human_agent", text="转人工")
    script = regression(call, 4, wav).script
    assert "转人工" in script
    assert "invoice" not in script


@pytest.mark.parametrize("number", [1, 2, 3, 99])
def test_what_cannot_be_a_fixture_is_told(memory: Memory, number: int) -> None:
    call, wav = marked(memory, 4, intent="human_agent")
    with pytest.raises(VoicebotError, match=f"第{number}句"):
        regression(call, number, wav)


def test_replay_judges_by_it(memory: Memory, tmp_path: Path) -> None:
    paths = [written(memory, tmp_path / intent, intent=intent) for intent in ("human_agent", "invoice")]
    out = ["--out", str(tmp_path / "out"), "--json"]
    ran = CliRunner().invoke(
        build(), ["replay", *map(str, paths), "--engine", "scripted", "--voice", "tone", *out]
    )
    told = [json.loads(line) for line in ran.stdout.splitlines() if line.startswith("{")]
    assert [one["held"] for one in told] == [True, False], ran.output
    assert ran.exit_code == 1
    (wrong,) = [verdict for verdict in told[1]["verdicts"] if not verdict["held"]]
    assert (wrong["what"], wrong["got"]) == ("understood as invoice", "human_agent")
