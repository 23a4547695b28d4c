"""Being logged in: sessions of browsers and tokens of programs, both kept only as digests.

A session begins with a new secret at every login, so that one which somebody planted before is worth nothing. It ends
when it was not used for a while, when it is too old, at the logout, and when the password changes.
"""

from __future__ import annotations

import secrets
from dataclasses import dataclass
from datetime import datetime, timedelta
from hashlib import sha256

from sqlalchemy import delete, select, update

from voicebot.errors import VoicebotError
from voicebot.records.tables import ApiTokenRow, SessionRow, UserRow
from voicebot.records.users import User, _user
from voicebot.store.database import Database

TOKEN_PREFIX = "vb_"
SEEN_EVERY = timedelta(minutes=1)
"""A session's last use is written down not more often than that."""


@dataclass(frozen=True, slots=True)
class Visit:
    """A browser that is logged in; `csrf` must come with everything that it changes."""

    user: User
    csrf: str


@dataclass(frozen=True, slots=True)
class Token:
    """A program's token, without the token."""

    id: int
    user: str
    label: str
    created: datetime
    used: datetime | None


class Entrance:
    """Sessions and tokens of one database."""

    def __init__(
        self,
        database: Database,
        idle: timedelta = timedelta(hours=2),
        longest: timedelta = timedelta(hours=12),
    ) -> None:
        self._database = database
        self._idle = idle
        self._longest = longest

    def begin(self, user: User, now: datetime, before: str | None = None) -> str:
        """A new session's secret, for the cookie; the session that the browser had before ends."""
        secret = secrets.token_urlsafe(32)
        with self._database.writing() as session:
            gone = (SessionRow.seen < now - self._idle) | (SessionRow.began < now - self._longest)
            session.execute(delete(SessionRow).where(gone))
            if before:
                session.execute(delete(SessionRow).where(SessionRow.digest == _digest(before)))
            session.add(
                SessionRow(
                    digest=_digest(secret),
                    user_id=user.id,
                    csrf=secrets.token_urlsafe(32),
                    began=now,
                    seen=now,
                )
            )
        return secret

    def visit(self, secret: str, now: datetime) -> Visit | None:
        """Whose session this is; None when it is none any more."""
        with self._database.reading() as session:
            found = session.execute(
                select(SessionRow, UserRow)
                .join(UserRow, UserRow.id == SessionRow.user_id)
                .where(SessionRow.digest == _digest(secret))
            ).one_or_none()
        if found is None:
            return None
        row, user = found
        if row.seen < now - self._idle or row.began < now - self._longest:
            return None
        if now - row.seen > SEEN_EVERY:
            with self._database.writing() as session:
                session.execute(update(SessionRow).where(SessionRow.digest == row.digest).values(seen=now))
        return Visit(_user(user), row.csrf)

    def end(self, secret: str) -> None:
        """Log out."""
        with self._database.writing() as session:
            session.execute(delete(SessionRow).where(SessionRow.digest == _digest(secret)))

    # -- programs -----------------------------------------------------------------------------------------------

    def give_token(self, user: User, label: str, now: datetime) -> str:
        """A new token in this user's name; it is told once."""
        token = TOKEN_PREFIX + secrets.token_urlsafe(32)
        with self._database.writing() as session:
            session.add(
                ApiTokenRow(digest=_digest(token), user_id=user.id, label=label[:60], created=now, used=None)
            )
        return token

    def bearer(self, token: str, now: datetime) -> User | None:
        """In whose name a program comes with this token."""
        with self._database.reading() as session:
            found = session.execute(
                select(ApiTokenRow, UserRow)
                .join(UserRow, UserRow.id == ApiTokenRow.user_id)
                .where(ApiTokenRow.digest == _digest(token))
            ).one_or_none()
        if found is None:
            return None
        row, user = found
        if row.used is None or now - row.used > SEEN_EVERY:
            with self._database.writing() as session:
                session.execute(update(ApiTokenRow).where(ApiTokenRow.id == row.id).values(used=now))
        return _user(user)

    def tokens(self) -> list[Token]:
        """Every token that is worth something."""
        rows = select(ApiTokenRow, UserRow.name).join(UserRow, UserRow.id == ApiTokenRow.user_id)
        with self._database.reading() as session:
            return [
                Token(row.id, name, row.label, row.created, row.used)
                for row, name in session.execute(rows.order_by(ApiTokenRow.id))
            ]

    def take_token(self, number: int) -> None:
        """This token is worth nothing any more. Raises VoicebotError when there is none."""
        with self._database.writing() as session:
            gone = session.execute(
                delete(ApiTokenRow).where(ApiTokenRow.id == number).returning(ApiTokenRow.id)
            )
            if gone.one_or_none() is None:
                raise VoicebotError(f"there is no token {number}")


def _digest(secret: str) -> str:
    return sha256(secret.encode()).hexdigest()
