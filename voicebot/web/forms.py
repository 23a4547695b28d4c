"""Forms of a request's body, bounded."""

from __future__ import annotations

from urllib.parse import parse_qsl

from fastapi import HTTPException, Request
from starlette.datastructures import ImmutableMultiDict

Form = ImmutableMultiDict[str, str]
LONGEST_FORM = 64 * 1024


async def read_form(request: Request) -> Form:
    """The fields of a URL-encoded body. Raises HTTPException 413 or 400."""
    body = bytearray()
    async for piece in request.stream():
        body += piece
        if len(body) > LONGEST_FORM:
            raise HTTPException(413, f"a form has at most {LONGEST_FORM} bytes here")
    text = body.decode("utf-8", "replace")
    try:
        return ImmutableMultiDict(parse_qsl(text, keep_blank_values=True, max_num_fields=200))
    except ValueError as error:
        raise HTTPException(400, "this is no form") from error
