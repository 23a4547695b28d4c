"""The part of Twilio's REST interface that is used, behind a Protocol; with the real client's calls in threads."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass
from typing import Any, Protocol
from urllib.parse import urlsplit, urlunsplit

from twilio.http.http_client import TwilioHttpClient
from twilio.rest import Client


class RestFailed(Exception):  # noqa: N818 - it says what happened
    """Twilio could not be reached, or refused."""


@dataclass(frozen=True, slots=True)
class Outgoing:
    """A call to be placed. `url` is asked for TwiML when it is answered, `status` is told of its end."""

    to: str
    caller_id: str
    url: str
    status: str
    timeout_s: int = 25
    detect_machine: bool = False


class TwilioCalls(Protocol):
    """Calls at Twilio. Each method raises RestFailed."""

    async def redirect(self, call_sid: str, twiml: str) -> None:
        """Let a running call go on with this TwiML."""
        ...

    async def complete(self, call_sid: str) -> None:
        """End a call."""
        ...

    async def place(self, outgoing: Outgoing) -> str:
        """Ring somebody; returns the call's sid."""
        ...


@dataclass(frozen=True, slots=True)
class RestOptions:
    """Account and limits. `api_url` replaces https://api.twilio.com, for a proxy or a test."""

    account_sid: str
    auth_token: str
    api_url: str | None = None
    timeout_s: float = 5.0


class RestCalls:
    """Implements TwilioCalls with the twilio library."""

    def __init__(self, options: RestOptions) -> None:
        http = _Http(options.api_url, timeout=options.timeout_s)
        self._client = Client(options.account_sid, options.auth_token, http_client=http)

    async def redirect(self, call_sid: str, twiml: str) -> None:
        """See TwilioCalls."""
        await _in_thread(lambda: self._client.calls(call_sid).update(twiml=twiml))

    async def complete(self, call_sid: str) -> None:
        """See TwilioCalls."""
        await _in_thread(lambda: self._client.calls(call_sid).update(status="completed"))

    async def place(self, outgoing: Outgoing) -> str:
        """See TwilioCalls."""
        fields: dict[str, Any] = {"machine_detection": "Enable"} if outgoing.detect_machine else {}
        made = await _in_thread(
            lambda: self._client.calls.create(
                to=outgoing.to,
                from_=outgoing.caller_id,
                url=outgoing.url,
                status_callback=outgoing.status,
                status_callback_event=["answered", "completed"],
                timeout=outgoing.timeout_s,
                **fields,
            )
        )
        return str(made.sid)


class _Http(TwilioHttpClient):  # type: ignore[misc]
    """The library's own client, with another host if one is wanted."""

    def __init__(self, api_url: str | None, timeout: float) -> None:
        super().__init__(timeout=timeout, pool_connections=True)
        self._host = urlsplit(api_url) if api_url else None

    def request(self, method: str, url: str, *rest: Any, **named: Any) -> Any:
        """As in the library."""
        if self._host is not None:
            url = urlunsplit(urlsplit(url)._replace(scheme=self._host.scheme, netloc=self._host.netloc))
        return super().request(method, url, *rest, **named)


async def _in_thread(job: Any) -> Any:
    try:
        return await asyncio.to_thread(job)
    except Exception as error:  # the library raises its own, requests' and urllib3's
        raise RestFailed(f"{type(error).__name__}: {error}") from error
