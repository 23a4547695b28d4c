"""The book of what is dialled: who may be, who is, and what came of it. Every method is one transaction.

    waiting ── claim: an intent is written, and the number is locked ──► dialling ── resolve ──► waiting, done, spent
                                                                            └ lapsed: its dialler has died

Nobody is rung twice at once: the number of an open dial is unique in the database. A campaign's claims come one after
the other, so that its limits hold for all diallers together. Whoever is claimed is looked at again under the claim:
whoever has said no meanwhile, or has been rung by another campaign, is put off or struck out, and nothing is dialled.
"""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import delete, select, update
from sqlalchemy.orm import Session

from voicebot.campaign.pace import how_many
from voicebot.campaign.plan import Due, Terms, at_once
from voicebot.outbound import lists
from voicebot.outbound.aftermath import close, follow, open_dials, put_down
from voicebot.outbound.carrier import Ended, Order
from voicebot.outbound.people import persons, terms_of
from voicebot.outbound.tables import Campaign, CampaignContact, CampaignDial
from voicebot.outbound.traffic import most_abandoned, traffic
from voicebot.store.database import Database

SOON = timedelta(seconds=60)
"""Whose number rings already is looked at again after this."""
BATCH = 200
"""Contacts that are looked at in one transaction."""


class Ledger:
    """The book of one dialler, `owner`. A lease lasts `lease`; a carrier is asked within `within` of the claim."""

    def __init__(self, database: Database, owner: str, lease: timedelta, within: timedelta) -> None:
        self._database = database
        self.owner = owner
        self.lease = lease
        self.within = within

    def running(self) -> list[tuple[int, str, str]]:
        """The campaigns that run: id, name, and the line that they call on."""
        with self._database.reading() as session:
            rows = session.scalars(select(Campaign).where(Campaign.state == "running").order_by(Campaign.id))
            return [(row.id, row.name, str(row.definition["line"])) for row in rows]

    def claim(self, campaign_id: int, free: tuple[int, int | None], now: datetime) -> list[Order]:
        """Take as many contacts as may be dialled now, with `free` lines and humans (None: nobody counts them).

        Each is to be asked for, or given back by `resolve`.
        """
        with self._database.writing() as session:
            campaign = session.get(Campaign, campaign_id, with_for_update=True)
            if campaign is None or campaign.state != "running":
                return []
            terms = terms_of(campaign)
            now_open = traffic(session, campaign_id, terms, free, now)
            most = how_many(terms.definition.pace, now_open, most_abandoned(terms))
            contacts = _due(session, campaign_id, min(most, BATCH), now) if most else []
            orders = self._take(session, terms, contacts, now)
            if not contacts and most:
                _finish(session, campaign)
            return orders

    def _take(
        self, session: Session, terms: Terms, contacts: Sequence[CampaignContact], now: datetime
    ) -> list[Order]:
        dials = self._intend(session, contacts, now)
        found = persons(session, contacts, now, but=list(dials.values()))
        orders: list[Order] = []
        given_back: list[str] = []
        for contact in contacts:
            dial = dials.get(contact.id)
            if dial is None:
                contact.due = now + SOON
                continue
            person, history = found[contact.id]
            following = at_once(terms, person, history, now, self.within)
            if isinstance(following, Due) and following.at <= now:
                contact.state = "dialling"
                orders.append(order_of(terms, contact, dial, now, callback=following.callback))
            else:
                given_back.append(dial)
                put_down(contact, following)
        if given_back:
            session.execute(delete(CampaignDial).where(CampaignDial.id.in_(given_back)))
        return orders

    def _intend(self, session: Session, contacts: Sequence[CampaignContact], now: datetime) -> dict[int, str]:
        """Write an intent for each whose number does not ring already; gives the dials by contact."""
        if not contacts:
            return {}
        rows = [
            {
                "id": uuid.uuid4().hex,
                "campaign_id": contact.campaign_id,
                "contact_id": contact.id,
                "phone": contact.phone,
                "ringing": contact.phone,
                "owner": self.owner,
                "lease": now + self.lease,
                "asked": now,
                "converted": False,
                "answers": {},
                "details": {},
            }
            for contact in sorted(contacts, key=lambda one: one.phone)
        ]
        statement = (
            lists.upsert(session, CampaignDial)
            .values(rows)
            .on_conflict_do_nothing(index_elements=["ringing"])
        )
        taken = session.execute(statement.returning(CampaignDial.contact_id, CampaignDial.id))
        return {row[0]: row[1] for row in taken}

    def placed(self, refs: dict[str, str], now: datetime) -> None:
        """The carrier has taken these calls, under these names of its own."""
        if not refs:
            return
        with self._database.writing() as session:
            for dial, ref in sorted(refs.items()):
                session.execute(
                    update(CampaignDial)
                    .where(CampaignDial.id == dial)
                    .values(placed=now, ref=ref[:80], lease=now + self.lease)
                )

    def resolve(self, ended: Sequence[Ended], now: datetime) -> int:
        """Write down what came of calls, once each, and what follows; gives how many were news."""
        by_dial = {one.dial: one for one in ended}
        if not by_dial:
            return 0
        with self._database.writing() as session:
            dials = open_dials(session, sorted(by_dial))
            for dial in dials:
                close(session, dial, by_dial[dial.id], now)
            session.flush()
            follow(session, dials, now)
            return len(dials)

    def renew(self, dials: Sequence[str], now: datetime) -> None:
        """These are still looked after."""
        with self._database.writing() as session:
            for some in lists.pieces(sorted(dials)):
                mine = (
                    CampaignDial.id.in_(some),
                    CampaignDial.owner == self.owner,
                    CampaignDial.outcome.is_(None),
                )
                session.execute(update(CampaignDial).where(*mine).values(lease=now + self.lease))

    def lapsed(self, lines: Sequence[str], now: datetime) -> list[Order]:
        """Take over open dials on these lines whose dialler has not been heard of: the carrier must be asked."""
        late = CampaignDial.outcome.is_(None), CampaignDial.lease < now
        with self._database.reading() as session:
            if session.scalar(select(CampaignDial.id).where(*late).limit(1)) is None:
                return []
        with self._database.writing() as session:
            known = {row.id: terms_of(row) for row in session.scalars(select(Campaign))}
            ours = [name for name, terms in known.items() if terms.definition.line in lines]
            query = select(CampaignDial).where(*late, CampaignDial.campaign_id.in_(ours))
            dials = session.scalars(
                query.order_by(CampaignDial.id).limit(BATCH).with_for_update(skip_locked=True)
            )
            orders: list[Order] = []
            for dial in dials:
                dial.owner, dial.lease = self.owner, now + self.lease
                contact = session.get_one(CampaignContact, dial.contact_id)
                orders.append(order_of(known[dial.campaign_id], contact, dial.id, dial.asked, ref=dial.ref))
            return orders


def order_of(terms: Terms, contact: CampaignContact, dial: str, asked: datetime, **known: Any) -> Order:
    """The order to ring this contact; `known`: callback, ref."""
    definition = terms.definition
    return Order(
        dial=dial,
        campaign=definition.name,
        campaign_id=contact.campaign_id,
        contact_id=contact.id,
        phone=contact.phone,
        line=definition.line,
        caller_id=definition.caller_id,
        endpoint=definition.endpoint,
        ring_s=definition.ring_s,
        asked=asked,
        facts=contact.facts,
        **known,
    )


def _due(session: Session, campaign_id: int, most: int, now: datetime) -> list[CampaignContact]:
    query = (
        select(CampaignContact)
        .where(
            CampaignContact.campaign_id == campaign_id,
            CampaignContact.state == "waiting",
            CampaignContact.due <= now,
        )
        .order_by(CampaignContact.due, CampaignContact.id)
        .limit(most)
        .with_for_update(skip_locked=True)
    )
    return list(session.scalars(query))


def _finish(session: Session, campaign: Campaign) -> None:
    """A campaign of which nobody waits and nobody is rung is done."""
    left = select(CampaignContact.id).where(
        CampaignContact.campaign_id == campaign.id, CampaignContact.state.in_(["waiting", "dialling"])
    )
    if session.scalar(left.limit(1)) is None:
        campaign.state = "done"
