"""Symbology as a MapServer map file: one MapServer layer for each layer's shapes and one for its labels.

Data come through the public audience's views, read under the public role. Colours and sizes are the
declaration's; sizes that change with the zoom become one class set per zoom, chosen by scale.
"""

import itertools
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

from django.conf import settings
from django.db import connection

from layers.coordinates import WEB_SRID
from layers.errors import Unavailable
from layers.registry.access.layer_query import relation
from layers.registry.audience import PUBLIC_VIEWER, Audience
from layers.registry.declaration.layer import Geometry, Layer
from layers.registry.declaration.symbology import ByCategory, ByStep, Color, Label, Size, Symbology
from layers.registry.text import Text

ZOOM_0_SCALE = 559082264.029  # 1 : n of a 256-pixel tile pyramid at 0.28 mm a pixel
BACKGROUND = "#f3f1ec"
TYPES = {Geometry.POINT: "POINT", Geometry.LINE: "LINE", Geometry.POLYGON: "POLYGON"}
ZOOMS = range(6, 20)
FONT = "sc"
META_BUFFER = 64
"""Pixels drawn around a meta-tile and cut off again: no name may reach into them, its rest would be lost."""


class FontMissing(Unavailable):
    """The font that set-up extracts is not in the data folder."""


def scale(zoom: float) -> float:
    """Scale denominator half-way between a zoom and the one before it."""
    return float(ZOOM_0_SCALE / 2 ** (zoom - 0.5))


def map_file(layers: Sequence[Layer]) -> str:
    """The whole map file; MapServer layers are named ``<layer>:shapes`` and ``<layer>:labels``."""
    parts = [part for layer in layers for part in (*_shapes(layer), *_labels(layer))]
    return "\n".join([*_head(), *parts, "END", ""])


def shape_names(layer: Layer) -> list[str]:
    outlined = layer.geometry == Geometry.LINE and layer.symbology and layer.symbology.outline
    return [f"{layer.name}:casing", f"{layer.name}:shapes"] if outlined else [f"{layer.name}:shapes"]


def label_names(layer: Layer) -> list[str]:
    return [f"{layer.name}:labels"] if layer.symbology and layer.symbology.label else []


def font() -> Path:
    """The Chinese font of labels; MapServer finds it through the list beside it."""
    folder = Path(settings.DATA) / "fonts"
    found = next((file for file in sorted(folder.glob("*.[ot]t[fc]")) if "egular" in file.name), None)
    if found is None:
        raise FontMissing(
            Text(
                "数据文件夹中没有中文字体，请运行一次 ./start，由其提取。",
                "The data folder holds no Chinese font; run ./start once, it extracts one.",
            )
        )
    return found


def font_list() -> Path:
    return font().with_name("fonts.list")


def fonts() -> str:
    """What the list says: the name by which labels ask for the font, and its file."""
    return f"{FONT} {font().name}\n"


def _head() -> Iterator[str]:
    yield "MAP"
    yield 'NAME "geoportal"'
    yield "SIZE 256 256"
    yield "MAXSIZE 4096"
    yield "EXTENT -20037508.34 -20037508.34 20037508.34 20037508.34"
    yield f'PROJECTION "init=epsg:{WEB_SRID}" END'
    yield f'FONTSET "{font_list()}"'
    yield 'SYMBOL NAME "circle" TYPE ELLIPSE FILLED TRUE POINTS 1 1 END END'
    yield f"IMAGECOLOR {_rgb(BACKGROUND)}"
    yield 'OUTPUTFORMAT NAME "png" DRIVER "AGG/PNG" MIMETYPE "image/png" IMAGEMODE RGBA EXTENSION "png" '
    yield "TRANSPARENT ON END"
    yield 'WEB METADATA "wms_enable_request" "GetMap" "wms_srs" "EPSG:3857" "wms_title" "geoportal" '
    yield f'"wms_onlineresource" "http://localhost/" "labelcache_map_edge_buffer" "-{META_BUFFER}" END END'


def _shapes(layer: Layer) -> Iterator[str]:
    look = layer.symbology
    if look is None:
        return
    if layer.geometry == Geometry.LINE and look.outline:
        classes = [
            _class(zoom, _line(look.outline, _at(look.width, zoom) * factor + 1.6), expression)
            for zoom in _zooms(layer)
            for expression, _, factor in _cases(look, layer)
        ]
        yield _layer(layer, "casing", "LINE", classes)
    yield _layer(layer, "shapes", TYPES[layer.geometry], list(_classes(layer)))


def _classes(layer: Layer) -> Iterator[str]:
    look = layer.symbology
    if look is None:
        return
    for zoom in _zooms(layer):
        for expression, color, factor in _cases(look, layer):
            body = _style(layer, look, color, zoom, factor)
            if body:
                yield _class(zoom, body, expression)


def _style(layer: Layer, look: Symbology, color: str, zoom: int, factor: float) -> str:
    outline = f"OUTLINECOLOR {_rgb(look.outline)}" if look.outline else ""
    width = _at(look.width, zoom)
    if layer.geometry == Geometry.POINT:
        size = 2 * _at(look.radius, zoom)
        return f'STYLE SYMBOL "circle" SIZE {size:.1f} COLOR {_rgb(color)} {outline} WIDTH 1 END'
    if layer.geometry == Geometry.LINE:
        return _line(color, width * factor)
    dash = f"PATTERN {' '.join(str(part) for part in look.dash)} END" if look.dash else ""
    fill = f"STYLE COLOR {_rgb(color)} OPACITY {round(look.opacity * 100)} END" if look.opacity > 0 else ""
    line = f"STYLE {outline} WIDTH {width:.1f} {dash} END" if look.outline else ""
    return f"{fill} {line}".strip()


def _line(color: str, width: float) -> str:
    return f"STYLE COLOR {_rgb(color)} WIDTH {width:.1f} LINECAP ROUND LINEJOIN ROUND END"


def _labels(layer: Layer) -> Iterator[str]:
    label = layer.symbology.label if layer.symbology else None
    if label is None:
        return
    classes = [
        _class(zoom, _text(layer, label, zoom), _named(label, zoom))
        for zoom in _zooms(layer)
        if zoom >= label.min_zoom
    ]
    geometry = Geometry.POINT if layer.geometry == Geometry.POLYGON else layer.geometry
    yield _layer(layer, "labels", TYPES[geometry], classes, f'LABELITEM "{label.attribute}"')


def _named(label: Label, zoom: int) -> str:
    """Which features have a name at this zoom; empty for all."""
    without = ",".join(value for value, last in label.max_zooms if last < zoom)
    return f'EXPRESSION (NOT ("[{label.by}]" IN "{without}"))' if without else ""


def _text(layer: Layer, label: Label, zoom: int) -> str:
    placed = {
        Geometry.POINT: "POSITION LC OFFSET 0 5",
        Geometry.LINE: "ANGLE FOLLOW REPEATDISTANCE 320",
        Geometry.POLYGON: "POSITION CC",
    }[layer.geometry]
    return (
        f'LABEL TYPE TRUETYPE FONT "{FONT}" SIZE {_at(label.size, zoom) * 0.78:.1f} ENCODING "UTF-8" '
        f"COLOR {_rgb(label.color)} OUTLINECOLOR {_rgb(label.halo)} OUTLINEWIDTH 2 {placed} "
        "PARTIALS FALSE MINDISTANCE 60 BUFFER 3 END"
    )


def _layer(layer: Layer, part: str, kind: str, classes: list[str], extra: str = "") -> str:
    shape = "geom_3857"
    condition = ""
    if part == "labels" and layer.geometry == Geometry.POLYGON:
        # At the area's own label point, so that pictures beside each other do not name it twice.
        shape, condition = f"ST_PointOnSurface({shape}) AS geom_3857", f" WHERE {shape} && !BOX!"
    columns = ", ".join([*sorted({f'"{name}"' for name in _used(layer)} | {"id"}), shape])
    source = f"(SELECT {columns} FROM {relation(layer, PUBLIC_VIEWER)}{condition}) AS rows"
    source = source.replace('"', '\\"')
    return "\n".join(
        [
            "LAYER",
            f'NAME "{layer.name}:{part}"',
            f"TYPE {kind}",
            "STATUS ON",
            "CONNECTIONTYPE POSTGIS",
            f'CONNECTION "{_connection()}"',
            'PROCESSING "CLOSE_CONNECTION=DEFER"',
            f'DATA "geom_3857 FROM {source} USING UNIQUE id USING SRID={WEB_SRID}"',
            f'PROJECTION "init=epsg:{WEB_SRID}" END',
            extra,
            *classes,
            "END",
        ]
    )


def _used(layer: Layer) -> Iterator[str]:
    look = layer.symbology
    if look and isinstance(look.color, ByCategory | ByStep):
        yield look.color.attribute
    if look and look.label:
        yield look.label.attribute
        if look.label.max_zooms:
            yield look.label.by


def _class(zoom: int, body: str, expression: str = "") -> str:
    low, high = scale(zoom + 1), scale(zoom)
    lower = "" if zoom == ZOOMS[-1] else f"MINSCALEDENOM {low:.0f}"
    return f"CLASS {expression} {lower} MAXSCALEDENOM {high:.0f} {body} END"


def _cases(look: Symbology, layer: Layer) -> Iterator[tuple[str, str, float]]:
    """(EXPRESSION, colour, width factor); MapServer takes the first that matches."""
    color: Color = look.color
    if isinstance(color, ByCategory):
        factors = dict(look.width_factors)
        known = {str(category.value): category.color for category in color.categories}
        for value in {**known, **factors}:
            expression = f"EXPRESSION ('[{color.attribute}]' = '{value}')"
            yield expression, known.get(value, color.default), factors.get(value, 1.0)
        yield "", color.default, 1.0
    elif isinstance(color, ByStep):
        for threshold, code in reversed(color.steps):
            yield f"EXPRESSION ([{color.attribute}] >= {threshold})", code, 1.0
        yield "", color.default, 1.0
    else:
        yield "", color, 1.0


def _zooms(layer: Layer) -> list[int]:
    return [zoom for zoom in ZOOMS if zoom >= layer.min_zoom]


def _at(size: Size, zoom: int) -> float:
    """A size at a zoom, interpolated between its stops."""
    if not isinstance(size, tuple):
        return float(size)
    if zoom <= size[0][0]:
        return float(size[0][1])
    for (z0, s0), (z1, s1) in itertools.pairwise(size):
        if zoom <= z1:
            return s0 + (s1 - s0) * (zoom - z0) / (z1 - z0)
    return float(size[-1][1])


def _rgb(color: str) -> str:
    return " ".join(str(int(color[i : i + 2], 16)) for i in (1, 3, 5))


def _connection() -> str:
    """libpq's connection text under the public role; the map file that holds it is readable by its owner only."""
    known: dict[str, Any] = connection.settings_dict
    words = {
        "dbname": known["NAME"],
        "user": known["USER"],
        "password": known["PASSWORD"],
        "host": known["HOST"],
        "port": known["PORT"],
        "options": f"-c role={Audience.PUBLIC.role} -c max_parallel_workers_per_gather=0",
    }
    return " ".join(f"{key}='{_escaped(str(value))}'" for key, value in words.items() if value)


def _escaped(text: str) -> str:
    return text.replace("\\", "\\\\").replace("'", "\\'")
