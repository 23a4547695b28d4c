"""The parts of a script's YAML, read one by one; every mistake is noted with its place, and reading goes on."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable
from typing import Any, TypeVar

from voicebot.dialogue.expressions import Expression, parse_expression
from voicebot.dialogue.read import Place, Problem, Row, Table
from voicebot.dialogue.reply import Keys
from voicebot.dialogue.wording import Template, Words, parse_template

T = TypeVar("T")
NEVER = Expression("none", parse_expression("none").tree)


class Reader:
    """Reads values out of a located mapping and collects what is wrong with them."""

    def __init__(self, problems: list[Problem]) -> None:
        self.problems = problems

    def wrong(self, place: Place, reason: str) -> None:
        """Note a mistake."""
        self.problems.append(Problem(place, reason))

    def known(self, table: Table, allowed: Collection[str], what: str) -> None:
        """Note every key that is not among `allowed`."""
        for key in table:
            if key not in allowed:
                listed = ", ".join(sorted(allowed))
                self.wrong(table.places[key], f"{what} has no {key!r}; it may have {listed}")

    def one(self, table: Table, key: str, kind: type[T], otherwise: T) -> T:
        """The value of a key, of this type; `otherwise` where it is absent or wrong."""
        value = table.get(key, otherwise)
        if kind is float and isinstance(value, int) and not isinstance(value, bool):
            value = float(value)
        if isinstance(value, kind) and not (kind is int and isinstance(value, bool)):
            return value
        self.wrong(table.places[key], f"{key} must be {_names(kind)}, not {value!r}")
        return otherwise

    def names(self, table: Table, key: str) -> tuple[str, ...]:
        """The value of a key as names: one word, or a list of them."""
        value = table.get(key, [])
        items = value if isinstance(value, list) else [value]
        if all(isinstance(item, str) for item in items):
            return tuple(items)
        self.wrong(table.places[key], f"{key} must be a name or a list of names")
        return ()

    def table(self, table: Table, key: str) -> Table:
        """The mapping under a key; empty where it is absent."""
        value = table.get(key)
        if value is None:
            return Table(table.places.get(key, table.place))
        if isinstance(value, Table):
            return value
        self.wrong(table.places[key], f"{key} must be a mapping")
        return Table(table.places[key])

    def words(self, table: Table, key: str) -> Words:
        """The variants of something to say; empty where the key is absent."""
        value = table.get(key)
        if value is None:
            return ()
        if isinstance(value, Row):
            return self._templates(zip(value, value.places, strict=True))
        return self._templates([(value, table.places[key])])

    def _templates(self, items: Iterable[tuple[Any, Place]]) -> Words:
        found: list[Template] = []
        for text, place in items:
            if not isinstance(text, str) or not text:
                self.wrong(place, f"something to say must be text, not {text!r}")
            elif (template := self.parsed(parse_template, text, place)) is not None:
                found.append(template)
        return tuple(found)

    def expression(self, table: Table, key: str) -> Expression:
        """The expression under a key; what is not text is the value itself."""
        value = table[key]
        text = value if isinstance(value, str) else _literal(value)
        return self.parsed(parse_expression, text, table.places[key]) or NEVER

    def expressions(self, table: Table, key: str) -> dict[str, Expression]:
        """A mapping of names to expressions."""
        inner = self.table(table, key)
        return {name: self.expression(inner, name) for name in inner}

    def parsed(self, parse: Callable[[str], T], text: str, place: Place) -> T | None:
        """What `parse` makes of it, or None and a note."""
        try:
            return parse(text)
        except ValueError as error:
            self.wrong(place, str(error))
            return None

    def keys(self, table: Table) -> Keys | None:
        """The rule for keys, if there is one."""
        if "keys" not in table:
            return None
        rule = self.table(table, "keys")
        self.known(rule, {"min", "max", "terminator"}, "keys")
        low, high = self.one(rule, "min", int, 1), self.one(rule, "max", int, 20)
        if not 1 <= low <= high:
            self.wrong(
                table.places["keys"], f"keys: min {low} and max {high} must be at least 1 and in order"
            )
        return Keys(low, high, str(rule.get("terminator", "#")))


def _literal(value: Any) -> str:
    if isinstance(value, bool) or value is None:
        return str(value).lower()
    return repr(value) if isinstance(value, (int, float, list)) else "none"


def _names(kind: type[Any]) -> str:
    plain = {str: "text", int: "a whole number", float: "a number", bool: "true or false"}
    return plain.get(kind, kind.__name__)
