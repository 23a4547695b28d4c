"""Campaigns in the database: made, begun, paused, stopped, changed; and who did it."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import func, select, update
from sqlalchemy.orm import Session

from voicebot.campaign.plan import Terms
from voicebot.errors import VoicebotError
from voicebot.outbound import lists
from voicebot.outbound.aftermath import look_again, opt_out
from voicebot.outbound.people import terms_of
from voicebot.outbound.tables import Campaign, CampaignChange, CampaignContact, DoNotCall
from voicebot.store.database import Database

MOVES: dict[str, tuple[frozenset[str], str]] = {
    "start": (frozenset({"ready"}), "running"),
    "pause": (frozenset({"running"}), "paused"),
    "resume": (frozenset({"paused", "stopped", "done"}), "running"),
    "stop": (frozenset({"ready", "running", "paused"}), "stopped"),
}
"""What can be done with a campaign: in which states, and which it is in then."""


@dataclass(frozen=True, slots=True)
class Campaigns:
    """The campaigns of a database. `who` changes them, `now` is the instant at which; both go into the log."""

    database: Database
    who: str
    now: Callable[[], datetime]

    def create(self, terms: Terms, source: str) -> int:
        """A new campaign, ready to be started. Raises VoicebotError when there is one of that name."""
        name = terms.definition.name
        with self.database.writing() as session:
            if session.scalar(select(Campaign.id).where(Campaign.name == name)) is not None:
                raise VoicebotError(
                    f"there is a campaign {name!r} already; change it with --replace, or name it otherwise"
                )
            row = Campaign(state="ready", created=self.now(), name=name, **_written(terms, source))
            session.add(row)
            session.flush()
            note(session, self, name, "create", {"source": source})
            return row.id

    def replace(self, terms: Terms, source: str) -> int:
        """Other terms for a campaign that exists: they hold from the next call on. Its contacts stay."""
        with self.database.writing() as session:
            row = found(session, terms.definition.name)
            before = row.definition
            for name, value in _written(terms, source).items():
                setattr(row, name, value)
            self._look_again(session, row.id)
            changed = sorted(key for key in row.definition if before.get(key) != row.definition[key])
            note(session, self, row.name, "replace", {"source": source, "changed": changed})
            return row.id

    def move(self, name: str, move: str) -> str:
        """Do one of MOVES; gives the new state. Raises VoicebotError when that cannot be done now."""
        states, to = MOVES[move]
        with self.database.writing() as session:
            row = found(session, name)
            if row.state not in states:
                raise VoicebotError(
                    f"the campaign {name!r} is {row.state}; {move} needs one that is {' or '.join(sorted(states))}"
                )
            before, row.state = row.state, to
            if to == "running":
                self._look_again(session, row.id)
            note(session, self, name, move, {"from": before, "to": to})
            return to

    def opt_out(self, phones: Sequence[str], source: str) -> int:
        """These numbers (E.164) are rung no more, by no campaign; gives how many were not on the list before."""
        with self.database.writing() as session:
            added = sum(opt_out(session, phone, source, self.now()) for phone in sorted(phones))
            about = {"phone": phones[0]} if len(phones) == 1 else {"numbers": len(phones)}
            note(session, self, "", "opt out", {**about, "source": source})
            return added

    def allow_again(self, phone: str, why: str) -> bool:
        """This number may be rung again, because its owner has asked for it; False when it was on no list."""
        with self.database.writing() as session:
            removed = lists.allow_again(session, phone)
            look_again(session, phone, self.now())
            note(session, self, "", "allow again", {"phone": phone, "why": why})
            return removed

    def barred(self, most: int) -> tuple[int, list[tuple[str, str, datetime]]]:
        """How many numbers are on the list, and the latest of them: number, source, and since when."""
        with self.database.reading() as session:
            count = session.scalar(select(func.count()).select_from(DoNotCall)) or 0
            rows = session.scalars(
                select(DoNotCall).order_by(DoNotCall.at.desc(), DoNotCall.phone).limit(most)
            )
            return count, [(row.phone, row.source, row.at) for row in rows]

    def barred_by(self, phone: str) -> str | None:
        """Where it was said that this number (E.164) is not to be rung; None when nobody has."""
        with self.database.reading() as session:
            return lists.barred(session, [phone]).get(phone)

    def terms(self, name: str) -> Terms:
        """What holds for a campaign. Raises VoicebotError when there is none of that name."""
        with self.database.reading() as session:
            return terms_of(found(session, name))

    def all(self) -> list[tuple[str, str, str]]:
        """Name, title and state of every campaign, the newest first."""
        with self.database.reading() as session:
            rows = session.scalars(select(Campaign).order_by(Campaign.id.desc()))
            return [(row.name, row.title, row.state) for row in rows]

    def changes(self, name: str | None = None) -> list[dict[str, Any]]:
        """Who changed what, in order: of this campaign, or of all and the lists."""
        query = select(CampaignChange).order_by(CampaignChange.id)
        with self.database.reading() as session:
            rows = session.scalars(query if name is None else query.where(CampaignChange.campaign == name))
            return [
                {
                    "at": row.at.isoformat(),
                    "who": row.who,
                    "campaign": row.campaign,
                    "what": row.what,
                    **row.details,
                }
                for row in rows
            ]

    def _look_again(self, session: Session, campaign: int) -> None:
        """Whoever was refused or put off is looked at again under what holds now."""
        again = CampaignContact.state.in_(["refused", "waiting"])
        own = CampaignContact.campaign_id == campaign, again, CampaignContact.callback.is_(False)
        session.execute(
            update(CampaignContact).where(*own).values(state="waiting", due=self.now(), because="")
        )


def note(
    session: Session, campaigns: Campaigns, campaign: str, what: str, details: Mapping[str, Any]
) -> None:
    """Write down who changed what, in the transaction that changes it."""
    row = CampaignChange(
        at=campaigns.now(), who=campaigns.who[:60], campaign=campaign, what=what, details=dict(details)
    )
    session.add(row)


def found(session: Session, name: str) -> Campaign:
    """The campaign of this name. Raises VoicebotError with those that there are."""
    row = session.scalars(select(Campaign).where(Campaign.name == name)).one_or_none()
    if row is None:
        names = ", ".join(session.scalars(select(Campaign.name).order_by(Campaign.id))) or "none"
        raise VoicebotError(f"there is no campaign {name!r}; there is {names}")
    return row


def _written(terms: Terms, source: str) -> dict[str, Any]:
    return {
        "title": terms.definition.title,
        "definition": terms.definition.model_dump(mode="json", by_alias=True),
        "law": terms.law.model_dump(mode="json", by_alias=True),
        "source": source[:300],
    }
