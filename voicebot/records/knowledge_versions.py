"""Entries of the knowledge base as people have edited them: versions over the files' entries, none ever lost."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import func, select

from voicebot.errors import VoicebotError
from voicebot.knowledge.entries import Entry, Library, as_item, changed, read_entry
from voicebot.records.questions import REFUSED
from voicebot.records.tables import KnowledgeRefusalRow, KnowledgeVersionRow
from voicebot.records.vault import Vault
from voicebot.store.database import Database

AS_FILED = {"file": True}
"""Since this version the file's entry holds again."""


@dataclass(frozen=True, slots=True)
class Version:
    """What an entry has been since `at`: an entry, None when it was removed, or the file's (`filed`)."""

    number: int
    entry: str
    content: Entry | None
    filed: bool
    who: str
    at: datetime


@dataclass(frozen=True, slots=True)
class Change:
    """What an entry is to be. `seen` is the newest version that whoever changes it had before him; 0: none."""

    entry: str
    content: Entry | None
    seen: int
    filed: bool = False


@dataclass(frozen=True, slots=True)
class KnowledgeVersions:
    """The versions of one database, over the files' `library`."""

    database: Database
    vault: Vault
    filed: Library

    def library(self, change: Change | None = None) -> Library:
        """What holds now, or would hold with this change."""
        found = {one.entry: one for one in self._newest()}
        changes = {name: one.content for name, one in found.items() if not one.filed}
        if change is not None:
            changes.pop(change.entry, None)
            if not change.filed:
                changes[change.entry] = change.content
        return changed(self.filed, changes)

    def newest(self, entry: str) -> int:
        """The number of an entry's newest version; 0 when nobody has edited it."""
        with self.database.reading() as session:
            own = KnowledgeVersionRow.entry == entry
            return session.scalar(select(func.max(KnowledgeVersionRow.id)).where(own)) or 0

    def last(self) -> int:
        """The number of the newest version of all; 0 when nobody has edited anything."""
        with self.database.reading() as session:
            return session.scalar(select(func.max(KnowledgeVersionRow.id))) or 0

    def history(self, entry: str) -> list[Version]:
        """All versions of an entry, the newest first."""
        rows = select(KnowledgeVersionRow).where(KnowledgeVersionRow.entry == entry)
        with self.database.reading() as session:
            return [_version(row) for row in session.scalars(rows.order_by(KnowledgeVersionRow.id.desc()))]

    def put(self, change: Change, who: str, at: datetime) -> None:
        """A new version. Raises VoicebotError when somebody else has changed the entry since `seen`."""
        content: dict[str, Any] | None = None if change.content is None else as_item(change.content)
        with self.database.writing() as session:
            own = KnowledgeVersionRow.entry == change.entry
            newest = session.scalar(select(func.max(KnowledgeVersionRow.id)).where(own)) or 0
            if newest != change.seen:
                raise VoicebotError("这条知识刚被别人改过，请回到它的页面看了新内容再改")
            content = AS_FILED if change.filed else content
            session.add(KnowledgeVersionRow(entry=change.entry, content=content, who=who[:40], at=at))

    def before(self, entry: str) -> Change:
        """The change that takes the newest one back. Raises VoicebotError when there is none."""
        versions = self.history(entry)
        if not versions:
            raise VoicebotError("这条知识没有改过，没有可以撤销的")
        if len(versions) == 1:
            there = any(one.id == entry for one in self.filed.entries)
            return Change(entry, None, versions[0].number, filed=there)
        return Change(entry, versions[1].content, versions[0].number, versions[1].filed)

    def refuse(self, text: str, who: str, at: datetime) -> None:
        """This question needs no entry."""
        with self.database.writing() as session:
            session.merge(KnowledgeRefusalRow(digest=self.vault.digest(REFUSED, text), who=who[:40], at=at))

    def refused(self, texts: list[str]) -> set[str]:
        """Which of these questions need no entry."""
        with self.database.reading() as session:
            known = set(session.scalars(select(KnowledgeRefusalRow.digest)))
        return {text for text in texts if known.intersection(self.vault.digests(REFUSED, text))}

    def _newest(self) -> list[Version]:
        last = select(func.max(KnowledgeVersionRow.id)).group_by(KnowledgeVersionRow.entry)
        rows = select(KnowledgeVersionRow).where(KnowledgeVersionRow.id.in_(last))
        with self.database.reading() as session:
            return [_version(row) for row in session.scalars(rows.order_by(KnowledgeVersionRow.id))]


def _version(row: KnowledgeVersionRow) -> Version:
    filed = row.content == AS_FILED
    entry = None if row.content is None or filed else read_entry(row.content, {}, f"version {row.id}")
    return Version(row.id, row.entry, entry, filed, row.who, row.at)
