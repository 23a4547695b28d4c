import io
import json
import sys

import pytest

from voicebot.cli import main


def run(monkeypatch: pytest.MonkeyPatch, capsys, text: str, *arguments: str) -> tuple[list[str], str]:
    monkeypatch.setattr(sys, "argv", ["voicebot", *arguments])
    monkeypatch.setattr(sys, "stdin", io.StringIO(text))
    with pytest.raises(SystemExit) as caught:
        main()
    out, err = capsys.readouterr()
    return out.splitlines(), f"{caught.value.code} {err}"


def test_one_object_a_sentence(monkeypatch, capsys) -> None:
    lines, _ = run(
        monkeypatch,
        capsys,
        "退货,顺便开张发票\n\n我前天买的咖啡机坏了\n",
        "understand",
        "--json",
        "--today",
        "2026-11-20",
    )
    first, second = map(json.loads, lines)
    assert [one["name"] for one in first["intents"]] == ["return_goods", "invoice"]
    assert set(first) == {"text", "intents", "slots", "mood", "turn"}
    assert second["slots"]["date"]["value"] == "2026-11-18"
    assert second["slots"]["product"] == {"value": "咖啡机", "text": "咖啡机"}


def test_a_day_that_is_none_gets_one_sentence(monkeypatch, capsys) -> None:
    lines, told = run(monkeypatch, capsys, "退货\n", "understand", "--today", "yesterday")
    assert lines == []
    assert told.startswith("1 voicebot: --today 'yesterday' is not a day")
    assert "Traceback" not in told


def test_a_bare_detail_has_no_intent_outside_the_interface(monkeypatch, capsys) -> None:
    lines, _ = run(monkeypatch, capsys, "尾号是幺三八八\n13912345678\n", "understand", "--json")
    first, second = map(json.loads, lines)
    assert first["slots"]["tail_number"]["value"] == "1388"
    assert second["slots"]["phone"]["value"] == "13912345678"
    assert first["intents"] == second["intents"] == []
    assert second["mood"] == "neutral"
