"""A survey becomes a dialogue: flows, slots and words of the script language, joined with a frame and checked.

    opening ── introduce (who calls, a machine, how to refuse) ── interview ── thanks
    interview   label q ── if ── ask ── record answer ── quota ── next ──► label of the next question
                                  └ not understood too often: record skipped ──┘
                shuffled: picks the next of survey.order_N, which is the contact's own

Nothing of a survey is carried out by an engine of its own. Each answer is recorded at once, so that what was answered
is kept when the contact hangs up. Every step stands where its question is written, so that whatever the loader finds
wrong is named by the survey's own lines.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from pathlib import Path
from typing import Any

from voicebot.campaign.rung import OWN
from voicebot.campaign.survey import END, Block, Question, Survey, is_survey, survey_of
from voicebot.dialogue import Script, ScriptError, join_script, load_script
from voicebot.dialogue.read import Place, Problem, Row, Table, read_yaml
from voicebot.dialogue.vocabulary import INTENTS
from voicebot.errors import VoicebotError

INVALID = {
    "rating": "不好意思，请在{low}到{high}之间打个分。",
    "number": "不好意思，这个数好像不对，请在{low}到{high}之间说一个数。",
}
NO_MATCH = {
    "rating": ["没关系，您说{low}到{high}之间的一个数，或者按键就行。"],
    "yes_no": ["您说是或者不是就可以，也可以按1表示是，按2表示不是。"],
    "choice": ["不好意思没听清，您可以说名字，也可以按键选。"],
    "number": ["不好意思没听清，您说个数字就可以。"],
    "open": ["没关系，您想到什么说什么就行。"],
}


def campaign_script(
    path: Path,
    frame: Path,
    *,
    constants: Mapping[str, Any] | None = None,
    expecting: Collection[str] = (),
) -> Script:
    """The script of a campaign's dialogue: `path` is a dialogue, or a survey that is compiled into `frame`.

    Raises ScriptError with every mistake, VoicebotError when the file cannot be read.
    """
    try:
        text = path.read_text("utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise VoicebotError(f"the dialogue {path} cannot be read: {error}") from None
    problems: list[Problem] = []
    table = read_yaml(text, str(path), problems)
    if problems or not is_survey(table):
        return load_script(path, constants=constants, expecting=expecting, intents=INTENTS | OWN)
    survey = survey_of(table, problems)
    if problems:
        raise ScriptError(problems)
    return survey_script(survey, frame, constants=constants, expecting=expecting)


def survey_script(
    survey: Survey,
    frame: Path,
    *,
    constants: Mapping[str, Any] | None = None,
    expecting: Collection[str] = (),
) -> Script:
    """The checked script of a survey. Raises ScriptError with every mistake, by the survey's own lines."""
    return join_script(
        compiled(survey), frame, constants=constants, expecting=expecting, intents=INTENTS | OWN
    )


def compiled(survey: Survey) -> Table:
    """The survey in the language of scripts."""
    here = survey.place
    orders = {name: [one.id for one in block.questions] for name, block in survey.blocks()}
    key = {"*": "星号键", "#": "井号键"}.get(survey.opt_out_key, survey.opt_out_key)
    opening: list[Any] = [
        {"call": "introduce"},
        {"record": "survey", "with": {"state": "'begun'", "questions": "survey.questions"}},
        {"label": "resume"},
        {"call": "interview"},
        {"record": "survey", "with": {"state": "'completed'"}},
        {"record": "outcome", "with": {"outcome": "'completed'"}},
        {"hangup": "completed", "say": survey.thanks},
    ]
    script = {
        "settings": {"opt_out_key": survey.opt_out_key, "max_steps": 200, "failures": 6},
        "constants": {
            **survey.constants,
            "purpose": survey.purpose,
            "refuse_key": key,
            "survey": {
                "name": survey.name,
                "questions": [one.id for one in survey.questions()],
                "quotas": dict(survey.quotas),
                **orders,
                "full": {},
            },
        },
        "slots": {one.id: _slot(one) for one in survey.questions()},
        "flows": {"opening": {"steps": opening}, "interview": {"steps": _interview(survey)}},
    }
    table = _placed(script, here)
    assert isinstance(table, Table)
    return table


class _At:
    """Steps that stand at another place than what is around them."""

    def __init__(self, place: Place, steps: list[Any]) -> None:
        self.place = place
        self.steps = steps


def _interview(survey: Survey) -> list[Any]:
    steps: list[Any] = []
    names = {id(block): name for name, block in survey.blocks()}
    for number, item in enumerate(survey.items):
        after = _label_of(survey.items[number + 1]) if number + 1 < len(survey.items) else END
        if isinstance(item, Block):
            steps.append(_At(item.place, _shuffled(item, names[id(item)], after, survey)))
        else:
            steps.append(_At(item.place, _asked(item, after, survey)))
    return [*steps, {"label": END}, "done"]


def _label_of(item: Question | Block) -> str:
    return f"q_{item.id}" if isinstance(item, Question) else f"block_{item.place.line}"


def _shuffled(block: Block, order: str, after: str, survey: Survey) -> list[Any]:
    """Pick the questions one after the other, in the order that was given for this contact."""
    label, place = _label_of(block), f"{order}_at"
    cases = [{"if": f"picked == '{one.id}'", "then": f"q_{one.id}"} for one in block.questions]
    steps: list[Any] = [
        {"label": label},
        {"if": f"{place} == none", "then": [{"set": {place: 0}}]},
        {"set": {"picked": f"survey.{order}[{place}]"}},
        {"set": {place: f"{place} + 1"}},
        {"cases": cases, "else": after},
    ]
    return steps + [step for one in block.questions for step in _asked(one, label, survey)]


def _asked(question: Question, after: str, survey: Survey) -> list[Any]:
    name = question.id
    steps: list[Any] = [{"label": f"q_{name}"}]
    if question.condition is not None:
        steps.append({"if": f"not ({question.condition})", "then": after})
    steps.append({"record": "question", "with": {"question": f"'{name}'"}})
    steps += _question(question)
    steps += _kept(question, survey)
    for jump in question.next:
        to = END if jump.to == END else f"q_{jump.to}"
        step: Any = {"go": to} if jump.condition is None else {"if": jump.condition, "then": to}
        steps.append(_At(jump.place, [step]))
        if jump.condition is None:
            return [*steps, *_skip(question, after)]
    return [*steps, {"go": after}, *_skip(question, after)]


def _skip(question: Question, after: str) -> list[Any]:
    return [
        {"label": f"skip_{question.id}"},
        {"record": "skipped", "with": {"question": f"'{question.id}'"}},
        {"go": after},
    ]


def _question(question: Question) -> list[Any]:
    name, asked = question.id, {"limit": question.limit, "otherwise": f"skip_{question.id}"}
    own = {"again": question.ask, "no_match": _filled(question, NO_MATCH[question.kind]), **question.words}
    if question.kind in {"choice", "yes_no"}:
        own.pop("invalid", None)
        options = {value: list(words) for value, words in question.options.items()}
        meant = {"affirm": [{"set": {name: "'yes'"}}], "deny": [{"set": {name: "'no'"}}]}
        more: dict[str, Any] = {"on": meant} if question.kind == "yes_no" else {"unknown": f"skip_{name}"}
        return [{"choose": name, "say": question.ask, "options": options, **more, **asked, **own}]
    step = {"ask": name, "say": question.ask, "unknown": f"skip_{name}", **asked, **own}
    if question.kind == "open":
        return [{**step, "expecting": "anything"}, *_classed(question)]
    digits = len(str(question.high))
    step |= {
        "expecting": _expecting(question),
        "keys": {"min": 1, "max": digits},
        "valid": f"it >= {question.low} and it <= {question.high}",
    }
    step.setdefault("invalid", _filled(question, INVALID[question.kind]))
    return [step]


def _expecting(question: Question) -> str:
    """十次 is a bare number, which is read as marks are; greater numbers come with what they count."""
    if question.kind == "rating" and question.high <= 5:
        return "rating"
    return "rating_10" if question.high < 100 else "quantity"


def _classed(question: Question) -> list[Any]:
    """The class of an open answer: the first whose words are in it."""
    if not question.classes:
        return []
    found = f"{question.id}_class"
    cases = [
        {"if": f"among({question.id}, {list(words)!r}) != none", "then": [{"set": {found: f"'{name}'"}}]}
        for name, words in question.classes.items()
    ]
    return [{"cases": cases, "else": [{"set": {found: "'other'"}}]}]


def _filled(question: Question, wording: Any) -> Any:
    """The bounds of a question put into its wording."""
    if isinstance(wording, list):
        return [_filled(question, one) for one in wording]
    return wording.replace("{low}", str(question.low)).replace("{high}", str(question.high))


def _kept(question: Question, survey: Survey) -> list[Any]:
    """Record the answer; where no more of such answers are wanted, it is the end."""
    name = question.id
    told = {"question": f"'{name}'", "type": f"'{question.kind}'", "value": name}
    if question.classes:
        told["class"] = f"{name}_class"
    steps: list[Any] = [{"record": "answer", "with": told}]
    if name in survey.quotas:
        full = [
            {"record": "survey", "with": {"state": "'quota'", "question": f"'{name}'"}},
            {"record": "outcome", "with": {"outcome": "'completed'"}},
            {"hangup": "quota", "say": survey.full},
        ]
        steps.append({"if": f"{name} in survey.full.{name}", "then": full})
    return steps


def _slot(question: Question) -> dict[str, Any]:
    slot: dict[str, Any] = {"from": [], "title": question.id, "keep": "call"}
    if question.kind == "open":
        return slot | {"free": True, "means": ["all"]}
    accepts = {"rating": ["rating"], "number": ["quantity", "rating", "digits"]}
    return slot | ({"accepts": accepts[question.kind]} if question.kind in accepts else {})


def _placed(value: Any, place: Place) -> Any:
    """Mappings and lists with a place, as the loader reads them from files."""
    if isinstance(value, Table | Row):
        return value
    if isinstance(value, Mapping):
        table = Table(place)
        for name, inner in value.items():
            table[str(name)] = _placed(inner, place)
            table.places[str(name)] = place
        return table
    if isinstance(value, list):
        row = Row(place)
        for one in value:
            made = _placed(one.steps, one.place) if isinstance(one, _At) else _row(_placed(one, place), place)
            row += made
            row.places += made.places
        return row
    return value


def _row(item: Any, place: Place) -> Row:
    row = Row(place)
    row.append(item)
    row.places.append(place)
    return row
