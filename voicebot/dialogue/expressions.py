"""The tiny expression language of scripts: conditions, arguments and the insides of templates.

Written like Python (`order and order.status != 'signed'`, `len(options) > 1`), parsed once at load into a tree of
which only the forms below are allowed, and walked here: nothing is ever handed to the interpreter. Evaluation is
total: what is missing is None, and comparing what cannot be compared is false.

    names and fields   order.items     a field of None, or a missing one, is None
    places             items[0]
    values             12  1.5  'text'  true  false  none  [1, 2]
    logic              and  or  not  ==  !=  <  <=  >  >=  in  not in
    arithmetic         +  -  *
    functions          len(x)  number(x)  text(x)  days(date): days since then, negative for days to come
                       find(list, field, value)  where(list, field, value)  each(list, field)
                       mentions(list, text): the items in which the text is found anywhere
                       near(orders, day): those made or received on that day, else the one made nearest to it
                       first(list, count): no more than so many of them
                       readings('slot'): the numbers that may have been heard for this slot, the likeliest first
                       instead(text): what is named in a correction or an answer: 不对,抬头是X is X
                       gives_up(text): does the caller think better of it (算了,不办了)?
                       among(text, list): the longest word of the list that the text contains
"""

from __future__ import annotations

import ast
import operator
import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from voicebot.dialogue.second_thoughts import gives_up, instead
from voicebot.nlu.numbers import number_to_chinese

CONSTANTS = {"true": True, "false": False, "none": None}
Lookup = Callable[[str], Any]


@dataclass(frozen=True)
class Expression:
    """A parsed expression and the text that it came from."""

    text: str
    tree: ast.expr

    def value(self, lookup: Lookup) -> Any:
        """Its value; `lookup` gives the value of a name, or None."""
        return _value(self.tree, lookup)

    def paths(self) -> tuple[tuple[str, ...], ...]:
        """Every name with the fields taken from it: `order.items[0].name` is (order, items, name)."""
        return tuple(_paths(self.tree))

    def names(self) -> frozenset[str]:
        """The names it needs."""
        return frozenset(path[0] for path in self.paths())


def parse_expression(text: str) -> Expression:
    """Parse; ValueError says what is not understood."""
    try:
        tree = ast.parse(text.strip(), mode="eval").body
    except SyntaxError as error:
        raise ValueError(f"not an expression: {text!r} ({error.msg})") from None
    _allow(tree)
    return Expression(text, tree)


_LEAVES = (ast.Name, ast.Constant, ast.Attribute, ast.Subscript, ast.List, ast.BoolOp, ast.Compare, ast.Call)
_COMPARE: dict[type[ast.cmpop], Callable[[Any, Any], Any]] = {
    ast.Eq: operator.eq,
    ast.NotEq: operator.ne,
    ast.Lt: operator.lt,
    ast.LtE: operator.le,
    ast.Gt: operator.gt,
    ast.GtE: operator.ge,
    ast.In: lambda one, many: one in many,
    ast.NotIn: lambda one, many: one not in many,
}
_ARITHMETIC: dict[type[ast.operator], Callable[[Any, Any], Any]] = {
    ast.Add: operator.add,
    ast.Sub: operator.sub,
    ast.Mult: lambda one, two: number(one) * number(two),
}


def _allow(tree: ast.expr) -> None:
    for part in ast.walk(tree):
        match part:
            case ast.Call(func=ast.Name(id=name), keywords=[]) if name in FUNCTIONS:
                pass
            case ast.Call():
                raise ValueError(f"unknown function; there are {', '.join(sorted(FUNCTIONS))}")
            case ast.Compare(ops=ops) if any(type(one) not in _COMPARE for one in ops):
                raise ValueError("`is` is not part of the language; write == none")
            case ast.BinOp(op=op) if type(op) not in _ARITHMETIC:
                raise ValueError("arithmetic is + - and * only")
            case ast.UnaryOp(op=ast.Not() | ast.USub()):
                pass
            case ast.expr() if not isinstance(part, (*_LEAVES, ast.BinOp)):
                raise ValueError(f"{type(part).__name__} is not part of the language")
            case _:
                pass


def _value(tree: ast.expr, lookup: Lookup) -> Any:  # noqa: C901, PLR0911 - one case per form
    match tree:
        case ast.Constant(value=value):
            return value
        case ast.Name(id=name):
            return CONSTANTS[name] if name in CONSTANTS else lookup(name)
        case ast.Attribute(value=inner, attr=name):
            return field_of(_value(inner, lookup), name)
        case ast.Subscript(value=inner, slice=place):
            return field_of(_value(inner, lookup), _value(place, lookup))
        case ast.List(elts=parts):
            return [_value(part, lookup) for part in parts]
        case ast.UnaryOp(op=ast.Not(), operand=inner):
            return not _value(inner, lookup)
        case ast.UnaryOp(operand=inner):
            value = _value(inner, lookup)
            return -value if isinstance(value, (int, float)) else -number(value)
        case ast.BoolOp(op=op, values=parts):
            return _logic(isinstance(op, ast.And), parts, lookup)
        case ast.Compare(left=left, ops=ops, comparators=rights):
            return _compare(_value(left, lookup), ops, [_value(right, lookup) for right in rights])
        case ast.BinOp(left=left, op=op, right=right):
            return _total(_ARITHMETIC[type(op)], _value(left, lookup), _value(right, lookup), None)
        case ast.Call(func=ast.Name(id=name), args=parts):
            return _call(name, [_value(part, lookup) for part in parts], lookup)
    return None


def _logic(all_of: bool, parts: list[ast.expr], lookup: Lookup) -> Any:
    value: Any = None
    for part in parts:
        value = _value(part, lookup)
        if bool(value) != all_of:
            return value
    return value


def _compare(left: Any, ops: list[ast.cmpop], rights: list[Any]) -> bool:
    for op, right in zip(ops, rights, strict=True):
        if not _total(_COMPARE[type(op)], left, right, False):
            return False
        left = right
    return True


def _total(function: Callable[[Any, Any], Any], left: Any, right: Any, otherwise: Any) -> Any:
    try:
        return function(left, right)
    except (TypeError, ValueError):
        return otherwise


def field_of(value: Any, name: Any) -> Any:
    """A field of a mapping, or a place in a list; None where there is none."""
    if isinstance(value, Mapping):
        return value.get(name)
    if isinstance(value, (list, tuple, str)) and isinstance(name, int) and -len(value) <= name < len(value):
        return value[name]
    return None


def _paths(tree: ast.AST) -> Iterator[tuple[str, ...]]:
    path, root = _path(tree)
    if root is not None:
        if root not in CONSTANTS:
            yield (root, *path)
        return
    for child in ast.iter_child_nodes(tree):
        if not (isinstance(tree, ast.Call) and child is tree.func):
            yield from _paths(child)


def _path(tree: ast.AST) -> tuple[tuple[str, ...], str | None]:
    match tree:
        case ast.Name(id=name):
            return (), name
        case ast.Attribute(value=inner, attr=name):
            path, root = _path(inner)
            return (*path, name), root
        case ast.Subscript(value=inner, slice=ast.Constant(value=int())):
            return _path(inner)
    return (), None


def number(value: Any) -> float:
    """A number, also from text; 0 where there is none."""
    try:
        return float(value)
    except (TypeError, ValueError):
        return 0.0


def day_of(value: Any) -> date | None:
    """The day in an ISO date or time, or None."""
    if isinstance(value, datetime):
        return value.date()
    try:
        return datetime.fromisoformat(str(value)).date()
    except ValueError:
        return None


def _days(lookup: Lookup, value: Any) -> int | None:
    now, day = lookup("now"), day_of(value)
    return None if day is None or not isinstance(now, datetime) else (now.date() - day).days


def _where(items: Any, name: Any, wanted: Any) -> list[Any]:
    if not isinstance(items, (list, tuple)):
        return []
    return [item for item in items if wanted is not None and field_of(item, name) == wanted]


def _mentions(items: Any, wanted: Any) -> list[Any]:
    if not isinstance(items, (list, tuple)) or not wanted:
        return []
    exact = [item for item in items if _holds(item, str(wanted))]
    return exact or [item for item in items if _of_the_kind(item, str(wanted))]


def holds(value: Any, wanted: Any) -> bool:
    """Is the text found anywhere in this value, or what it names of the same kind?"""
    return bool(_mentions([value], wanted))


NEAR_DAYS = 6
"""上周 is understood as its Monday: an order of any day of that week is meant."""


def _near(orders: Any, wanted: Any) -> list[Any]:
    day = day_of(wanted)
    if day is None or not isinstance(orders, (list, tuple)):
        return []
    exact = [
        one for one in orders if day in (day_of(field_of(one, "created")), day_of(field_of(one, "delivered")))
    ]
    if exact:
        return exact
    away = [
        (abs((made - day).days), place)
        for place, one in enumerate(orders)
        if (made := day_of(field_of(one, "created")))
    ]
    best = min(away, default=(NEAR_DAYS + 1, 0))
    return [orders[best[1]]] if best[0] <= NEAR_DAYS else []


def _readings(lookup: Lookup, name: Any) -> list[dict[str, Any]]:
    value, heard = lookup(str(name)), lookup("readings") or {}
    others = heard.get(name) or ()
    return [{"digits": one.digits, "score": one.score} for one in others] or [
        {"digits": str(value), "score": 0.0}
    ]


def _of_the_kind(item: Any, wanted: str) -> bool:
    """Who says 手机 may mean the 轻薄手机 that he bought, whichever phone the shop calls so."""
    if isinstance(item, Mapping):
        return any(_of_the_kind(value, wanted) for value in item.values())
    if isinstance(item, (list, tuple)):
        return any(_of_the_kind(value, wanted) for value in item)
    if not isinstance(item, str) or wanted[-1:].isdigit():
        return False
    if len(wanted) == 2 and wanted[1] == "子":  # 杯子 is a 保温杯
        return len(item) > 1 and item[-1] == wanted[0]
    return len(wanted) > 2 and item[-2:] == wanted[-2:]


def _holds(item: Any, wanted: str) -> bool:
    if isinstance(item, Mapping):
        return any(_holds(value, wanted) for value in item.values())
    if isinstance(item, (list, tuple)):
        return any(_holds(value, wanted) for value in item)
    return isinstance(item, str) and (wanted in item or (len(item) > 1 and item in wanted))


def _among(text: Any, words: Any) -> Any:
    if not isinstance(text, str) or not isinstance(words, (list, tuple)):
        return None
    fits = [(_said_in(text, word), word) for word in words if isinstance(word, str) and word]
    best = max(fits, key=lambda fit: fit[0], default=(0, None))
    return best[1] if best[0] else None


def _said_in(text: str, word: str) -> int:
    """How long the saying is by which the text means this word: 红色 is said as 红的, 40码 as 四十码 or 四十."""
    sayings = {word, word.removesuffix("色")}
    digits = _DIGITS.search(word)
    if digits is not None:
        spoken = number_to_chinese(int(digits[0]))
        sayings |= {word.replace(digits[0], spoken), *([spoken, digits[0]] if len(digits[0]) > 1 else [])}
    return max((len(saying) for saying in sayings if saying in text), default=0)


_DIGITS = re.compile(r"\d+")


FUNCTIONS: dict[str, Callable[..., Any]] = {
    "len": lambda _, value: len(value) if isinstance(value, (str, list, tuple, Mapping)) else 0,
    "number": lambda _, value: number(value),
    "text": lambda _, value: "" if value is None else str(value),
    "days": _days,
    "find": lambda _, items, name, wanted: next(iter(_where(items, name, wanted)), None),
    "each": lambda _, items, name: [field_of(item, name) for item in items or ()],
    "mentions": lambda _, items, wanted: _mentions(items, wanted),
    "near": lambda _, orders, wanted: _near(orders, wanted),
    "readings": _readings,
    "instead": lambda _, text: instead(str(text or "")),
    "gives_up": lambda _, text: gives_up(str(text or "")),
    "first": lambda _, items, count: list(items or ())[: int(count)],
    "among": lambda _, text, words: _among(text, words),
    "where": lambda _, items, name, wanted: _where(items, name, wanted),
}


def _call(name: str, arguments: list[Any], lookup: Lookup) -> Any:
    try:
        return FUNCTIONS[name](lookup, *arguments)
    except TypeError:
        return None
