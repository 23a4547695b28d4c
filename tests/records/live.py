"""A process that answers fifty calls at once and tells, line by line, what it knows to be written; to be killed.

python -m tests.records.live FOLDER [URL]
"""

from __future__ import annotations

import random
import sys
import time
from datetime import datetime
from pathlib import Path

from tests.records.calls import Bell, Story
from voicebot.app.memory import Parts, Remembering
from voicebot.records.memory import Memory
from voicebot.records.notes import Note, Said
from voicebot.records.recordings import FolderShelf
from voicebot.records.vault import Vault
from voicebot.store.migrate import open_database

CALLS = 50
WORDS = ("我要退货", "订单在哪里", "好的", "转人工", "什么时候发货")


def opened(folder: Path, url: str = "") -> tuple[Memory, Remembering]:
    """The memory in this folder, or in this database with its recordings in the folder."""
    vault = Vault(bytes(32))
    memory = Memory(open_database(url or str(folder / "shop.db")), vault, FolderShelf(folder / "calls"))
    return memory, Remembering(memory, Parts(folder / "calls"), lambda: datetime(2026, 11, 20, 10))


def main(folder: Path, url: str = "") -> None:
    """Talk until killed. A turn is told as finished when the clerk has it behind him."""
    _, remembering = opened(folder, url)
    remembering.tidy()
    finished: list[tuple[str, int]] = []

    def tell(note: Note) -> None:
        remembering.clerk.tell(note)
        if isinstance(note, Said):
            finished.append((note.call, note.number))

    rng = random.Random(3)
    stories = {n: Story(tell, Bell(f"call-{n}")) for n in range(CALLS)}
    tracks = [remembering.recording(Bell(f"call-{n}")) for n in range(CALLS)]  # type: ignore[arg-type]
    again = CALLS
    while True:
        for n, story in list(stories.items()):
            story.bot("您好，请问有什么可以帮您？").caller(rng.choice(WORDS), "return_goods")
            story.look("order", {"found": True}, order_number="1")
            tracks[n].caller.add(story.at, bytes(range(256)) * 100)
            tracks[n].bot.add(story.at, bytes(range(256)) * 100)
            if rng.random() < 0.05:
                story.resolved().hung_up()
                stories[n] = Story(tell, Bell(f"call-{again}"))
                again += 1
        told, finished[:] = list(finished), []
        remembering.clerk.flush()
        sys.stdout.write("".join(f"{call} {number}\n" for call, number in told))
        sys.stdout.flush()
        time.sleep(0.001)


if __name__ == "__main__":
    main(Path(sys.argv[1]), *sys.argv[2:])
