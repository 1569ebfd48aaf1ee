"""Vector tiles straight from PostGIS, one round trip for any number of layers.

Coordinates are snapped to the tile's integer grid by an affine transformation; only features that reach beyond
the buffered tile, and areas that the grid folds onto themselves, go through the exact (and slower) ST_AsMVTGeom.
The envelope is inlined as numbers because a bound one would not be folded to a constant by the planner.
"""

from collections.abc import Sequence

from django.db import connection

from layers.registry.access.audience_views import columns, same_for_all
from layers.registry.access.layer_query import relation, session_sql, withdrawal_check
from layers.registry.audience import Viewer
from layers.registry.declaration.layer import Attribute, Blocks, Geometry, Kind, Layer
from layers.registry.declaration.symbology import Label
from tiles.cache.tile_files import RenderedTile
from tiles.models import Block
from tiles.scheme import BUFFER, EXTENT, Tile

from .label_points import first_zoom, inside, label_columns, label_layer, quoted

MAX_BYTES = 500_000
"""Largest tile, uncompressed; a tile that exceeds it is thinned until it fits."""

COARSEST = 6


def render(layers: Sequence[Layer], tile: Tile, viewer: Viewer) -> RenderedTile:
    for thinning in range(COARSEST + 1):
        drawing = _fetch(session_sql(viewer) + tile_sql(layers, tile, viewer, thinning))
        if len(drawing.content) <= MAX_BYTES:
            break
    return drawing


def tile_sql(layers: Sequence[Layer], tile: Tile, viewer: Viewer, thinning: int = 0) -> str:
    """One SELECT of the snapshot it is made in and of the whole tile."""
    parts = [_layer_sql(layer, tile, viewer, thinning) for layer in layers if shown_at(layer, tile.z)]
    whole = " || ".join(f"COALESCE({part}, ''::bytea)" for part in parts) or "''::bytea"
    return f"SELECT {whole}, pg_current_snapshot()::text"


def shown_at(layer: Layer, z: int) -> bool:
    return layer.has_geometry and z >= max(0, layer.min_zoom - 1)


def tile_attributes(layer: Layer, viewer: Viewer) -> list[Attribute]:
    return [attribute for attribute in columns(layer, viewer.audience) if attribute.in_tiles]


def _fetch(sql: str) -> RenderedTile:
    with withdrawal_check(), connection.cursor() as cursor:
        try:
            cursor.execute(sql)
            content, seen = cursor.fetchone()
            return RenderedTile(bytes(content), seen)
        finally:
            if connection.in_atomic_block and not connection.needs_rollback:
                cursor.execute("RESET ROLE")


def _layer_sql(layer: Layer, tile: Tile, viewer: Viewer, thinning: int) -> str:
    plain = _features_sql(layer, tile, viewer, thinning)
    if layer.blocks and tile.z <= layer.blocks.max_zoom and same_for_all(layer):
        return f"COALESCE(NULLIF(({_blocks_sql(layer, layer.blocks, tile, viewer, thinning)}), ''::bytea), ({plain}))"
    label = layer.symbology.label if layer.symbology else None
    if label and layer.geometry == Geometry.POLYGON and tile.z >= first_zoom(layer, label):
        return f"(COALESCE(({plain}), ''::bytea) || COALESCE(({_labels_sql(layer, label, tile, viewer, thinning)}), ''::bytea))"
    return f"({plain})"


def _labels_sql(layer: Layer, label: Label, tile: Tile, viewer: Viewer, thinning: int) -> str:
    names = quoted(label_columns(tile_attributes(layer, viewer), label))
    conditions = [f"geom_3857 && {_envelope(tile.box)}", *_large_enough(layer, tile, thinning)]
    return (
        f"SELECT ST_AsMVT(rows, '{label_layer(layer)}', {EXTENT}, 'geom', 'id') FROM ("
        f"SELECT {names}, {_moved(tile, 'spot')} AS geom FROM ("
        f"SELECT {names}, ST_PointOnSurface(geom_3857) AS spot FROM {relation(layer, viewer)} "
        f"WHERE {' AND '.join(conditions)}) AS chosen WHERE {inside(tile, 'spot')}) AS rows"
    )


def _blocks_sql(layer: Layer, blocks: Blocks, tile: Tile, viewer: Viewer, thinning: int) -> str:
    """The blocks; none where they are not made yet, or nothing is."""
    quote = connection.ops.quote_name
    names = f"kind AS {quote(blocks.by)}" + (f", mean AS {quote(blocks.mean)}" if blocks.mean else "")
    pixel = tile.pixel * 2 ** (thinning / 2)
    return (
        f"SELECT ST_AsMVT(rows, '{layer.name}', {EXTENT}, 'geom') FROM ("
        f"SELECT {names}, {_geometry(tile, layer, 'geom')} AS geom FROM {Block.relation(viewer.audience)} "
        f"WHERE layer = '{layer.name}' AND geom && {_envelope(tile.buffered)} AND ST_Area(geom) >= {pixel**2!r}"
        ") AS rows WHERE geom IS NOT NULL"
    )


def _features_sql(layer: Layer, tile: Tile, viewer: Viewer, thinning: int) -> str:
    quote = connection.ops.quote_name
    names = [quote(name) for name in ("id", *(a.name for a in tile_attributes(layer, viewer)))]
    fields = ", ".join([quote("id"), *(_value(a, layer) for a in tile_attributes(layer, viewer))])
    envelope = _envelope(tile.buffered)
    conditions = [f"geom_3857 && {envelope}", *_large_enough(layer, tile, thinning)]
    source = f"SELECT {fields}, geom_3857 FROM {relation(layer, viewer)} WHERE {' AND '.join(conditions)}"
    spacing = _spacing(layer, tile, thinning)
    if spacing:
        source = (
            f"SELECT DISTINCT ON (ST_SnapToGrid(geom_3857, {spacing!r})) * FROM ({source}) AS all_rows "
            f"ORDER BY ST_SnapToGrid(geom_3857, {spacing!r}), id"
        )
    return (
        f"SELECT ST_AsMVT(rows, '{layer.name}', {EXTENT}, 'geom', 'id') FROM ("
        f"SELECT {', '.join(names)}, {_geometry(tile, layer)} AS geom FROM ({source}) AS chosen) AS rows "
        "WHERE geom IS NOT NULL"
    )


def _value(attribute: Attribute, layer: Layer) -> str:
    name = connection.ops.quote_name(attribute.name)
    if layer.kind(attribute) in {Kind.DATE, Kind.TIME}:
        return f"{name}::text AS {name}"
    if layer.kind(attribute) == Kind.NUMBER:
        return f"{name}::float8 AS {name}"
    return name


def _moved(tile: Tile, column: str) -> str:
    west, _, _, north = tile.box
    scale = EXTENT / tile.size
    return f"ST_SnapToGrid(ST_TransScale({column}, {-west!r}, {-north!r}, {scale!r}, {-scale!r}), 1)"


def _geometry(tile: Tile, layer: Layer, column: str = "geom_3857") -> str:
    moved = _moved(tile, column)
    if layer.geometry == Geometry.POINT:
        return moved
    exact = f"ST_AsMVTGeom({column}, {_envelope(tile.box)}, {EXTENT}, {BUFFER}, true)"
    kept = f"{column} @ {_envelope(tile.buffered)}"
    if layer.geometry == Geometry.POLYGON:
        kept += f" AND ST_IsValid({moved})"
    return f"CASE WHEN {kept} THEN {moved} ELSE {exact} END"


def _large_enough(layer: Layer, tile: Tile, thinning: int) -> list[str]:
    """Conditions that leave out what would be smaller than a pixel, more of it with more thinning."""
    if tile.z >= MAX_DETAIL and not thinning:
        return []
    pixel = tile.pixel * 2 ** (thinning / 2)
    if layer.geometry == Geometry.POLYGON:
        return [f"ST_Area(geom_3857) >= {pixel**2!r}"]
    if layer.geometry == Geometry.LINE:
        ranked = [f'"rank" <= {max(1, tile.z - 5 - thinning)}'] if layer.rank == "rank" else []
        return [f"ST_Length(geom_3857) >= {pixel!r}", *ranked]
    return []


MAX_DETAIL = 15
"""From this zoom on everything is drawn."""


def _spacing(layer: Layer, tile: Tile, thinning: int) -> float:
    """Side in metres of the cell that keeps one point; 0 keeps all."""
    if layer.geometry != Geometry.POINT or (tile.z >= 14 and not thinning):
        return 0.0
    return tile.pixel * (4 if tile.z < 14 else 1) * (1 << thinning)


def _envelope(box: tuple[float, float, float, float]) -> str:
    west, south, east, north = box
    return f"ST_MakeEnvelope({west!r}, {south!r}, {east!r}, {north!r}, 3857)"
