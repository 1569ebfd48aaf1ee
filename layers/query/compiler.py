"""A condition as SQL over the viewer's views: every operator typed, every value a parameter."""

from collections.abc import Callable, Mapping

from layers.registry.access.layer_query import Condition, LayerQuery
from layers.registry.text import Text

from . import arithmetic, relations, spatial, temporal
from .errors import InvalidQuery, unknown
from .fragments import Ends, Fragment, Type, fragment
from .functions import FUNCTIONS
from .nodes import Box, Call, Interval, Moment, Node, Property, Scalar, Sequence, Shape, walk
from .scope import Scope

SIGNS = ("=", "<>", "<", "<=", ">", ">=")
ACCENTS = "[\\u0300-\\u036f]"
FOLDS = {
    "casei": "lower({})",
    "accenti": f"regexp_replace(normalize({{}}, NFD), '{ACCENTS}', '', 'g')",
}
LISTED = {Type.TEXT, Type.NUMBER, Type.BOOLEAN}
"""What the database finds in a list by itself."""
MOST_RELATED = 12


def compile_condition(node: Node, reading: LayerQuery) -> Condition:
    """For :class:`LayerQuery`, whose row it knows as ``feature``."""
    calls = [each for each in walk(node) if isinstance(each, Call)]
    if sum(call.op in {*arithmetic.OPERATORS, "^"} for call in calls) > arithmetic.MOST:
        raise InvalidQuery(Text("算式过长。", "The sums of the condition are too long."))
    if sum(relations.is_related(call.op) for call in calls) > MOST_RELATED:
        raise InvalidQuery(Text("相关图层过多。", "The condition asks for too many related layers."))
    found = _condition(node, Scope(reading))
    return Condition(found.sql, found.params)


def _condition(node: Node, scope: Scope) -> Fragment:
    return _typed(compile_node(node, scope), Type.BOOLEAN)


def _typed(found: Fragment, wanted: Type) -> Fragment:
    if found.type == Type.NULL:
        return Fragment(wanted, f"NULL::{'numeric' if wanted == Type.NUMBER else wanted}")
    if found.type != wanted:
        raise _mismatch(found.type, wanted)
    return found


def _mismatch(found: Type, wanted: Type) -> InvalidQuery:
    return InvalidQuery(
        Text(
            "此处应为%(wanted)s，而不是%(found)s。",
            "This takes %(wanted)s, not %(found)s.",
        )
        % {"wanted": WORDS[wanted], "found": WORDS[found]}
    )


WORDS = {
    Type.TEXT: Text("文本", "text"),
    Type.NUMBER: Text("数字", "a number"),
    Type.BOOLEAN: Text("是非条件", "a condition"),
    Type.DATE: Text("日期", "a day"),
    Type.TIME: Text("时间", "a time"),
    Type.GEOMETRY: Text("图形", "a shape"),
    Type.INTERVAL: Text("时段", "an interval"),
    Type.NULL: Text("空值", "nothing"),
}


def compile_node(node: Node, scope: Scope) -> Fragment:
    match node:
        case Property(name):
            return scope.property(name)
        case Scalar(value):
            return _scalar(value)
        case Moment():
            return temporal.moment(node)
        case Shape() | Box():
            return spatial.shape(node)
        case Call(op=op):
            return _call(op, node, scope)
    raise InvalidQuery(
        Text(
            "列表和时段只能用在 IN 和时间函数里。",
            "Lists and intervals stand in IN and in functions of time only.",
        )
    )


def _scalar(value: str | int | float | bool | None) -> Fragment:
    if value is None:
        return Fragment(Type.NULL, "NULL")
    if isinstance(value, bool):
        return Fragment(Type.BOOLEAN, "true" if value else "false")
    if isinstance(value, str):
        return Fragment(Type.TEXT, "%s::text", (value,))
    return Fragment(Type.NUMBER, "%s", (value,))


def _call(op: str, call: Call, scope: Scope) -> Fragment:
    if relations.is_related(op):
        return relations.compile_related(call, scope, _condition)
    handler = HANDLERS.get(op)
    if handler is None:
        sentence = Text("没有名为“%(name)s”的函数或运算。", "There is no function or operator “%(name)s”.")
        raise unknown(sentence, op, {*HANDLERS, *FUNCTIONS} - {"parameter"})
    return handler(call, scope)


def _args(call: Call, count: int) -> tuple[Node, ...]:
    if len(call.args) != count:
        raise InvalidQuery(
            Text("“%(op)s”要有 %(count)d 个参数。", "“%(op)s” takes %(count)d arguments.")
            % {"op": call.op, "count": count}
        )
    return call.args


def _all(call: Call, scope: Scope) -> Fragment:
    if not call.args:
        raise InvalidQuery(Text("“%(op)s”没有条件。", "“%(op)s” has no conditions.") % {"op": call.op})
    parts = [_condition(arg, scope) for arg in call.args]
    return fragment(Type.BOOLEAN, f"({f' {call.op.upper()} '.join(['{}'] * len(parts))})", *parts)


def _not(call: Call, scope: Scope) -> Fragment:
    (arg,) = _args(call, 1)
    return fragment(Type.BOOLEAN, "(NOT {})", _condition(arg, scope))


def _comparison(call: Call, scope: Scope) -> Fragment:
    left, right = _alike(*(compile_node(arg, scope) for arg in _args(call, 2)))
    return _compare(call.op, left, right)


def _compare(sign: str, left: Fragment, right: Fragment) -> Fragment:
    if Type.NULL in {left.type, right.type}:
        return Fragment(Type.BOOLEAN, "NULL::boolean")
    if left.type in temporal.MOMENTS and right.type in temporal.MOMENTS:
        return temporal.compare(sign, left, right)
    if left.type != right.type:
        raise _mismatch(right.type, left.type)
    if left.type == Type.GEOMETRY:
        raise InvalidQuery(Text("图形请用空间函数比较。", "Shapes are compared by spatial functions."))
    return fragment(Type.BOOLEAN, f"({{}} {sign} {{}})", left, right)


def _alike(left: Fragment, right: Fragment) -> tuple[Fragment, Fragment]:
    """Text beside a day or time is read as one."""
    if left.type in temporal.MOMENTS:
        return left, _moment(right)
    return (_moment(left), right) if right.type in temporal.MOMENTS else (left, right)


def _moment(side: Fragment) -> Fragment:
    is_given = side.type == Type.TEXT and len(side.params) == 1 and side.sql == "%s::text"
    return (temporal.read_moment(side.params[0]) if is_given else None) or side


def _between(call: Call, scope: Scope) -> Fragment:
    value, low, high = (compile_node(arg, scope) for arg in _args(call, 3))
    bounds = [_compare(sign, *_alike(value, bound)) for sign, bound in ((">=", low), ("<=", high))]
    return fragment(Type.BOOLEAN, "({} AND {})", *bounds)


def _in(call: Call, scope: Scope) -> Fragment:
    value, listed = _args(call, 2)
    if not isinstance(listed, Sequence) or not listed.items:
        raise InvalidQuery(Text("IN 后面应是列表。", "IN is followed by a list."))
    left = compile_node(value, scope)
    pairs = [_alike(left, compile_node(item, scope)) for item in listed.items]
    if left.type in LISTED and {item.type for _left, item in pairs} <= {left.type, Type.NULL}:
        # Once and not for each item: figures of related records within one another would become millions.
        items = [item for _left, item in pairs]
        return fragment(Type.BOOLEAN, f"({{}} IN ({', '.join(['{}'] * len(items))}))", left, *items)
    same = [_compare("=", *pair) for pair in pairs]
    return fragment(Type.BOOLEAN, f"({' OR '.join(['{}'] * len(same))})", *same)


def _like(call: Call, scope: Scope) -> Fragment:
    value, pattern = (_typed(compile_node(arg, scope), Type.TEXT) for arg in _args(call, 2))
    for text in pattern.params:
        if (len(text) - len(text.rstrip("\\"))) % 2:
            raise InvalidQuery(
                Text("LIKE 的样式不能以“\\”结尾。", "A pattern of LIKE does not end with “\\”.")
            )
    return fragment(Type.BOOLEAN, "({} LIKE {})", value, pattern)


def _is_null(call: Call, scope: Scope) -> Fragment:
    (arg,) = _args(call, 1)
    return fragment(Type.BOOLEAN, "({} IS NULL)", compile_node(arg, scope))


def _fold(call: Call, scope: Scope) -> Fragment:
    (arg,) = _args(call, 1)
    return fragment(Type.TEXT, FOLDS[call.op], _typed(compile_node(arg, scope), Type.TEXT))


def _calculation(call: Call, scope: Scope) -> Fragment:
    sides = [_typed(compile_node(arg, scope), Type.NUMBER) for arg in _args(call, 2)]
    return arithmetic.calculate(call.op, *sides)


def _shapes(call: Call, scope: Scope) -> Fragment:
    args = _args(call, 2)
    left, right = (_typed(compile_node(arg, scope), Type.GEOMETRY) for arg in args)
    collected = any(isinstance(a, Shape) and a.geometry.geom_type == "GeometryCollection" for a in args)
    return spatial.relation(call.op, left, right, has_collection=collected)


def _near_shape(call: Call, scope: Scope) -> Fragment:
    first, second, far = _args(call, 3)
    found, around = (_typed(compile_node(arg, scope), Type.GEOMETRY) for arg in (first, second))
    return spatial.within_distance(found, around, relations.metres(call.op, [far]))


def _measure(call: Call, scope: Scope) -> Fragment:
    _args(call, 0)
    return spatial.measure(call.op, scope.geometry(), scope.layer.geometry)


def _temporal(call: Call, scope: Scope) -> Fragment:
    left, right = (_ends(arg, scope) for arg in _args(call, 2))
    return temporal.relation(call.op, left, right)


def _ends(node: Node, scope: Scope) -> Ends:
    if not isinstance(node, Interval):
        found = _instant(node, scope)
        return Ends(found, found)
    return Ends(*(None if each == Scalar("..") else _instant(each, scope) for each in (node.begin, node.end)))


def _instant(node: Node, scope: Scope) -> Fragment:
    found = _moment(compile_node(node, scope))
    if found.type not in temporal.MOMENTS:
        raise _mismatch(found.type, Type.TIME)
    return found


def _today(call: Call, scope: Scope) -> Fragment:
    _args(call, 0)
    return temporal.day_from_today(0)


def _days_ago(call: Call, scope: Scope) -> Fragment:
    (days,) = _args(call, 1)
    if not isinstance(days, Scalar) or isinstance(days.value, bool) or not isinstance(days.value, int):
        raise InvalidQuery(Text("days_ago()的天数须是整数。", "days_ago() is given a whole number of days."))
    return temporal.day_from_today(-days.value)


def _parameter(call: Call, scope: Scope) -> Fragment:
    raise InvalidQuery(Text("查询没有给出这个参数的值。", "The query gives no value for this parameter."))


Handler = Callable[[Call, Scope], Fragment]
HANDLERS: Mapping[str, Handler] = {
    **dict.fromkeys(("and", "or"), _all),
    "not": _not,
    **dict.fromkeys(SIGNS, _comparison),
    "between": _between,
    "in": _in,
    "like": _like,
    "isnull": _is_null,
    **dict.fromkeys(FOLDS, _fold),
    **dict.fromkeys((*arithmetic.OPERATORS, "^"), _calculation),
    **dict.fromkeys(spatial.RELATIONS, _shapes),
    "s_dwithin": _near_shape,
    **dict.fromkeys(spatial.MEASURES, _measure),
    **dict.fromkeys(temporal.RELATIONS, _temporal),
    "today": _today,
    "days_ago": _days_ago,
    "parameter": _parameter,
}
