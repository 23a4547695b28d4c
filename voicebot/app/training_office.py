"""What operations teach the bot: learned in a process of its own, tried on what callers have said, published to calls.

accept ── lesson ── try ── learn in a process of its own ── compare ── publish ── write the version ── taught.now
                                                                                                   one assignment │
a call begins ── app.call ── app.understander ◄───────────────────────────────────────────────────────────────────┘

Calls that go on keep what they began with.
"""

from __future__ import annotations

import multiprocessing
import os
import threading
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING

from voicebot.app.demo import CACHE
from voicebot.app.knowledge_office import only_one_since
from voicebot.app.regressions import regression
from voicebot.console.training_office import Lecture, Meant, Regression, Trial
from voicebot.errors import VoicebotError
from voicebot.nlu.extra import Told, bare_sentence, with_told
from voicebot.records.lessons import Lesson, Lessons, spoken
from voicebot.records.masking import mask

if TYPE_CHECKING:
    from voicebot.app.bot import App
    from voicebot.nlu.understand import Understander
    from voicebot.records.memory import Memory

PAST = timedelta(days=30)
LEARNED = CACHE / "understanding"


@dataclass
class Taught:
    """What calls that begin are understood with; exchanged when something else was published."""

    now: Understander


class ShopTraining:
    """Implements TrainingOffice for one shop. `learned` is the folder that keeps what was learned."""

    def __init__(self, app: App, memory: Memory, learned: Path = LEARNED) -> None:
        self._app = app
        self._memory = memory
        self._learned = learned
        self._filed: Understander = app.understander
        self._guard = threading.Lock()
        self._followed = 0
        self._newest: Understander | None = None
        """What was learned last, so that what was tried is published at once."""
        self.lessons = Lessons(memory.database, memory.vault)

    @property
    def intents(self) -> Sequence[str]:
        """What a sentence can mean."""
        return self._filed.grammars.intents

    def plain(self, text: str) -> str:
        """The sentence as it would be learned."""
        bare = bare_sentence(self._filed.grammars, text)
        if mask(bare) != bare:
            raise VoicebotError("训练句里不能有号码、姓名和地址，请换成一般的说法")
        return bare

    def catch_up(self) -> None:
        """What was published before this process began, or since then by another one, holds."""
        with self._guard:
            last = self.lessons.last()
            if last != self._followed:
                self._app.taught.now = self._understander(self.lessons.in_force())
                self._followed = last

    def try_out(self, lecture: Lecture) -> Trial:
        """Learn it, and see what would be understood otherwise."""
        lessons = self.lessons.of(lecture.lessons)
        now, then = self._app.understander, self._understander(lessons)
        today, since = self._app.now().date(), self._app.now() - PAST
        texts = [turn.text for turn in spoken(self._memory.database, self._memory.vault, since)]
        right = {one.text: one.intent for one in lessons}

        def meant(text: str) -> Meant:
            before, after = (one.understand(text, today=today).intents[0].name for one in (now, then))
            return Meant(mask(text), before, after, right.get(text, ""))

        compared = [meant(text) for text in dict.fromkeys([*right, *texts])]
        marked = [one for one in compared if one.right]
        return Trial(
            len(compared),
            [one for one in compared if one.before != one.after],
            len(marked),
            sum(one.right == one.after for one in marked),
            (now.model.quality.accuracy, then.model.quality.accuracy),
        )

    def publish(self, lecture: Lecture, who: str, at: datetime) -> None:
        """Let it hold for calls that begin from now on."""
        with self._guard:
            lessons = self.lessons.of(lecture.lessons)
            then = self._understander(lessons)
            self.lessons.put([one.number for one in lessons], lecture.seen, who, at)
            self._app.taught.now = then
            self._followed = only_one_since(lecture.seen, self.lessons.last())

    def fixture(self, call: int, turn: int) -> Regression:
        """The marked turn as a fixture. Raises VoicebotError when there is no such turn or no recording."""
        return fixture_of(self._memory, call, turn)

    def _understander(self, lessons: Sequence[Lesson]) -> Understander:
        """What understands with these lessons; without any, as the files have it."""
        from voicebot.nlu.training import trained
        from voicebot.nlu.understand import Understander

        told = [(one.intent, one.text) for one in lessons]
        grammars = with_told(self._filed.grammars, told)
        if grammars is self._filed.grammars:
            return self._filed
        newest = self._newest
        if newest is None or newest.grammars.digest != grammars.digest:
            learn_aside(self._app.grammars, told, self._learned)
            newest = self._newest = Understander(grammars, trained(grammars, self._learned))
        return newest


def learn_aside(folder: Path, told: Sequence[Told], cache: Path) -> None:
    """Learn in a process of its own, behind everything else, and keep it in `cache`; what is kept there is only read.

    Raises VoicebotError when that process fails.
    """
    child = multiprocessing.get_context("spawn").Process(
        target=_learn, args=(folder, told, cache), daemon=True
    )
    child.start()
    child.join()
    failed = child.exitcode != 0
    child.close()
    if failed:
        raise VoicebotError("训练没有完成，请看服务器的日志")


def _learn(folder: Path, told: Sequence[Told], cache: Path) -> None:
    from voicebot.nlu.grammars import load_grammars
    from voicebot.nlu.training import trained

    os.nice(10)
    cache.mkdir(parents=True, exist_ok=True)
    trained(with_told(load_grammars(folder), told), cache)


def fixture_of(memory: Memory, call: int, turn: int) -> Regression:
    """The marked turn of this call as a fixture. Raises VoicebotError when there is no such turn or no recording."""
    whole = memory.archive.call(call)
    name = whole.summary.recording if whole is not None else None
    wav = memory.recordings.wav(name) if name else None
    if whole is None or wav is None:
        raise VoicebotError("这通电话没有录音，或者已经清除，做不成回归样例")
    return regression(whole, turn, wav)


def training(app: App, memory: Memory) -> ShopTraining:
    """What this shop's bot was taught, as it was last published."""
    made = ShopTraining(app, memory)
    made.catch_up()
    return made
