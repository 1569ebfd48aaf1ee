"""A question in plain words, in the active language."""

from layers.registry.declaration.layer import Layer
from layers.registry.text import Text

from .errors import InvalidQuery
from .functions import FUNCTIONS, MEETING, NEAR, PLACES
from .nodes import Box, Call, Interval, Moment, Node, Property, Scalar, Sequence, Shape
from .relations import is_related
from .scope import GEOMETRY_NAMES, Scope

SIGNS = {
    "=": Text("%s为%s", "%s is %s"),
    "<>": Text("%s不为%s", "%s is not %s"),
    "<": Text("%s小于%s", "%s is less than %s"),
    "<=": Text("%s不超过%s", "%s is at most %s"),
    ">": Text("%s大于%s", "%s is more than %s"),
    ">=": Text("%s不小于%s", "%s is at least %s"),
    "like": Text("%s符合样式%s", "%s is like %s"),
    "in": Text("%s为%s之一", "%s is one of %s"),
    "isnull": Text("%s没有值", "%s has no value"),
    "not": Text("并非（%s）", "not (%s)"),
    "between": Text("%s在%s与%s之间", "%s lies between %s and %s"),
    "casei": Text("%s（不分大小写）", "%s (in capitals or not)"),
    "accenti": Text("%s（不计重音）", "%s (with accents or not)"),
    "s_intersects": Text("%s与%s相交", "%s meets %s"),
    "s_disjoint": Text("%s与%s不相交", "%s does not meet %s"),
    "s_equals": Text("%s与%s相同", "%s is the same as %s"),
    "s_touches": Text("%s与%s相接", "%s touches %s"),
    "s_crosses": Text("%s穿过%s", "%s crosses %s"),
    "s_within": Text("%s位于%s之内", "%s lies within %s"),
    "s_contains": Text("%s包含%s", "%s contains %s"),
    "s_overlaps": Text("%s与%s部分重叠", "%s overlaps %s"),
    "s_dwithin": Text("%s距%s不超过%s米", "%s lies within %s, at most %s m away"),
    "today": Text("今天", "today"),
    "days_ago": Text("%s天前", "%s days ago"),
    "area": Text("面积（平方米）", "its area (m²)"),
    "length": Text("长度（米）", "its length (m)"),
    "parameter": Text("参数%s", "the parameter %s"),
    "near": Text("%(metres)s米以内有%(what)s", "there is %(what)s within %(metres)s m"),
    "meets": Text("与%(what)s相交", "it meets %(what)s"),
    "inside": Text("位于%(what)s之内", "it lies inside %(what)s"),
    "holds": Text("包含%(what)s", "it contains %(what)s"),
    "distance_to": Text("到最近的%(what)s的距离（米）", "the distance in m to the nearest of %(what)s"),
}
STATISTICS = {
    "count": Text("数量", "number"),
    "sum": Text("之和", "sum"),
    "mean": Text("平均值", "mean"),
    "min": Text("最小值", "least value"),
    "max": Text("最大值", "greatest value"),
}
SHAPE, HERE, NOTHING = Text("所绘图形", "the shape drawn"), Text("位置", "its place"), Text("空", "nothing")
SIMPLE = (Property, Scalar, Moment)


def explain(layer: Layer, condition: Node | None, scope: Scope) -> str:
    """One sentence; raises InvalidQuery for names that the viewer does not have."""
    if condition is None:
        return Text("全部“%(layer)s”。", "All of “%(layer)s”.") % {"layer": layer.title}
    words = {"layer": layer.title, "condition": words_of(condition, scope)}
    return Text("“%(layer)s”中，%(condition)s的要素。", "Of “%(layer)s” those where %(condition)s.") % words


def words_of(node: Node, scope: Scope) -> str:
    match node:
        case Property(name):
            return _property(name, scope)
        case Scalar(value):
            return _value(value)
        case Moment(text=text):
            return text
        case Interval(begin, end):
            return f"{words_of(begin, scope)} – {words_of(end, scope)}"
        case Shape() | Box():
            return str(SHAPE)
        case Sequence(items):
            return str(Text("、", ", ")).join(words_of(item, scope) for item in items)
        case Call():
            return _call(node, scope)


def _property(name: str, scope: Scope) -> str:
    if name.lower() == "id":
        return str(Text("编号", "the number"))
    if name.lower() in GEOMETRY_NAMES:
        return str(HERE)
    return str(scope.layer.label(scope.attribute(name)))


def _value(value: object) -> str:
    if isinstance(value, bool):
        return str(Text("是", "yes") if value else Text("否", "no"))
    return str(NOTHING) if value is None else f"“{value}”" if isinstance(value, str) else str(value)


def _call(call: Call, scope: Scope) -> str:
    op, args = call.op, call.args
    if is_related(op):
        return _related(call, scope)
    if op in {"and", "or"}:
        word = Text("，且", ", and ") if op == "and" else Text("，或", ", or ")
        parts = [words_of(arg, scope) for arg in args]
        nested = [isinstance(arg, Call) and arg.op in {"and", "or"} for arg in args]
        return str(word).join(f"({p})" if n else p for p, n in zip(parts, nested, strict=True))
    words = [_worded(args, index, scope) for index in range(len(args))]
    if op in SIGNS and str(SIGNS[op]).count("%s") == len(words):
        return SIGNS[op] % tuple(words)
    if len(words) == 2 and op not in FUNCTIONS and not op.startswith("t_"):
        return f"({words[0]} {op} {words[1]})"
    return f"{op}({', '.join(words)})"


def _worded(args: tuple[Node, ...], index: int, scope: Scope) -> str:
    """A code beside the property whose code it is, by its title."""
    node, first = args[index], args[0]
    if index and isinstance(first, Property) and first.name.lower() not in {*GEOMETRY_NAMES, "id"}:
        choices = scope.layer.choices(scope.attribute(first.name))
        if isinstance(node, Scalar) and node.value in choices:
            return f"“{choices[node.value]}”"
        if isinstance(node, Sequence):
            return str(Text("、", ", ")).join(_worded((first, item), 1, scope) for item in node.items)
    return words_of(node, scope)


def _related(call: Call, scope: Scope) -> str:
    name, *rest = call.args
    if not isinstance(name, Scalar):
        raise InvalidQuery(Text("条件不符合 CQL2 的写法。", "The condition is not written in CQL2."))
    inner = scope.within(str(name.value))
    statistic, _, how = call.op.partition("_")
    metres = words_of(rest.pop(0), scope) if (call.op == "near" or how == NEAR) and rest else ""
    counted = how in {NEAR, MEETING} and call.op not in PLACES
    of = words_of(rest.pop(0), inner) if counted and statistic != "count" and rest else ""
    what = f"“{inner.layer.title}”"
    if rest:
        what = Text("%(layer)s（%(where)s）", "%(layer)s (where %(where)s)") % {
            "layer": what,
            "where": words_of(rest[0], inner),
        }
    if not counted:
        return SIGNS[call.op] % {"metres": metres, "what": what}
    place = (
        Text("%(metres)s米以内", "within %(metres)s m") % {"metres": metres}
        if how == NEAR
        else str(Text("与之相交", "that meet it"))
    )
    words = {"place": place, "what": what, "of": of, "statistic": STATISTICS[statistic]}
    if statistic == "count":
        return Text("%(place)s的%(what)s数量", "the number of %(what)s %(place)s") % words
    return (
        Text(
            "%(place)s的%(what)s“%(of)s”%(statistic)s", "the %(statistic)s of “%(of)s” of %(what)s %(place)s"
        )
        % words
    )
