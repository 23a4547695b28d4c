"""Calls: the list with its filters and search, one call with everything, its recording, what was understood wrongly."""

from __future__ import annotations

import base64
import binascii
import dataclasses
import re
from datetime import date
from typing import Annotated, Any
from urllib.parse import urlencode

from fastapi import APIRouter, HTTPException, Query, Request, Response
from fastapi.responses import JSONResponse, RedirectResponse

from voicebot.console import charts, words
from voicebot.console.corrections import Right, fixture_file, mark, slots_of
from voicebot.console.desk import Desk
from voicebot.console.frame import page
from voicebot.console.gate import Fields, Number, router, user_of
from voicebot.console.lectures import office_of
from voicebot.console.showing import shown_call
from voicebot.errors import VoicebotError
from voicebot.records.archive import Found, Sought, WholeCall
from voicebot.records.audit import Deed
from voicebot.records.recordings import peaks
from voicebot.records.standing import GRAVITY
from voicebot.records.vault import Vault

PLAIN = ("intent", "mood", "outcome", "line", "state")
"""Filters that may stand in an address; numbers and words that are sought stand in it sealed."""
After = Annotated[int | None, Query(ge=1, le=2**53)]
QUERY = "console query"
_RANGE = re.compile(r"bytes=(\d*)-(\d*)")


def routes(desk: Desk) -> APIRouter:
    """/console/calls, for operations."""
    here = router(desk, "operations", "/console/calls")

    @here.get("")
    def calls(request: Request, q: str = "", after: After = None) -> Response:
        return _list(desk, request, opened(desk.memory.vault, q), q, after)

    @here.post("/search")
    def search(form: Fields) -> Response:
        q = closed(desk.memory.vault, sought_of(dict(form)))
        return RedirectResponse("/console/calls" + (f"?{urlencode({'q': q})}" if q else ""), 303)

    @here.get("/{number}")
    def call(request: Request, number: Number) -> Response:
        return _page(desk, request, _whole(desk, number))

    @here.post("/{number}/reveal")
    def reveal(request: Request, number: Number, form: Fields) -> Response:
        return _reveal(desk, request, _whole(desk, number), form)

    @here.post("/{number}/turns/{turn}/correct")
    def correct(request: Request, number: Number, turn: Number, form: Fields) -> Response:
        return _correct(desk, request, number, turn, form)

    @here.post("/{number}/turns/{turn}/fixture")
    def fixture(request: Request, number: Number, turn: Number, form: Fields) -> Response:
        why = reason_of(desk, form)
        name, data = fixture_file(office_of(desk), number, turn)
        note(desk, request, "export", f"call {_whole(desk, number).summary.name} turn {turn}", why)
        headers = {"Content-Disposition": f'attachment; filename="{name}"'}
        return Response(data, media_type="application/zip", headers=headers)

    @here.get("/{number}/peaks")
    def loudness(number: Number) -> Response:
        seconds, caller, bot = peaks(_wav(desk, number)[1])
        return JSONResponse({"seconds": seconds, "caller": caller, "bot": bot})

    @here.get("/{number}/recording.wav")
    def recording(request: Request, number: Number) -> Response:
        name, wav = _wav(desk, number)
        asked = request.headers.get("range", "")
        if not asked or asked.startswith("bytes=0-"):
            note(desk, request, "listen", f"call {name}")
        return part_of(wav, asked)

    return here


def note(desk: Desk, request: Request, what: str, about: str, why: str = "") -> None:
    """Write into the audit what this request's user does."""
    deed = Deed(desk.now(), user_of(request).name, what, about, why, desk.origins.of(request).client)
    desk.memory.audit.note(deed)


# -- the list -------------------------------------------------------------------------------------------------------


def sought_of(form: dict[str, str]) -> Sought:
    """What a form looks for. Raises VoicebotError for a day that is none."""
    intent, mood, outcome, line, state = (form.get(name, "")[:40] for name in PLAIN)
    first, last = _day(form.get("first", "")), _day(form.get("last", ""))
    caller, text = form.get("caller", "")[:30], form.get("text", "")[:100]
    return Sought(first, last, intent, mood, outcome, line, state, caller, text)


def closed(vault: Vault, sought: Sought) -> str:
    """What is looked for as it may stand in an address: sealed, because it may be somebody's number."""
    plain = {name: str(value) for name, value in dataclasses.asdict(sought).items() if value}
    return base64.urlsafe_b64encode(vault.seal_json(plain, QUERY)).decode() if plain else ""


def opened(vault: Vault, q: str) -> Sought:
    """What an address looks for. Raises HTTPException 400 when it is none of ours."""
    if not q:
        return Sought()
    try:
        return sought_of(vault.unseal_json(base64.urlsafe_b64decode(q), QUERY))
    except (VoicebotError, binascii.Error, ValueError) as error:
        raise HTTPException(400, "这个查询链接已经失效，请重新查询。") from error


def _day(text: str) -> date | None:
    try:
        return date.fromisoformat(text) if text else None
    except ValueError as error:
        raise VoicebotError("日期要写成 2026-11-20 这样") from error


def _list(desk: Desk, request: Request, sought: Sought, q: str, after: int | None) -> Response:
    told = ""
    try:
        found = desk.memory.archive.find(sought, after=after)
    except VoicebotError as error:
        found, told = Found([], 0, None), str(error)
    choices = {
        "intent": words.INTENTS,
        "mood": words.MOODS,
        "outcome": {code: name for code, name in words.OUTCOMES.items() if code},
        "line": words.LINES,
        "state": words.STATES,
    }
    return page(request, "calls.html", found=found, sought=sought, q=q, told=told, choices=choices)


# -- one call -------------------------------------------------------------------------------------------------------


def _whole(desk: Desk, number: int) -> WholeCall:
    found = desk.memory.archive.call(number)
    if found is None:
        raise HTTPException(404, "没有这通电话，或者已经到期清除。")
    return found


def _page(desk: Desk, request: Request, call: WholeCall, clear: bool = False) -> Response:
    shown = shown_call(call, clear)
    felt = [(turn["at"], turn["gravity"]) for turn in shown["turns"] if turn["gravity"] is not None]
    names = [words.MOODS[mood] for mood in GRAVITY]
    told: dict[str, Any] = {
        "call": shown,
        "moods": charts.moods(felt, call.summary.seconds or 0.0, names, "客户情绪随时间的变化"),
        "clear": clear,
        "reasons": desk.options.reveal_reasons,
        "intents": words.INTENTS,
        "training": desk.training is not None,
    }
    return page(request, "call.html", **told)


def _reveal(desk: Desk, request: Request, call: WholeCall, form: Fields) -> Response:
    note(desk, request, "reveal", f"call {call.summary.name}", reason_of(desk, form))
    return _page(desk, request, call, clear=True)


def reason_of(desk: Desk, form: Fields) -> str:
    """Why something is to be seen in clear. Raises HTTPException 400 where no reason was chosen."""
    if form.get("reason", "") not in desk.options.reveal_reasons:
        raise HTTPException(400, "查看明文需要选择一个理由。")
    return " ".join(part for part in (form["reason"], form.get("more", "").strip()) if part)


def _correct(desk: Desk, request: Request, number: Number, turn: Number, form: Fields) -> Response:
    text, intent, remark = (form.get(name, "").strip() for name in ("text", "intent", "remark"))
    right = Right(text, intent, remark, slots_of(form.get("slots", "")))
    mark(desk, user_of(request), number, turn, right)
    note(desk, request, "correction", f"call {_whole(desk, number).summary.name}", f"第{turn}句")
    return RedirectResponse(f"/console/calls/{number}#turn-{turn}", 303)


def _wav(desk: Desk, number: int) -> tuple[str, bytes]:
    summary = _whole(desk, number).summary
    wav = desk.memory.recordings.wav(summary.recording) if summary.recording else None
    if wav is None:
        raise HTTPException(404, "这通电话没有录音，或者已经到期清除。")
    return summary.name, wav


def part_of(wav: bytes, asked: str) -> Response:
    """The whole recording, or the bytes that a Range header asks for."""
    headers = {"Accept-Ranges": "bytes", "Content-Disposition": "inline"}
    found = _RANGE.fullmatch(asked.strip())
    if found is None or found.group() == "bytes=-":
        return Response(wav, media_type="audio/wav", headers=headers)
    first, last = found.groups()
    start = int(first) if first else max(0, len(wav) - int(last))
    end = min(int(last), len(wav) - 1) if first and last else len(wav) - 1
    if start > end or start >= len(wav):
        return Response(status_code=416, headers={"Content-Range": f"bytes */{len(wav)}"})
    headers["Content-Range"] = f"bytes {start}-{end}/{len(wav)}"
    return Response(wav[start : end + 1], 206, media_type="audio/wav", headers=headers)
