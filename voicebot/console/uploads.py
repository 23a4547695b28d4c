"""Forms with files: bounded as a whole, read when the role has been checked, kept in memory or nowhere."""

from __future__ import annotations

from collections.abc import AsyncGenerator
from dataclasses import dataclass

from fastapi import HTTPException, Request
from starlette.datastructures import FormData, ImmutableMultiDict, UploadFile
from starlette.formparsers import MultiPartException, MultiPartParser

from voicebot.web.forms import Form

LARGEST = 10 * 1024 * 1024
LONGEST_FIELD = 64 * 1024


@dataclass(frozen=True, slots=True)
class Sent:
    """A file of a form."""

    name: str
    data: bytes


def has_files(request: Request) -> bool:
    """Is the body a form with files?"""
    return request.headers.get("content-type", "").lower().startswith("multipart/form-data")


async def read_files_form(request: Request) -> tuple[Form, dict[str, Sent]]:
    """The fields and the files of a body. Raises HTTPException 413 or 400."""
    parser = MultiPartParser(
        request.headers, _bounded(request), max_files=4, max_fields=50, max_part_size=LONGEST_FIELD
    )
    try:
        found = await parser.parse()
    except (MultiPartException, KeyError, UnicodeDecodeError) as error:
        raise HTTPException(400, "这个表单读不出来，请刷新页面后再试。") from error
    try:
        return await _sorted(found)
    finally:
        await found.close()


async def _sorted(found: FormData) -> tuple[Form, dict[str, Sent]]:
    fields, files = [], {}
    for name, value in found.multi_items():
        if isinstance(value, UploadFile):
            data = await value.read()
            if value.filename and data:
                files[name] = Sent(value.filename.replace("\\", "/").rsplit("/", 1)[-1][:120], data)
        else:
            fields.append((name, value))
    return ImmutableMultiDict(fields), files


async def _bounded(request: Request) -> AsyncGenerator[bytes, None]:
    size = 0
    async for piece in request.stream():
        size += len(piece)
        if size > LARGEST:
            raise HTTPException(413, f"文件太大：一次最多{LARGEST // 1024 // 1024} MB。")
        yield piece
