"""Who may use the console: names, roles and passwords.

Passwords are kept as argon2id hashes with the library's parameters. A name that is not there costs as much time as a
wrong password, so that nobody learns which names exist.
"""

from __future__ import annotations

import re
import secrets
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Literal, get_args

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError
from sqlalchemy import delete, func, select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from voicebot.errors import VoicebotError
from voicebot.records.tables import ApiTokenRow, SessionRow, UserRow
from voicebot.store.database import Database

Role = Literal["agent", "operations", "admin"]
ROLES: tuple[Role, ...] = get_args(Role)
"""From the least to the most: each may do what those before it may."""

SHORTEST_PASSWORD = 10
LONGEST_PASSWORD = 200
_NAME = re.compile(r"[\w.\-]{2,40}")
_hasher = PasswordHasher()
_NOBODY = _hasher.hash(secrets.token_hex(16))


@dataclass(frozen=True, slots=True)
class User:
    """Somebody who may use the console; `skills` are topics for which callers are brought to an agent."""

    id: int
    name: str
    role: Role
    skills: tuple[str, ...] = ()

    def may(self, role: Role) -> bool:
        """Has this user at least this role?"""
        return ROLES.index(self.role) >= ROLES.index(role)


class Users:
    """The users of one database."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def listed(self) -> list[User]:
        """Everybody, by name."""
        with self._database.reading() as session:
            return [_user(row) for row in session.scalars(select(UserRow).order_by(UserRow.name))]

    def named(self, name: str) -> User | None:
        """The user of this name."""
        with self._database.reading() as session:
            row = _row(session, name)
            return None if row is None else _user(row)

    def add(self, name: str, role: str, password: str, now: datetime, skills: Sequence[str] = ()) -> User:
        """A new user. Raises VoicebotError when the name is taken or anything is not as it must be."""
        _check(name, role, password)
        hashed = _hasher.hash(password)
        with self._database.writing() as session:
            if _row(session, name) is not None:
                raise VoicebotError(f"there is a user {name} already; choose another name")
            row = UserRow(name=name, role=role, password=hashed, skills=list(skills), created=now)
            session.add(row)
            session.flush()
            return _user(row)

    def first_admin(self, now: datetime) -> str | None:
        """Where nobody is there yet: make the user admin and give its password, which is not kept; else None."""
        with self._database.reading() as session:
            if session.scalar(select(func.count()).select_from(UserRow)):
                return None
        password = secrets.token_urlsafe(12)
        hashed = _hasher.hash(password)
        try:
            with self._database.writing() as session:
                if session.scalar(select(func.count()).select_from(UserRow)):
                    return None
                session.add(UserRow(name="admin", role="admin", password=hashed, skills=[], created=now))
        except IntegrityError:  # another server has made it at the same moment
            return None
        return password

    def change_password(self, name: str, password: str) -> None:
        """Give a new password; whoever is logged in under the name is not any more."""
        _check(name, "agent", password)
        hashed = _hasher.hash(password)
        with self._database.writing() as session:
            row = _there(session, name)
            row.password = hashed
            session.execute(delete(SessionRow).where(SessionRow.user_id == row.id))

    def change(self, name: str, role: str, skills: Sequence[str]) -> None:
        """Another role and other skills. Raises VoicebotError for the last admin."""
        _check(name, role, "x" * SHORTEST_PASSWORD)
        with self._database.writing() as session:
            row = _there(session, name)
            if row.role == "admin" and role != "admin":
                _not_the_last(session, name)
            row.role, row.skills = role, list(skills)

    def remove(self, name: str) -> None:
        """Remove a user with its sessions and tokens. Raises VoicebotError for the last admin."""
        with self._database.writing() as session:
            row = _there(session, name)
            if row.role == "admin":
                _not_the_last(session, name)
            for kind in (SessionRow, ApiTokenRow):
                session.execute(delete(kind).where(kind.user_id == row.id))
            session.delete(row)

    def known(self, name: str, password: str) -> User | None:
        """The user whose name and password these are; takes the same time whether the name exists or not."""
        with self._database.reading() as session:
            row = _row(session, name)
            hashed = row.password if row is not None else _NOBODY
            try:
                _hasher.verify(hashed, password[:LONGEST_PASSWORD])
            except (VerificationError, InvalidHashError):
                return None
            return None if row is None else _user(row)


def _user(row: UserRow) -> User:
    role: Role = row.role  # type: ignore[assignment]
    return User(row.id, row.name, role, tuple(row.skills))


def _row(session: Session, name: str) -> UserRow | None:
    return session.scalars(select(UserRow).where(UserRow.name == name)).one_or_none()


def _there(session: Session, name: str) -> UserRow:
    row = _row(session, name)
    if row is None:
        raise VoicebotError(f"there is no user {name}; `voicebot users list` shows who is there")
    return row


def _not_the_last(session: Session, name: str) -> None:
    others = select(func.count()).select_from(UserRow).where(UserRow.role == "admin", UserRow.name != name)
    if not session.scalar(others):
        raise VoicebotError(f"{name} is the last admin; make another user admin first")


def _check(name: str, role: str, password: str) -> None:
    if not _NAME.fullmatch(name):
        raise VoicebotError("a user's name has 2 to 40 letters, digits, dots or hyphens")
    if role not in ROLES:
        raise VoicebotError(f"there is no role {role}; it is one of {', '.join(ROLES)}")
    if not SHORTEST_PASSWORD <= len(password) <= LONGEST_PASSWORD:
        raise VoicebotError(f"a password has {SHORTEST_PASSWORD} to {LONGEST_PASSWORD} characters")
