"""Drawing pages: templates that escape everything, the security headers, and what stands on every page."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from datetime import date, datetime, timedelta
from functools import cache
from pathlib import Path
from typing import Any

from fastapi import Request
from fastapi.responses import HTMLResponse
from jinja2 import Environment, FileSystemLoader, StrictUndefined

from voicebot.console import words
from voicebot.records.masking import mask, mask_phone

HERE = Path(__file__).parent
STATIC = HERE / "static"
ELSEWHERE = {"voice.js": HERE.parent / "web" / "page" / "voice.js"}
"""Files of other pages that ours need, too."""
ALLOWED = (
    "default-src 'none'",
    "script-src 'self'",
    "style-src 'self'",
    "img-src 'self' data:",
    "media-src 'self' blob:",
    "connect-src 'self'",
    "font-src 'self'",
    "worker-src 'self'",
    "form-action 'self'",
    "base-uri 'none'",
    "frame-ancestors 'none'",
)
HEADERS = {
    "Content-Security-Policy": "; ".join(ALLOWED),
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Referrer-Policy": "same-origin",
    "Permissions-Policy": "microphone=(self), camera=(), geolocation=()",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Cache-Control": "no-store",
    "Strict-Transport-Security": "max-age=31536000",
}


@cache
def _environment() -> Environment:
    found = Environment(
        loader=FileSystemLoader(HERE / "templates"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    found.filters |= {"when": when, "lasted": lasted, "share": share, "mask": mask, "phone": mask_phone}
    found.filters |= {"data": data, **words.FILTERS}
    found.globals |= {"static": static}
    return found


def page(request: Request, template: str, status: int = 200, **values: Any) -> HTMLResponse:
    """A page from a template, with `user`, `csrf` and `places` (the navigation) for its layout."""
    from voicebot.console.rooms import places_for

    visit = getattr(request.state, "visit", None)
    user = visit.user if visit is not None else None
    shown = {
        "user": user,
        "csrf": visit.csrf if visit is not None else "",
        "places": places_for(user) if user is not None else [],
        "path": request.url.path,
        **values,
    }
    return HTMLResponse(_environment().get_template(template).render(shown), status)


def message_page(
    request: Request, status: int, text: str, headers: Mapping[str, str] | None = None
) -> HTMLResponse:
    """A page with one sentence, for what cannot be shown."""
    response = page(request, "message.html", status, text=text, code=status)
    response.headers.update(headers or {})
    return response


@cache
def static(name: str) -> str:
    """The address of a file of the pages, changing with its content."""
    digest = hashlib.sha256(ELSEWHERE.get(name, STATIC / name).read_bytes()).hexdigest()[:10]
    return f"/console/static/{name}?v={digest}"


def when(moment: datetime | date | None, form: str = "%Y-%m-%d %H:%M") -> str:
    """A moment as pages show it; a dash for none."""
    return "—" if moment is None else moment.strftime(form)


def lasted(seconds: float | timedelta | None) -> str:
    """A length of time: 3:05, 1:02:03; a dash for none."""
    if seconds is None:
        return "—"
    whole = round(seconds.total_seconds() if isinstance(seconds, timedelta) else seconds)
    sign, whole = ("-" if whole < 0 else ""), abs(whole)
    hours, rest = divmod(whole, 3600)
    minutes, left = divmod(rest, 60)
    return f"{sign}{hours}:{minutes:02d}:{left:02d}" if hours else f"{sign}{minutes}:{left:02d}"


def share(part: float | None, digits: int = 0) -> str:
    """A part of one as a percentage; a dash for none."""
    return "—" if part is None else f"{100 * part:.{digits}f}%"


def data(value: Any) -> str:
    """Plain data as a person reads it, on one line; nothing for nothing."""
    return json.dumps(value, ensure_ascii=False, default=str) if value else ""
