"""YAML checked against a model, every mistake named by the line that it stands in."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, TypeVar

from pydantic import BaseModel, ConfigDict, ValidationError

from voicebot.dialogue.read import Place, Problem, Row, Table, read_yaml
from voicebot.errors import VoicebotError


class Strict(BaseModel):
    """A part of a file: unknown keys are mistakes, values do not change."""

    model_config = ConfigDict(extra="forbid", frozen=True, populate_by_name=True)


Model = TypeVar("Model", bound=BaseModel)


class CampaignError(VoicebotError):
    """Everything that is wrong with a campaign's files, one line each: file, line, reason."""

    def __init__(self, problems: Sequence[Problem]) -> None:
        self.problems = tuple(sorted(problems, key=lambda one: (one.place.file, one.place.line)))
        listed = "\n".join(f"  {problem}" for problem in self.problems)
        super().__init__(
            f"nobody is dialled: correct these places of the campaign and start again:\n{listed}"
        )


def read_model(
    text: str, file: str, model: type[Model], problems: list[Problem]
) -> tuple[Model | None, Table]:
    """The mapping in `text` as `model`, and where its keys stand; None when there is any mistake.

    Mistakes are added to `problems`: what is no YAML, unknown and missing keys, wrong values.
    """
    found_before = len(problems)
    table = read_yaml(text, file, problems)
    if len(problems) > found_before:
        problems[found_before:] = [_of_no_script(one) for one in problems[found_before:]]
        return None, table
    try:
        return model.model_validate(table), table
    except ValidationError as error:
        found = error.errors(include_url=False)
        problems += [_problem(table, one) for one in found if not _follows(one, found)]
        return None, table


def place_of(table: Table, location: Sequence[str | int]) -> Place:
    """The line of the innermost part of `location` that is written in the file."""
    place, here = table.place, table
    for part in location:
        if isinstance(here, Table) and part in here.places:
            place, here = here.places[str(part)], here[str(part)]
        elif isinstance(here, Row) and isinstance(part, int) and part < len(here.places):
            place, here = here.places[part], here[part]
    return place


def _of_no_script(problem: Problem) -> Problem:
    """What the reader of scripts says of a file that holds nothing, or a list."""
    if problem.reason.startswith("a script is a mapping"):
        return Problem(problem.place, "there is nothing here: such a file is made of lines like key: value")
    return problem


HINTS = {
    "name": "it is made of a-z, 0-9 and hyphens, at most 40 of them",
    "url": "it begins with http:// or https://",
}
"""What is wanted where a pattern says it to machines only."""


def _follows(one: Any, others: Sequence[Any]) -> bool:
    """Is it only because of a mistake farther inside that this is wrong, too?"""
    place = one["loc"]
    return any(len(other["loc"]) > len(place) and other["loc"][: len(place)] == place for other in others)


def _problem(table: Table, found: Any) -> Problem:
    place = place_of(table, found["loc"])
    key = ".".join(str(part) for part in found["loc"]) or "the file"
    kind = found["type"]
    if kind == "extra_forbidden":
        return Problem(place, f"{key}: there is no such key")
    if kind == "missing":
        return Problem(place, f"{key} is missing")
    reason = found["msg"].removeprefix("Value error, ")
    if kind == "string_pattern_mismatch":
        reason = HINTS.get(str(found["loc"][-1]), reason)
    return Problem(
        place, f"{key}: {reason}" + ("" if kind == "value_error" else f" (it says {found['input']!r})")
    )
