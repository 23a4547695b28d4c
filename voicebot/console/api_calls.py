"""The API of calls that are over: found, shown, revealed, heard, marked as wrong, exported as fixtures."""

from __future__ import annotations

from fastapi import APIRouter, HTTPException, Request, Response

from voicebot.console import api_models as models
from voicebot.console.api_gate import api_router, caller_of, note_api
from voicebot.console.api_models import Number
from voicebot.console.corrections import Right, fixture_file, mark
from voicebot.console.desk import Desk
from voicebot.console.lectures import office_of
from voicebot.console.showing import shown_call, shown_summary
from voicebot.records.archive import Sought, WholeCall

ZIP = "application/zip"


def calls(desk: Desk) -> APIRouter:
    """/api/calls, for operations."""
    router = api_router(desk, "operations", "/api/calls")
    archive = desk.memory.archive

    @router.post("/search")
    def search(sought: models.Search) -> models.Calls:
        """Calls, the newest first. A POST, because a number that is sought has no business in an address."""
        plain = sought.model_dump(exclude={"after", "limit"})
        found = archive.find(Sought(**plain), sought.limit, sought.after)
        shown = [models.CallSummary(**shown_summary(call)) for call in found.calls]
        return models.Calls(calls=shown, total=found.total, after=found.after)

    @router.get("/{number}")
    def call(number: Number) -> models.CallWhole:
        """One call with everything, masked."""
        return _call(_whole(desk, number))

    @router.post("/{number}/reveal")
    def reveal(request: Request, number: Number, why: models.Reason) -> models.CallWhole:
        """One call in clear; who and why is written into the audit."""
        whole = _whole(desk, number)
        note_api(desk, request, "reveal", f"call {whole.summary.name}", why.reason)
        return _call(whole, clear=True)

    @router.get(
        "/{number}/recording", response_class=Response, responses={200: {"content": {"audio/wav": {}}}}
    )
    def recording(request: Request, number: Number) -> Response:
        """The recording: a WAV file, the caller left, the bot right; written into the audit."""
        summary = _whole(desk, number).summary
        wav = desk.memory.recordings.wav(summary.recording) if summary.recording else None
        if wav is None:
            raise HTTPException(404, "this call has no recording")
        note_api(desk, request, "listen", f"call {summary.name}")
        return Response(wav, media_type="audio/wav")

    @router.post("/{number}/turns/{turn}/correct")
    def correct(request: Request, number: Number, turn: Number, right: models.Right) -> models.Happened:
        """Mark a turn as wrong, and say what it should have been."""
        whole = _turn(desk, number, turn)
        mark(desk, caller_of(request), number, turn, Right(**right.model_dump()))
        note_api(desk, request, "correction", f"call {whole.summary.name} turn {turn}")
        return models.Happened()

    @router.post(
        "/{number}/turns/{turn}/fixture", response_class=Response, responses={200: {"content": {ZIP: {}}}}
    )
    def fixture(request: Request, number: Number, turn: Number, why: models.Reason) -> Response:
        """A marked turn as a fixture for `voicebot replay`: a ZIP of its two files, with the caller's own voice."""
        whole = _turn(desk, number, turn)
        _, data = fixture_file(office_of(desk), number, turn)
        note_api(desk, request, "export", f"call {whole.summary.name} turn {turn}", why.reason)
        return Response(data, media_type=ZIP)

    return router


def _whole(desk: Desk, number: int) -> WholeCall:
    found = desk.memory.archive.call(number)
    if found is None:
        raise HTTPException(404, "there is no such call")
    return found


def _turn(desk: Desk, number: int, turn: int) -> WholeCall:
    whole = _whole(desk, number)
    if turn not in {one.number for one in whole.turns}:
        raise HTTPException(404, "there is no such turn")
    return whole


def _call(whole: WholeCall, clear: bool = False) -> models.CallWhole:
    told = shown_call(whole, clear)
    return models.CallWhole(**{**told, "said": told["turns"], "turns": whole.summary.turns})
