"""Blocks: areas of a public layer that lie near each other, drawn as one at low zooms."""

from collections.abc import Iterable, Iterator, Sequence

from django.db import connection

from layers.coordinates import WEB_HALF
from layers.registry.access.audience_views import same_for_all, view
from layers.registry.access.layer_query import relation
from layers.registry.audience import PUBLIC_VIEWER, Audience
from layers.registry.database.definitions import Definition
from layers.registry.declaration.layer import Blocks, Layer
from layers.registry.registration import all_layers, public_layers
from tiles.models import Block
from tiles.scheme import MAX_ZOOM, Box, tiles_touching

CELL_ZOOM = 16
"""Blocks are made for each tile of this zoom; an area belongs to the one with its centre."""

MOST_CELLS = 100_000
"""Of a change that touches more it is better to look at all cells there are."""

BLOCKS_SUFFIX = "~blocks"
"""Ends the names under which changes of a layer's blocks are recorded."""

Cell = tuple[int, int]
"""Column and row."""


def block_layers() -> list[Layer]:
    return [layer for layer in public_layers() if layer.blocks and same_for_all(layer)]


def block_zooms(layer_name: str) -> range:
    """The tile zooms at which a layer is drawn as blocks."""
    found = next((layer.blocks for layer in all_layers() if layer.name == layer_name), None)
    return range(found.max_zoom + 1) if found else range(MAX_ZOOM + 1)


def change_names(layers: Sequence[Layer]) -> list[str]:
    """The names under which changes are recorded that these layers' tiles show."""
    return [name for layer in layers for name in (layer.name, f"{layer.name}{BLOCKS_SUFFIX}")]


def definitions(layers: Sequence[Layer]) -> Iterator[Definition]:
    """They show what is public anyway; every audience reads them."""
    columns = 'layer, "column", "row", kind, mean, geom'
    for audience in Audience:
        yield view(audience, Block.relation(audience), f"SELECT {columns} FROM {Block._meta.db_table}")


def cells_touching(boxes: Iterable[Box]) -> set[Cell] | None:
    """The cells that boxes touch; None for more than MOST_CELLS of one box."""
    found: set[Cell] = set()
    for box in boxes:
        columns, rows = tiles_touching(box, CELL_ZOOM)
        if len(columns) * len(rows) > MOST_CELLS:
            return None
        found |= {(column, row) for column in columns for row in rows}
    return found


def all_cells(layer: Layer) -> set[Cell]:
    """The cells in which the layer has areas or blocks."""
    with connection.cursor() as cursor:
        cursor.execute(
            f"SELECT DISTINCT {_CELL} FROM {relation(layer, PUBLIC_VIEWER)} "
            'UNION SELECT "column", "row" FROM tiles_block WHERE layer = %s',
            [layer.name],
        )
        return set(cursor.fetchall())


def rebuild(layer: Layer, cells: Sequence[Cell]) -> list[Box]:
    """Make the blocks of these cells anew; returns boxes around each cell with what it showed and shows."""
    if layer.blocks is None:
        return []
    listed = ", ".join(f"({column}, {row})" for column, row in cells)
    with connection.cursor() as cursor:
        cursor.execute(
            f"""
            WITH gone AS (
                DELETE FROM tiles_block WHERE layer = %s AND ("column", "row") IN ({listed})
                RETURNING "column" AS c, "row" AS r, geom
            ), made AS ({_blocks_sql(layer, layer.blocks, listed)} RETURNING "column" AS c, "row" AS r, geom)
            SELECT ST_XMin(box), ST_YMin(box), ST_XMax(box), ST_YMax(box) FROM (
                SELECT ST_Extent(geom) AS box FROM (
                    SELECT * FROM gone UNION ALL SELECT * FROM made
                    UNION ALL SELECT c, r, {TILE} FROM (VALUES {listed}) AS cells (c, r)
                ) AS shown GROUP BY c, r
            ) AS boxes""",
            [layer.name, layer.name],
        )
        return [(west, south, east, north) for west, south, east, north in cursor.fetchall()]


def _blocks_sql(layer: Layer, blocks: Blocks, listed: str) -> str:
    """Closing (outwards and back) bridges gaps; what is then finer than a pixel of the deepest zoom goes.

    Each area goes outwards by itself and all are united: the buffer of many that overlap costs the cube of their number.
    """
    quote = connection.ops.quote_name
    mean = (
        f"sum({quote(blocks.mean)} * ST_Area(geom_3857)) / NULLIF(sum(ST_Area(geom_3857)) FILTER (WHERE {quote(blocks.mean)} IS NOT NULL), 0)"
        if blocks.mean
        else "NULL"
    )
    half, shape = blocks.gap / 2, "'quad_segs=1 join=mitre mitre_limit=2'"
    return f"""
        INSERT INTO tiles_block (layer, "column", "row", kind, mean, geom)
        SELECT %s, c, r, kind, mean, ST_Multi(ST_ForcePolygonCW((part).geom)) FROM (
            SELECT c, r, kind, mean, ST_Dump(ST_CollectionExtract(ST_MakeValid(ST_Simplify(
                ST_Buffer(together, -{half}, {shape}), {blocks.gap / 4})), 3)) AS part
            FROM (
                SELECT c, r, {quote(blocks.by)}::text AS kind, {mean} AS mean,
                    ST_Union(ST_Buffer(geom_3857, {half}, {shape})) AS together
                FROM {relation(layer, PUBLIC_VIEWER)}
                JOIN (VALUES {listed}) AS cells (c, r) ON geom_3857 && {TILE} AND ({_CELL}) = (c, r)
                GROUP BY 1, 2, 3
            ) AS kinds
        ) AS parts WHERE ST_Area((part).geom) > {blocks.gap**2 / 2}"""


TILE = f"ST_TileEnvelope({CELL_ZOOM}, c, r)"
"""SQL for the square of cell (c, r)."""
_SIZE = f"({2 * WEB_HALF!r} / {2**CELL_ZOOM})"
_CELL = (
    f"floor((ST_X(ST_Centroid(geom_3857)) + {WEB_HALF!r}) / {_SIZE})::int, "
    f"floor(({WEB_HALF!r} - ST_Y(ST_Centroid(geom_3857))) / {_SIZE})::int"
)
