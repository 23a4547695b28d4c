"""The shop's campaigns as the console works with them: the checks are those of `voicebot campaign create`.

A file that is sent in is kept beside the shop's other campaigns (config/campaigns/NAME.yaml), because its dialogue is
named relative to it; what it names must lie in that folder, too. A table of contacts is read and not kept.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from sqlalchemy import select

from voicebot.app.audience import read_content
from voicebot.app.campaign_files import CampaignFiles, files_in, read_files
from voicebot.app.campaign_preview import audience_of, conversation, dry_run, local_time, speech
from voicebot.app.campaign_tables import FACT, OWN, Waiting, chosen, wanted
from voicebot.app.campaigns import instant
from voicebot.app.retaining import removing
from voicebot.audio import wav_of
from voicebot.campaign.contacts import Contact
from voicebot.campaign.definition import Definition, read_campaign
from voicebot.campaign.phones import read_number
from voicebot.campaign.plan import Due, next_call
from voicebot.campaign.sheets import read_sheet
from voicebot.console.campaign_office import Choice, Made, Plan, Rehearsal, Sheet, Upload
from voicebot.errors import VoicebotError
from voicebot.files import write_whole
from voicebot.outbound.campaigns import Campaigns, found
from voicebot.outbound.importing import Table, import_table
from voicebot.outbound.people import persons, terms_of
from voicebot.outbound.retention import Removing, forget_old
from voicebot.outbound.tables import CampaignContact
from voicebot.store.database import Database

if TYPE_CHECKING:
    from voicebot.app.bot import App
    from voicebot.records.memory import Memory

STEP = 500


def _nothing(_: Sequence[str]) -> int:
    return 0


@dataclass(frozen=True, slots=True)
class ShopCampaigns:
    """The campaigns of a database, and the folder of their files."""

    app: App
    database: Database
    folder: Path
    waiting: Waiting
    remove: Removing = _nothing

    def campaigns(self, who: str) -> Campaigns:
        """The campaigns, as this user changes them."""
        return Campaigns(self.database, who, lambda: instant(self.app))

    def check(self, upload: Upload) -> Plan:
        """Check the files, and plan; nothing is written down."""
        files, table = self._read(upload)
        rows = [] if table is None else dry_run(self.app, files, table, self.database)
        return Plan(files.definition.name, rows)

    def create(self, upload: Upload, who: str, replace: bool) -> Made:
        """Check the files, write the campaign down, import its contacts."""
        files, table = self._read(upload)
        campaigns, name = self.campaigns(who), files.definition.name
        self._refuse_double(campaigns, files.path, upload.yaml, replace)
        write_whole(files.path, upload.yaml.encode("utf-8"))
        make = campaigns.replace if replace else campaigns.create
        make(files.terms, str(files.path.resolve()))
        if table is None:
            return Made(name)
        report = import_table(campaigns, name, table)
        return Made(name, report.added, report.refused, report.barred, report.before)

    def plan(self, name: str) -> Plan:
        """Who of the contacts that wait would be rung when; and who is not rung any more, and why."""
        rows = list(self._planned(name))
        soonest = sorted(rows, key=lambda row: (row["when"] is None, row["when"] or "", row["line"]))
        return Plan(name, soonest)

    def receive(self, name: str, table: bytes, table_name: str, who: str) -> Sheet:
        """Read a table of contacts for a campaign; nothing is imported before its columns are chosen."""
        read = read_sheet(table, table_name)
        files = files_in(self.app, self.database, name)
        known = files.script.constants.get("contact", {})
        first = read.rows[0][1] if read.rows else {}
        choices = [
            Choice(key, OWN.get(key, key.removeprefix(FACT)), column if column in read.columns else None)
            for key, column in wanted(files.definition.audience, known).items()
        ]
        columns = [(column, str(first.get(column, ""))) for column in read.columns]
        token = self.waiting.keep(who, name, table_name, table)
        return Sheet(token, table_name, len(read.rows), columns, choices)

    def take(self, name: str, token: str, columns: Mapping[str, str], who: str) -> Made:
        """Import a table that was received, with these columns."""
        received, campaigns = self.waiting.take(token, who, name), self.campaigns(who)
        audience = chosen(campaigns.terms(name).definition.audience, columns)
        table = read_content(received.data, received.name, audience, self.app.now())
        report = import_table(campaigns, name, table)
        self.waiting.drop(token)
        return Made(name, report.added, report.refused, report.barred, report.before)

    def rehearse(self, name: str, said: Sequence[str], line: int | None = None) -> Rehearsal:
        """The call that a contact would get."""
        files = files_in(self.app, self.database, name)
        contact = None if line is None else self._contact(name, line)
        return Rehearsal(*conversation(self.app, files, contact, said))

    def sound(self, name: str, said: Sequence[str], line: int | None = None) -> bytes:
        """What the bot says in that call, as a WAV file."""
        turns = self.rehearse(name, said, line).turns
        return wav_of(speech(self.app, [text for who, text in turns if who == "bot"]))

    def forget(self, who: str) -> dict[str, int]:
        """Remove what is older than the law has it kept."""
        return forget_old(self.campaigns(who), self.remove)

    def _contact(self, name: str, line: int) -> Contact:
        with self.database.reading() as session:
            own = CampaignContact.campaign_id == found(session, name).id, CampaignContact.line == line
            row = session.scalars(select(CampaignContact).where(*own).order_by(CampaignContact.id)).first()
            if row is None:
                raise VoicebotError(f"名单里没有第{line}行的联系人。")
            return Contact(line, read_number(row.phone), dict(row.facts))

    def _read(self, upload: Upload) -> tuple[CampaignFiles, Table | None]:
        definition, _ = read_campaign(upload.yaml, "the campaign's file")
        path = self.folder / f"{definition.name}.yaml"
        _stay_inside(definition, self.folder)
        files = read_files(self.app, path, upload.yaml)
        audience = files.definition.audience
        if upload.contacts is not None:
            name = upload.contacts_name or "contacts.csv"
            return files, read_content(upload.contacts, name, audience, self.app.now())
        wanted = audience.file is not None or audience.query is not None
        return files, audience_of(self.app, files, self.database) if wanted else None

    def _refuse_double(self, campaigns: Campaigns, path: Path, text: str, replace: bool) -> None:
        """Neither a campaign nor a file is overwritten unless that is what was asked for."""
        names = [name for name, _, _ in campaigns.all()]
        if replace and path.stem not in names:
            raise VoicebotError(f"there is no campaign {path.stem!r} to be replaced; create it instead")
        if replace:
            return
        if path.stem in names:
            raise VoicebotError(
                f"there is a campaign {path.stem!r} already; replace it, or name it otherwise"
            )
        if path.exists() and path.read_bytes() != text.encode("utf-8"):
            raise VoicebotError(f"there is another file {path.name} beside the campaigns; name it otherwise")

    def _planned(self, name: str) -> Iterator[dict[str, Any]]:
        now = instant(self.app)
        with self.database.reading() as session:
            campaign = found(session, name)
            terms = terms_of(campaign)
            query = select(CampaignContact).where(CampaignContact.campaign_id == campaign.id)
            contacts = session.scalars(query.order_by(CampaignContact.line)).all()
            for start in range(0, len(contacts), STEP):
                some = contacts[start : start + STEP]
                known = persons(session, some, now)
                for contact in some:
                    row: dict[str, Any] = {"line": contact.line, "phone": contact.phone, "when": None}
                    if contact.state not in {"waiting", "refused"}:
                        yield {**row, "because": contact.because or contact.outcome or contact.state}
                        continue
                    person, history = known[contact.id]
                    following = next_call(terms, person, history, now)
                    if isinstance(following, Due):
                        later = following if contact.due is None else _not_before(following, contact)
                        row["when"] = local_time(later, person)
                    yield {**row, "because": str(following.because or "")}


def _not_before(following: Due, contact: CampaignContact) -> Due:
    """What has been put off already stays put off: the contact waits until then."""
    assert contact.due is not None
    return replace(following, at=max(following.at, contact.due))


def _stay_inside(definition: Definition, folder: Path) -> None:
    """What a file that was sent in names must lie in the campaigns' folder: nothing else of this machine is read."""
    named = {"dialogue": definition.dialogue, "audience.file": definition.audience.file}
    if "." in definition.law or "/" in definition.law or "\\" in definition.law:
        named["law"] = definition.law
    for key, value in named.items():
        if value is not None and not (folder / value).resolve().is_relative_to(folder.resolve()):
            raise VoicebotError(
                f"{key}: {value} is outside the folder of the campaigns; put the file into it"
            )


def office(app: App, memory: Memory) -> ShopCampaigns:
    """The campaigns of this shop, for its console."""
    folder = app.config.path(Path("config/campaigns"))
    remove = removing(memory, app.config.path(app.config.recording.folder))
    return ShopCampaigns(app, memory.database, folder, Waiting(app.clock.now), remove)
