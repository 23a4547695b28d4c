"""Knowledge: entries edited, heard and published, their history, what has no answer yet, and what grows stale."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from typing import Any

from fastapi import APIRouter, HTTPException, Request, Response
from fastapi.responses import RedirectResponse

from voicebot.console import effects
from voicebot.console.calls import note
from voicebot.console.desk import Desk
from voicebot.console.frame import page
from voicebot.console.gate import Fields, router, user_of
from voicebot.console.knowledge_office import KnowledgeOffice
from voicebot.console.showing_knowledge import MOST_QUESTIONS, form_of, queue, stale
from voicebot.knowledge.entries import Entry

HERE = "/console/knowledge"
EMPTY = dict.fromkeys(
    ("id", "questions", "answer", "conditions", "category", "source", "valid_from", "valid_until"), ""
)


def routes(desk: Desk) -> APIRouter:
    """/console/knowledge, for operations."""
    here = router(desk, "operations", HERE)

    @here.get("")
    def knowledge(request: Request, q: str = "") -> Response:
        return _list(desk, request, q)

    @here.get("/new")
    def new(request: Request) -> Response:
        return page(request, "knowledge_entry.html", form=EMPTY, seen=0, history=[], there=False)

    @here.get("/entry/{entry}")
    def entry(request: Request, entry: str) -> Response:
        return _entry(desk, request, entry)

    @here.get("/queue")
    def waiting(request: Request) -> Response:
        return page(request, "knowledge_queue.html", rows=queue(desk, effects.office_of(desk)))

    @here.post("/propose")
    def propose(request: Request, form: Fields) -> Response:
        return _proposed(effects.office_of(desk), request, form)

    @here.post("/refuse")
    def refuse(request: Request, form: Fields) -> Response:
        texts = _texts(form)
        for text in texts:
            effects.office_of(desk).versions.refuse(text, user_of(request).name, desk.now())
        note(desk, request, "knowledge", "review queue", f"refused {len(texts)} questions")
        return RedirectResponse(f"{HERE}/queue", 303)

    @here.post("/say")
    def say(form: Fields) -> Response:
        return Response(effects.office_of(desk).say(form.get("answer", "").strip()), media_type="audio/wav")

    _changing(desk, here)
    return here


def _changing(desk: Desk, here: APIRouter) -> None:
    """A change from its form to its publication."""

    @here.post("/change")
    def change(request: Request, form: Fields) -> Response:
        errand = effects.begin(desk, user_of(request), effects.asked_for(effects.office_of(desk), form))
        return RedirectResponse(f"{HERE}/effect/{errand.key}", 303)

    @here.get("/effect/{key}")
    def effect(request: Request, key: str) -> Response:
        errand = effects.errand_of(desk, key)
        return page(request, "knowledge_effect.html", errand=errand, wish=errand.about)

    @here.get("/effect/{key}/found")
    def found(request: Request, key: str) -> Response:
        errand = effects.errand_of(desk, key)
        status = 202 if errand.state == "running" else 200
        return page(request, "knowledge_found.html", status, errand=errand, wish=errand.about)

    @here.post("/effect/{key}/publish")
    def publish(request: Request, key: str) -> Response:
        change = effects.publish(desk, user_of(request), effects.errand_of(desk, key))
        note(desk, request, "knowledge", f"entry {change.entry}", effects.errand_of(desk, key).about.what)
        return RedirectResponse(f"{HERE}/entry/{change.entry}", 303)


def _list(desk: Desk, request: Request, q: str) -> Response:
    if desk.knowledge is None:
        return page(request, "knowledge.html", rows=[], q=q, old=[])
    library = desk.knowledge.versions.library()
    rows = [
        entry for entry in library.entries if q in f"{entry.id} {entry.answer} {' '.join(entry.questions)}"
    ]
    return page(request, "knowledge.html", rows=rows, q=q, old=stale(desk, library))


def _entry(desk: Desk, request: Request, name: str) -> Response:
    versions = effects.office_of(desk).versions
    history = versions.history(name)
    now = next((one for one in versions.library().entries if one.id == name), None)
    if now is None and not history:
        raise HTTPException(404, "没有这条知识。")
    form = form_of(now) if now is not None else {**EMPTY, "id": name}
    seen = history[0].number if history else 0
    shown: dict[str, Any] = {"form": form, "seen": seen, "history": history, "there": now is not None}
    return page(request, "knowledge_entry.html", **shown)


def _proposed(office: KnowledgeOffice, request: Request, form: Mapping[str, str]) -> Response:
    """A form with what was asked: as further questions of the entry that is nearest, or as an entry of its own."""
    texts = _texts(form)
    library = office.versions.library()
    near = office.nearest(texts[0]) if form.get("into") == "nearest" else ""
    entry = next((one for one in library.entries if one.id == near), None)
    if entry is None:
        name = f"asked-{hashlib.sha256(texts[0].encode()).hexdigest()[:8]}"
        answer = form.get("answer", "").strip()[:500]
        proposal = Entry(name, tuple(texts[:MOST_QUESTIONS]), answer, "", "审核队列")
    else:
        more = dict.fromkeys((*entry.questions, *texts[:MOST_QUESTIONS]))
        proposal = Entry(
            entry.id, tuple(more), entry.answer, entry.category, entry.source, entry.conditions,
            entry.valid_from, entry.valid_until,
        )  # fmt: skip
    history = office.versions.history(proposal.id)
    shown: dict[str, Any] = {
        "seen": history[0].number if history else 0,
        "history": history,
        "there": entry is not None,
    }
    return page(request, "knowledge_entry.html", form=form_of(proposal), **shown)


def _texts(form: Mapping[str, str]) -> list[str]:
    texts = [line.strip() for line in form.get("texts", "").splitlines() if line.strip()]
    if not texts:
        raise HTTPException(400, "没有选中的问题。")
    return texts
