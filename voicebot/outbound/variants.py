"""Which wording was spoken in which call, and what came of it: a file of one JSON object a line, only ever added to."""

from __future__ import annotations

import json
import threading
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import yaml

from voicebot.campaign.bandit import Arm, Point, Shown, counted
from voicebot.errors import VoicebotError


def read_points(path: Path) -> dict[str, Point]:
    """The points with several wordings, from `{name: {arms: [...], least: 20, frozen: false}}`.

    Raises VoicebotError with the key that is wrong.
    """
    if not path.exists():
        return {}
    try:
        table = yaml.safe_load(path.read_text("utf-8")) or {}
    except (OSError, UnicodeDecodeError, yaml.YAMLError) as error:
        raise VoicebotError(f"{path} cannot be read: {error}") from error
    if not isinstance(table, Mapping):
        raise VoicebotError(f"{path}: write each point as name: {{arms: [one, other]}}")
    return {str(name): _point(path, str(name), row) for name, row in table.items()}


def _point(path: Path, name: str, row: Any) -> Point:
    arms = row.get("arms") if isinstance(row, Mapping) else None
    if not isinstance(arms, list) or len(set(map(str, arms))) < 2:
        raise VoicebotError(f"{path}: {name}.arms is a list of two names or more")
    unknown = sorted(set(row) - {"arms", "least", "frozen"})
    if unknown:
        raise VoicebotError(
            f"{path}: {name}.{unknown[0]}: there is no such key; there are arms, least, frozen"
        )
    least = row.get("least", 20)
    if not isinstance(least, int) or least < 1:
        raise VoicebotError(f"{path}: {name}.least is a whole number from 1 on")
    return Point(name, tuple(map(str, arms)), least, row.get("frozen", False) is True)


@dataclass
class VariantBook:
    """The calls so far, in memory and in the file. Safe from several threads."""

    path: Path
    _calls: list[tuple[str, Shown]] = field(default_factory=list)
    _lock: threading.Lock = field(default_factory=threading.Lock)

    @staticmethod
    def open(path: Path) -> VariantBook:
        """With what is in the file; a line that is cut off is left out."""
        book = VariantBook(path)
        for line in path.read_text("utf-8").splitlines() if path.exists() else ():
            try:
                row = json.loads(line)
            except ValueError:
                continue
            book._keep(row)
        return book

    def add(
        self, call: str, shown: Mapping[str, str], satisfaction: int | None, resolved: bool | None
    ) -> None:
        """A call is over in which these wordings were spoken."""
        row = {"call": call, "shown": dict(shown), "satisfaction": satisfaction, "resolved": resolved}
        with self._lock:
            self.path.parent.mkdir(parents=True, exist_ok=True)
            with self.path.open("a", encoding="utf-8") as file:
                file.write(json.dumps(row, ensure_ascii=False) + "\n")
            self._keep(row)

    def _keep(self, row: Mapping[str, Any]) -> None:
        for point, arm in dict(row.get("shown") or {}).items():
            self._calls.append((point, Shown(str(arm), row.get("satisfaction"), row.get("resolved"))))

    def arms(self, point: Point) -> dict[str, Arm]:
        """What is known of this point's wordings."""
        with self._lock:
            return counted(point, [shown for name, shown in self._calls if name == point.name])
