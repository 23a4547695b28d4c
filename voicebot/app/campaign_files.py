"""A campaign's files, all of them read and checked before anybody is dialled: its own, the law, and the dialogue."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from voicebot.campaign.announcements import unannounced
from voicebot.campaign.definition import Definition, read_campaign, unknown_facts
from voicebot.campaign.law import AnnounceRule, Law, RingRule, read_law
from voicebot.campaign.located import CampaignError, place_of
from voicebot.campaign.plan import Terms
from voicebot.campaign.rung import Sayings, SayingsError
from voicebot.campaign.survey_script import campaign_script
from voicebot.dialogue import ScriptError
from voicebot.dialogue.read import Problem, Table
from voicebot.dialogue.script import Note, Script
from voicebot.errors import VoicebotError
from voicebot.outbound.campaigns import found
from voicebot.outbound.people import terms_of
from voicebot.outbound.retention import kept

if TYPE_CHECKING:
    from voicebot.app.bot import App
    from voicebot.store.database import Database


FRAME = Path("config/dialogues/outbound/frame.yaml")
"""What a survey is compiled into."""


@dataclass(frozen=True, slots=True)
class CampaignFiles:
    """What a campaign's file comes to; `table` says where its keys stand, where it was read just now."""

    path: Path
    terms: Terms
    script: Script
    table: Table | None = None

    def wrong(self, key: Sequence[str], says: str) -> VoicebotError:
        """A mistake of the file, by line."""
        if self.table is None:
            return VoicebotError(says)
        return CampaignError([Problem(place_of(self.table, key), says)])

    @property
    def definition(self) -> Definition:
        """What is wanted."""
        return self.terms.definition


def read_files(app: App, path: Path, text: str | None = None) -> CampaignFiles:
    """Read and check a campaign; `text` is what its file will be. Raises CampaignError with every mistake, by line."""
    definition, table = read_campaign(_text(path) if text is None else text, str(path))
    problems: list[Problem] = []
    law = _law(app, definition, table, problems)
    script = _script(app, path, definition, table, problems)
    if law is None or script is None or problems:
        raise CampaignError(problems)
    problems += _together(app, definition, table, law, script)
    if problems:
        raise CampaignError(problems)
    return CampaignFiles(path, Terms(definition, law), script, table)


def files_in(app: App, database: Database, name: str) -> CampaignFiles:
    """A campaign that was created: what was agreed, and its dialogue. Raises VoicebotError when there is none."""
    with database.reading() as session:
        row = found(session, name)
        terms, path = terms_of(row), Path(row.source)
    return CampaignFiles(path, terms, script_of(app, path.parent / terms.definition.dialogue))


def script_of(app: App, path: Path) -> Script:
    """A campaign's dialogue, or a survey that is compiled into one, with this shop's name."""
    return campaign_script(
        path,
        app.config.path(Path("config/dialogues/outbound/frame.yaml")),
        constants={"shop": {"name": app.config.shop.name}},
        expecting=[one.stem for one in (app.grammars / "expecting").glob("*.yaml")],
    )


def law_path(app: App, path: Path, name: str) -> Path:
    """Where a law is: config/law/NAME.yaml, or a file beside the campaign's."""
    if name.endswith((".yaml", ".yml")):
        return path.parent / name
    return app.config.path(Path("config/law")) / f"{name}.yaml"


def _law(app: App, definition: Definition, table: Table, problems: list[Problem]) -> Law | None:
    path = law_path(app, Path(table.place.file), definition.law)
    try:
        return read_law(_text(path), str(path))
    except CampaignError as error:
        problems += error.problems
    except VoicebotError as error:
        problems.append(Problem(place_of(table, ["law"]), str(error)))
    return None


def _script(
    app: App, path: Path, definition: Definition, table: Table, problems: list[Problem]
) -> Script | None:
    try:
        return script_of(app, path.parent / definition.dialogue)
    except ScriptError as error:
        problems += error.problems
    except VoicebotError as error:
        problems.append(Problem(place_of(table, ["dialogue"]), str(error)))
    return None


def _together(app: App, definition: Definition, table: Table, law: Law, script: Script) -> Iterator[Problem]:
    """What is right by itself, and not together."""
    yield from unknown_facts(definition, table, script.constants)
    try:
        Sayings.of(script)
    except SayingsError as error:
        yield Problem(place_of(table, ["dialogue"]), f"the dialogue's constants: {error}")
    rules = law.of(AnnounceRule, definition.legal_class)
    for place, rule in unannounced(script, rules, app.config.shop.name):
        yield Problem(place, f"{rule.says}: one of {', '.join(rule.words)} ({rule.id}: {rule.law})")
    if "opt_out" not in script.intents:
        yield Problem(
            place_of(table, ["dialogue"]),
            "the dialogue has no flow for the intent opt_out: everybody may say no",
        )
    if definition.goal and definition.goal not in _recorded(script):
        yield Problem(place_of(table, ["goal"]), f"goal: the dialogue never does record: {definition.goal}")
    least = max((rule.seconds for rule in law.of(RingRule, definition.legal_class)), default=0)
    rings = min(
        definition.ring_s, app.config.twilio.ring_s if definition.line == "twilio" else definition.ring_s
    )
    if rings < least:
        where = "; on this line it is [twilio] ring_s that counts" if definition.line == "twilio" else ""
        yield Problem(place_of(table, ["ring_s"]), f"ring_s: the law wants at least {least} seconds{where}")
    yield from _kept_long_enough(app, definition, table, law)
    if definition.audience.country not in law.countries:
        place = place_of(table, ["audience", "country"])
        yield Problem(place, f"audience.country: {law.name} has rules for {', '.join(law.countries)} only")


def _kept_long_enough(app: App, definition: Definition, table: Table, law: Law) -> Iterator[Problem]:
    """The settings must not clear what the law has kept."""
    days = kept(Terms(definition, law))
    for name in ("recordings", "transcripts", "calls"):
        cleared = getattr(app.config.privacy.keep, name)
        if days is not None and cleared < days.recordings:
            yield Problem(
                place_of(table, ["law"]),
                f"law: {law.name} has recordings kept for {days.recordings} days, and [privacy.keep] {name} of the "
                f"settings clears them after {cleared}: raise it to {days.recordings}",
            )


def _recorded(script: Script) -> set[str]:
    return {step.kind for flow in script.flows.values() for step in flow.steps if isinstance(step, Note)}


def _text(path: Path) -> str:
    try:
        return path.read_text("utf-8")
    except OSError as error:
        raise VoicebotError(f"{path} cannot be read: {error.strerror}") from error
    except UnicodeDecodeError as error:
        raise VoicebotError(f"{path} is not UTF-8 text (byte {error.start}): save it as UTF-8") from error
