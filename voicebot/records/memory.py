"""Everything that is remembered, in one place."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import timedelta
from functools import cached_property

from voicebot.records.archive import Archive
from voicebot.records.audit import Audit
from voicebot.records.entrance import Entrance
from voicebot.records.recordings import Recordings, Shelf
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
    """The memory of one database with one key; recordings lie on `shelf`."""

    database: Database
    vault: Vault
    shelf: Shelf
    lasting: Lasting = field(default_factory=Lasting)

    @cached_property
    def archive(self) -> Archive:
        """The calls."""
        return Archive(self.database, self.vault)

    @cached_property
    def recordings(self) -> Recordings:
        """What was recorded of them."""
        return Recordings(self.shelf, self.vault)

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
