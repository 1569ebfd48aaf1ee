"""Symbology as MapLibre styles, legends and the plain JSON that the 2D map paints from.

The registry counts zooms of 256-pixel tiles; MapLibre's are one less.
"""

from collections.abc import Iterator, Sequence
from dataclasses import asdict
from typing import Any

from django.utils.translation import get_language

from layers.registry.declaration.layer import Geometry, Layer
from layers.registry.declaration.symbology import ByCategory, ByStep, Color, Label, Size, Symbology, colors
from tiles.scheme import MAX_ZOOM

from .label_points import label_layer

CITY = "city"
DEEPEST = 30  # beyond every zoom of a map
BACKGROUND = "#f3f1ec"
SHAPES = {Geometry.POINT: "circle", Geometry.LINE: "line", Geometry.POLYGON: "fill"}

Json = dict[str, Any]


def style(name: str, layers: Sequence[Layer], root: str) -> Json:
    """A whole MapLibre style; ``root`` is the portal's absolute address with a closing slash.

    Sources are one per layer. Without ``glyphs`` MapLibre draws every text with fonts of the machine.
    """
    ordered = _in_drawing_order(layers)
    flat = [layer for layer in ordered if not _stands(layer)]
    ground = [layer for layer in flat if layer.geometry != Geometry.POINT]
    return {
        "version": 8,
        "name": name,
        "sources": {layer.name: _source(layer, root) for layer in layers},
        "layers": [
            {"id": "background", "type": "background", "paint": {"background-color": BACKGROUND}},
            *(part for layer in ground for part in shapes(layer)),
            *(part for layer in ordered if _stands(layer) and name != CITY for part in flat_shapes(layer)),
            # Houses hide the names of the streets behind them.
            *(part for layer in ground if layer.geometry == Geometry.LINE for part in labels(layer)),
            *(part for layer in ordered if layer not in ground for part in shapes(layer)),
            *(part for layer in ordered if layer.geometry != Geometry.LINE for part in labels(layer)),
        ],
    }


def symbology_json(layer: Layer) -> Json | None:
    """The symbology as JSON, categories with their labels."""
    if layer.symbology is None:
        return None
    described = asdict(layer.symbology)
    if layer.symbology.label:
        described["label"]["layer"] = label_layer(layer)
    color = layer.symbology.color
    if isinstance(color, ByCategory):
        labels_of = layer.choices(layer.attribute(color.attribute))
        described["color"] = {
            "attribute": color.attribute,
            "categories": [
                {"value": c.value, "color": c.color, "label": str(labels_of.get(c.value, c.value))}
                for c in color.categories
            ],
            "default": color.default,
        }
    return described


def legend(layer: Layer) -> list[dict[str, str]]:
    """Label, colour and shape of each class; classes of one colour share an entry."""
    if layer.symbology is None:
        return []
    color = layer.symbology.color
    shape = SHAPES[layer.geometry]
    if not isinstance(color, ByCategory):
        pairs = [(str(layer.title) if value is None else f"≥ {value}", code) for value, code in colors(color)]
        return [{"label": label, "color": code, "shape": shape} for label, code in pairs]
    names = layer.choices(layer.attribute(color.attribute))
    merged: dict[str, list[str]] = {}
    for category in color.categories:
        merged.setdefault(category.color, []).append(str(names.get(category.value, category.value)))
    return [{"label": "、".join(texts), "color": code, "shape": shape} for code, texts in merged.items()]


def shapes(layer: Layer) -> Iterator[Json]:
    """The MapLibre layers of a layer without its text."""
    look_of = layer.symbology
    if look_of is None:
        return
    if layer.geometry == Geometry.POINT:
        yield _layer(layer, "point", "circle", _circle(look_of))
    elif layer.geometry == Geometry.LINE:
        if look_of.outline:
            wider = {"line-color": look_of.outline, "line-width": _width(look_of, 1.5)}
            yield _line(layer, "casing", wider)
        yield _line(layer, "line", _stroke(look_of, _color(look_of.color)))
    else:
        yield from _polygon(layer, look_of)


def flat_shapes(layer: Layer) -> Iterator[Json]:
    """What stands, as it lies on the ground: for programs that raise nothing, such as QGIS."""
    if look_of := layer.symbology:
        paint = {"fill-color": _color(look_of.color), "fill-opacity": look_of.opacity}
        yield _layer(layer, "fill", "fill", paint)


def labels(layer: Layer) -> Iterator[Json]:
    label = layer.symbology.label if layer.symbology else None
    if label is None:
        return
    layout: Json = {
        "text-field": _text(layer, label),
        "text-size": _size(label.size),
        "text-padding": 4,
        "text-max-width": 9,
    }
    if layer.geometry == Geometry.POINT:
        layout |= {"text-anchor": "top", "text-offset": [0, 0.7], "text-optional": True}
    if layer.geometry == Geometry.LINE:
        layout |= {"symbol-placement": "line", "symbol-spacing": 320, "text-pitch-alignment": "viewport"}
    paint = {"text-color": label.color, "text-halo-color": label.halo, "text-halo-width": 1.4}
    part = _layer(layer, "label", "symbol", paint, layout)
    part["source-layer"] = label_layer(layer)
    part["minzoom"] = max(0, max(label.min_zoom, layer.min_zoom) - 1)
    if label.max_zooms:
        limits = [item for pair in label.max_zooms for item in pair]
        part["filter"] = ["<", ["zoom"], ["match", ["get", label.by], *limits, DEEPEST]]
    yield part


def _polygon(layer: Layer, look_of: Symbology) -> Iterator[Json]:
    color = _color(look_of.color)
    if look_of.extrusion:
        part = _layer(
            layer,
            "extrusion",
            "fill-extrusion",
            {
                "fill-extrusion-color": color,
                "fill-extrusion-height": [
                    "coalesce",
                    ["get", look_of.extrusion.attribute],
                    look_of.extrusion.default,
                ],
                "fill-extrusion-opacity": 0.92,
                "fill-extrusion-vertical-gradient": True,
            },
        )
        part["minzoom"] = max(layer.min_zoom, look_of.extrusion.min_zoom) - 1
        yield part
        return
    if look_of.opacity > 0:
        yield _layer(layer, "fill", "fill", {"fill-color": color, "fill-opacity": look_of.opacity})
    if look_of.outline:
        yield _line(layer, "outline", _stroke(look_of, look_of.outline) | {"line-opacity": 0.9})


def _in_drawing_order(layers: Sequence[Layer]) -> list[Layer]:
    """Areas below lines below points; within these as declared, buildings above roads."""
    ranks = {Geometry.POLYGON: 0, Geometry.LINE: 1, Geometry.POINT: 3}
    return sorted(layers, key=lambda layer: 2 if _stands(layer) else ranks[layer.geometry])


def _stands(layer: Layer) -> bool:
    return bool(layer.symbology and layer.symbology.extrusion)


def _source(layer: Layer, root: str) -> Json:
    return {
        "type": "vector",
        "tiles": [f"{root}tiles/{layer.name}/{{z}}/{{x}}/{{y}}.pbf"],
        "minzoom": max(0, layer.min_zoom - 1),
        "maxzoom": MAX_ZOOM,
    }


def _layer(layer: Layer, part: str, kind: str, paint: Json, layout: Json | None = None) -> Json:
    return {
        "id": f"{layer.name}:{part}",
        "type": kind,
        "source": layer.name,
        "source-layer": layer.name,
        "minzoom": max(0, layer.min_zoom - 1),
        "paint": paint,
        "layout": layout or {},
        "metadata": {"layer": layer.name},
    }


def _line(layer: Layer, part: str, paint: Json) -> Json:
    return _layer(layer, part, "line", paint, {"line-join": "round", "line-cap": "round"})


def _stroke(look_of: Symbology, color: Any) -> Json:
    paint: Json = {"line-color": color, "line-width": _width(look_of)}
    if look_of.dash:
        paint["line-dasharray"] = list(look_of.dash)
    return paint


def _circle(look_of: Symbology) -> Json:
    paint: Json = {
        "circle-color": _color(look_of.color),
        "circle-radius": _size(look_of.radius),
        "circle-opacity": look_of.opacity,
    }
    if look_of.outline:
        paint |= {"circle-stroke-color": look_of.outline, "circle-stroke-width": look_of.width}
    return paint


def _color(color: Color) -> Any:
    if isinstance(color, ByCategory):
        pairs = [item for c in color.categories for item in (c.value, c.color)]
        return ["match", ["get", color.attribute], *pairs, color.default]
    if isinstance(color, ByStep):
        steps = [item for step in color.steps for item in step]
        return ["step", ["coalesce", ["get", color.attribute], 0], color.default, *steps]
    return color


def _size(size: Size) -> Any:
    if not isinstance(size, tuple):
        return size
    stops: list[float] = [item for zoom, pixels in size for item in (zoom - 1, pixels)]
    return ["interpolate", ["linear"], ["zoom"], *stops]


def _width(look_of: Symbology, extra: float = 0.0) -> Any:
    """Width by zoom, scaled by category where the declaration says so, plus what a casing adds."""
    size = look_of.width if isinstance(look_of.width, tuple) else ((10, look_of.width), (18, look_of.width))
    if not (look_of.width_factors and isinstance(look_of.color, ByCategory)):
        return _size(tuple((zoom, pixels + extra) for zoom, pixels in size))
    stops: list[Any] = []
    for zoom, pixels in size:  # reckoned here: QGIS takes no sum or product for a width
        widths = [
            item
            for value, factor in look_of.width_factors
            for item in (value, round(pixels * factor + extra, 3))
        ]
        stops += [zoom - 1, ["match", ["get", look_of.color.attribute], *widths, pixels + extra]]
    return ["interpolate", ["linear"], ["zoom"], *stops]


def _text(layer: Layer, label: Label) -> Any:
    names = {attribute.name for attribute in layer.attributes if attribute.in_tiles}
    english = f"{label.attribute}_en"
    chinese = (get_language() or "").startswith("zh")
    if chinese or english not in names:
        return ["get", label.attribute]  # nothing where there is none; QGIS reads no more than this
    told = layer.attribute(english)
    if "__" not in told.path and not layer.model_field(told).null:  # QGIS reads no other choice than this one
        return ["match", ["get", english], "", ["get", label.attribute], ["get", english]]
    has_english = ["!=", ["coalesce", ["get", english], ""], ""]
    return ["case", has_english, ["get", english], ["coalesce", ["get", label.attribute], ""]]
