"""Which server processes live: each has a row that it renews, so that nobody takes the calls of another for cut off.

A process on this machine that has died is known at once: its number is not there any more, or belongs to a process that
began at another time. Of one elsewhere (another machine, another container) nothing is known but its row: it counts as
dead when that was not renewed for LEASE_S. Seconds are those of the database's clock where it is a server, so that
clocks of machines need not agree.
"""

from __future__ import annotations

import os
import secrets
import time
from dataclasses import dataclass, field
from pathlib import Path

from sqlalchemy import delete, func, select, update
from sqlalchemy.orm import Session

from voicebot.records.tables import ServerRow
from voicebot.store.database import Database

LEASE_S = 30.0
BEAT_S = 5.0
"""How often a row is renewed; a process that is suspended for longer than LEASE_S is taken for dead."""


def machine() -> str:
    """Where process numbers mean the same: this boot of this machine, in this name space of processes."""
    try:
        boot = Path("/proc/sys/kernel/random/boot_id").read_text(encoding="ascii").strip()
        return f"{boot} {os.readlink('/proc/self/ns/pid')}"
    except OSError:
        return os.uname().nodename


def begun(pid: int) -> str | None:
    """When the process of this number began, as the system counts it; None when there is none, or a dead one.

    Source of the fields: proc(5), /proc/pid/stat: the third is the state, the twenty-second the start time.
    """
    try:
        fields = Path(f"/proc/{pid}/stat").read_text(encoding="utf-8", errors="replace").rpartition(")")[2]
    except OSError:
        return None
    state, *others = fields.split()
    return None if state in "ZX" else others[18]


@dataclass(frozen=True, slots=True)
class Server:
    """A process that answers calls; `key` tells with which key it seals."""

    id: str = field(default_factory=lambda: secrets.token_hex(16))
    machine: str = field(default_factory=machine)
    pid: int = field(default_factory=os.getpid)
    began: str = field(default_factory=lambda: begun(os.getpid()) or "")
    key: str = ""


class Attendance:
    """The servers of one database."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def renew(self, server: Server) -> None:
        """This server lives: to be told at its start, and every BEAT_S from then on."""
        with self._database.writing() as session:
            seen = {"seen": _now(session)}
            row = update(ServerRow).where(ServerRow.id == server.id).values(**seen).returning(ServerRow.id)
            if session.scalar(row) is None:
                told = {name: getattr(server, name) for name in ("id", "machine", "pid", "began", "key")}
                session.add(ServerRow(**told, **seen))

    def leave(self, server: Server) -> None:
        """This server has ended in order."""
        with self._database.writing() as session:
            session.execute(delete(ServerRow).where(ServerRow.id == server.id))

    def living(self) -> list[Server]:
        """Every server that is not known to be dead."""
        with self._database.reading() as session:
            return living(session)

    def bury(self) -> None:
        """Forget the rows of servers that are dead."""
        with self._database.writing() as session:
            alive = [server.id for server in living(session)]
            session.execute(delete(ServerRow).where(ServerRow.id.not_in(alive)))


def living(session: Session) -> list[Server]:
    """Every server that is not known to be dead, as this transaction sees them."""
    now, here = _now(session), machine()
    rows = session.scalars(select(ServerRow).order_by(ServerRow.id)).all()
    return [
        Server(row.id, row.machine, row.pid, row.began, row.key) for row in rows if _lives(row, here, now)
    ]


def _lives(row: ServerRow, here: str, now: float) -> bool:
    if row.machine == here and row.began:
        return begun(row.pid) == row.began
    return row.seen >= now - LEASE_S


def _now(session: Session) -> float:
    """Seconds since 1970 by the database's clock; SQLite's is this machine's."""
    if session.get_bind().dialect.name == "postgresql":
        return float(session.scalar(select(func.extract("epoch", func.clock_timestamp()))) or 0.0)
    return time.time()
