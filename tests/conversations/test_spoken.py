"""Conversations word for word, each of which once went wrong; nothing private is said in any, nothing else done."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
import yaml

from benchmarks.conversations import FOLDER, Theatre, theatre
from voicebot.replay.audit import Row, Snapshot, fits
from voicebot.replay.text import BotTurn, TextDriver

FILES = [FOLDER / "spoken.yaml", *sorted((FOLDER / "spoken").glob("*.yaml"))]
SPOKEN: list[dict[str, Any]] = [
    given for file in FILES for given in yaml.safe_load(file.read_text(encoding="utf-8"))
]


@pytest.fixture(scope="module")
def place() -> Iterator[Theatre]:
    """Where the conversations are held."""
    with theatre() as one:
        yield one


def held(
    place: Theatre, given: dict[str, Any]
) -> tuple[list[tuple[dict[str, Any], BotTurn]], list[Row], list[str]]:
    """Every line with the bot's turn after it, what was changed, and what was given away."""
    stand, afterwards = place.stand(given["name"])
    before = Snapshot.of(stand.file)
    driver = TextDriver(stand.call, stand.shop)
    driver.answer(given["caller"])
    turns, leaks, heard = [], [], f"{given['caller'] or ''} {given.get('told', '')}"
    for line in given["turns"]:
        assert not driver.over, f"the call is over before {line['say']}"
        heard += " " + line["say"]
        turn = driver.say(line["say"])
        leaks += stand.secrets.told("".join(turn.say), heard, stand.shop.public, stand.shop.customer)
        turns.append((line, turn))
    changes = before.changes(Snapshot.of(stand.file))
    afterwards()
    return turns, changes, leaks


def test_each_has_a_name_of_its_own() -> None:
    assert len({given["name"] for given in SPOKEN}) == len(SPOKEN)


@pytest.mark.parametrize("given", SPOKEN, ids=lambda given: given["name"])
def test_it_goes_as_it_should(place: Theatre, given: dict[str, Any]) -> None:
    turns, changes, leaks = held(place, given)
    for line, turn in turns:
        said = "".join(turn.say)
        assert not [text for text in line.get("hears", ()) if text not in said], f"{line['say']} -> {said}"
        assert not [text for text in line.get("never", ()) if text in said], f"{line['say']} -> {said}"
    wanted = list(given.get("effects", ()))
    assert len(changes) == len(wanted), changes
    for row in changes:
        match = next((one for one in wanted if fits(row, one)), None)
        assert match is not None, row
        wanted.remove(match)
    assert turns[-1][1].state == given.get("ends", "open")
    assert not leaks


def test_a_ticket_tells_the_whole_conversation(place: Theatre) -> None:
    given = next(one for one in SPOKEN if one["name"] == "a_complaint_with_what_is_wanted")
    _, changes, _ = held(place, given)
    transcript = changes[0]["transcript"]
    assert "客户：袜子少发了一双，给我补发" in transcript
    assert "客服：" in transcript
    assert transcript.splitlines()[-1] == "客户：对"
