from pathlib import Path

import pytest

from voicebot.errors import VoicebotError
from voicebot.nlu.examples import Example, load_examples


def put(tmp_path: Path, text: str) -> Path:
    (tmp_path / "invoice").mkdir()
    (tmp_path / "invoice" / "a.yaml").write_text(text, encoding="utf-8")
    return tmp_path


def test_sentences_with_and_without_slots(tmp_path: Path) -> None:
    folder = put(
        tmp_path,
        "intent: invoice\ntests:\n- 开票\n- {text: 退货开票, intents: [return_goods, invoice], slots: {n: 1}}\n",
    )
    assert load_examples(folder) == [
        Example("开票", ("invoice",)),
        Example("退货开票", ("return_goods", "invoice"), {"n": "1"}),
    ]


@pytest.mark.parametrize("text", ["tests: [a]", "intent: x", "intent: x\ntests: [1]", "[", "- a"])
def test_a_faulty_file_is_named(tmp_path: Path, text: str) -> None:
    with pytest.raises(VoicebotError, match=r"a\.yaml"):
        load_examples(put(tmp_path, text))


def test_a_folder_without_sentences_is_refused(tmp_path: Path) -> None:
    with pytest.raises(VoicebotError, match="no sentences"):
        load_examples(tmp_path)
