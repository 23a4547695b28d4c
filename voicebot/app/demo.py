"""The demonstration shop's database, made once a day and kept."""

from __future__ import annotations

import os
from datetime import date
from pathlib import Path

import platformdirs

CACHE = platformdirs.user_cache_path("voicebot")


def demo_database(today: date) -> Path:
    """The demonstration shop of this day, made when it is not there; to be copied, not changed."""
    from voicebot.shop.demo.prepare import VERSION, prepare_demo
    from voicebot.store.migrate import shape

    path = CACHE / "demo" / f"{today}-{VERSION}-{shape()}.db"
    if not path.is_file():
        path.parent.mkdir(parents=True, exist_ok=True)
        unfinished = path.with_suffix(f".{os.getpid()}")
        prepare_demo(f"sqlite:///{unfinished}", today)
        unfinished.replace(path)
    return path
