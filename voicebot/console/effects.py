"""A change of the knowledge base from wish to publication: which past questions it answers otherwise is found first.

The change is checked at once; learning what it does takes a while and is an errand. What is published is the change of
an errand that is done: nobody publishes what nobody could have seen.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta

from fastapi import HTTPException

from voicebot.console.desk import Desk
from voicebot.console.errands import Errand
from voicebot.console.knowledge_office import Difference, KnowledgeOffice
from voicebot.console.showing_knowledge import entry_of
from voicebot.errors import VoicebotError
from voicebot.records.knowledge_versions import Change
from voicebot.records.questions import asked
from voicebot.records.users import User

PAST = timedelta(days=90)
DEEDS = {"edit": "修改", "remove": "删除", "undo": "撤销"}


@dataclass(frozen=True, slots=True)
class Wish:
    """A change that somebody wants: `what` is edit, remove or undo."""

    what: str
    change: Change


@dataclass(frozen=True, slots=True)
class Effect:
    """Which of the `looked` questions would be answered otherwise."""

    looked: int
    differences: Sequence[Difference]


def asked_for(office: KnowledgeOffice, form: Mapping[str, str]) -> Wish:
    """The change that a form asks for. Raises VoicebotError or HTTPException that says what is wrong with it."""
    seen, what = form.get("seen", "0"), form.get("what", "")
    if not seen.isdecimal() or len(seen) > 15:
        raise HTTPException(400, "没有这个操作。")
    if what == "edit":
        entry = entry_of(form)
        return Wish(what, Change(entry.id, entry, int(seen)))
    return without(office, what, form.get("id", ""), int(seen))


def without(office: KnowledgeOffice, what: str, name: str, seen: int) -> Wish:
    """The removal of an entry, or the undoing of its newest version."""
    if what == "remove":
        if name not in {one.id for one in office.versions.library().entries}:
            raise HTTPException(404, "没有这条知识。")
        return Wish(what, Change(name, None, seen))
    if what != "undo":
        raise HTTPException(400, "没有这个操作。")
    back = office.versions.before(name)
    return Wish(what, Change(name, back.content, seen, back.filed))


def begin(desk: Desk, user: User, wish: Wish) -> Errand:
    """Find out what the change does. Raises VoicebotError when somebody else has changed the entry meanwhile."""
    office, memory = office_of(desk), desk.memory
    if office.versions.newest(wish.change.entry) != wish.change.seen:
        raise VoicebotError("这条知识刚被别人改过，请回到它的页面看了新内容再改")

    def find() -> Effect:
        texts = asked(memory, desk.now() - PAST)
        return Effect(len(texts), office.effect(wish.change, texts))

    return desk.errands.begin(user.name, wish, find)


def publish(desk: Desk, user: User, errand: Errand) -> Change:
    """Let the change of this errand hold. Raises VoicebotError when its effect is not known, or it came too late."""
    if errand.state != "done":
        raise VoicebotError("影响还没有算出来，请看过以后再发布")
    wish: Wish = errand.about
    office_of(desk).publish(wish.change, user.name, desk.now())
    return wish.change


def errand_of(desk: Desk, key: str) -> Errand:
    """The errand of a change. Raises HTTPException 404 when it is not known any more."""
    errand = desk.errands.get(key, Wish)
    if errand is None:
        raise HTTPException(404, "这次查看已经过期，请回到知识的页面重新看影响。")
    return errand


def office_of(desk: Desk) -> KnowledgeOffice:
    """The shop's knowledge base. Raises HTTPException 404 where there is none."""
    if desk.knowledge is None:
        raise HTTPException(404, "这台服务器没有知识库。")
    return desk.knowledge
