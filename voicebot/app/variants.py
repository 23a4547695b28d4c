"""The wordings that are tried on live calls: one is chosen for each call, and what came of it is written down."""

from __future__ import annotations

import random
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any, ClassVar

from voicebot.actions import Action, Record
from voicebot.campaign.bandit import Point, choose
from voicebot.dialogue.script import Script
from voicebot.events import Event, HungUp, Transferred
from voicebot.outbound.variants import VariantBook, read_points

if TYPE_CHECKING:
    from voicebot.app.bot import App
    from voicebot.runtime.driver import Observer
    from voicebot.runtime.lobby import House
    from voicebot.runtime.workers import Workers
    from voicebot.telephony.reception import Ring


@dataclass
class Variants:
    """The points of config/variants.yaml and the calls so far."""

    points: Mapping[str, Point]
    book: VariantBook
    chance: random.Random = field(default_factory=random.Random)

    def varied(self, script: Script) -> Script:
        """The script with a wording chosen for each of its points (constants.variants)."""
        known: Mapping[str, Any] = script.constants.get("variants") or {}
        mine = [point for name, point in self.points.items() if name in known]
        if not mine:
            return script
        chosen = {point.name: choose(point, self.book.arms(point), self.chance) for point in mine}
        return replace(script, constants={**script.constants, "variants": {**known, **chosen}})

    def join(self, house: House, looking: Workers) -> House:
        """The same house, whose calls are watched for what becomes of the wordings."""

        def observers(ring: Ring) -> Sequence[Observer]:
            return [*house.observers(ring), Watch(ring.call_id, self.book, looking.submit)]

        return replace(house, observers=observers)


def variants_of(app: App) -> Variants:
    """Those of this shop; the book is beside the recordings."""
    folder = app.config.path(app.config.recording.folder)
    return Variants(
        read_points(app.config.path(Path("config/variants.yaml"))),
        VariantBook.open(folder / "variants.jsonl"),
    )


@dataclass
class Watch:
    """Watches one call; `later` runs what takes a moment."""

    call: str
    book: VariantBook
    later: Callable[[Callable[[], Any]], Any]
    shown: dict[str, str] = field(default_factory=dict)
    satisfaction: int | None = None
    resolved: bool | None = None
    wants_frames: ClassVar[bool] = False

    def happened(self, event: Event, actions: list[Action], place: int | None, speech: bool) -> None:
        """See Observer."""
        for action in actions:
            if isinstance(action, Record):
                self._recorded(action.kind, action.data)
        if isinstance(event, HungUp | Transferred) and self.shown:
            shown, self.shown = self.shown, {}
            self.later(lambda: self.book.add(self.call, shown, self.satisfaction, self.resolved))

    def _recorded(self, kind: str, data: Mapping[str, Any]) -> None:
        if kind == "variant":
            self.shown[str(data["point"])] = str(data["variant"])
        elif kind == "satisfaction":
            self.satisfaction = int(data["score"])
        elif kind in {"resolved", "handover"}:
            self.resolved = kind == "resolved" and self.resolved is not False
