"""Everything that is remembered, in one place."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import timedelta
from functools import cached_property

from voicebot.records.audit import Audit
from voicebot.records.entrance import Entrance
from voicebot.records.users import Users
from voicebot.records.vault import Vault
from voicebot.store.database import Database


@dataclass(frozen=True, slots=True)
class Lasting:
    """How long a login lasts: without being used, and at all."""

    idle: timedelta = timedelta(hours=2)
    longest: timedelta = timedelta(hours=12)


@dataclass(frozen=True)
class Memory:
    """The memory of one database with one key."""

    database: Database
    vault: Vault
    lasting: Lasting = field(default_factory=Lasting)

    @cached_property
    def users(self) -> Users:
        """Who may use the console."""
        return Users(self.database)

    @cached_property
    def entrance(self) -> Entrance:
        """Who is logged in."""
        return Entrance(self.database, self.lasting.idle, self.lasting.longest)

    @cached_property
    def audit(self) -> Audit:
        """Who did what."""
        return Audit(self.database)
