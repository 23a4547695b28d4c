"""A wrong YAML file is told by file, line and key."""

from __future__ import annotations

from pathlib import Path

import pytest

from voicebot.errors import VoicebotError
from voicebot.replay.reading import read_checked
from voicebot.replay.script import CallScript

GOOD = 'title: a\nat: "2026-11-20T10:30:00"\nturns:\n- bot: {says: 您好}\n- caller: 你好\n'


def write(tmp_path: Path, text: str | bytes) -> Path:
    path = tmp_path / "call.yaml"
    path.write_bytes(text if isinstance(text, bytes) else text.encode())
    return path


def refusal(tmp_path: Path, text: str | bytes) -> str:
    with pytest.raises(VoicebotError) as caught:
        read_checked(write(tmp_path, text), CallScript)
    return str(caught.value).replace(f"{tmp_path}/", "")


def test_a_good_one_knows_its_lines(tmp_path: Path) -> None:
    checked = read_checked(write(tmp_path, GOOD), CallScript)
    assert checked.value.title == "a"
    assert checked.where("turns", 1, "caller").endswith("call.yaml:5: turns[1].caller")
    assert checked.where("turns", 1, "voice").endswith("call.yaml:5: turns[1].voice")
    assert checked.where("background").endswith("call.yaml:1: background")


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("", "call.yaml must be a YAML mapping such as 'title: ...'."),
        ("- a", "call.yaml must be a YAML mapping such as 'title: ...'."),
        ("a: [b", "call.yaml:1: this is not YAML: expected ',' or ']', but got '<stream end>'."),
        (GOOD + "title: b\n", "call.yaml:6: title: is here twice."),
        (GOOD.replace("says: 您好", "says: a, says: b"), "call.yaml:4: turns[0].bot.says: is here twice."),
        (GOOD + "tilte: b\n", "call.yaml:6: tilte: is not a key that is known here."),
        (GOOD.replace("title: a\n", ""), "call.yaml:1: title: is missing."),
        (GOOD.replace("title: a", "title: 7"), "call.yaml:1: title: input should be a valid string; put it in quotes."),
        (GOOD + "seed: x\n", "call.yaml:6: seed: input should be a valid integer, unable to parse string as an "
         "integer, not 'x'."),
        (GOOD.replace("says: 您好", "sais: 您好"), "call.yaml:4: turns[0].bot.sais: is not a key that is known here."),
        (GOOD.replace('"2026-11-20T10:30:00"', "2026-13-20"), "call.yaml is not YAML: month must be in 1..12"),
        ("a: &loop [*loop]", "call.yaml is not YAML: maximum recursion depth exceeded"),
        (b"title: \xff", "call.yaml cannot be read as UTF-8 text"),
        ("a: !!python/object:os.system x", "call.yaml:1: this is not YAML: could not determine a constructor"),
    ],
)  # fmt: skip
def test_one_mistake_one_sentence(tmp_path: Path, text: str | bytes, expected: str) -> None:
    assert refusal(tmp_path, text).startswith(expected)
    assert "\n" not in refusal(tmp_path, text)


def test_every_mistake_is_told_in_the_order_of_the_lines(tmp_path: Path) -> None:
    told = refusal(tmp_path, GOOD + "seed: -1\nline: {snr_db: loud}\nended: never\n").split("\n")
    assert [line.split(" ")[0] for line in told] == ["call.yaml:6:", "call.yaml:7:", "call.yaml:8:"]


def test_missing(tmp_path: Path) -> None:
    with pytest.raises(VoicebotError, match=r"call\.yaml does not exist"):
        read_checked(tmp_path / "call.yaml", CallScript)
