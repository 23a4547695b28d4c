"""Results for webhooks: each is posted until it is taken.

A result is written down in the transaction that makes it, and crossed out when the other side has answered 2xx. It may
come twice (the answer may be lost), and carries its name in `Idempotency-Key`. With a secret it is signed:
`X-Voicebot-Signature: sha256=<HMAC-SHA256 of the body>`.
"""

from __future__ import annotations

import asyncio
import hashlib
import hmac
import json
import os
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

import httpx
from sqlalchemy import select, update

from voicebot.outbound.tables import Campaign, CampaignDelivery
from voicebot.store.database import Database

FIRST = timedelta(seconds=10)
LONGEST = timedelta(hours=6)
AT_ONCE = 8
HELD = timedelta(seconds=60)
"""While one process posts a result, no other does."""


@dataclass(frozen=True, slots=True)
class Delivery:
    """One result to be posted."""

    id: int
    url: str
    secret: str
    body: dict[str, Any]
    tries: int


def wait_after(tries: int) -> timedelta:
    """How long to wait after so many failures: 10 s, 20 s, 40 s, ... at most six hours."""
    return min(LONGEST, FIRST * (1 << min(tries - 1, 20)))


class Deliveries:
    """Posts what is due. `transport` stands in for the network in tests."""

    def __init__(
        self,
        database: Database,
        now: Callable[[], datetime],
        transport: httpx.AsyncBaseTransport | None = None,
    ) -> None:
        self._database = database
        self._now = now
        self._http = httpx.AsyncClient(
            transport=transport, timeout=10.0, follow_redirects=False, trust_env=False
        )

    async def post_due(self) -> int:
        """Post what is due now; gives how many were taken."""
        due = await asyncio.to_thread(self._take)
        done = await asyncio.gather(*(self._post(one) for one in due))
        return sum(done)

    async def run(self, stop: asyncio.Event, every_s: float = 2.0) -> None:
        """Post until told to stop."""
        while not stop.is_set():
            taken = await self.post_due()
            if not taken:
                try:
                    await asyncio.wait_for(stop.wait(), every_s)
                except TimeoutError:
                    continue

    async def close(self) -> None:
        """Give the connections back."""
        await self._http.aclose()

    def _take(self) -> list[Delivery]:
        now = self._now()
        with self._database.writing() as session:
            query = (
                select(CampaignDelivery, Campaign)
                .join(Campaign, Campaign.id == CampaignDelivery.campaign_id)
                .where(CampaignDelivery.taken.is_(None), CampaignDelivery.due <= now)
                .order_by(CampaignDelivery.due, CampaignDelivery.id)
                .limit(AT_ONCE)
                .with_for_update(of=CampaignDelivery, skip_locked=True)
            )
            found = []
            for row, campaign in session.execute(query):
                webhook = campaign.definition.get("webhook")
                if webhook is None:  # it was taken out of the campaign: nobody is to be told any more
                    row.taken = now
                    continue
                row.due = now + HELD
                found.append(Delivery(row.id, webhook["url"], webhook.get("secret", ""), row.body, row.tries))
            return found

    async def _post(self, one: Delivery) -> bool:
        body = json.dumps(one.body, ensure_ascii=False, sort_keys=True).encode()
        headers = {"Content-Type": "application/json", "Idempotency-Key": f"{one.body['dial']}"}
        if one.secret:
            headers["X-Voicebot-Signature"] = f"sha256={signature(one.secret, body)}"
        try:
            answer = await self._http.post(one.url, content=body, headers=headers)
            error = "" if answer.is_success else f"answered {answer.status_code}"
        except httpx.HTTPError as problem:
            error = f"{type(problem).__name__}: {problem}"
        await asyncio.to_thread(self._settle, one, error)
        return not error

    def _settle(self, one: Delivery, error: str) -> None:
        now, tries = self._now(), one.tries + 1
        changed: dict[str, Any] = {"tries": tries, "error": error[:200]}
        changed |= {"due": now + wait_after(tries)} if error else {"taken": now}
        with self._database.writing() as session:
            session.execute(update(CampaignDelivery).where(CampaignDelivery.id == one.id).values(**changed))


def signature(secret: str, body: bytes) -> str:
    """The HMAC-SHA256 of a body in hexadecimal; a secret env:NAME is taken from the environment."""
    key = os.environ.get(secret[4:], "") if secret.startswith("env:") else secret
    return hmac.new(key.encode(), body, hashlib.sha256).hexdigest()
