"""What the console needs of the shop's campaigns, and gets from the application."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Protocol

from voicebot.campaign.contacts import Refused
from voicebot.outbound.campaigns import Campaigns


@dataclass(frozen=True, slots=True)
class Upload:
    """A campaign's file as somebody sends it in, with a table of contacts beside it or without."""

    yaml: str
    contacts: bytes | None = None
    contacts_name: str = ""


@dataclass(frozen=True, slots=True)
class Plan:
    """Who would be rung: rows {"line", "phone", "when", "because"}; `when` is None for those who are not."""

    name: str
    rows: Sequence[dict[str, Any]]


@dataclass(frozen=True, slots=True)
class Made:
    """A campaign that was written down, with what was imported; `before` says when the same table was, if it was."""

    name: str
    added: int = 0
    refused: Sequence[Refused] = field(default_factory=tuple)
    barred: Sequence[Refused] = field(default_factory=tuple)
    before: str | None = None


@dataclass(frozen=True, slots=True)
class Choice:
    """What a column may hold: its name in forms, what it is called, and the column that is proposed."""

    name: str
    title: str
    column: str | None


@dataclass(frozen=True, slots=True)
class Sheet:
    """A table that was sent in: its columns, each with an example, and what each may be. `token` is its name here."""

    token: str
    name: str
    rows: int
    columns: Sequence[tuple[str, str]]
    choices: Sequence[Choice]


@dataclass(frozen=True, slots=True)
class Rehearsal:
    """A call that was tried: (who, text) turn by turn, who is bot or caller; `over` when it has ended."""

    turns: Sequence[tuple[str, str]]
    over: bool


class CampaignOffice(Protocol):
    """The shop's campaigns. Whatever is wrong in a file is told with VoicebotError, all of it, by line."""

    def campaigns(self, who: str) -> Campaigns:
        """The campaigns of the database, as this user changes them."""
        ...

    def check(self, upload: Upload) -> Plan:
        """Check the files, and plan; nothing is written down."""
        ...

    def create(self, upload: Upload, who: str, replace: bool) -> Made:
        """Check the files, write the campaign down, import its contacts. Nobody is rung before it is started."""
        ...

    def plan(self, name: str) -> Plan:
        """Who of a campaign that exists would be rung when, and who not and why, as things stand."""
        ...

    def receive(self, name: str, table: bytes, table_name: str, who: str) -> Sheet:
        """Read a table of contacts for a campaign; nothing is imported before its columns are chosen."""
        ...

    def take(self, name: str, token: str, columns: Mapping[str, str], who: str) -> Made:
        """Import a table that was received, with these columns (choice -> column)."""
        ...

    def rehearse(self, name: str, said: Sequence[str], line: int | None = None) -> Rehearsal:
        """The call that a contact would get (of this line of the table, or one of whom nothing is known)."""
        ...

    def sound(self, name: str, said: Sequence[str], line: int | None = None) -> bytes:
        """What the bot says in that call, as a WAV file."""
        ...

    def forget(self, who: str) -> dict[str, int]:
        """Remove what is older than the law has it kept: {"calls", "recordings", "consents"}."""
        ...
