"""Conditions as CQL2 JSON."""

import math
from collections.abc import Callable
from typing import Any, TypeGuard

import shapely
from shapely.errors import ShapelyError
from shapely.geometry import mapping, shape
from shapely.geometry.base import BaseGeometry

from layers.registry.text import Text

from .errors import InvalidQuery
from .nodes import Box, Call, Interval, Moment, Node, Property, Scalar, Sequence, Shape

DEEPEST = 60
MOST_NODES = 5000
MOST_VERTICES = 5000
EXACT = 2**53 - 1
"""Whole numbers up to here are the same in JSON, in CQL2 text and in the database."""
MOMENTS = ("date", "timestamp")


def from_json(document: Any) -> Node:
    return _Reader().node(document, 0)


class _Reader:
    """Counts what it reads, so that no condition is larger than the portal can carry."""

    def __init__(self) -> None:
        self.count = 0

    def node(self, found: Any, depth: int) -> Node:
        self.count += 1
        if depth > DEEPEST or self.count > MOST_NODES:
            raise too_large()
        if isinstance(found, list):
            return Sequence(self._nodes(found, depth))
        if not isinstance(found, dict):
            return Scalar(_scalar(found))
        readers: tuple[tuple[str, Callable[[dict[str, Any], int], Node]], ...] = (
            ("op", self._call),
            ("property", lambda given, _depth: Property(_text(given["property"]))),
            ("date", lambda given, _depth: Moment("date", _text(given["date"]))),
            ("timestamp", lambda given, _depth: Moment("timestamp", _text(given["timestamp"]))),
            ("interval", self._interval),
            ("bbox", lambda given, _depth: _box(given["bbox"])),
            ("type", lambda given, _depth: _shape(given)),
        )
        for member, read in readers:
            if member in found:
                return read(found, depth)
        raise _unreadable()

    def _nodes(self, found: Any, depth: int) -> tuple[Node, ...]:
        if not isinstance(found, list):
            raise _unreadable()
        return tuple(self.node(each, depth + 1) for each in found)

    def _call(self, found: dict[str, Any], depth: int) -> Node:
        op, args = _text(found["op"]).lower(), self._nodes(found.get("args", []), depth)
        if op in {"and", "or"}:
            args = tuple(each for arg in args for each in (arg.args if _is(arg, op) else (arg,)))
            if len(args) == 1:
                return args[0]
        return Call(op, args)

    def _interval(self, found: dict[str, Any], depth: int) -> Interval:
        ends = self._nodes(found["interval"], depth)
        if len(ends) != 2:
            raise _unreadable()
        return Interval(*(_end(end) for end in ends))


def _is(node: Node, op: str) -> TypeGuard[Call]:
    return isinstance(node, Call) and node.op == op


def _end(node: Node) -> Node:
    """Ends of intervals are plain text in JSON, a day or a time."""
    if isinstance(node, Scalar) and isinstance(node.value, str) and node.value != "..":
        return Moment("timestamp" if "T" in node.value.upper() else "date", node.value)
    return node


def to_json(node: Node) -> Any:
    match node:
        case Call(op, args):
            return {"op": JSON_NAMES.get(op, op), "args": [to_json(arg) for arg in args]}
        case Property(name):
            return {"property": name}
        case Scalar(value):
            return value
        case Moment(kind, text):
            return {kind: text}
        case Interval(begin, end):
            return {"interval": [e.text if isinstance(e, Moment) else to_json(e) for e in (begin, end)]}
        case Box(west, south, east, north):
            return {"bbox": [west, south, east, north]}
        case Shape(geometry):
            return mapping(geometry)
        case Sequence(items):
            return [to_json(item) for item in items]


JSON_NAMES = {"isnull": "isNull"}


def _scalar(found: Any) -> str | int | float | bool | None:
    if isinstance(found, str):
        return _text(found)
    if isinstance(found, float) and found.is_integer():
        found = int(found)
    if isinstance(found, int | float) and not isinstance(found, bool):
        if not math.isfinite(found) or (isinstance(found, int) and abs(found) > EXACT):
            raise InvalidQuery(
                Text("数值过大：%(value)s。", "The number %(value)s is too large.")
                % {"value": str(found)[:40]}
            )
        return found
    if found is None or isinstance(found, bool):
        return found
    raise _unreadable()


def _text(found: Any) -> str:
    if not isinstance(found, str) or "\x00" in found or any("\ud800" <= c <= "\udfff" for c in found):
        raise _unreadable()
    return found


def _box(found: Any) -> Box:
    if not isinstance(found, list) or len(found) not in {4, 6}:
        raise _unreadable()
    try:
        sides = [float(side) for side in found]
    except (TypeError, ValueError, OverflowError):
        raise _unreadable() from None
    half = len(sides) // 2
    if not all(map(math.isfinite, sides)):
        raise _unreadable()
    return Box(sides[0], sides[1], sides[half], sides[half + 1])


def _shape(found: dict[str, Any]) -> Shape:
    try:
        geometry = shapely.force_2d(shape(found))
    except (ShapelyError, ValueError, TypeError, LookupError, AttributeError, OverflowError, RecursionError):
        raise InvalidQuery(
            Text("条件中的图形无法识别。", "A shape in the condition cannot be read.")
        ) from None
    return shape_node(geometry)


def shape_node(geometry: BaseGeometry) -> Shape:
    """Of shapes that exist: a ring that crosses itself has no inside."""
    if geometry.is_empty or not all(map(math.isfinite, geometry.bounds)):
        raise InvalidQuery(Text("条件中的图形是空的。", "A shape in the condition is empty."))
    if shapely.get_num_coordinates(geometry) > MOST_VERTICES:
        raise InvalidQuery(
            Text("图形的顶点超过 %(most)d 个。", "A shape has more than %(most)d vertices.")
            % {"most": MOST_VERTICES}
        )
    if not geometry.is_valid:
        raise InvalidQuery(
            Text("条件中的图形自相交：%(reason)s。", "A shape in the condition is not valid: %(reason)s.")
            % {"reason": shapely.is_valid_reason(geometry)}
        )
    return Shape(geometry)


def too_large() -> InvalidQuery:
    return InvalidQuery(Text("条件过大或嵌套过深。", "The condition is too large, or nested too deeply."))


def _unreadable() -> InvalidQuery:
    return InvalidQuery(Text("条件不符合 CQL2 的写法。", "The condition is not written in CQL2."))
