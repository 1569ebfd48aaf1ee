"""Conditions and figures on another layer's features around or at a feature, as the viewer sees that layer."""

from collections.abc import Callable, Sequence

from layers.registry.access.layer_query import relation
from layers.registry.text import Text

from . import spatial
from .errors import InvalidQuery
from .fragments import Fragment, Type, fragment
from .functions import MEETING, NEAR, PLACES, STATISTICS
from .nodes import Call, Node, Property, Scalar
from .scope import Scope

DEEPEST = 3
Condition = Callable[[Node, Scope], Fragment]


def compile_related(call: Call, scope: Scope, condition: Condition) -> Fragment:
    """``condition`` compiles one on the related layer."""
    if not call.args or not isinstance(call.args[0], Scalar) or not isinstance(call.args[0].value, str):
        raise _arguments(call.op)
    inner = scope.within(call.args[0].value)
    if inner.depth > DEEPEST:
        raise InvalidQuery(Text("相关图层嵌套过深。", "Related layers are nested too deeply."))
    rest = list(call.args[1:])
    statistic, _, how = call.op.partition("_")
    if call.op in PLACES:
        return _exists(call.op, inner, _place(call.op, inner), _condition(call.op, rest, inner, condition))
    if call.op == "near":
        near = _within(call.op, rest, inner)
        return _exists(call.op, inner, near, _condition(call.op, rest, inner, condition))
    if call.op == "distance_to":
        return _nearest(call.op, rest, inner, condition)
    place = _within(call.op, rest, inner) if how == NEAR else _place("meets", inner)
    figure = _figure(call.op, statistic, rest, inner)
    where = [place, *_condition(call.op, rest, inner, condition)]
    return _select(figure, inner, where)


def is_related(op: str) -> bool:
    statistic, _, how = op.partition("_")
    return op in {*PLACES, "near", "distance_to"} or (statistic in STATISTICS and how in {NEAR, MEETING})


def _place(name: str, inner: Scope) -> Fragment:
    found, around = inner.geometry(), inner.around.geometry()
    return Fragment(Type.BOOLEAN, PLACES[name].format(found=found.sql, around=around.sql))


def _within(op: str, rest: list[Node], inner: Scope) -> Fragment:
    """Takes the metres off the arguments."""
    return spatial.within_distance(inner.geometry(), inner.around.geometry(), metres(op, rest))


def metres(op: str, rest: list[Node]) -> float:
    first = rest.pop(0) if rest else None
    if not isinstance(first, Scalar) or isinstance(first.value, bool | str | None):
        raise InvalidQuery(
            Text("%(op)s()的距离须是数字（米）。", "%(op)s() is given its distance as a number of metres.")
            % {"op": op}
        )
    return float(first.value)


def _figure(op: str, statistic: str, rest: list[Node], inner: Scope) -> Fragment:
    if statistic == "count":
        return Fragment(Type.NUMBER, STATISTICS["count"])
    first = rest.pop(0) if rest else None
    if not isinstance(first, Property):
        raise _arguments(op)
    value = inner.property(first.name)
    if value.type != Type.NUMBER:
        raise InvalidQuery(
            Text("字段“%(name)s”不是数字。", "“%(name)s” is no number.") % {"name": first.name}
        )
    return fragment(Type.NUMBER, STATISTICS[statistic], value)


def _condition(op: str, rest: Sequence[Node], inner: Scope, condition: Condition) -> list[Fragment]:
    """The last argument, if there is one; a feature is not related to itself."""
    if len(rest) > 1:
        raise _arguments(op)
    found = [condition(each, inner) for each in rest]
    if inner.around.layer.name == inner.layer.name:
        found.append(Fragment(Type.BOOLEAN, f"{inner.column('id')} <> {inner.around.column('id')}"))
    return found


def _exists(op: str, inner: Scope, place: Fragment, conditions: Sequence[Fragment]) -> Fragment:
    return fragment(
        Type.BOOLEAN, "EXISTS {}", _select(Fragment(Type.NUMBER, "1"), inner, [place, *conditions])
    )


def _select(chosen: Fragment, inner: Scope, where: Sequence[Fragment], after: str = "") -> Fragment:
    conditions = " AND ".join(["{}"] * len(where)) or "true"
    name = relation(inner.layer, inner.viewer).replace("{", "{{").replace("}", "}}")
    return fragment(
        chosen.type, f"(SELECT {{}} FROM {name} AS {inner.alias} WHERE {conditions}{after})", chosen, *where
    )


def _nearest(op: str, rest: Sequence[Node], inner: Scope, condition: Condition) -> Fragment:
    """What is nearest in degrees says how far to look, and only what lies within that is measured."""
    around = inner.around.geometry()
    measured = spatial.distance(inner.geometry(), around)
    conditions = _condition(op, rest, inner, condition)
    there = Fragment(Type.BOOLEAN, f"{inner.geometry().sql} IS NOT NULL")
    order = f" ORDER BY {inner.geometry().sql} <-> {around.sql} LIMIT 1"
    first = _select(measured, inner, [there, *conditions], order)
    reach = spatial.reach(around, "(SELECT metres FROM first)")
    close = fragment(Type.BOOLEAN, "{} && {}", inner.geometry(), reach)
    least = fragment(Type.NUMBER, "min({})", measured)
    found = _select(least, inner, [close, *conditions])
    return fragment(Type.NUMBER, "(WITH first AS MATERIALIZED (SELECT {} AS metres) SELECT {})", first, found)


def _arguments(op: str) -> InvalidQuery:
    return InvalidQuery(
        Text(
            "%(op)s()的参数不对，写法见可查询字段页。",
            "%(op)s() is given other arguments; the page of queryables tells which.",
        )
        % {"op": op}
    )
