"""Entries from other people's files."""

from __future__ import annotations

from pathlib import Path

import pytest
import yaml

from voicebot.errors import VoicebotError
from voicebot.knowledge.entries import Entry, read_entries
from voicebot.knowledge.importing import as_yaml, clean, import_text

CSV = "问题,答案,分类\n1. 怎么**退货**?|能退货吗,<p>七天内  可以退</p>,退货\n怎么退货?,又一个,退货\n,没有问题,退货\n"
MARKDOWN = "# 发票\n\n## 怎么开发票?\n- 能开票吗\n\n可以开[电子发票](http://x)。\n二十四小时内发出。\n"


def test_csv_is_cleaned_and_duplicates_are_left_out() -> None:
    report = import_text(CSV, "a.csv")
    (entry,) = report.entries
    assert entry.questions == ("怎么退货?", "能退货吗")
    assert (entry.answer, entry.category) == ("七天内 可以退", "退货")
    assert [remark.kind for remark in report.remarks] == ["duplicate", "empty"]
    assert report.cleaned >= 2


def test_markdown() -> None:
    (entry,) = import_text(MARKDOWN, "a.md").entries
    assert entry.questions == ("怎么开发票?", "能开票吗")
    assert (entry.answer, entry.category) == ("可以开电子发票。二十四小时内发出。", "发票")


def test_yaml_and_back_again() -> None:
    text = "category: c\nentries:\n- {questions: [能退吗], answer: 能, valid_until: 2026-01-01}\n"
    report = import_text(text, "a.yaml")
    again = read_entries(yaml.safe_load(as_yaml(report.entries)), "again")
    assert again == report.entries


def test_what_is_known_already() -> None:
    known = [Entry("old", ("请问怎么退货呢",), "x")]
    report = import_text("question,answer\n怎么退货,y\n", "a.csv", known)
    assert report.entries == []
    assert report.remarks[0].text.endswith("old")


@pytest.mark.parametrize(
    ("text", "name", "named"),
    [
        ("a,b\n1,2\n", "a.csv", "question and answer"),
        ("text", "a.docx", "neither"),
        ("nothing", "a.md", "no entries"),
        ("entries: [", "a.yaml", "cannot be read"),
        ("entries: 3", "a.yaml", "a list"),
    ],
)
def test_files_that_cannot_be_read(text: str, name: str, named: str) -> None:
    with pytest.raises(VoicebotError, match=named):
        import_text(text, name)


def test_a_wrong_entry_is_reported_and_the_rest_taken() -> None:
    text = "entries:\n- {questions: [甲问题], answer: 能, valid_until: soon}\n- {questions: [乙疑问], answer: 行}\n"
    report = import_text(text, "a.yaml")
    assert len(report.entries) == 1
    assert report.remarks[0].kind == "wrong"


def test_cleaning() -> None:
    assert clean("  Q:<b>能退</b>吗 https://x.y/z  ") == "能退吗"


def test_the_command(tmp_path: Path) -> None:
    from typer.testing import CliRunner

    from voicebot.cli import build

    (tmp_path / "k").mkdir()
    start = "entries:\n- {id: a, questions: [营业时间], answer: 九点}\n"
    (tmp_path / "k" / "a.yaml").write_text(start, encoding="utf-8")
    (tmp_path / "new.csv").write_text(CSV, encoding="utf-8")
    arguments = ["knowledge", "import", str(tmp_path / "new.csv"), "--knowledge", str(tmp_path / "k")]
    assert CliRunner().invoke(build(), [*arguments, "--json"]).exit_code == 0
    assert (
        CliRunner().invoke(build(), ["knowledge", "check", "--knowledge", str(tmp_path / "k")]).exit_code == 0
    )
    assert isinstance(CliRunner().invoke(build(), arguments).exception, VoicebotError | None)
    assert (tmp_path / "k" / "imported-new.yaml").is_file()
