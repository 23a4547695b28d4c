"""The API of the knowledge base: read, changed with its effect seen first, published, undone; what has no answer."""

from __future__ import annotations

from datetime import date
from typing import Annotated, Literal

from fastapi import APIRouter, HTTPException, Path, Query, Request, Response
from pydantic import BaseModel, Field

from voicebot.console import effects
from voicebot.console.api_gate import api_router, caller_of, note_api
from voicebot.console.api_models import Happened, Key, Local, Progress, Short, Taken
from voicebot.console.desk import Desk
from voicebot.console.errands import Errand
from voicebot.console.knowledge_office import KnowledgeOffice
from voicebot.console.showing_knowledge import queue, stale
from voicebot.errors import VoicebotError
from voicebot.knowledge.entries import Entry, as_item, read_entry
from voicebot.records.knowledge_versions import Change, Version
from voicebot.records.masking import mask

EntryName = Annotated[str, Path(pattern=r"^[\w-]{1,60}$")]
Sentence = Annotated[str, Field(min_length=1, max_length=200)]


class EntryShown(BaseModel):
    """An entry of the knowledge base; `conditions` name facts about the caller, and for which values it is said."""

    id: str
    questions: list[str]
    answer: str
    category: str = ""
    source: str = ""
    conditions: dict[str, list[str]] = Field(default_factory=dict)
    valid_from: date | None = None
    valid_until: date | None = None


class EntryWanted(Taken):
    """An entry as it is to be."""

    id: Annotated[str, Field(pattern=r"^[\w-]{1,60}$")]
    questions: Annotated[list[Sentence], Field(min_length=1, max_length=100)]
    answer: Annotated[str, Field(min_length=1, max_length=500)]
    category: Short = ""
    source: Annotated[str, Field(max_length=80)] = ""
    conditions: dict[Short, list[Short]] = Field(default_factory=dict, max_length=10)
    valid_from: date | None = None
    valid_until: date | None = None


class VersionShown(BaseModel):
    """What an entry has been since `at`: null when it was removed; `filed`: as its file has it."""

    number: int
    content: EntryShown | None
    filed: bool
    who: str
    at: Local


class EntryWhole(BaseModel):
    """An entry with its history, the newest version first; null when it was removed."""

    now: EntryShown | None
    history: list[VersionShown]


class Wanted(Taken):
    """A change of one entry: `entry` for edit, its `id` for remove and undo. `seen`: the newest version known, or 0."""

    what: Literal["edit", "remove", "undo"]
    entry: EntryWanted | None = None
    id: Annotated[str, Field(max_length=60)] = ""
    seen: Annotated[int, Field(ge=0, le=2**53)] = 0


class Differs(BaseModel):
    """A past question, masked, and the entries and answers to it before and after; "" for none."""

    text: str
    before: str
    after: str
    before_answer: str
    after_answer: str


class EffectShown(Progress):
    """What a change does: `looked` past questions were asked again; null as long as it is not known."""

    looked: int | None = None
    differences: list[Differs] = Field(default_factory=list)


class Gap(BaseModel):
    """Questions about one thing that have no answer, or whose answer a human had to follow; masked.

    `said`: what a human answered in one of these calls, or ""; `near`: the entry that fits best.
    """

    name: str
    texts: list[str]
    asked: int
    why: str
    said: str
    near: str | None


class OldEntry(BaseModel):
    """An entry that may have outlived its use."""

    entry: str
    why: str


class Texts(Taken):
    """Questions that need no entry."""

    texts: Annotated[list[Sentence], Field(min_length=1, max_length=200)]


class Said(Taken):
    """What is to be heard."""

    text: Annotated[str, Field(min_length=1, max_length=500)]


def knowledge(desk: Desk) -> APIRouter:
    """/api/knowledge, for operations."""
    router = api_router(desk, "operations", "/api/knowledge")

    @router.get("/entries")
    def entries(q: Annotated[str, Query(max_length=60)] = "") -> list[EntryShown]:
        """Every entry in which `q` stands."""
        found = effects.office_of(desk).versions.library().entries
        return [_shown(one) for one in found if q in f"{one.id} {one.answer} {' '.join(one.questions)}"]

    @router.get("/entries/{name}")
    def entry(name: EntryName) -> EntryWhole:
        """One entry with its history."""
        versions = effects.office_of(desk).versions
        now = next((one for one in versions.library().entries if one.id == name), None)
        history = [_version(one) for one in versions.history(name)]
        if now is None and not history:
            raise HTTPException(404, "there is no such entry")
        return EntryWhole(now=None if now is None else _shown(now), history=history)

    @router.get("/gaps")
    def gaps() -> list[Gap]:
        """The review queue: what was asked most comes first."""
        return [
            Gap(
                name=one.name,
                texts=list(one.texts),
                asked=one.asked,
                why=one.why,
                said=one.said,
                near=None if one.near is None else one.near.id,
            )
            for one in queue(desk, effects.office_of(desk))
        ]

    @router.get("/stale")
    def old() -> list[OldEntry]:
        """Entries that may have outlived their use."""
        found = stale(desk, effects.office_of(desk).versions.library())
        return [OldEntry(entry=one.entry, why=one.why) for one in found]

    @router.post("/refuse")
    def refuse(request: Request, given: Texts) -> Happened:
        """These questions need no entry, and are not shown again."""
        versions = effects.office_of(desk).versions
        for text in given.texts:
            versions.refuse(text, caller_of(request).name, desk.now())
        note_api(desk, request, "knowledge", "review queue", f"refused {len(given.texts)} questions")
        return Happened()

    @router.post("/say", response_class=Response, responses={200: {"content": {"audio/wav": {}}}})
    def say(given: Said) -> Response:
        """A text in the bot's voice: a WAV file."""
        return Response(effects.office_of(desk).say(given.text.strip()), media_type="audio/wav")

    _changing(desk, router)
    return router


def _changing(desk: Desk, router: APIRouter) -> None:
    """A change: wished, its effect found, published."""

    @router.post("/effects", status_code=202)
    def begin(request: Request, wanted: Wanted) -> EffectShown:
        """Find out what a change would do; ask for it by its key until its state is done, then publish it."""
        return _effect(effects.begin(desk, caller_of(request), _wish(effects.office_of(desk), wanted)))

    @router.get("/effects/{key}")
    def effect(key: Key) -> EffectShown:
        """What it does, as far as that is known."""
        return _effect(effects.errand_of(desk, key))

    @router.post("/effects/{key}/publish")
    def publish(request: Request, key: Key) -> Happened:
        """Let it hold for calls that begin from now on."""
        errand = effects.errand_of(desk, key)
        change = effects.publish(desk, caller_of(request), errand)
        note_api(desk, request, "knowledge", f"entry {change.entry}", errand.about.what)
        return Happened()


def _wish(office: KnowledgeOffice, wanted: Wanted) -> effects.Wish:
    if wanted.what != "edit":
        return effects.without(office, wanted.what, wanted.id, wanted.seen)
    if wanted.entry is None:
        raise VoicebotError("an edit needs the entry as it is to be")
    item = wanted.entry.model_dump(mode="json", exclude_none=True)
    made = read_entry(item, {}, "the entry")
    return effects.Wish("edit", Change(made.id, made, wanted.seen))


def _shown(entry: Entry) -> EntryShown:
    return EntryShown(**as_item(entry))


def _version(one: Version) -> VersionShown:
    content = None if one.content is None else _shown(one.content)
    return VersionShown(number=one.number, content=content, filed=one.filed, who=one.who, at=one.at)


def _effect(errand: Errand) -> EffectShown:
    told = EffectShown(key=errand.key, state=errand.state, why=errand.why)
    if errand.state != "done":
        return told
    found: effects.Effect = errand.found
    told.looked = found.looked
    told.differences = [
        Differs(
            text=one.text,
            before=one.before,
            after=one.after,
            before_answer=mask(one.before_answer),
            after_answer=mask(one.after_answer),
        )
        for one in found.differences
    ]
    return told
