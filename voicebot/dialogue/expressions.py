"""The tiny expression language of scripts: conditions, arguments and the insides of templates.

Written like Python (`order and order.status != 'signed'`, `len(options) > 1`), parsed once at load into a tree of
which only the forms below are allowed, and walked here: nothing is ever handed to the interpreter. Evaluation is
total: what is missing is None, and comparing what cannot be compared is false.

    names and fields   order.items     a field of None, or a missing one, is None
    places             items[0]
    values             12  1.5  'text'  true  false  none  [1, 2]
    logic              and  or  not  ==  !=  <  <=  >  >=  in  not in
    arithmetic         +  -  *
    functions          those of functions.py
"""

from __future__ import annotations

import ast
import operator
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

from voicebot.dialogue.functions import FUNCTIONS, Lookup
from voicebot.dialogue.values import field_of, number

CONSTANTS = {"true": True, "false": False, "none": None}


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


def _call(name: str, arguments: list[Any], lookup: Lookup) -> Any:
    try:
        return FUNCTIONS[name](lookup, *arguments)
    except TypeError:
        return None
