"""Conditions as CQL2 text: read by the library cql2, written here.

The library reads degrees of more than fifteen digits with an error of their last bit, a thousandth of a micrometre.
"""

import re
from decimal import Decimal
from typing import Any

import cql2
from shapely.geometry import mapping
from shapely.geometry.base import BaseGeometry

from layers.registry.text import Text

from .errors import InvalidQuery
from .json_form import DEEPEST, from_json
from .nodes import Box, Call, Interval, Moment, Node, Property, Scalar, Sequence, Shape

LONGEST = 20_000
"""Characters; a condition that is longer is sent as JSON, or kept."""
MOST_SIGNS = 200
QUOTED = re.compile(r"'(?:[^']|'')*'|\"(?:[^\"]|\"\")*\"")
CHAIN = re.compile(r"\bnot\b|\^|-\s*(?=[-\s]*-)", re.IGNORECASE)
"""What the library goes down a level for, beside brackets."""
BARE = re.compile(r"[a-z_][a-z0-9_]*", re.ASCII)
RESERVED = {
    *("and", "or", "not", "like", "between", "in", "is", "null", "true", "false", "div", "casei", "accenti"),
    *("date", "timestamp", "interval", "bbox", "point", "linestring", "polygon", "multipoint"),
    *("multilinestring", "multipolygon", "geometrycollection"),
}
INFIX = {"or": 1, "and": 2, "+": 5, "-": 5, "*": 6, "/": 6, "%": 6, "div": 6, "^": 7}
COMPARISONS = ("=", "<>", "<", "<=", ">", ">=")
NOT, COMPARED, TIGHTEST = 3, 4, 9


def from_text(text: str) -> Node:
    _guard(text)
    try:
        found: Any = cql2.parse_text(text).to_json()
    except RecursionError:
        raise _too_deep() from None
    except Exception as problem:  # noqa: BLE001  of shapes that it cannot read it says so by a plain one
        raise InvalidQuery(_sentence(str(problem))) from None
    return from_json(found)


def _guard(text: str) -> None:
    """The library reads by recursion without an end of its own; a process must not fall by what somebody types."""
    if len(text) > LONGEST:
        raise InvalidQuery(
            Text("条件超过 %(most)d 个字符。", "The condition has more than %(most)d characters.")
            % {"most": LONGEST}
        )
    if "\x00" in text:
        raise InvalidQuery(
            Text("条件含有不可用的字符。", "The condition holds a character that no text has.")
        )
    bare, depth = QUOTED.sub("''", text), 0
    for sign in bare:
        depth += (sign == "(") - (sign == ")")
        if depth > DEEPEST:
            raise _too_deep()
    if len(CHAIN.findall(bare)) > MOST_SIGNS:
        raise _too_deep()


def _too_deep() -> InvalidQuery:
    return InvalidQuery(Text("条件嵌套过深。", "The condition is nested too deeply."))


def _sentence(problem: str) -> str:
    """Where the library could not go on."""
    place = re.search(r"--> (\d+):(\d+)", problem)
    if place is None:
        return str(Text("条件不符合 CQL2 的写法。", "The condition is not written in CQL2."))
    return Text(
        "条件在第%(line)s行第%(column)s个字符处无法理解。",
        "The condition cannot be understood from line %(line)s, character %(column)s on.",
    ) % {"line": place[1], "column": place[2]}


def to_text(node: Node) -> str:
    return _written(node, 0)


def _written(node: Node, outer: int) -> str:
    """``outer`` is how tightly what is around it holds on; brackets keep what would come apart."""
    match node:
        case Call(op, args):
            text, own = _call(op, args)
            return f"({text})" if own < outer else text
        case Property(name):
            bare = BARE.fullmatch(name) and name not in RESERVED
            return name if bare else '"{}"'.format(name.replace('"', '""'))
        case Scalar(value):
            return _scalar(value)
        case Moment(kind, text):
            return f"{kind.upper()}({_quoted(text)})"
        case Interval(begin, end):
            ends = [_quoted(e.text) if isinstance(e, Moment) else _written(e, 0) for e in (begin, end)]
            return f"INTERVAL({', '.join(ends)})"
        case Box(west, south, east, north):
            return f"BBOX({', '.join(map(_scalar, (west, south, east, north)))})"
        case Shape(geometry):
            return _wkt(geometry)
        case Sequence(items):
            return f"({', '.join(_written(item, 0) for item in items)})"


def _call(op: str, args: tuple[Node, ...]) -> tuple[str, int]:
    """The text and how tightly it holds together."""
    if op in {"and", "or"} and len(args) > 1:
        return f" {op.upper()} ".join(_written(arg, INFIX[op] + 1) for arg in args), INFIX[op]
    if op == "not" and len(args) == 1:
        return f"NOT {_written(args[0], NOT + 1)}", NOT
    if op in COMPARISONS and len(args) == 2:
        return f" {op} ".join(_written(arg, COMPARED + 1) for arg in args), COMPARED
    if op in INFIX and len(args) == 2:
        return f"{_written(args[0], INFIX[op] + 1)} {op} {_written(args[1], INFIX[op] + 1)}", INFIX[op]
    if op in {"like", "in"} and len(args) == 2:
        return f" {op.upper()} ".join(_written(arg, COMPARED + 1) for arg in args), COMPARED
    if op == "between" and len(args) == 3:
        value, low, high = (_written(arg, COMPARED + 1) for arg in args)
        return f"{value} BETWEEN {low} AND {high}", COMPARED
    if op == "isnull" and len(args) == 1:
        return f"{_written(args[0], COMPARED + 1)} IS NULL", COMPARED
    return f"{op}({', '.join(_written(arg, 0) for arg in args)})", TIGHTEST


def _scalar(value: object) -> str:
    if value is None:
        return "NULL"
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, float):
        return repr(value)
    return str(value) if isinstance(value, int) else _quoted(str(value))


def _quoted(text: str) -> str:
    return "'{}'".format(text.replace("'", "''"))


def _wkt(geometry: BaseGeometry) -> str:
    """With every digit, and without exponents, which the library does not read in shapes."""
    name = geometry.geom_type.upper()
    if name == "GEOMETRYCOLLECTION":
        return f"{name}({', '.join(_wkt(part) for part in geometry.geoms)})"
    positions = _positions(mapping(geometry)["coordinates"])
    return f"{name}({positions})" if name == "POINT" else f"{name}{positions}"


def _positions(found: Any) -> str:
    if isinstance(found[0], float | int):
        return " ".join(f"{Decimal(repr(float(number))):f}" for number in found)
    return f"({', '.join(map(_positions, found))})"
