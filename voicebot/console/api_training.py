"""The API of training: marked turns accepted as sentences, learned, compared, published, undone."""

from __future__ import annotations

from dataclasses import asdict
from typing import Annotated

from fastapi import APIRouter, Request
from pydantic import BaseModel, Field
from pydantic.dataclasses import dataclass

from voicebot.console import lectures
from voicebot.console.api_gate import api_router, caller_of, note_api
from voicebot.console.api_models import Happened, Key, Local, Number, Progress, Short, Taken
from voicebot.console.corrections import Waiting, waiting
from voicebot.console.desk import Desk
from voicebot.console.errands import Errand
from voicebot.console.training_office import Trial
from voicebot.records.lessons import Lesson


@dataclass(frozen=True)
class MarkShown(Waiting):
    """A marked turn that nobody has decided about, masked; `sentence` and `intent`: what could be learned from it."""

    slots: dict[str, str]


@dataclass(frozen=True)
class LessonShown(Lesson):
    """A sentence that is learned; `wanted`: in the next publication, `in_force`: in the newest one."""

    at: Local
    in_force: bool


class Publication(BaseModel):
    """Who has published how many sentences when."""

    number: int
    lessons: int
    who: str
    at: Local


class TrainingShown(BaseModel):
    """What waits, what is taught, and what was published; the newest first."""

    intents: list[str]
    marked: list[MarkShown]
    lessons: list[LessonShown]
    versions: list[Publication]


class Accepted(Taken):
    """The sentence, without anything private, and what it means."""

    text: Annotated[str, Field(min_length=1, max_length=200)]
    intent: Short


class LessonMade(BaseModel):
    """The number of the lesson that was made."""

    lesson: int


class Want(Taken):
    """Is it to be in the next publication?"""

    wanted: bool


class Begin(Taken):
    """Learn what is wanted; or, to undo, what held before the newest publication."""

    undo: bool = False


class Otherwise(BaseModel):
    """A sentence, masked, that is understood otherwise; `right`: what it was marked to be, or ""."""

    text: str
    before: str
    after: str
    right: str


class TrialShown(Progress):
    """What came of learning; null as long as it is not known. `accuracy`: before and after, on sentences kept out."""

    looked: int | None = None
    marked: int | None = None
    marked_right: int | None = None
    accuracy: tuple[float, float] | None = None
    changed: list[Otherwise] = Field(default_factory=list)


def training(desk: Desk) -> APIRouter:
    """/api/training, for operations."""
    router = api_router(desk, "operations", "/api/training")

    @router.get("")
    def shown() -> TrainingShown:
        """How it stands."""
        return _shown(desk)

    @router.post("/marks/{number}/accept")
    def accept(request: Request, number: Number, given: Accepted) -> LessonMade:
        """Learn from a marked turn."""
        lesson = lectures.accept(desk, caller_of(request), number, given.intent, given.text)
        note_api(desk, request, "training", f"lesson {lesson}", "accept")
        return LessonMade(lesson=lesson)

    @router.post("/marks/{number}/refuse")
    def refuse(request: Request, number: Number) -> Happened:
        """Learn nothing from it."""
        lessons = lectures.office_of(desk).lessons
        lessons.refuse(lessons.mark(number))
        note_api(desk, request, "training", f"mark {number}", "refuse")
        return Happened()

    @router.put("/lessons/{number}")
    def want(request: Request, number: Number, given: Want) -> Happened:
        """Let a sentence be in the next publication, or not."""
        lectures.office_of(desk).lessons.want(number, given.wanted)
        note_api(desk, request, "training", f"lesson {number}", "wanted" if given.wanted else "not wanted")
        return Happened()

    @router.post("/trials", status_code=202)
    def begin(request: Request, given: Begin) -> TrialShown:
        """Learn; ask for the trial by its key until its state is done, then publish it."""
        return _trial(lectures.begin(desk, caller_of(request), given.undo))

    @router.get("/trials/{key}")
    def trial(key: Key) -> TrialShown:
        """What came of it, as far as that is known."""
        return _trial(lectures.errand_of(desk, key))

    @router.post("/trials/{key}/publish")
    def publish(request: Request, key: Key) -> Happened:
        """Let it hold for calls that begin from now on."""
        lecture = lectures.publish(desk, caller_of(request), lectures.errand_of(desk, key))
        note_api(desk, request, "training", "lessons", f"published {len(lecture.lessons)} sentences")
        return Happened()

    return router


def _shown(desk: Desk) -> TrainingShown:
    office = lectures.office_of(desk)
    versions = office.lessons.versions()
    in_force = set(versions[0].lessons) if versions else set[int]()
    return TrainingShown(
        intents=list(office.intents),
        marked=[MarkShown(**asdict(one)) for one in waiting(desk, office)],
        lessons=[LessonShown(**asdict(one), in_force=one.number in in_force) for one in office.lessons.all()],
        versions=[
            Publication(number=one.number, lessons=len(one.lessons), who=one.who, at=one.at)
            for one in versions
        ],
    )


def _trial(errand: Errand) -> TrialShown:
    told = TrialShown(key=errand.key, state=errand.state, why=errand.why)
    if errand.state != "done":
        return told
    found: Trial = errand.found
    changed = [Otherwise(**asdict(one)) for one in found.changed]
    more = {"looked": found.looked, "marked": found.marked, "marked_right": found.marked_right}
    return told.model_copy(update={**more, "accuracy": found.accuracy, "changed": changed})
