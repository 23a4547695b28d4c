"""A campaign before it begins: who would be rung when, who not and why; and what a call would sound like."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from shutil import copyfile
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING, Any

from voicebot.app.audience import ask_shop, read_table
from voicebot.app.campaign_files import CampaignFiles
from voicebot.app.campaigns import instant, told
from voicebot.campaign.contacts import Contact, NoColumnError
from voicebot.campaign.plan import Due, Person, plan
from voicebot.campaign.rung import Sayings, as_rung
from voicebot.errors import VoicebotError
from voicebot.outbound import lists
from voicebot.outbound.importing import Table

if TYPE_CHECKING:
    from voicebot.app.bot import App
    from voicebot.app.whole_shop import WholeShop
    from voicebot.replay.text import BotTurn, TextDriver
    from voicebot.store.database import Database


def audience_of(app: App, files: CampaignFiles, database: Database | None, file: Path | None = None) -> Table:
    """The campaign's contacts: of this file, else of the one that it names, else of the shop's database."""
    audience, now = files.definition.audience, app.now()
    if file is not None or audience.file:
        return table_of(files, file, now)
    if audience.query is None:
        raise VoicebotError(
            f"{files.path} names no audience: add a file or a query, or name a file with --contacts"
        )
    if database is None:
        raise VoicebotError(
            f"{files.path} asks the shop whom to ring, and there is no database: name one with --database"
        )
    return ask_shop(database, audience, now)


def table_of(files: CampaignFiles, file: Path | None, now: datetime) -> Table:
    """The contacts of this file, else of the one that the campaign names; mistakes by the campaign's lines."""
    audience = files.definition.audience
    path = file or files.path.parent / str(audience.file)
    if file is None and not path.is_file():
        raise files.wrong(("audience", "file"), f"audience.file: there is no file {path}")
    try:
        return read_table(path, audience, now)
    except NoColumnError as error:
        raise files.wrong(error.key, str(error)) from error


def dry_run(app: App, files: CampaignFiles, table: Table, database: Database | None) -> list[dict[str, Any]]:
    """A row for everybody: {"line", "phone", "when", "because"}, or refused; the soonest first, then who is not rung.

    `when` is the first call's earliest time; with a database its lists and the consent in it count.
    """
    people = [_person(contact) for contact in table.contacts.contacts]
    people = people if database is None else _known(database, people)
    planned = plan(files.terms, people, {}, instant(app))
    lines = {contact.number.e164: contact.line for contact in table.contacts.contacts}
    rows: list[dict[str, Any]] = [
        {
            "line": lines[person.phone],
            "phone": person.phone,
            "when": local_time(due, person),
            "because": _why(due),
        }
        for person, due in planned.due
    ]
    rows += [
        {"line": lines[person.phone], "phone": person.phone, "when": None, "because": str(over.because)}
        for person, over in planned.over
    ]
    rows += [
        {"line": one.line, "phone": one.value, "when": None, "because": one.reason}
        for one in table.contacts.refused
    ]
    return rows


def _person(contact: Contact) -> Person:
    number = contact.number
    given = () if contact.consent is None else (contact.consent,)
    return Person(number.e164, number.country, number.zones, number.area, given, None, contact.line)


def _known(database: Database, people: Sequence[Person]) -> list[Person]:
    from dataclasses import replace

    phones = [person.phone for person in people]
    with database.reading() as session:
        barred, agreed = lists.barred(session, phones), lists.consents(session, phones)
    return [
        replace(
            person,
            do_not_call=barred.get(person.phone),
            consents=(*person.consents, *agreed.get(person.phone, ())),
        )
        for person in people
    ]


def local_time(due: Due, person: Person) -> str:
    """When somebody is rung, on the clock where his number is."""
    from zoneinfo import ZoneInfo

    zone = ZoneInfo(person.zones[0]) if person.zones else due.at.tzinfo
    return due.at.astimezone(zone).isoformat(timespec="minutes")


def _why(due: Due) -> str:
    return "" if due.because is None else str(due.because)


@dataclass(frozen=True, slots=True)
class Rehearsal:
    """One call of a campaign by text, with the very same call machine. Nothing of it is kept."""

    driver: TextDriver
    phone: str

    def begin(self) -> BotTurn:
        """He answers."""
        return self.driver.answer(self.phone)


def rehearse(app: App, files: CampaignFiles, contact: Contact | None, shop: Any, now: datetime) -> Rehearsal:
    """The call that this contact would get (or one of whom nothing is known)."""
    from voicebot.replay.text import TextDriver

    facts = {} if contact is None else contact.facts
    phone = "+8613800000000" if contact is None else contact.number.e164
    script = told(files.script, facts, files.definition.facts)
    call = app.call(
        f"preview-{now.isoformat()}",
        now,
        shop.catalogue(),
        script=script,
        ahead=lambda understand: as_rung(understand, Sayings.of(script), now),
    )
    return Rehearsal(TextDriver(call, shop), phone)


@contextmanager
def shop_for_trying(app: App, now: datetime) -> Iterator[WholeShop]:
    """A demonstration shop that is thrown away afterwards: nothing is changed, and no text message leaves the house."""
    from voicebot.app.demo import demo_database
    from voicebot.app.whole_shop import WholeShop
    from voicebot.outbound.messages import FileGateway
    from voicebot.shop.shop import SqlShop
    from voicebot.store.migrate import open_database

    with TemporaryDirectory(prefix="voicebot-") as folder:
        file, messages = Path(folder) / "shop.db", FileGateway(Path(folder) / "messages.jsonl")
        copyfile(demo_database(now.date()), file)
        database = open_database(f"sqlite:///{file}")
        data, knowledge = SqlShop(database, app.rules, lambda: now), app._knowledge(())
        try:
            yield WholeShop(data, (), knowledge, lambda: now, messages).for_a_call()
        finally:
            database.close()


def conversation(
    app: App, files: CampaignFiles, contact: Contact | None, said: Sequence[str]
) -> tuple[list[tuple[str, str]], bool]:
    """The call as (who, text), bot or caller, when he says this turn by turn (nothing: a silence); and is it over?"""
    now, told = app.now(), list[tuple[str, str]]()
    with shop_for_trying(app, now) as shop:
        call = rehearse(app, files, contact, shop, now)
        turn = call.begin()
        told += [("bot", text) for text in turn.say]
        for text in said:
            if call.driver.over:
                break
            turn = call.driver.say(text) if text else call.driver.silence()
            told += [("caller", text), *(("bot", text) for text in turn.say)]
        return told, call.driver.over


def speech(app: App, texts: Sequence[str]) -> bytes:
    """The bot's side of a call as it sounds: 8 kHz, 16 bit, a short silence after each of the texts."""
    from voicebot.audio import silence

    return b"".join(piece for text in texts for piece in (*app.synthesizer.synthesize(text), silence(300)))
