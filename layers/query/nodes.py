"""A condition as a tree: what CQL2 text, CQL2 JSON, the form and the compiler have in common."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass

from shapely.geometry.base import BaseGeometry


@dataclass(frozen=True)
class Property:
    name: str


@dataclass(frozen=True)
class Scalar:
    value: str | int | float | bool | None


@dataclass(frozen=True)
class Moment:
    """A day, or a time with its zone, as RFC 3339 writes it."""

    kind: str
    text: str


@dataclass(frozen=True)
class Interval:
    """``..`` as a scalar is an open end."""

    begin: "Node"
    end: "Node"


@dataclass(frozen=True)
class Shape:
    """``geometry`` has the axes of the reference system in which the condition is written."""

    geometry: BaseGeometry


@dataclass(frozen=True)
class Box:
    """West, south, east, north; one whose west lies east of its east crosses the antimeridian."""

    west: float
    south: float
    east: float
    north: float


@dataclass(frozen=True)
class Sequence:
    items: tuple["Node", ...]


@dataclass(frozen=True)
class Call:
    """An operator or function of CQL2, or one of :mod:`.functions`, by its name in small letters."""

    op: str
    args: tuple["Node", ...]


Node = Property | Scalar | Moment | Interval | Shape | Box | Sequence | Call


def children(node: Node) -> tuple[Node, ...]:
    match node:
        case Call(args=args):
            return args
        case Sequence(items=items):
            return items
        case Interval(begin=begin, end=end):
            return begin, end
    return ()


def walk(node: Node) -> Iterator[Node]:
    yield node
    for child in children(node):
        yield from walk(child)


def replaced(node: Node, change: Callable[[Node], Node]) -> Node:
    """The tree with each node changed, from the leaves up."""
    match node:
        case Call(op, args):
            node = Call(op, tuple(replaced(arg, change) for arg in args))
        case Sequence(items):
            node = Sequence(tuple(replaced(item, change) for item in items))
        case Interval(begin, end):
            node = Interval(replaced(begin, change), replaced(end, change))
    return change(node)
