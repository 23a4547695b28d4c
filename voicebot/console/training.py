"""Training: marked turns become sentences to be learned, learning is tried, published, and taken back."""

from __future__ import annotations

from fastapi import APIRouter, HTTPException, Request, Response
from fastapi.responses import RedirectResponse

from voicebot.console import lectures
from voicebot.console.calls import note
from voicebot.console.corrections import learned_files, waiting
from voicebot.console.desk import Desk
from voicebot.console.frame import page
from voicebot.console.gate import Fields, router, user_of
from voicebot.console.words import INTENTS
from voicebot.web.forms import Form

HERE = "/console/knowledge/training"


def routes(desk: Desk) -> APIRouter:
    """/console/knowledge/training, for operations."""
    here = router(desk, "operations", HERE)

    @here.get("")
    def training(request: Request) -> Response:
        return _page(desk, request)

    @here.post("/accept")
    def accept(request: Request, form: Fields) -> Response:
        lesson = lectures.accept(
            desk, user_of(request), _number(form), form.get("intent", ""), form.get("text", "")
        )
        note(desk, request, "training", f"lesson {lesson}", "accept")
        return RedirectResponse(f"{HERE}#lessons", 303)

    @here.post("/refuse")
    def refuse(request: Request, form: Fields) -> Response:
        lessons = lectures.office_of(desk).lessons
        lessons.refuse(lessons.mark(_number(form)))
        note(desk, request, "training", f"mark {_number(form)}", "refuse")
        return RedirectResponse(HERE, 303)

    @here.post("/want")
    def want(request: Request, form: Fields) -> Response:
        wanted = form.get("wanted") == "yes"
        lectures.office_of(desk).lessons.want(_number(form), wanted)
        note(desk, request, "training", f"lesson {_number(form)}", "wanted" if wanted else "not wanted")
        return RedirectResponse(f"{HERE}#lessons", 303)

    @here.get("/learned.zip")
    def learned(request: Request) -> Response:
        lessons = [one for one in lectures.office_of(desk).lessons.all() if one.wanted]
        note(desk, request, "export", "lessons", f"{len(lessons)} sentences")
        headers = {"Content-Disposition": 'attachment; filename="learned.zip"'}
        return Response(learned_files(lessons), media_type="application/zip", headers=headers)

    _trying(desk, here)
    return here


def _trying(desk: Desk, here: APIRouter) -> None:
    """Learning, from its begin to its publication."""

    @here.post("/try")
    def begin(request: Request, form: Fields) -> Response:
        errand = lectures.begin(desk, user_of(request), undo=form.get("what") == "undo")
        return RedirectResponse(f"{HERE}/try/{errand.key}", 303)

    @here.get("/try/{key}")
    def trial(request: Request, key: str) -> Response:
        return page(request, "training_trial.html", errand=lectures.errand_of(desk, key))

    @here.get("/try/{key}/found")
    def found(request: Request, key: str) -> Response:
        errand = lectures.errand_of(desk, key)
        return page(request, "training_found.html", 202 if errand.state == "running" else 200, errand=errand)

    @here.post("/try/{key}/publish")
    def publish(request: Request, key: str) -> Response:
        lecture = lectures.publish(desk, user_of(request), lectures.errand_of(desk, key))
        note(desk, request, "training", "lessons", f"published {len(lecture.lessons)} sentences")
        return RedirectResponse(f"{HERE}#versions", 303)


def _page(desk: Desk, request: Request) -> Response:
    if desk.training is None:
        return page(request, "training.html", there=False)
    lessons, versions = desk.training.lessons.all(), desk.training.lessons.versions()
    in_force = set(versions[0].lessons) if versions else set()
    return page(
        request,
        "training.html",
        there=True,
        waiting=waiting(desk, desk.training),
        lessons=lessons,
        in_force=in_force,
        changed={one.number for one in lessons if one.wanted} != in_force & {one.number for one in lessons},
        versions=versions,
        intents={name: INTENTS.get(name, name) for name in desk.training.intents},
    )


def _number(form: Form) -> int:
    text = form.get("number", "")
    if not text.isdecimal() or len(text) > 15:
        raise HTTPException(400, "没有这一条。")
    return int(text)
