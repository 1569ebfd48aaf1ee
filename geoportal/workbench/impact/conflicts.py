"""Where a project meets what is planned or protected, of the layers that are loaded; what is not loaded is said to be."""

from dataclasses import dataclass

from shapely.geometry.base import BaseGeometry

from geoportal.workbench.analysis.cells import cell
from layers.registry.access.layer_query import LayerQuery
from layers.registry.audience import Viewer
from layers.registry.declaration.layer import Geometry, Layer
from layers.registry.registration import layers_for
from layers.registry.text import Text

from .contents import contents, titles, total

MOST_TITLES = 5


@dataclass(frozen=True)
class Subject:
    """``words`` are those in a layer's title or name by which it is known to be about the subject."""

    title: Text
    words: tuple[str, ...]


SUBJECTS = (
    Subject(
        Text("国土空间规划", "Spatial planning"),
        ("规划", "控规", "红线", "用途管制", "城镇开发边界", "planning", "zoning", "development boundary"),
    ),
    Subject(Text("永久基本农田", "Protected farmland"), ("农田", "耕地", "farmland", "arable")),
    Subject(Text("防洪排涝", "Flood"), ("洪", "涝", "淹没", "flood", "inundation")),
)


@dataclass(frozen=True)
class Conflict:
    """``count`` is 0 where the project meets nothing of the layer."""

    layer: str
    count: int
    area: str
    share: str
    titles: list[tuple[int, str]]
    name: str


@dataclass(frozen=True)
class Findings:
    """``conflicts`` has an entry for each layer about the subject; there is none where nothing is loaded."""

    title: str
    words: str
    conflicts: list[Conflict]


def findings(viewer: Viewer, shape: BaseGeometry, area: float) -> list[Findings]:
    layers = [
        each for each in layers_for(viewer) if each.geometry == Geometry.POLYGON and each.heights is None
    ]
    return [
        Findings(
            str(subject.title),
            ", ".join(subject.words),
            [_conflict(layer, viewer, shape, area) for layer in layers if _is_about(layer, subject)],
        )
        for subject in SUBJECTS
    ]


def _is_about(layer: Layer, subject: Subject) -> bool:
    said = f"{layer.title.zh} {layer.title.en} {layer.name}".lower()
    return any(word in said for word in subject.words)


def _conflict(layer: Layer, viewer: Viewer, shape: BaseGeometry, area: float) -> Conflict:
    reading = LayerQuery(layer, viewer)
    count, size = total(contents(reading, shape))
    return Conflict(
        str(layer.title),
        count,
        f"{cell(size, 'area')} m²",
        cell(size / area, "share") if area else "",
        titles(reading, shape, MOST_TITLES) if count else [],
        layer.name,
    )
