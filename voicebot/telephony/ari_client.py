"""The connection to Asterisk's REST interface: events over a WebSocket, requests over HTTP, each call's in order."""

from __future__ import annotations

import asyncio
import json
import logging
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode

import httpx
from websockets.asyncio.client import connect
from websockets.exceptions import WebSocketException

from voicebot.telephony.ari import AriProtocol
from voicebot.telephony.ari_call import AriCall, AriOptions
from voicebot.telephony.ari_requests import Request

log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class AriAccess:
    """`url` is http://host:8088/ari. A lost connection is tried again after `retry_s`."""

    url: str
    user: str
    password: str
    timeout_s: float = 5.0
    retry_s: float = 2.0


class AriClient:
    """Runs an AriProtocol. While the event connection is lost no call can come in; `connected` says so."""

    def __init__(self, access: AriAccess, options: AriOptions) -> None:
        self._access = access
        self._app = options.app
        self.protocol = AriProtocol(options, self._ask)
        self.connected = False
        self._locks: dict[str, asyncio.Lock] = {}
        self._tasks: set[asyncio.Task[None]] = set()
        auth = httpx.BasicAuth(access.user, access.password)
        self._http = httpx.AsyncClient(auth=auth, timeout=access.timeout_s, trust_env=False)

    async def run(self) -> None:
        """Listen for events, for ever."""
        while True:
            try:
                await self._listen()
            except (OSError, WebSocketException, TimeoutError) as error:
                log.warning("asterisk is not reached", extra={"why": type(error).__name__})
            finally:
                self.connected = False
            await asyncio.sleep(self._access.retry_s)

    async def close(self) -> None:
        """Finish the requests under way, then give the connections back."""
        if self._tasks:
            await asyncio.wait(list(self._tasks), timeout=self._access.timeout_s)
        await self._http.aclose()

    async def _listen(self) -> None:
        access = self._access
        query = urlencode({"app": self._app, "subscribeAll": "false"})
        url = f"{access.url.replace('http', 'ws', 1)}/events?{query}"
        header = httpx.BasicAuth(access.user, access.password)._auth_header
        async with connect(url, additional_headers={"Authorization": header}, proxy=None) as socket:
            await self._reconcile()
            self.connected = True
            log.info("asterisk is connected")
            async for message in socket:
                try:
                    event = json.loads(message)
                except ValueError:
                    continue
                if isinstance(event, dict):
                    self.protocol.receive(event)

    async def _reconcile(self) -> None:
        """Make up for what was missed. Where Asterisk does not say what there is, nothing is done.

        First the requests under way are finished: a channel that is just being made must not be taken for gone.
        """
        if self._tasks:
            await asyncio.wait(list(self._tasks), timeout=self._access.timeout_s)
        try:
            answers = [await self._http.get(f"{self._access.url}/{what}") for what in ("channels", "bridges")]
            channels, bridges = [answer.raise_for_status().json() for answer in answers]
        except (httpx.HTTPError, ValueError):
            return
        if isinstance(channels, list) and isinstance(bridges, list):
            self.protocol.reconcile(_mappings(channels), _mappings(bridges))

    def _ask(self, call: AriCall, requests: list[Request]) -> None:
        task = asyncio.get_running_loop().create_task(self._carry_out(call, requests))
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    async def _carry_out(self, call: AriCall, requests: list[Request]) -> None:
        lock = self._locks.setdefault(call.name, asyncio.Lock())
        async with lock:
            for request in requests:
                if not await self._send(request) and request.needed:
                    log.warning("asterisk refused", extra={"call": call.name, "what": request.method})
                    self.protocol.refused(call, request)
                    break
        if not lock.locked():
            self._locks.pop(call.name, None)

    async def _send(self, request: Request) -> bool:
        url = self._access.url + request.path
        try:
            answer = await self._http.request(
                request.method, url, params=dict(request.query), json=request.body
            )
        except httpx.HTTPError:
            return False
        return answer.is_success


def _mappings(found: list[Any]) -> list[dict[str, Any]]:
    return [one for one in found if isinstance(one, dict)]
