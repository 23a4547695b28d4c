"""What may be expected: files are read, joined and checked."""

from __future__ import annotations

from pathlib import Path

import pytest

from voicebot.asr.expecting import load
from voicebot.errors import VoicebotError


def _write(folder: Path, **files: str) -> Path:
    for name, text in files.items():
        (folder / f"{name}.yaml").write_text(text, encoding="utf-8")
    return folder


def test_a_file_has_its_own_phrases_and_those_it_includes(tmp_path: Path) -> None:
    found = load(
        _write(
            tmp_path,
            common="kind: phrases\nphrases: [转人工, 等一下]\nwords: {转人工: 转 人工}\n",
            tail="kind: digits\nlengths: [4]\nstarts: '1'\nincludes: [common]\nphrases: [尾号是, 等一下]\n",
        )
    )
    tail = found["tail"]
    assert tail.phrases == ("尾号是", "等一下", "转人工")
    assert tail.lengths == (4,)
    assert tail.starts == "1"
    assert tail.words == {"转人工": "转 人工"}
    assert found["common"].kind == "phrases"


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("kind: phrases\nphrase: [是]\n", "unknown key 'phrase'"),
        ("kind: number\n", "kind must be one of digits, phrases, sentences, not 'number'"),
        ("phrases: [是]\n", "kind must be one of"),
        ("kind: phrases\nphrases: 是\n", "phrases must be a list of text"),
        ("kind: phrases\nphrases: [是, no]\n", "phrases must be a list of text"),
        ("kind: digits\nlengths: [四]\n", "lengths must be a list of whole numbers"),
        ("kind: digits\nlengths: [true]\n", "lengths must be a list of whole numbers"),
        ("kind: digits\nstarts: 2\n", "starts must be digits in quotes"),
        ("kind: phrases\nlengths: [4]\n", "only for kind: digits"),
        ("kind: phrases\nwords: [a]\n", "words must map"),
        ("kind: phrases\nincludes: [other]\n", "includes 'other', which is not there"),
        ("kind: phrases\nincludes: [one]\n", "which includes it again"),
        ("- a list\n", "must be a mapping"),
        ("kind: [\n", "cannot be read as YAML"),
        ("", "must be a mapping"),
    ],
)
def test_a_mistake_is_one_sentence_with_the_file(tmp_path: Path, text: str, message: str) -> None:
    with pytest.raises(VoicebotError, match=message) as caught:
        load(_write(tmp_path, one=text))
    assert "one.yaml" in str(caught.value)
    assert "\n" not in str(caught.value)


def test_an_empty_folder_is_one_sentence(tmp_path: Path) -> None:
    with pytest.raises(VoicebotError, match=r"no \*\.yaml files"):
        load(tmp_path)


def test_the_files_that_come_with_voicebot_are_whole(root: Path) -> None:
    found = load(root / "grammars" / "zh-CN" / "expecting")
    assert {
        "anything",
        "digits",
        "order_number",
        "tail_number",
        "phone",
        "yes_no",
        "choice",
        "rating",
    } <= set(found)
    assert found["order_number"].lengths == (12,)
    assert found["phone"].starts == "1"
