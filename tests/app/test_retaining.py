"""How long calls of campaigns are kept: what live calls really leave behind, until the law has it removed."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from voicebot.app import App
from voicebot.app.campaign_files import read_files
from voicebot.app.retaining import clear, removing
from voicebot.campaign.contacts import Contact, Contacts
from voicebot.campaign.phones import read_number
from voicebot.campaign.plan import Consented
from voicebot.config import Config, load
from voicebot.errors import VoicebotError
from voicebot.outbound import lists
from voicebot.outbound.campaigns import Campaigns
from voicebot.outbound.carrier import Ended
from voicebot.outbound.importing import Table, import_table
from voicebot.outbound.ledger import Ledger
from voicebot.outbound.retention import forget_old
from voicebot.records.journals import SealedJournal
from voicebot.records.memory import Memory
from voicebot.records.notes import Closed, Opened, Recorded, Said
from voicebot.records.recordings import FolderShelf
from voicebot.records.retention import journal_of
from voicebot.records.vault import Vault
from voicebot.records.writing import Writing
from voicebot.store.migrate import open_database, upgrade

ROOT = Path(__file__).resolve().parents[2]
MORNING = datetime(2026, 11, 20, 2, 30, tzinfo=UTC)
CALL = "3f0c9d6e-0000-4000-8000-000000000001"
PHONE = "+8613800006612"


class Kept:
    """A campaign whose only call has been recorded as live calls are, at a time that the test moves."""

    def __init__(self, folder: Path) -> None:
        upgrade(str(folder / "shop.db"))
        self.folder = folder / "calls"
        self.memory = Memory(
            open_database(str(folder / "shop.db")), Vault(bytes(32)), FolderShelf(self.folder)
        )
        self.at = MORNING
        self.campaigns = Campaigns(self.memory.database, "tester", lambda: self.at)
        files = read_files(App(load(ROOT / "config")), ROOT / "config" / "campaigns" / "follow-up.yaml")
        self.campaigns.create(files.terms, str(files.path))
        contacts = Contacts((Contact(2, read_number(PHONE), {}),), ())
        import_table(self.campaigns, "follow-up", Table("x.csv", "digest", "utf-8", contacts))
        self.campaigns.move("follow-up", "start")
        self._call()

    def _call(self) -> None:
        ledger = Ledger(self.memory.database, "one", timedelta(minutes=1), timedelta(seconds=15))
        (order,) = ledger.claim(1, (9, None), self.at)
        name = self.memory.recordings.keep(CALL, b"\1\0" * 800, b"\2\0" * 800)
        journal = journal_of(self.memory, self.folder, CALL)
        SealedJournal(journal, {"call": CALL}, self.memory.vault).close()
        writing = Writing(self.memory.vault)
        with self.memory.database.writing() as session:
            writing.write(session, Opened(CALL, "asterisk", self.at.replace(tzinfo=None), PHONE))
            writing.write(session, Said(CALL, 1, 1.0, 2.0, "caller", {"text": "都正常"}))
            lists.record_consent(session, PHONE, Consented("form", self.at), self.at)
        with self.memory.database.writing() as session:
            writing.write(session, Recorded(CALL, name))
            writing.write(session, Closed(CALL, 3.0, "bot", "ended"))
        ledger.resolve([Ended(order.dial, "completed", self.at, call=CALL)], self.at)

    def forget(self, days: int) -> dict[str, int]:
        """So many days later."""
        self.at = MORNING + timedelta(days=days)
        return forget_old(self.campaigns, removing(self.memory, self.folder))

    @property
    def files(self) -> set[str]:
        """What lies in the folder of recordings."""
        return {path.name for path in self.folder.iterdir()}


@pytest.fixture
def kept(tmp_path: Path) -> Iterator[Kept]:
    made = Kept(tmp_path)
    yield made
    made.memory.database.close()


def test_recording_and_journal_are_kept_as_long_as_the_law_says_and_then_removed(kept: Kept) -> None:
    assert kept.files == {f"{CALL}.wav.sealed", f"{CALL}.journal"}
    assert kept.forget(30) == kept.forget(89) == {"calls": 0, "recordings": 0, "consents": 0}
    assert len(kept.files) == 2
    assert kept.forget(91) == {"calls": 1, "recordings": 1, "consents": 0}
    assert kept.files == set()
    number = kept.memory.archive.number(CALL)
    assert number is not None
    whole = kept.memory.archive.call(number)
    assert whole is not None
    assert (whole.summary.recording, whole.turns) == (None, ())


def test_proof_of_consent_is_kept_for_three_years_after_its_last_use(kept: Kept) -> None:
    kept.forget(1094)
    with kept.memory.database.reading() as session:
        assert lists.consents(session, [PHONE])
    assert kept.forget(1096)["consents"] == 1
    with kept.memory.database.reading() as session:
        assert not lists.consents(session, [PHONE])


def keeping(**days: int) -> Config:
    """Settings that clear calls after so many days."""
    config = load(ROOT / "config")
    keep = config.privacy.keep.model_copy(update=days)
    return config.model_copy(update={"privacy": config.privacy.model_copy(update={"keep": keep})})


def test_the_settings_clear_nothing_that_the_law_has_kept(kept: Kept, tmp_path: Path) -> None:
    config = keeping(recordings=7, transcripts=7, calls=7)
    recording = config.recording.model_copy(update={"folder": kept.folder})
    config = config.model_copy(update={"recording": recording})
    later = (MORNING + timedelta(days=60)).replace(tzinfo=None)
    assert not clear(config, kept.memory, later, "tester").any
    assert f"{CALL}.wav.sealed" in kept.files
    cleared = clear(config, kept.memory, later + timedelta(days=31), "tester")
    assert (cleared.recordings > 0, cleared.calls) == (True, 1)


def test_settings_that_clear_too_early_are_a_mistake_of_the_campaign() -> None:
    app = App(keeping(recordings=30))
    with pytest.raises(VoicebotError, match=r"follow-up.yaml:7: law: .* raise it to 90"):
        read_files(app, ROOT / "config" / "campaigns" / "follow-up.yaml")
