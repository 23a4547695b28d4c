"""Who is not to be rung, and who has agreed to be: kept by number, for all campaigns."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from datetime import datetime

from sqlalchemy import column, delete, insert, select, table, update
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import Session

from voicebot.campaign.phones import domestic
from voicebot.campaign.plan import Consented
from voicebot.outbound.tables import ConsentProof, DoNotCall

SHOP = table("opt_outs", column("phone"), column("source"), column("created"))
"""The shop's own list, which the hotline writes: numbers as the shop stores them, without +86."""


def upsert(session: Session, model: type) -> sqlite.Insert | postgresql.Insert:
    """An INSERT of the session's dialect, which knows ON CONFLICT."""
    return (sqlite.insert if session.get_bind().dialect.name == "sqlite" else postgresql.insert)(model)


def opt_out(session: Session, phone: str, source: str, now: datetime) -> bool:
    """This number (E.164) is rung no more, by no campaign, from now on; False when it was so already.

    Consent that it has given before is withdrawn. The hotline's own list learns it, too.
    """
    row = {"phone": phone, "source": source[:60], "at": now}
    added = session.execute(
        upsert(session, DoNotCall).values(row).on_conflict_do_nothing().returning(DoNotCall.phone)
    ).first()
    session.execute(
        update(ConsentProof)
        .where(ConsentProof.phone == phone, ConsentProof.withdrawn.is_(None))
        .values(withdrawn=now)
    )
    known = domestic(phone)
    if session.execute(select(SHOP.c.phone).where(SHOP.c.phone == known)).first() is None:
        local = now.replace(tzinfo=None)
        session.execute(insert(SHOP).values(phone=known, source=source[:40], created=local))
    return added is not None


def allow_again(session: Session, phone: str) -> bool:
    """He may be rung again: only when he has asked for it himself. False when he was on no list."""
    ours = session.execute(
        delete(DoNotCall).where(DoNotCall.phone == phone).returning(DoNotCall.phone)
    ).first()
    shops = session.execute(
        delete(SHOP).where(SHOP.c.phone == domestic(phone)).returning(SHOP.c.phone)
    ).first()
    return ours is not None or shops is not None


def barred(session: Session, phones: Collection[str]) -> dict[str, str]:
    """Of these numbers those that are not to be rung, each with where that was said."""
    found: dict[str, str] = {}
    local = {domestic(phone): phone for phone in phones}
    for some in pieces(list(local)):
        rows = session.execute(select(SHOP.c.phone, SHOP.c.source).where(SHOP.c.phone.in_(some)))
        found |= {local[phone]: source or "hotline" for phone, source in rows}
    for some in pieces(list(phones)):
        rows = session.execute(select(DoNotCall.phone, DoNotCall.source).where(DoNotCall.phone.in_(some)))
        found |= {row[0]: row[1] for row in rows}
    return found


def record_consent(session: Session, phone: str, consent: Consented, now: datetime) -> None:
    """Keep the proof; the same again is kept once."""
    row = {
        "phone": phone,
        "source": consent.source[:120],
        "day": consent.day.date(),
        "kind": consent.kind,
        "recorded": now,
    }
    session.execute(upsert(session, ConsentProof).values(row).on_conflict_do_nothing())


def consents(session: Session, phones: Collection[str]) -> dict[str, tuple[Consented, ...]]:
    """The consent of these numbers that holds."""
    found: dict[str, list[Consented]] = {}
    for some in pieces(list(phones)):
        query = select(ConsentProof).where(ConsentProof.phone.in_(some), ConsentProof.withdrawn.is_(None))
        for row in session.scalars(query):
            day = datetime(row.day.year, row.day.month, row.day.day, tzinfo=row.recorded.tzinfo)
            found.setdefault(row.phone, []).append(Consented(row.source, day, row.kind))
    return {phone: tuple(given) for phone, given in found.items()}


def pieces(items: list[str], size: int = 500) -> Iterable[list[str]]:
    """Lists short enough for one statement."""
    return (items[start : start + size] for start in range(0, len(items), size))
