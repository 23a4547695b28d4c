"""The one HTTP application: health, readiness, metrics, and the routes of every line that is switched on."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from ipaddress import ip_address, ip_network

from fastapi import APIRouter, FastAPI, HTTPException, Request, Response
from fastapi.responses import JSONResponse

from voicebot.runtime.lobby import Lobby
from voicebot.runtime.metrics import CONTENT_TYPE, Metrics
from voicebot.web.origin import Origins


@dataclass(frozen=True, slots=True)
class Site:
    """What the application is made of.

    `unready` says why no call can be taken yet, or None. `metrics_from` are the networks that may read metrics.
    """

    lobby: Lobby
    metrics: Metrics
    origins: Origins
    routers: Sequence[APIRouter] = ()
    unready: Callable[[], str | None] = lambda: None
    metrics_from: Sequence[str] = field(default=("127.0.0.0/8", "::1/128"))


def application(site: Site) -> FastAPI:
    """The application. Raises ValueError for a network that is none."""
    app = FastAPI(title="voicebot", docs_url=None, redoc_url=None, openapi_url=None)
    allowed = [ip_network(name, strict=False) for name in site.metrics_from]
    for router in site.routers:
        app.include_router(router)

    @app.get("/health")
    async def health() -> dict[str, str]:
        """The process lives."""
        return {"status": "ok"}

    @app.get("/ready")
    async def ready() -> JSONResponse:
        """Would a call be taken now?"""
        why = site.unready() or site.lobby.refusal(None)
        body = {"status": why or "ready", "calls": site.lobby.calls}
        return JSONResponse(body, 200 if why is None else 503)

    @app.get("/metrics")
    async def metrics(request: Request) -> Response:
        """Everything that is counted, for Prometheus."""
        try:
            client = ip_address(site.origins.of(request).client)
        except ValueError:
            client = None
        if client is None or not any(client in network for network in allowed):
            raise HTTPException(404)
        return Response(site.metrics.text(), headers={"content-type": CONTENT_TYPE})

    return app
