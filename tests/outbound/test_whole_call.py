"""From the dialler over Twilio's REST interface, webhooks and media stream to the dialogue and its result."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest

from tests.telephony.house import QUICK, Loudness, caller, until
from tests.web.fake_twilio import PUBLIC, token_of, twilio
from voicebot.app import App
from voicebot.app.campaigns import OutboundCalls
from voicebot.app.carriers import Switchboard, TwilioCarrier
from voicebot.call import Call, Parts
from voicebot.config import load
from voicebot.dialogue.vocabulary import REQUIRED_WORDS
from voicebot.events import Transcript
from voicebot.nlu.understanding import Intent, Understanding
from voicebot.outbound.dialler import Dialler
from voicebot.telephony.twilio_exchange import Addresses
from voicebot.web.twilio import addresses

INTENTS = {"好的": "affirm", "别再打了": "opt_out"}
DIALOGUE = """
constants: {{contact: {{name: 您}}}}
settings: {{opt_out_key: "9", failures: 6}}
words:
{words}
flows:
  opening:
    steps:
      - say: "{{contact.name}}您好"
      - confirm: 方便吗
        yes: [{{record: answer, with: {{question: "'ok'", value: "'yes'"}}}}]
      - record: converted
      - hangup: completed
        say: 谢谢再见
  opt_out:
    intents: [opt_out]
    title: 不再来电
    steps: [{{record: opt_out}}, {{hangup: opted_out, say: 好的再见}}]
  closing: {{steps: [{{hangup: completed, say: 再见}}]}}
  human_failed: {{steps: [{{hangup: no_human, say: 再见}}]}}
"""


def understand(heard: Transcript, expecting: str | None, known: Sequence[str]) -> Understanding:
    """Knows the sentences above."""
    name = INTENTS.get(heard.text, "out_of_scope")
    return Understanding(heard.text, (Intent(name, 0.95),), {}, "neutral", "finished")


def begin(desk: Any, folder: Path) -> None:
    """A campaign of one contact on the line of Twilio, which runs."""
    words = "\n".join(f"  {name}: [x]" for name in REQUIRED_WORDS)
    (folder / "care.yaml").write_text(DIALOGUE.format(words=words), "utf-8")
    desk.campaign(line="twilio", source=str(folder / "campaign.yaml"))
    desk.add("care", "13800006612")
    desk.campaigns.move("care", "start")


@pytest.mark.parametrize(
    ("said", "outcome", "answers"), [("好的", "completed", {"ok": "yes"}), ("别再打了", "opted_out", {})]
)
def test_a_whole_call(
    desk: Any,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    said: str,
    outcome: str,
    answers: dict[str, Any],
) -> None:
    def call(_: App, call_id: str, now: datetime, *__: Any, script: Any, **___: Any) -> Call:
        return Call(Parts(call_id, script, understand, Loudness(), now), QUICK)

    monkeypatch.setattr(App, "call", call)
    begin(desk, tmp_path)
    asyncio.run(_ring(desk, said))
    row = desk.rows("SELECT outcome, converted, ref, call FROM campaign_dials")[0]
    assert (row[0], bool(row[1])) == (outcome, outcome == "completed")
    assert row[2] == row[3] == "CAhuman1"
    (found,) = [one for one in _results(desk) if one["outcome"]]
    assert found["answers"] == answers
    assert desk.rows("SELECT phone FROM do_not_call") == (
        [("+8613800006612",)] if outcome == "opted_out" else []
    )


async def _ring(desk: Any, said: str) -> None:
    async with twilio(said, said, said) as far:
        far.exchange.addresses = addresses(PUBLIC)
        assert far.exchange.addresses == Addresses(PUBLIC, PUBLIC.replace("http", "ws", 1))
        board = Switchboard(lambda: 5, desk.clock)
        workers = far.building.lobby._house.engines(None).looking  # type: ignore[arg-type]
        calls = OutboundCalls(App(load()), desk.database, None, workers, board)
        far.building.lobby._house = calls.join(far.building.lobby._house)
        dialler = Dialler(desk.ledger(), {"twilio": TwilioCarrier(board, far.exchange)}, desk.clock)
        await dialler.step()
        path, form = far.rest.asked[0]
        assert (path, form["To"]) == ("Calls.json", "+8613800006612")
        token = token_of(await far.post(form["Url"], CallSid="CAhuman1", AnsweredBy="human"))
        await far.stream(far.caller(caller({"caller": said})), token, "CAhuman1")
        await until(lambda: board.over)
        assert "王芳您好" in [entry["text"] for entry in far.building.kinds("said")]
        await dialler.step()


def _results(desk: Any) -> list[dict[str, Any]]:
    from voicebot.outbound.results import results

    return results(desk.database, "care")
