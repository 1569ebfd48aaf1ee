"""What a project touches, section by section, each with the question that leads to its features."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlencode

from django.urls import reverse
from django.utils.translation import gettext as _
from shapely.geometry.base import BaseGeometry

from geoportal.features.feature_text import value_text
from geoportal.workbench.analysis.cells import cell
from geoportal.workbench.page import LONGEST
from layers.query.compiler import compile_condition
from layers.query.nodes import Call, Node, Property, Scalar
from layers.query.scope import queryables
from layers.query.text_form import from_text, to_text
from layers.registry.access.layer_query import LayerQuery
from layers.registry.audience import Viewer
from layers.registry.declaration.layer import Attribute, Geometry
from layers.registry.registration import layers_for
from layers.registry.text import Text

from .contents import Content, coded, contents, meeting, total

INSIDE = (
    "buildings",
    "land-use",
    "food-premises",
    "village-sites",
    "services",
    "pois",
    "addresses",
    "roads",
    "water",
)
HOMES = "use IN ('residential', 'rural')"
REACH = 1000
"""Metres as the crow flies."""


@dataclass(frozen=True)
class Line:
    label: str
    count: int
    size: str = ""
    share: str = ""
    floors: str = ""


@dataclass(frozen=True)
class Section:
    """``address`` is that of the question behind it, empty where the shape is too long for one."""

    title: str
    lines: list[Line] = field(default_factory=list)
    whole: Line | None = None
    address: str = ""
    note: str = ""


def inside(viewer: Viewer, shape: BaseGeometry, area: float) -> Iterator[Section]:
    """Of each layer that the viewer has: what lies in the project; ``area`` is the project's in square metres."""
    known = {layer.name: layer for layer in layers_for(viewer)}
    for name in INSIDE:
        if name in known:
            yield _section(LayerQuery(known[name], viewer), shape, area)
    for layer in known.values():
        reading = LayerQuery(layer, viewer)
        if layer.has_geometry and any(each.name == "closed" for each in queryables(reading)):
            title = _("Open: %(layer)s") % {"layer": layer.title}
            yield _section(reading, shape, area, Call("isnull", (Property("closed"),)), title)


def _section(
    reading: LayerQuery, shape: BaseGeometry, area: float, node: Node | None = None, title: str = ""
) -> Section:
    by, kind = coded(reading), reading.layer.geometry
    found = contents(reading, shape, node, by)
    lines = [_line(reading, by, each, kind, area) for each in found]
    count, size = total(found)
    floors = [each.floors for each in found if each.floors is not None]
    whole = Line(
        _("All"), count, _size(kind, size), _share(kind, size, area), _square(sum(floors)) if floors else ""
    )
    rest = area - size
    note = ""
    if reading.layer.name == "land-use" and rest > 0.5:
        note = _("Of no known land use: %(area)s m²") % {"area": cell(rest, "area")}
    return Section(
        title or str(reading.layer.title),
        lines if by else [],
        whole,
        _address(reading, meeting(node, shape)),
        note,
    )


def _line(reading: LayerQuery, by: Attribute | None, found: Content, kind: Geometry, area: float) -> Line:
    label = value_text(reading.layer, by, found.value) if by else ""
    floors = "" if found.floors is None else _square(found.floors)
    return Line(
        label or _("without a value"),
        found.count,
        _size(kind, found.measure),
        _share(kind, found.measure, area),
        floors,
    )


def _size(kind: Geometry, size: float) -> str:
    if kind == Geometry.POINT:
        return ""
    return _square(size) if kind == Geometry.POLYGON else f"{cell(size, 'metres')} m"


def _square(size: float) -> str:
    return f"{cell(size, 'area')} m²"


def _share(kind: Geometry, size: float, area: float) -> str:
    return cell(size / area, "share") if kind == Geometry.POLYGON and area else ""


def _address(reading: LayerQuery, node: Node) -> str:
    text = to_text(node)
    if len(text) > LONGEST:
        return ""
    return f"{reverse('workbench')}?{urlencode({'layer': reading.layer.name, 'filter': text})}"


@dataclass(frozen=True)
class Service:
    title: Text
    layer: str
    text: str = ""


SERVICES = (
    Service(Text("服务窗口", "Service counters"), "services"),
    Service(Text("村级网络站点", "Village network sites"), "village-sites"),
    Service(Text("医疗设施", "Health facilities"), "pois", "theme = 'medical'"),
    Service(Text("教育设施", "Education facilities"), "pois", "theme = 'learning'"),
)


@dataclass(frozen=True)
class Cut:
    """``lost`` are homes outside the project for which it takes away the only one within reach."""

    title: str
    displaced: int
    lost: int
    address: str


def cuts(viewer: Viewer, shape: BaseGeometry) -> list[Cut]:
    """Of services: how many stand in the project, and whom that leaves without one within reach."""
    known = {layer.name: layer for layer in layers_for(viewer)}
    found = []
    for service in SERVICES:
        if service.layer not in known or "buildings" not in known:
            continue
        reading = LayerQuery(known[service.layer], viewer)
        own = from_text(service.text) if service.text else None
        within = meeting(own, shape)
        displaced = reading.count(compile_condition(within, reading))
        homes, question = LayerQuery(known["buildings"], viewer), _without(service, own, shape)
        lost = homes.count(compile_condition(question, homes)) if displaced else 0
        shown = _address(homes, question) if lost else _address(reading, within)
        found.append(Cut(str(service.title), displaced, lost, shown))
    return found


def _without(service: Service, own: Node | None, shape: BaseGeometry) -> Node:
    """Homes outside that have one in the project within reach, and none elsewhere."""
    place = (Scalar(service.layer), Scalar(REACH))
    here = meeting(None, shape)
    elsewhere: Node = Call("not", (here,))
    if own is not None:
        elsewhere = Call("and", (own, elsewhere))
    return Call(
        "and",
        (
            from_text(HOMES),
            Call("not", (here,)),
            Call("near", (*place, meeting(own, shape))),
            Call("not", (Call("near", (*place, elsewhere)),)),
        ),
    )


def parts(viewer: Viewer, shape: BaseGeometry, area: float) -> dict[str, Any]:
    return {"sections": list(inside(viewer, shape, area)), "cuts": cuts(viewer, shape), "reach": REACH}
