"""A survey as it is written: its questions, checked, with the line of each.

    questions ── a question ── id, type, ask, if, next, quota
              └─ shuffle: [questions]      asked in an order of the contact's own

Every mistake is named by file and line.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any, Literal, get_args

from voicebot.dialogue.parse import Reader
from voicebot.dialogue.read import Place, Problem, Row, ScriptError, Table, read_yaml

Kind = Literal["rating", "yes_no", "choice", "number", "open"]
KINDS: tuple[Kind, ...] = get_args(Kind)
END = "end"
"""What `next` names to go to the end."""

TOP = {"survey", "title", "purpose", "opt_out_key", "questions", "quotas", "thanks", "constants", "full"}
WORDING = {"again", "no_match", "invalid", "help"}
COMMON = {"id", "type", "ask", "if", "next", "limit"} | WORDING
OWN: Mapping[str, set[str]] = {
    "rating": {"scale", "lowest"},
    "yes_no": {"yes", "no"},
    "choice": {"options"},
    "number": {"min", "max"},
    "open": {"classes"},
}


@dataclass(frozen=True, slots=True)
class Jump:
    """After an answer: where the condition holds (none: always) on to this question, or to the end."""

    to: str
    condition: str | None
    place: Place


@dataclass(frozen=True, slots=True)
class Question:
    """One question. `low` and `high` bound a rating or a number; `options` are values with the words that mean them,
    `classes` names for what open answers are about, each with words. `words` are again, no_match, invalid, help."""

    id: str
    kind: Kind
    ask: Any
    place: Place
    condition: str | None = None
    next: tuple[Jump, ...] = ()
    limit: int = 3
    low: int = 1
    high: int = 5
    options: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    classes: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    words: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Block:
    """Questions whose order is the contact's own."""

    questions: tuple[Question, ...]
    place: Place


@dataclass(frozen=True, slots=True)
class Survey:
    """A checked survey. `quotas`: of these values of a question no more than so many complete answers are wanted."""

    name: str
    title: str
    purpose: str
    place: Place
    items: tuple[Question | Block, ...]
    quotas: Mapping[str, Mapping[str, int]]
    thanks: Any
    full: Any
    opt_out_key: str
    constants: Mapping[str, Any]

    def questions(self) -> Iterator[Question]:
        """Every question, in the order in which they are written."""
        for item in self.items:
            yield from item.questions if isinstance(item, Block) else (item,)

    def blocks(self) -> Iterator[tuple[str, Block]]:
        """The shuffled blocks, each with its name."""
        found = [item for item in self.items if isinstance(item, Block)]
        yield from ((f"order_{number}", block) for number, block in enumerate(found, 1))


def read_survey(text: str, file: str) -> Survey:
    """A survey from its YAML. Raises ScriptError with every mistake."""
    problems: list[Problem] = []
    table = read_yaml(text, file, problems)
    survey = None if problems else survey_of(table, problems)
    if survey is None or problems:
        raise ScriptError(problems)
    return survey


def is_survey(table: Table) -> bool:
    """Is this file a survey, and no dialogue?"""
    return "questions" in table


def survey_of(table: Table, problems: list[Problem]) -> Survey:
    """A survey from a file's table; what is wrong is added to `problems`."""
    read = Reader(problems)
    read.known(table, TOP, "a survey")
    name = read.one(table, "survey", str, "")
    if not name:
        read.wrong(table.place, "survey is missing: the survey's name")
    survey = Survey(
        name=name,
        title=read.one(table, "title", str, name),
        purpose=read.one(table, "purpose", str, "想请您做个简短的调查"),
        place=table.place,
        items=tuple(_items(table, read)),
        quotas=_quotas(table, read),
        thanks=table.get("thanks", "感谢您的配合，再见。"),
        full=table.get("full", "谢谢您，这部分的样本已经收集够了，不再耽误您的时间，再见。"),
        opt_out_key=read.one(table, "opt_out_key", str, "9"),
        constants=read.table(table, "constants"),
    )
    _check(survey, read)
    return survey


def _items(table: Table, read: Reader) -> Iterator[Question | Block]:
    rows = table.get("questions")
    if not isinstance(rows, Row) or not rows:
        read.wrong(
            table.places.get("questions", table.place), "questions is a list with at least one question"
        )
        return
    for row, place in zip(rows, rows.places, strict=True):
        if isinstance(row, Table) and "shuffle" in row:
            read.known(row, {"shuffle"}, "a shuffled block")
            inner = row["shuffle"]
            given = zip(inner, inner.places, strict=True) if isinstance(inner, Row) else ()
            yield Block(tuple(_question(one, where, read) for one, where in given), place)
        else:
            yield _question(row, place, read)


def _question(row: Any, place: Place, read: Reader) -> Question:
    table = row if isinstance(row, Table) else Table(place)
    kind = _kind(table, place, read)
    read.known(table, COMMON | OWN[kind], f"a question of the type {kind}")
    name = read.one(table, "id", str, "")
    if not name.isidentifier() or name in {END, "survey"}:
        read.wrong(table.places.get("id", place), f"a question needs an id that is one word, not {name!r}")
    if not table.get("ask"):
        read.wrong(place, f"the question {name} has no ask: what is asked")
    low, high = _bounds(kind, table, read)
    return Question(
        id=name,
        kind=kind,
        ask=table.get("ask", ""),
        place=place,
        condition=str(table["if"]) if "if" in table else None,
        next=tuple(_jumps(table, read)),
        limit=read.one(table, "limit", int, 3),
        low=low,
        high=high,
        options=_yes_or_no(table, read) if kind == "yes_no" else _words(table, "options", read),
        classes=_words(table, "classes", read),
        words={name: table[name] for name in WORDING if name in table},
    )


def _kind(table: Table, place: Place, read: Reader) -> Kind:
    given = read.one(table, "type", str, "")
    for kind in KINDS:
        if given == kind:
            return kind
    read.wrong(table.places.get("type", place), f"type is one of {', '.join(KINDS)}, not {given!r}")
    return "open"


def _bounds(kind: Kind, table: Table, read: Reader) -> tuple[int, int]:
    if kind == "rating":
        high = read.one(table, "scale", int, 5)
        if high not in {3, 5, 10}:
            read.wrong(table.places["scale"], f"scale is 3, 5 or 10, not {high}")
        return read.one(table, "lowest", int, 0 if high == 10 else 1), high
    low, high = read.one(table, "min", int, 0), read.one(table, "max", int, 999)
    if not 0 <= low <= high:
        read.wrong(table.place, f"min {low} and max {high} must be in order, and not negative")
    return low, high


def _jumps(table: Table, read: Reader) -> Iterator[Jump]:
    rows = table.get("next", Row(table.place))
    place = table.places.get("next", table.place)
    if isinstance(rows, str):
        yield Jump(rows, None, place)
        return
    for row in rows if isinstance(rows, Row) else ():
        if not isinstance(row, Table) or "go" not in row:
            read.wrong(place, "each of next has a go, and an if")
            continue
        read.known(row, {"if", "go"}, "one of next")
        yield Jump(str(row["go"]), str(row["if"]) if "if" in row else None, row.place)


def _words(table: Table, key: str, read: Reader) -> dict[str, tuple[str, ...]]:
    inner = read.table(table, key)
    return {name: read.names(inner, name) for name in inner}


YES = ("是", "是的", "对", "对的", "有", "嗯", "好", "可以")
NO = ("不是", "没有", "没", "不对", "不", "还没", "否")


def _yes_or_no(table: Table, read: Reader) -> dict[str, tuple[str, ...]]:
    """Yes and no with the words of this question (联系了); each of its own yes is a no with a 没 or 不 before it."""
    yes, no = read.names(table, "yes"), read.names(table, "no")
    denied = tuple(f"{word}{one}" for one in yes for word in ("没", "没有", "还没", "不"))
    return {"yes": YES + yes, "no": NO + denied + no}


def _quotas(table: Table, read: Reader) -> dict[str, Mapping[str, int]]:
    inner = read.table(table, "quotas")
    return {name: {value: int(most) for value, most in read.table(inner, name).items()} for name in inner}


def _check(survey: Survey, read: Reader) -> None:
    known = [question.id for question in survey.questions()]
    for question in survey.questions():
        if known.count(question.id) > 1:
            read.wrong(question.place, f"the question {question.id} is here twice")
        for jump in question.next:
            if jump.to != END and jump.to not in known:
                read.wrong(jump.place, f"next goes to {jump.to!r}, and there is no such question")
        _check_keys(survey, question, read)
    _check_blocks(survey, read)
    _check_quotas(survey, read)


def _check_keys(survey: Survey, question: Question, read: Reader) -> None:
    if question.kind == "choice" and not 2 <= len(question.options) <= 9:
        read.wrong(question.place, f"the question {question.id} needs 2 to 9 options")
    if survey.opt_out_key in keys_of(question):
        read.wrong(
            question.place,
            f"the key {survey.opt_out_key} ends the call, and the question {question.id} takes it as an answer; "
            "set opt_out_key: '*'",
        )


def _check_blocks(survey: Survey, read: Reader) -> None:
    for _, block in survey.blocks():
        inside = {question.id for question in block.questions}
        for question in survey.questions():
            if any(jump.to in inside for jump in question.next):
                read.wrong(
                    question.place, "nothing leads into a shuffled block but what is before it; use if"
                )


def _check_quotas(survey: Survey, read: Reader) -> None:
    for name, cells in survey.quotas.items():
        asked = next((one for one in survey.questions() if one.id == name), None)
        if asked is None:
            read.wrong(survey.place, f"quotas: there is no question {name!r}")
        elif asked.kind == "choice" and not set(cells) <= set(asked.options):
            read.wrong(asked.place, f"quotas of {name} name values that are no options of it")


def keys_of(question: Question) -> set[str]:
    """Keys that answer this question."""
    if question.kind in {"rating", "number"}:
        whole = {str(digit) for digit in range(10)} if question.high > 9 else set()
        return whole | {str(digit) for digit in range(question.low, min(question.high, 9) + 1)}
    if question.kind in {"choice", "yes_no"}:
        return {str(number) for number in range(1, len(question.options) + 1)}
    return set()
