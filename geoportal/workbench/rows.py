"""A condition as the rows of a form, one a line of the sentence; what no line says so well stays as CQL2 in one."""

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import Any

from django.utils.translation import gettext as _
from shapely.geometry.base import BaseGeometry

from layers.query.errors import InvalidQuery
from layers.query.fragments import Type
from layers.query.nodes import Call, Moment, Node, Property, Scalar, Shape
from layers.query.scope import GEOMETRY_NAMES, Scope, type_of
from layers.query.temporal import MOMENTS
from layers.query.text_form import from_text, to_text

from .sketches.positions import shape_of

KINDS = ("attribute", "near", "count", "inside", "shape", "text")
SIGNS = ("=", "<>", "<", "<=", ">", ">=")
LAST_DAYS, LIKE, EMPTY, FILLED = "days", "like", "empty", "filled"
WITHIN = ("near", "count")
MOST = 40


@dataclass(frozen=True)
class Row:
    """``where`` is CQL2 on the related layer, ``text`` CQL2 on the layer that is asked for, or a shape as it is typed;
    ``sketch`` is the number of one that is kept."""

    kind: str = "attribute"
    property: str = ""
    operator: str = "="
    value: str = ""
    layer: str = ""
    metres: str = "200"
    where: str = ""
    text: str = ""
    sketch: str = ""


FIELDS = tuple(asdict(Row()))


def given_rows(given: Mapping[str, str]) -> list[Row]:
    """As the form sends them: ``0-kind``, ``0-property`` …; those without a kind are not there."""
    found = []
    for index in range(MOST):
        values = {name: str(given.get(f"{index}-{name}", "")).strip() for name in FIELDS}
        if values["kind"] in KINDS:
            found.append(Row(**values))
    return found


def rows_of(node: Node | None, scope: Scope) -> tuple[str, list[Row]]:
    """How they are joined, ``and`` or ``or``, and the rows."""
    if node is None:
        return "and", []
    if isinstance(node, Call) and node.op in {"and", "or"} and len(node.args) <= MOST:
        return node.op, [_row(arg, scope) for arg in node.args]
    return "and", [_row(node, scope)]


def node_of(joined: str, rows: list[Row], scope: Scope) -> Node | None:
    parts = tuple(_node(row, scope) for row in rows)
    if len(parts) > 1:
        return Call("or" if joined == "or" else "and", parts)
    return parts[0] if parts else None


def narrowed(node: Node | None, more: Node) -> Node:
    """A condition with one more."""
    if node is None:
        return more
    known = node.args if isinstance(node, Call) and node.op == "and" else (node,)
    added = more.args if isinstance(more, Call) and more.op == "and" else (more,)
    return Call("and", (*known, *added))


def _row(node: Node, scope: Scope) -> Row:
    """Only what says exactly the same again is shown otherwise than as CQL2."""
    row = _attempt(node)
    if row is not None:
        try:
            if _node(row, scope) == node:
                return row
        except InvalidQuery:
            pass
    return Row("text", text=to_text(node))


def _attempt(node: Node) -> Row | None:
    match node:
        case Call("not", (Call("isnull", (Property(name),)),)):
            return Row("attribute", name, FILLED)
        case Call("isnull", (Property(name),)):
            return Row("attribute", name, EMPTY)
        case Call(">=", (Property(name), Call("days_ago", (Scalar(days),)))):
            return Row("attribute", name, LAST_DAYS, str(days))
        case Call(op, (Property(name), Scalar(value))) if op in {*SIGNS, LIKE}:
            return Row("attribute", name, op, _spelled(value))
        case Call(op, (Property(name), Moment(text=text))) if op in SIGNS:
            return Row("attribute", name, op, text)
        case Call("near", (Scalar(layer), Scalar(metres), *rest)) if len(rest) < 2:
            return Row("near", layer=str(layer), metres=str(metres), where=_where(rest))
        case Call("inside", (Scalar(layer), *rest)) if len(rest) < 2:
            return Row("inside", layer=str(layer), where=_where(rest))
        case Call("s_intersects", (Property(name), Shape())) if name in GEOMETRY_NAMES:
            return Row("shape", metres="0", text=to_text(node.args[1]))
        case Call("s_dwithin", (Property(name), Shape(), Scalar(metres))) if name in GEOMETRY_NAMES:
            return Row("shape", metres=str(metres), text=to_text(node.args[1]))
        case Call(op, (Call("count_near", (Scalar(layer), Scalar(metres), *rest)), Scalar(value))) if (
            op in SIGNS
        ):
            return Row("count", "", op, str(value), str(layer), str(metres), _where(rest[:1]))
    return None


def _spelled(value: object) -> str:
    return str(value).lower() if isinstance(value, bool) else str(value)


def _where(rest: list[Node]) -> str:
    return to_text(rest[0]) if rest else ""


def _node(row: Row, scope: Scope) -> Node:
    if row.kind == "text":
        return from_text(row.text)
    if row.kind == "attribute":
        return _attribute(row, scope)
    if row.kind == "shape":
        return condition(shape_of(row.text), _number(row.metres or "0"))
    where = (from_text(row.where),) if row.where else ()
    if row.kind == "inside":
        return Call("inside", (Scalar(row.layer), *where))
    place = (Scalar(row.layer), _number(row.metres))
    if row.kind == "near":
        return Call("near", (*place, *where))
    return Call(_sign(row.operator), (Call("count_near", (*place, *where)), _number(row.value)))


def condition(shape: BaseGeometry, metres: Scalar) -> Call:
    """That a feature meets a shape, or comes within so many metres of it."""
    place = (Property(GEOMETRY_NAMES[0]), Shape(shape))
    return Call("s_dwithin", (*place, metres)) if metres.value else Call("s_intersects", place)


def _attribute(row: Row, scope: Scope) -> Node:
    name = Property(row.property)
    if row.operator in {EMPTY, FILLED}:
        empty = Call("isnull", (name,))
        return empty if row.operator == EMPTY else Call("not", (empty,))
    if row.operator == LAST_DAYS:
        return Call(">=", (name, Call("days_ago", (_number(row.value),))))
    operator = LIKE if row.operator == LIKE else _sign(row.operator)
    return Call(operator, (name, _value(row, scope)))


def _sign(operator: str) -> str:
    return operator if operator in SIGNS else "="


def _value(row: Row, scope: Scope) -> Node:
    kind = Type.NUMBER
    if row.property != "id":
        kind = type_of(scope.layer, scope.attribute(row.property))
    if kind == Type.NUMBER:
        return _number(row.value)
    if kind == Type.BOOLEAN:
        return Scalar(row.value.lower() == "true")
    if kind in MOMENTS:
        return Moment("date" if len(row.value) == 10 else "timestamp", row.value)
    return Scalar(row.value)


def _number(text: str) -> Scalar:
    try:
        found: Any = from_text(text)
    except InvalidQuery:
        found = None
    if not isinstance(found, Scalar) or isinstance(found.value, bool | str | None):
        raise InvalidQuery(_("“%(value)s” is no number.") % {"value": text[:40]})
    return found
