"""Measure everything that is claimed again, and write benchmarks/RESULTS.md.

    python -m benchmarks [NAME...] [--list]

Each benchmark runs in a process of its own, one after another; its printed table goes into the file as it is. With
names, only those are measured and their sections are replaced.
"""

from __future__ import annotations

import argparse
import os
import platform
import re
import subprocess
import sys
from pathlib import Path

FOLDER = Path(__file__).parent
RESULTS = FOLDER / "RESULTS.md"
TOOLS = ("fit_digits", "misheard")
"""Programs of this folder that make data instead of measuring."""
LONG = ("load", "campaign", "answering_machines", "console")
"""Measured only when they are named."""


def names() -> list[str]:
    """Every benchmark, by module name."""
    return sorted(path.stem for path in FOLDER.glob("*.py") if path.stem not in TOOLS and path.stem[0] != "_")


def machine() -> str:
    """The machine in one line."""
    cpu = next(
        (line.split(":", 1)[1].strip() for line in _lines("/proc/cpuinfo") if line.startswith("model name")),
        platform.processor(),
    )
    memory = next(
        (int(line.split()[1]) for line in _lines("/proc/meminfo") if line.startswith("MemTotal")), 0
    )
    return (
        f"{cpu}, {os.cpu_count()} cores, {memory / 2**20:.0f} GiB, {platform.system()}, "
        f"Python {platform.python_version()}"
    )


def _lines(path: str) -> list[str]:
    try:
        return Path(path).read_text(encoding="utf-8").splitlines()
    except OSError:
        return []


def measure(name: str) -> str:
    """The section of one benchmark: its first line, its command, what it printed."""
    command = [sys.executable, "-W", "ignore", "-m", f"benchmarks.{name}"]
    environment = {**os.environ, "OMP_NUM_THREADS": "1"}
    print(f"== {name}", flush=True)
    done = subprocess.run(
        command, cwd=FOLDER.parent, env=environment, capture_output=True, text=True, check=False
    )
    printed = done.stdout.rstrip()
    if done.returncode:
        reason = (done.stderr.strip().splitlines() or ["no output"])[-1]
        printed += f"\nnot measured here: {reason}"
    print(printed, flush=True)
    headline = (FOLDER / f"{name}.py").read_text(encoding="utf-8").split('"""')[1].splitlines()[0]
    return f"## {name}\n\n{headline}\n\n`python -m benchmarks.{name}` on {machine()}\n\n```\n{printed.strip()}\n```\n"


def write(sections: dict[str, str]) -> None:
    """Put the sections into the file, in the order of their names; others stay as they are."""
    kept: dict[str, str] = {}
    if RESULTS.is_file():
        for part in re.split(r"^(?=## )", RESULTS.read_text(encoding="utf-8"), flags=re.MULTILINE)[1:]:
            kept[part.split("\n", 1)[0][3:].strip()] = part.rstrip() + "\n"
    kept |= sections
    head = "# Results\n\nMeasured by `make bench`; each section says how, and on which machine.\n\n"
    RESULTS.write_text(head + "\n".join(kept[name] for name in sorted(kept)), encoding="utf-8")


def main() -> None:
    """Measure what is named, or everything but the long ones."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("names", nargs="*", metavar="NAME")
    parser.add_argument("--list", action="store_true", help="only print the names")
    options = parser.parse_args()
    unknown = sorted(set(options.names) - set(names()))
    if unknown:
        parser.error(f"there is no benchmark {', '.join(unknown)}; there are {', '.join(names())}")
    if options.list:
        print("\n".join(names()))
        return
    for name in options.names or [name for name in names() if name not in LONG]:
        write({name: measure(name)})


if __name__ == "__main__":
    main()
