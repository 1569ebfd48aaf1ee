"""The functions that the portal adds to CQL2, and what each is given."""

from collections.abc import Mapping
from dataclasses import dataclass

from layers.registry.text import Text

STATISTICS = {
    "count": "count(*)",
    "sum": "COALESCE(sum({}::numeric), 0)",
    "mean": "avg({}::numeric)",
    "min": "min({})",
    "max": "max({})",
}
"""Of related records; there is a sum of none, but no mean."""
MEETING, NEAR = "meeting", "near"
PLACES = {
    "meets": "ST_Intersects({found}, {around})",
    "inside": "ST_Within({around}, {found})",
    "holds": "ST_Contains({around}, {found})",
}
"""Ways in which a feature (``around``) lies to one of a related layer (``found``)."""


@dataclass(frozen=True)
class Function:
    """``args`` are the words for its arguments, optional ones in square brackets."""

    args: tuple[str, ...]
    meaning: Text


def _statistics() -> dict[str, Function]:
    words = {
        "count": Text("数量", "the number"),
        "sum": Text("字段之和", "the sum of a property"),
        "mean": Text("字段平均值", "the mean of a property"),
        "min": Text("字段最小值", "the least value of a property"),
        "max": Text("字段最大值", "the greatest value of a property"),
    }
    found = {}
    for name, word in words.items():
        own = () if name == "count" else ("property",)
        found[f"{name}_{NEAR}"] = Function(
            ("'layer'", "metres", *own, "[condition]"),
            Text(
                f"某图层在若干米以内的要素的{word.zh}",
                f"{word.en} of a layer's features within so many metres",
            ),
        )
        found[f"{name}_{MEETING}"] = Function(
            ("'layer'", *own, "[condition]"),
            Text(f"某图层与之相交的要素的{word.zh}", f"{word.en} of a layer's features that meet it"),
        )
    return found


FUNCTIONS: Mapping[str, Function] = {
    "near": Function(
        ("'layer'", "metres", "[condition]"),
        Text("某图层有要素在若干米以内", "a feature of a layer lies within so many metres"),
    ),
    "meets": Function(
        ("'layer'", "[condition]"), Text("与某图层的要素相交", "it meets a feature of a layer")
    ),
    "inside": Function(
        ("'layer'", "[condition]"), Text("位于某图层的要素之内", "it lies inside a feature of a layer")
    ),
    "holds": Function(
        ("'layer'", "[condition]"), Text("包含某图层的要素", "a feature of a layer lies inside it")
    ),
    "distance_to": Function(
        ("'layer'", "[condition]"),
        Text("到某图层最近要素的距离（米）", "metres to the nearest feature of a layer"),
    ),
    **_statistics(),
    "area": Function((), Text("面积（平方米，椭球面）", "its area in square metres on the ellipsoid")),
    "length": Function((), Text("长度（米，椭球面）", "its length in metres on the ellipsoid")),
    "s_dwithin": Function(
        ("geometry", "shape", "metres"),
        Text("距所绘图形若干米以内", "it lies within so many metres of a shape"),
    ),
    "today": Function((), Text("今天", "this day")),
    "days_ago": Function(("days",), Text("若干天之前的日期", "the day so many days ago")),
    "parameter": Function(
        ("'name'",), Text("查询的参数值", "the value that the query has for this parameter")
    ),
}


def function_texts() -> list[dict[str, str]]:
    """What pages say of them."""
    return [
        {"name": f"{name}({', '.join(each.args)})", "meaning": str(each.meaning)}
        for name, each in FUNCTIONS.items()
    ]
