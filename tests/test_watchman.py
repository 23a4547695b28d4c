"""The search for personal data over the whole run: it finds what is there, in every place, and fails the run."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from tests.private_data import Searcher, luhn, of_the_shop
from voicebot.shop.demo.generate import Generation
from voicebot.shop.demo.prepare import ANCHOR

ROOT = Path(__file__).resolve().parents[1]
ROWS = Generation(ANCHOR).everything()
SHOP = of_the_shop()


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("rang 13800006612 twice", "13800006612"),
        ("+86 138-0000-6612", "138-0000-6612"),
        ("card 6222021234567890127", ""),
        ("card 4111 1111 1111 1111.", "4111 1111 1111 1111"),
        (f"order {ROWS['orders'][0]['number']}", ROWS["orders"][0]["number"]),
        (f"请{ROWS['customers'][0]['name']}接电话", ROWS["customers"][0]["name"]),
        (f"送到{ROWS['addresses'][3]['street']}", ROWS["addresses"][3]["street"]),
        (f"送到{ROWS['orders'][7]['address']}", ROWS["orders"][7]["address"]),
        ('"time": 1763632800.1380000661, "call": "0b61c9f0"', ""),
        ("voicebot_calls_total 13800.0", ""),
        ("the answer took 420 ms; 25 calls", ""),
    ],
)
def test_the_searcher_finds_what_is_private_and_nothing_else(text: str, found: str) -> None:
    told = list(SHOP.found(text))
    assert (found in told) if found else told == []


def test_everybody_of_the_shop_is_found() -> None:
    private = [row[name] for row in ROWS["customers"] for name in ("name", "phone")]
    private += [
        row[name] for row in ROWS["orders"] for name in ("number", "address", "recipient", "tracking")
    ]
    for value in filter(None, private):
        assert list(SHOP.found(f"so {value} said")), value


def test_luhn() -> None:
    assert luhn("4111111111111111")
    assert luhn("6222 0212 3456 7890 127") != luhn("6222 0212 3456 7890 128")
    assert not luhn("4111111111111112")


def test_a_searcher_without_people_finds_shapes() -> None:
    assert list(Searcher((), ()).found("15012345678")) == ["15012345678"]


CASES = {
    "log": "import logging; logging.getLogger('voicebot.x').warning('caller %s', '13800006612')",
    "field": "import logging; logging.getLogger('voicebot.x').error('lost', extra={'why': 'of 13800006612'})",
    "name": "import logging; logging.getLogger('other').info('欧阳一一')",
    "standard error": "import sys; print('13800006612', file=sys.stderr)",
    "metric": "from voicebot.runtime.metrics import Metrics; m = Metrics(); m.failed('13800006612'); m.text()",
    "process": "import subprocess, sys; subprocess.run([sys.executable, '-c', "
    "'import sys; sys.stderr.write(\"13800006612\")'], capture_output=True, check=True)",
    "read": "import subprocess, sys; p = subprocess.Popen([sys.executable, '-c', "
    "'import sys; sys.stderr.write(\"13800006613\")'], stderr=subprocess.PIPE); p.stderr.read(); "
    "p.wait(); p.stderr.close()",
}


def test_a_run_fails_that_wrote_something_private_somewhere(tmp_path: Path) -> None:
    tests = "".join(f"def test_{number}():\n    {code}\n" for number, code in enumerate(CASES.values()))
    result = run(tmp_path, tests)
    assert result.returncode == 1, result.stdout
    assert f"{len(CASES)} passed" in result.stdout
    section = result.stdout.partition("personal data in logs")[2]
    for number in range(len(CASES)):
        assert f"::test_{number}" in section, (number, result.stdout)


def test_a_run_that_wrote_nothing_private_is_good(tmp_path: Path) -> None:
    result = run(
        tmp_path, "def test_x():\n    import logging; logging.getLogger('voicebot').warning('25 calls')\n"
    )
    assert result.returncode == 0, result.stdout
    assert "personal data" not in result.stdout


def run(folder: Path, tests: str) -> subprocess.CompletedProcess[str]:
    """A run of pytest by itself, with the watchman; what it finds is not held against this one."""
    (folder / "test_it.py").write_text(tests, encoding="utf-8")
    command = [sys.executable, "-m", "pytest", "-q", "-p", "tests.watchman", "--rootdir", str(folder)]
    command += ["-c", os.devnull, "-p", "no:cacheprovider", str(folder)]
    with open(folder / "told", "w", encoding="utf-8") as told:
        done = subprocess.run(
            command, cwd=ROOT, stdout=told, stderr=subprocess.STDOUT, check=False, text=True, timeout=120
        )
    return subprocess.CompletedProcess(
        command, done.returncode, (folder / "told").read_text(encoding="utf-8")
    )
