from __future__ import annotations

import io

import pytest
from rich.console import Console

from voicebot.models.progress import Bars, Lines, shown


def test_lines_show_the_beginning_and_every_quarter() -> None:
    out = io.StringIO()
    lines = Lines(out)
    lines.begin("weights", 0, 4_000_000)
    for _ in range(40):
        lines.advance(100_000)
    lines.end()
    assert out.getvalue().splitlines() == [
        "downloading weights (4.0 MB)",
        "  weights: 25% of 4.0 MB",
        "  weights: 50% of 4.0 MB",
        "  weights: 75% of 4.0 MB",
        "  weights: 100% of 4.0 MB",
    ]


def test_lines_say_when_a_download_goes_on() -> None:
    out = io.StringIO()
    lines = Lines(out)
    lines.begin("weights", 3_000_000, 4_000_000)
    lines.advance(100_000)
    assert out.getvalue().splitlines() == ["resuming weights (4.0 MB)", "  weights: 78% of 4.0 MB"]


def test_a_size_that_is_not_known_is_no_trouble() -> None:
    out = io.StringIO()
    lines = Lines(out)
    lines.begin("weights", 0, None)
    lines.advance(100)
    assert out.getvalue() == "downloading weights\n"


def test_bars_show_name_and_amount_on_a_terminal() -> None:
    out = io.StringIO()
    with Bars(Console(file=out, force_terminal=True, width=100)) as bars:
        bars.begin("weights", 0, 4_000_000)
        bars.advance(4_000_000)
        bars.end()
        bars.remark("all [here]")
    assert "weights" in out.getvalue()
    assert "4.0/4.0 MB" in out.getvalue()
    assert "all [here]" in out.getvalue()


def test_without_a_terminal_lines_go_to_standard_error(capsys: pytest.CaptureFixture[str]) -> None:
    with shown() as show:
        show.remark("hello")
    assert capsys.readouterr().err == "hello\n"
