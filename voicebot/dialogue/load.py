"""Loading a script: files and their includes -> one checked Script, or one error that lists every mistake."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import fields, replace
from pathlib import Path
from typing import Any

from voicebot.dialogue.check import check
from voicebot.dialogue.graph import uses_of_flows, works_of_flows
from voicebot.dialogue.parse import Reader
from voicebot.dialogue.read import Place, Problem, Row, ScriptError, Table, read_yaml
from voicebot.dialogue.script import Flow, MoodRule, QueryRule, Script, Settings, SlotRule
from voicebot.dialogue.steps import StepParser
from voicebot.dialogue.vocabulary import EXPECTING, INTENTS
from voicebot.errors import VoicebotError

SECTIONS = {"include", "constants", "settings", "words", "moods", "slots", "queries", "flows"}


FLOW_KEYS = {
    *("intents", "title", "suggest", "steps"),
    *("open_only", "questions", "brief", "passing", "again", "rivals", "gives_way"),
}


def load_script(
    path: Path,
    *,
    constants: Mapping[str, Any] | None = None,
    expecting: Collection[str] = (),
    intents: Collection[str] = INTENTS,
) -> Script:
    """Read and check a script.

    `constants` replace those of the script (`{"shop": {"name": ...}}`); `expecting` are names of grammars besides
    those of the vocabulary, `intents` the intents that exist. Raises ScriptError with every mistake, VoicebotError
    when a file is absent.
    """
    problems: list[Problem] = []
    tables = _files(path, problems)
    _stop_at(problems)
    return _checked(tables, problems, constants or {}, intents, EXPECTING.union(expecting))


def join_script(
    table: Table,
    frame: Path,
    *,
    constants: Mapping[str, Any] | None = None,
    expecting: Collection[str] = (),
    intents: Collection[str] = INTENTS,
) -> Script:
    """A script that was made, `table`, together with the file `frame` and its includes; else as `load_script`.

    What the table says of words, settings and constants stands in for the frame's.
    """
    problems: list[Problem] = []
    tables = [table, *_files(frame, problems)]
    _stop_at(problems)
    return _checked(tables, problems, constants or {}, intents, EXPECTING.union(expecting))


def _checked(
    tables: list[Table],
    problems: list[Problem],
    constants: Mapping[str, Any],
    intents: Collection[str],
    expecting: Collection[str],
) -> Script:
    script = _assemble(tables, Reader(problems), constants)
    check(script, problems, intents, expecting)
    _stop_at(problems)
    return script


def parse_script(text: str, file: str = "script.yaml", *, intents: Collection[str] = INTENTS) -> Script:
    """A checked script from text alone, for tests and editors."""
    problems: list[Problem] = []
    table = read_yaml(text, file, problems)
    _stop_at(problems)
    script = _assemble([table], Reader(problems), {})
    check(script, problems, intents, EXPECTING)
    _stop_at(problems)
    return script


def _stop_at(problems: list[Problem]) -> None:
    if problems:
        raise ScriptError(problems)


def _files(path: Path, problems: list[Problem]) -> list[Table]:
    tables: list[Table] = []
    waiting, seen = [path], set()
    while waiting:
        file = waiting.pop(0)
        if file.resolve() in seen:
            continue
        seen.add(file.resolve())
        table = read_yaml(_text(file, problems if tables else None), str(file), problems)
        tables.append(table)
        waiting += [file.parent / name for name in Reader(problems).names(table, "include")]
    return tables


def _text(file: Path, problems: list[Problem] | None) -> str:
    try:
        return file.read_text("utf-8")
    except (OSError, UnicodeDecodeError) as error:
        reason = getattr(error, "strerror", None) or "it is not UTF-8 text"
        if problems is None:
            raise VoicebotError(f"the dialogue script {file} cannot be read: {reason}") from None
        problems.append(Problem(Place(str(file), 1), f"this included file cannot be read: {reason}"))
        return "{}"


def _assemble(tables: list[Table], read: Reader, constants: Mapping[str, Any]) -> Script:
    for table in tables:
        read.known(table, SECTIONS, "a script")
    flows = {name: _flow(name, inner, read) for name, inner in _entries(tables, "flows", read)}
    script = Script(
        flows=flows,
        slots={name: _slot(name, inner, read) for name, inner in _entries(tables, "slots", read)},
        queries={name: _query(name, inner, read) for name, inner in _entries(tables, "queries", read)},
        words=_words(tables, read),
        moods={name: _mood(inner, read) for name, inner in _entries(tables, "moods", read)},
        settings=_settings(tables, read),
        constants=_constants(tables, constants, read),
        intents=_owners(flows, read),
    )
    return replace(script, flows=_with_uses(script))


def _entries(tables: list[Table], section: str, read: Reader) -> list[tuple[str, Table]]:
    found: dict[str, Table] = {}
    for table in tables:
        inner = read.table(table, section)
        for name in inner:
            if name in found:
                read.wrong(inner.places[name], f"{section} has {name!r} already, at {found[name].place}")
            entry = read.table(inner, name)
            entry.place = inner.places[name]
            found[name] = entry
    return list(found.items())


def _flow(name: str, table: Table, read: Reader) -> Flow:
    read.known(table, FLOW_KEYS, f"the flow {name}")
    rows = table.get("steps")
    if not isinstance(rows, Row) or not rows:
        read.wrong(table.place, f"the flow {name} needs a list of steps")
        rows = Row(table.place)
    parser = StepParser(read, name)
    return Flow(
        name,
        table.place,
        parser.parse(rows),
        resume=parser.labels.get("resume", 0),
        intents=read.names(table, "intents"),
        title=read.one(table, "title", str, ""),
        suggest=read.one(table, "suggest", str, ""),
        open_only=read.one(table, "open_only", bool, False),
        brief=read.one(table, "brief", bool, False),
        passing=read.one(table, "passing", bool, False),
        again=read.one(table, "again", bool, False),
        questions=read.one(table, "questions", bool, False),
        rivals=read.names(table, "rivals"),
        gives_way=read.names(table, "gives_way"),
    )


def _slot(name: str, table: Table, read: Reader) -> SlotRule:
    read.known(
        table, {"from", "accepts", "drops", "keep", "free", "title", "means", "when"}, f"the slot {name}"
    )
    keep = read.one(table, "keep", str, "flow")
    if keep not in {"call", "flow"}:
        read.wrong(table.places["keep"], f"keep is call or flow, not {keep!r}")
    return SlotRule(
        name,
        table.place,
        read.names(table, "from") if "from" in table else (name,),
        read.names(table, "accepts"),
        read.names(table, "drops"),
        "call" if keep == "call" else "flow",
        read.one(table, "free", bool, False),
        read.one(table, "title", str, name),
        read.names(table, "means"),
        read.expression(table, "when") if "when" in table else None,
    )


def _query(name: str, table: Table, read: Reader) -> QueryRule:
    allowed = {"changes", "takes", "may", "gives", "public", "verifies", "confirmed", "verified", "costly"}
    read.known(table, allowed, f"the query {name}")
    gives = read.names(table, "gives")
    public = read.names(table, "public")
    for one in public:
        if one.split(".")[0] not in gives and one != "all":
            read.wrong(table.places["public"], f"{one!r} is public, but the query {name} does not give it")
    return QueryRule(
        name,
        table.place,
        read.one(table, "changes", bool, False),
        (*read.names(table, "takes"), *(f"{one}?" for one in read.names(table, "may"))),
        gives,
        frozenset(gives if "all" in public else public),
        read.one(table, "verifies", str, "") or None,
        read.one(table, "confirmed", bool, True),
        read.one(table, "verified", bool, True),
        read.one(table, "costly", bool, False),
    )


def _mood(table: Table, read: Reader) -> MoodRule:
    read.known(table, {"say", "offer", "after", "transfer"}, "a mood")
    offer = read.one(table, "offer", str, "") or None
    transfer = read.one(table, "transfer", str, "") or None
    return MoodRule(read.words(table, "say"), offer, read.one(table, "after", int, 1), transfer, table.place)


def _words(tables: list[Table], read: Reader) -> dict[str, Any]:
    found: dict[str, Any] = {}
    for table in reversed(tables):
        inner = read.table(table, "words")
        found |= {name: read.words(inner, name) for name in inner}
    return found


def _settings(tables: list[Table], read: Reader) -> Settings:
    found = Settings()
    kinds = {one.name: type(getattr(found, one.name)) for one in fields(Settings) if one.name != "given"}
    for table in reversed(tables):
        inner = read.table(table, "settings")
        read.known(inner, kinds, "settings")
        given = {
            name: read.one(inner, name, kinds[name], getattr(found, name)) for name in inner if name in kinds
        }
        found = replace(found, **given, given=found.given | set(given))
    return found


def _constants(tables: list[Table], given: Mapping[str, Any], read: Reader) -> dict[str, Any]:
    found: dict[str, Any] = {}
    for table in reversed(tables):
        found |= read.table(table, "constants")
    for name, value in given.items():
        old = found.get(name)
        found[name] = {**old, **value} if isinstance(old, dict) and isinstance(value, Mapping) else value
    return found


def _owners(flows: Mapping[str, Flow], read: Reader) -> dict[str, str]:
    owners: dict[str, str] = {}
    for flow in flows.values():
        for intent in flow.intents:
            if intent in owners:
                read.wrong(flow.place, f"the intent {intent!r} starts the flow {owners[intent]} already")
            owners[intent] = flow.name
    return owners


def _with_uses(script: Script) -> dict[str, Flow]:
    uses, works = uses_of_flows(script), works_of_flows(script)
    return {
        name: replace(flow, uses=uses[name], works_with=works[name]) for name, flow in script.flows.items()
    }
