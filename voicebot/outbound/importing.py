"""Contacts into the database: each table once, each number once a campaign, and a report of every row."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from voicebot.campaign.contacts import Contact, Contacts, Refused
from voicebot.campaign.plan import Over, next_call
from voicebot.outbound import lists
from voicebot.outbound.aftermath import put_down
from voicebot.outbound.campaigns import Campaigns, found, note
from voicebot.outbound.people import persons, terms_of
from voicebot.outbound.tables import Campaign, CampaignContact, CampaignImport

STEP = 500


@dataclass(frozen=True, slots=True)
class Imported:
    """What an import came to: contacts added, rows refused (by line and reason), contacts who will not be rung (by
    line and rule). `before`: when the same content was imported, if it was; then nothing is added."""

    added: int
    refused: tuple[Refused, ...]
    barred: tuple[Refused, ...]
    encoding: str
    before: str | None = None

    def as_json(self) -> dict[str, Any]:
        """As plain data."""
        return {
            "added": self.added,
            "refused": [_row(one) for one in self.refused],
            "barred": [_row(one) for one in self.barred],
            "encoding": self.encoding,
            "before": self.before,
        }


@dataclass(frozen=True, slots=True)
class Table:
    """A table that was read. `digest` names its content."""

    name: str
    digest: str
    encoding: str
    contacts: Contacts


def digest_of(data: bytes, mapping: Mapping[str, Any]) -> str:
    """The name of this content under this mapping of columns: another mapping is another import."""
    told = json.dumps(dict(mapping), sort_keys=True, ensure_ascii=False, default=str)
    return hashlib.sha256(told.encode() + b"\0" + data).hexdigest()


def import_table(campaigns: Campaigns, name: str, table: Table) -> Imported:
    """Add the contacts of a table to a campaign, in one transaction; the same table a second time changes nothing."""
    now = campaigns.now()
    with campaigns.database.writing() as session:
        campaign = found(session, name)
        before = session.scalars(
            select(CampaignImport).where(
                CampaignImport.campaign_id == campaign.id, CampaignImport.digest == table.digest
            )
        ).one_or_none()
        if before is not None:
            return Imported(0, (), (), table.encoding, before.at.isoformat())
        added, doubles = _add(session, campaign, table.contacts.contacts, now)
        barred = _judge(session, campaign, added, now)
        refused = tuple(sorted((*table.contacts.refused, *doubles), key=lambda one: one.line))
        report = Imported(len(added), refused, barred, table.encoding)
        session.add(
            CampaignImport(
                campaign_id=campaign.id,
                digest=table.digest,
                name=table.name[:200],
                at=now,
                report=report.as_json(),
            )
        )
        if campaign.state == "done" and added:
            campaign.state = "running"
        about = {"table": table.name, "added": len(added), "refused": len(refused)}
        note(session, campaigns, name, "import", about)
        return report


def _add(
    session: Session, campaign: Campaign, contacts: Sequence[Contact], now: datetime
) -> tuple[list[CampaignContact], list[Refused]]:
    known = _known(session, campaign.id, [contact.number.e164 for contact in contacts])
    added: list[CampaignContact] = []
    doubles: list[Refused] = []
    for contact in contacts:
        number = contact.number
        if number.e164 in known:
            doubles.append(Refused(contact.line, "the number is in this campaign already", number.e164))
            continue
        if contact.consent is not None:
            lists.record_consent(session, number.e164, contact.consent, now)
        added.append(
            CampaignContact(
                campaign_id=campaign.id,
                phone=number.e164,
                country=number.country,
                area=number.area,
                zones=list(number.zones),
                facts=dict(contact.facts),
                line=contact.line,
                state="waiting",
                due=now,
            )
        )
    session.add_all(added)
    session.flush()
    return added, doubles


def _known(session: Session, campaign: int, phones: list[str]) -> set[str]:
    found_there: set[str] = set()
    for some in lists.pieces(phones):
        query = select(CampaignContact.phone).where(
            CampaignContact.campaign_id == campaign, CampaignContact.phone.in_(some)
        )
        found_there.update(session.scalars(query))
    return found_there


def _judge(
    session: Session, campaign: Campaign, contacts: Sequence[CampaignContact], now: datetime
) -> tuple[Refused, ...]:
    """When each is rung first, and who is not, by the rule that forbids it."""
    terms, barred = terms_of(campaign), []
    for start in range(0, len(contacts), STEP):
        some = contacts[start : start + STEP]
        known = persons(session, some, now)
        for contact in some:
            following = next_call(terms, *known[contact.id], now)
            put_down(contact, following)
            if isinstance(following, Over):
                barred.append(Refused(contact.line, str(following.because), contact.phone))
    return tuple(barred)


def _row(one: Refused) -> dict[str, Any]:
    return {"line": one.line, "reason": one.reason, "value": one.value}
