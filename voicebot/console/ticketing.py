"""The shop's tickets with what the console adds: who looks after them, what was said about them, and the clock."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import ColumnElement, func, select
from sqlalchemy.orm import Session

from voicebot.errors import VoicebotError
from voicebot.records.memory import Memory
from voicebot.records.tables import TicketCareRow, TicketNoteRow
from voicebot.records.writing import ticket_place
from voicebot.shop.tables import Customer, Ticket

OPEN, BUSY, DONE, SHUT = "待处理", "处理中", "已解决", "已关闭"
STATUSES = (OPEN, BUSY, DONE, SHUT)
OVER = frozenset({DONE, SHUT})
SEVERITIES = {"urgent": "紧急", "high": "高", "normal": "一般", "low": "低"}


@dataclass(frozen=True, slots=True)
class Wanted:
    """What is looked for. `status` is one of them, "open" for all that are not over, or "" for all."""

    status: str = "open"
    department: str = ""
    assignee: str = ""
    severity: str = ""
    overdue: bool = False


@dataclass(frozen=True, slots=True)
class Case:
    """A ticket with who looks after it; `left` is the time until it is due, negative when it is late."""

    ticket: Ticket
    customer: str
    phone: str
    assignee: str
    closed: datetime | None
    left: timedelta

    @property
    def late(self) -> bool:
        """Was the time not kept?"""
        return self.left < timedelta(0)


@dataclass(frozen=True, slots=True)
class Remark:
    """Something that happened to a ticket."""

    kind: str
    by: str
    at: datetime
    value: str
    text: str


class Ticketing:
    """Tickets of one database. Times are the shop's."""

    def __init__(self, memory: Memory) -> None:
        self._memory = memory

    def cases(
        self, wanted: Wanted, now: datetime, limit: int = 100, offset: int = 0
    ) -> tuple[list[Case], int]:
        """(page, how many there are): the soonest due first."""
        rows = select(Ticket, TicketCareRow, Customer).outerjoin(
            TicketCareRow, TicketCareRow.ticket == Ticket.number
        )
        rows = rows.outerjoin(Customer, Customer.id == Ticket.customer_id).where(*_conditions(wanted, now))
        count = select(func.count()).select_from(
            select(Ticket.number)
            .outerjoin(TicketCareRow, TicketCareRow.ticket == Ticket.number)
            .where(*_conditions(wanted, now))
            .subquery()
        )
        with self._memory.database.reading() as session:
            total = session.scalar(count) or 0
            page = session.execute(rows.order_by(Ticket.due, Ticket.number).limit(limit).offset(offset))
            return [_case(*row, now) for row in page], total

    def departments(self) -> list[str]:
        """Every department that has tickets."""
        with self._memory.database.reading() as session:
            return list(session.scalars(select(Ticket.department).distinct().order_by(Ticket.department)))

    def case(self, number: str, now: datetime) -> tuple[Case, list[Remark]] | None:
        """One ticket with everything that happened to it."""
        with self._memory.database.reading() as session:
            ticket = session.get(Ticket, number)
            if ticket is None:
                return None
            customer = session.get(Customer, ticket.customer_id) if ticket.customer_id else None
            case = _case(ticket, session.get(TicketCareRow, number), customer, now)
            notes = select(TicketNoteRow).where(TicketNoteRow.ticket == number).order_by(TicketNoteRow.id)
            return case, [self._remark(row) for row in session.scalars(notes)]

    def assign(self, number: str, to: str, by: str, now: datetime) -> None:
        """Let this user look after it, or nobody (""). Raises VoicebotError."""
        if to and self._memory.users.named(to) is None:
            raise VoicebotError(f"没有用户 {to}")
        with self._memory.database.writing() as session:
            _there(session, number)
            _care(session, number).assignee = to
            session.add(TicketNoteRow(ticket=number, kind="assigned", by=by, at=now, value=to, sealed=None))

    def comment(self, number: str, text: str, by: str, now: datetime) -> None:
        """Say something about it. Raises VoicebotError."""
        if not text.strip():
            raise VoicebotError("备注不能是空的")
        sealed = self._memory.vault.seal(text.strip()[:4000].encode(), ticket_place(number))
        with self._memory.database.writing() as session:
            _there(session, number)
            session.add(TicketNoteRow(ticket=number, kind="comment", by=by, at=now, value="", sealed=sealed))

    def move(self, number: str, status: str, by: str, now: datetime) -> None:
        """Another status; its clock stops with the last ones. Raises VoicebotError."""
        if status not in STATUSES:
            raise VoicebotError(f"工单没有“{status}”这个状态")
        with self._memory.database.writing() as session:
            ticket, care = _there(session, number), _care(session, number)
            ticket.status = status
            care.closed = (care.closed or now) if status in OVER else None
            session.add(TicketNoteRow(ticket=number, kind="status", by=by, at=now, value=status, sealed=None))

    def _remark(self, row: TicketNoteRow) -> Remark:
        text = self._memory.vault.unseal(row.sealed, ticket_place(row.ticket)).decode() if row.sealed else ""
        return Remark(row.kind, row.by, row.at, row.value, text)


def _conditions(wanted: Wanted, now: datetime) -> list[ColumnElement[bool]]:
    found: list[ColumnElement[bool]] = []
    if wanted.status == "open":
        found.append(Ticket.status.not_in(OVER))
    elif wanted.status:
        found.append(Ticket.status == wanted.status)
    if wanted.department:
        found.append(Ticket.department == wanted.department)
    if wanted.severity:
        found.append(Ticket.severity == wanted.severity)
    if wanted.assignee:
        found.append(TicketCareRow.assignee == wanted.assignee)
    if wanted.overdue:
        found.append(Ticket.due < now)
    return found


def _case(ticket: Ticket, care: TicketCareRow | None, customer: Customer | None, now: datetime) -> Case:
    closed = care.closed if care is not None else None
    return Case(
        ticket,
        customer.name if customer is not None else "",
        ticket.caller or (customer.phone if customer is not None else ""),
        care.assignee if care is not None else "",
        closed,
        ticket.due - (closed or now),
    )


def _there(session: Session, number: str) -> Ticket:
    ticket = session.get(Ticket, number)
    if ticket is None:
        raise VoicebotError(f"没有工单 {number}")
    return ticket


def _care(session: Session, number: str) -> TicketCareRow:
    care = session.get(TicketCareRow, number)
    if care is None:
        care = TicketCareRow(ticket=number, assignee="", closed=None)
        session.add(care)
    return care
