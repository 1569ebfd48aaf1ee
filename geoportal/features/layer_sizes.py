"""How much of each layer there is for a viewer, remembered until the layer changes."""

from collections.abc import Sequence
from dataclasses import dataclass

from django.db import connection

from layers.registry.access.layer_query import relation, viewer_cursor
from layers.registry.audience import Viewer
from layers.registry.declaration.layer import Layer
from tiles.layer_state import State, states

Extent = tuple[float, float, float, float]
MOST_REMEMBERED = 500


@dataclass(frozen=True)
class Size:
    """Number of rows, extent in degrees (west, south, east, north), and where the rows come from."""

    count: int
    extent: Extent | None
    generated: bool
    sources: tuple[str, ...]


_remembered: dict[tuple[object, ...], Size] = {}


def sizes(layers: Sequence[Layer], viewer: Viewer, known: dict[str, State] | None = None) -> dict[str, Size]:
    """By name; ``known`` are the layers' states if the caller has them already."""
    # Inside a transaction there may be changes that no version counts yet.
    if connection.in_atomic_block:
        return _measured(layers, viewer)
    # Versions are read before the rows: a size may be newer than its version says but never older.
    versions = known or states(layers, viewer)
    keys = {layer.name: _key(layer, versions[layer.name].version, viewer) for layer in layers}
    found = {name: size for name, key in keys.items() if (size := _remembered.get(key))}
    measured = _measured([layer for layer in layers if layer.name not in found], viewer)
    if len(_remembered) + len(measured) > MOST_REMEMBERED:
        _remembered.clear()
    _remembered.update({keys[name]: size for name, size in measured.items()})
    return found | measured


def _key(layer: Layer, version: int, viewer: Viewer) -> tuple[object, ...]:
    # A layer that is declared anew under its name is another object.
    return connection.settings_dict["NAME"], layer.name, id(layer), version, viewer.key


def _measured(layers: Sequence[Layer], viewer: Viewer) -> dict[str, Size]:
    """In one round trip."""
    if not layers:
        return {}
    parts = []
    for number, layer in enumerate(layers):
        box = "ST_Extent(geom)" if layer.has_geometry else "NULL::box2d"
        parts.append(
            f"SELECT {number} AS n, count(*) AS c, {box} AS b, bool_or(is_generated) AS g, "
            f"array_agg(DISTINCT source) FILTER (WHERE source <> '') AS s FROM {relation(layer, viewer)}"
        )
    with viewer_cursor(viewer) as cursor:
        cursor.execute(
            "SELECT n, c, ST_XMin(b), ST_YMin(b), ST_XMax(b), ST_YMax(b), g, s "
            f"FROM ({' UNION ALL '.join(parts)}) AS sizes"
        )
        return {
            layers[n].name: Size(
                count,
                None if west is None else (west, south, east, north),
                bool(generated),
                tuple(sources or ()),
            )
            for n, count, west, south, east, north, generated, sources in cursor.fetchall()
        }
