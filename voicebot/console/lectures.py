"""What is to be learned, from the accepted sentence to the publication: learning takes a while and is an errand."""

from __future__ import annotations

from fastapi import HTTPException

from voicebot.console.desk import Desk
from voicebot.console.errands import Errand
from voicebot.console.training_office import Lecture, TrainingOffice
from voicebot.errors import VoicebotError
from voicebot.records.users import User


def office_of(desk: Desk) -> TrainingOffice:
    """The bot's understanding. Raises HTTPException 404 where there is none."""
    if desk.training is None:
        raise HTTPException(404, "这台服务器不能训练。")
    return desk.training


def errand_of(desk: Desk, key: str) -> Errand:
    """The errand of a lecture. Raises HTTPException 404 when it is not known any more."""
    errand = desk.errands.get(key, Lecture)
    if errand is None:
        raise HTTPException(404, "这次训练已经过期，请回到训练的页面重新开始。")
    return errand


def accept(desk: Desk, user: User, mark: int, intent: str, text: str) -> int:
    """Learn from a marked turn; gives the lesson's number. Raises VoicebotError for what cannot be learned."""
    office = office_of(desk)
    if intent not in office.intents:
        raise VoicebotError("请选择这句话的意图")
    sentence = office.plain(text.strip()[:200])
    return office.lessons.accept(office.lessons.mark(mark), intent, sentence, user.name, desk.now())


def wished(office: TrainingOffice, undo: bool = False) -> Lecture:
    """What is wanted now; or what held before the newest publication. Raises VoicebotError where nothing changes."""
    versions = office.lessons.versions()
    seen = versions[0].number if versions else 0
    there = {one.number: one.wanted for one in office.lessons.all()}
    holds = tuple(sorted(there.keys() & set(versions[0].lessons))) if versions else ()
    if undo:
        if not versions:
            raise VoicebotError("还没有发布过，没有可以撤销的")
        before = set(versions[1].lessons) if len(versions) > 1 else set[int]()
        return Lecture(tuple(sorted(there.keys() & before)), seen)
    wanted = tuple(sorted(number for number, is_wanted in there.items() if is_wanted))
    if wanted == holds:
        raise VoicebotError("没有新的训练句")
    return Lecture(wanted, seen)


def begin(desk: Desk, user: User, undo: bool = False) -> Errand:
    """Learn it, and find out what would be understood otherwise."""
    office = office_of(desk)
    lecture = wished(office, undo)
    return desk.errands.begin(user.name, lecture, lambda: office.try_out(lecture))


def publish(desk: Desk, user: User, errand: Errand) -> Lecture:
    """Let what was tried hold. Raises VoicebotError when that is not over, or somebody else has published since."""
    if errand.state != "done":
        raise VoicebotError("训练还没有完成，请看过结果以后再发布")
    lecture: Lecture = errand.about
    office_of(desk).publish(lecture, user.name, desk.now())
    return lecture
