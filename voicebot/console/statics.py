"""The files that pages are made with: styles and scripts."""

from __future__ import annotations

from fastapi import APIRouter, HTTPException
from fastapi.responses import FileResponse

from voicebot.console.desk import Desk
from voicebot.console.frame import ELSEWHERE, STATIC
from voicebot.console.gate import open_router


def routes(_: Desk) -> APIRouter:
    """/console/static: the files that are there at the start, and no others."""
    router = open_router("/console/static")
    files = {path.name: path for path in STATIC.iterdir() if path.is_file()} | ELSEWHERE

    @router.get("/{name}")
    def file(name: str) -> FileResponse:
        if name not in files:
            raise HTTPException(404, "没有这个文件。")
        return FileResponse(files[name], headers={"Cache-Control": "public, max-age=31536000, immutable"})

    return router
