"""The arrows between the rooms point down, and the pure rooms hold no clock, socket, thread or chance."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

PACKAGE = Path(__file__).resolve().parents[1] / "voicebot"

CORE = {"call", "dialogue", "nlu", "knowledge", "campaign", "agents"}
ENGINES = {"vad", "asr", "tts", "shop", "store", "telephony", "models", "outbound", "records"}
FLOORS: list[set[str]] = [
    {"errors"},
    {"files", "events", "actions"},
    {"audio"},
    {"ports"},
    CORE,
    ENGINES,
    {"runtime"},
    {"replay", "web", "console", "config"},
    {"app"},
    {"cli"},
    {"__main__"},
]
"""From the ground up; a room may import from the floors below its own."""
RANK = {name: floor for floor, names in enumerate(FLOORS) for name in names}
BETWEEN_EQUALS = {
    ("call", "dialogue"),
    ("call", "nlu"),
    ("dialogue", "nlu"),
    ("knowledge", "nlu"),
    ("shop", "store"),
    ("campaign", "dialogue"),
    ("campaign", "nlu"),
    ("outbound", "store"),
    ("records", "store"),
    ("console", "web"),
}
"""Rooms of one rank that may import another of the same rank; all the others may not."""
IMPURE = {"asyncio", "time", "random", "uuid", "threading", "socket", "logging", "secrets", "subprocess"}


def files() -> list[Path]:
    return sorted(PACKAGE.rglob("*.py"))


def room(path: Path) -> str:
    relative = path.relative_to(PACKAGE)
    return relative.parts[0] if len(relative.parts) > 1 else relative.stem


def imported(tree: ast.AST) -> Iterator[tuple[int, str]]:
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            yield from ((node.lineno, alias.name) for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, f"line {node.lineno}: imports are absolute"
            yield from ((node.lineno, f"{node.module}.{alias.name}") for alias in node.names)


def rank(name: str) -> int:
    return RANK[name]


@pytest.mark.parametrize("path", files(), ids=lambda path: str(path.relative_to(PACKAGE)))
def test_arrows_point_down(path: Path) -> None:
    here = room(path)
    if here == "__init__":
        return
    for line, name in imported(ast.parse(path.read_text(encoding="utf-8"))):
        parts = name.split(".")
        if parts[0] != "voicebot" or len(parts) < 2:
            continue
        there = parts[1]
        if there in {here, "__version__"}:
            continue
        down = rank(there) < rank(here) or (here, there) in BETWEEN_EQUALS
        assert down, f"{path.name}:{line}: {here} must not import {there}"


@pytest.mark.parametrize(
    "path", [path for path in files() if room(path) in CORE], ids=lambda path: str(path.relative_to(PACKAGE))
)
def test_core_is_pure(path: Path) -> None:
    tree = ast.parse(path.read_text(encoding="utf-8"))
    for line, name in imported(tree):
        assert name.split(".")[0] not in IMPURE, f"{path.name}:{line}: a pure room must not import {name}"
    for node in ast.walk(tree):
        if isinstance(node, ast.Attribute) and node.attr in {"now", "today", "utcnow"}:
            owner = ast.unparse(node.value)
            assert owner not in {"datetime", "date", "datetime.datetime", "datetime.date"}, (
                f"{path.name}:{node.lineno}: a pure room must not read the clock"
            )


def test_only_the_clock_reads_the_clock() -> None:
    for path in files():
        if room(path) in {"runtime", "replay"} and path.name != "clock.py":
            names = {name.split(".")[0] for _, name in imported(ast.parse(path.read_text(encoding="utf-8")))}
            assert "time" not in names, f"{path}: time is read in runtime/clock.py"


def test_every_room_has_a_rank() -> None:
    assert {room(path) for path in files()} - {"__init__"} <= set(RANK)
