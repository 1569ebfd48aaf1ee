"""What the first page offers to begin with: examples, questions that are kept, and those asked lately."""

from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode

from django.urls import reverse

from layers.errors import PortalError
from layers.query.compiler import compile_condition
from layers.query.explanation import explain
from layers.query.models import RecentQuery
from layers.query.scope import Scope
from layers.query.text_form import from_text
from layers.registry.access.layer_query import LayerQuery
from layers.registry.audience import Viewer
from layers.registry.registration import get_layer
from layers.registry.text import Text

Json = dict[str, Any]


@dataclass(frozen=True)
class Example:
    title: Text
    layer: str
    text: str


EXAMPLES = (
    Example(
        Text("500 米内没有医疗设施的住宅楼", "Homes without a health facility within 500 m"),
        "buildings",
        "use = 'residential' AND NOT near('pois', 500, theme = 'medical')",
    ),
    Example(
        Text(
            "200 米内有 3 件以上在办案件的 C 级食品经营主体",
            "Grade C premises with three or more open cases within 200 m",
        ),
        "food-premises",
        "grade = 'C' AND count_near('enforcement-cases', 200, closed IS NULL) >= 3",
    ),
    Example(
        Text("道路两侧 50 米内超过六层的建筑", "Buildings above six storeys within 50 m of a road"),
        "buildings",
        "storeys > 6 AND near('roads', 50)",
    ),
    Example(
        Text("近 90 天内检查不合格的食品经营主体", "Premises that failed an inspection in the last 90 days"),
        "food-premises",
        "near('food-inspections', 1, date >= days_ago(90) AND result = 'not')",
    ),
    Example(Text("面积超过 1 公顷的地块", "Land-use areas above one hectare"), "land-use", "area() > 10000"),
    Example(
        Text("1 公里内没有公园绿地的兴趣点", "Points of interest more than 1 km from a park"),
        "pois",
        "NOT near('land-use', 1000, kind = 'park')",
    ),
)


def examples(viewer: Viewer) -> list[Json]:
    """Those that this viewer can ask."""
    found = []
    for each in EXAMPLES:
        if sentence := _sentence(each.layer, each.text, viewer):
            found.append(_entry(str(each.title), sentence, each.layer, each.text))
    return found


def recent(account: int, viewer: Viewer) -> list[Json]:
    asked = RecentQuery.objects.filter(owner_id=account)
    sentences = [(each, _sentence(each.layer, each.text, viewer)) for each in asked]
    return [_entry(said, "", each.layer, each.text) for each, said in sentences if said]


def _sentence(layer: str, text: str, viewer: Viewer) -> str:
    """In words; nothing where the viewer cannot ask it."""
    try:
        reading = LayerQuery(get_layer(layer, viewer), viewer)
        node = from_text(text) if text else None
        if node is not None:
            compile_condition(node, reading)
        return explain(reading.layer, node, Scope(reading))
    except PortalError:
        return ""


def _entry(title: str, sentence: str, layer: str, text: str) -> Json:
    address = f"{reverse('workbench')}?{urlencode({'layer': layer, 'filter': text})}"
    return {"title": title, "sentence": sentence, "url": address}
