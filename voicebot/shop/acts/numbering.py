"""Numbers that callers are told: the day and a running number, digits only, so that they are easily said."""

from __future__ import annotations

from sqlalchemy import update
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import Session

from voicebot.shop.asked import Asked
from voicebot.shop.tables import Counter

KINDS = {"return": 1, "exchange": 2, "ticket": 3, "installation": 4, "repair": 5}


def next_number(session: Session, kind: str, asked: Asked) -> str:
    """The next number of this kind today: YYMMDD, a digit for the kind, three running digits (more when full)."""
    name = f"{kind}-{asked.today.isoformat()}"
    insert = sqlite.insert if session.get_bind().dialect.name == "sqlite" else postgresql.insert
    session.execute(insert(Counter).values(name=name, value=0).on_conflict_do_nothing())
    step = update(Counter).where(Counter.name == name).values(value=Counter.value + 1)
    value = session.execute(step.returning(Counter.value)).scalar_one()
    return f"{asked.today:%y%m%d}{KINDS[kind]}{value:03d}"
