"""Triggers that record every change to a layer's rows, however it is made, in the changing transaction.

A statement on a table leaves :class:`tiles.models.Change` rows for each layer that shows the table: for each
audience that sees a difference one for each cell of the tile scheme in which it sees it, so that a bulk change
leaves few and a scattered one does not touch everything between.
"""

from collections.abc import Iterable, Iterator, Sequence

from django.db import connection, models

from layers.coordinates import WEB_HALF, WEB_SRID
from layers.registry.audience import Audience
from layers.registry.database.definitions import Definition
from layers.registry.database.sql_files import render
from layers.registry.declaration.layer import Layer
from layers.registry.registration import all_layers
from tiles.scheme import BUFFER, EXTENT

from .changed_rows import changed_rows_sql

CHANGES_CHANNEL = "geoportal_changes"
"""The channel on which a transaction that recorded changes says so when it commits."""

FINE, COARSE = (2 * WEB_HALF / 2**z for z in (16, 14))
"""Sides in metres of EPSG:3857 of the cells that changes are gathered in: up to MANY rows, and above."""
REACH = FINE * (BUFFER + 1) / EXTENT
"""How far a tile of such a cell reaches beyond its edges, and a little more; metres of EPSG:3857."""
MANY = 1000

WORLD = f"ST_MakeEnvelope({-WEB_HALF!r}, {-WEB_HALF!r}, {WEB_HALF!r}, {WEB_HALF!r}, {WEB_SRID})"

EVENTS = {
    "insert": ("INSERT", "REFERENCING NEW TABLE AS new_rows", ("new_rows",)),
    "update": ("UPDATE", "REFERENCING OLD TABLE AS old_rows NEW TABLE AS new_rows", ("old_rows", "new_rows")),
    "delete": ("DELETE", "REFERENCING OLD TABLE AS old_rows", ("old_rows",)),
    "truncate": ("TRUNCATE", "", ()),
}


def definitions(layers: Sequence[Layer]) -> Iterator[Definition]:
    """The triggers of every table that a layer shows."""
    for model, showing in layers_by_model(layers).items():
        table = model._meta.db_table
        yield from render(
            "tiles",
            "templates/change_record.sql",
            subject=table,
            table=table,
            events=[_event(*event, model, showing) for event in EVENTS.items()],
            fine=repr(FINE),
            coarse=repr(COARSE),
            many=MANY,
            channel=CHANGES_CHANNEL,
        )


def _event(
    name: str, how: tuple[str, str, tuple[str, ...]], model: type[models.Model], layers: list[Layer]
) -> dict[str, object]:
    verb, referencing, tables = how
    return {
        "name": name,
        "verb": verb,
        "referencing": referencing,
        "function": f"geoportal_{name}_{model._meta.db_table}",
        "rows": tables[-1] if tables else "",
        "anything": " OR ".join(f"EXISTS (SELECT FROM {t})" for t in tables) or "true",
        "records": [_record(layer, model, tables) for layer in layers],
    }


def layers_by_model(layers: Iterable[Layer]) -> dict[type[models.Model], list[Layer]]:
    found: dict[type[models.Model], list[Layer]] = {}
    for layer in layers:
        for model in layer.models():
            found.setdefault(model, []).append(layer)
    return found


def record_change_everywhere(layer_name: str) -> None:
    """A change that no row tells: the layer is now shown in another way."""
    with connection.cursor() as cursor:
        cursor.execute(_everywhere(layer_name))
        cursor.execute(f"NOTIFY {CHANGES_CHANNEL}")


def _record(layer: Layer, model: type[models.Model], tables: tuple[str, ...]) -> str:
    if not tables:
        return _everywhere(layer.name)
    changed = changed_rows_sql(layer, model, tables)
    return f"""
        INSERT INTO tiles_change (layer, audience, departments, box)
        SELECT '{layer.name}', audience, departments, ST_SetSRID(ST_Extent(geom)::geometry, {WEB_SRID})
        FROM ({_for_each_audience(layer, changed)}) AS seen (audience, departments, geom)
        GROUP BY audience, departments, floor(ST_XMin(geom) / side), floor(ST_YMin(geom) / side)"""


def _for_each_audience(layer: Layer, changed: str) -> str:
    """SQL for what is told to whom: the place that they see of a row that they see, and nothing of other rows."""
    exact = Audience.DEPARTMENT
    owners = f"CASE WHEN audience = {exact} THEN departments END"
    if not layer.protected:
        return f"SELECT audience, {owners}, exact FROM ({changed}) AS changed"
    return f"""
        WITH changed AS ({changed})
        SELECT audience, NULL::text[], open FROM changed WHERE audience < {exact}
        UNION ALL SELECT audience, departments, open FROM changed WHERE audience = {exact}
        UNION ALL
        SELECT audience, {owners}, exact FROM (
            SELECT GREATEST(audience, {exact}) AS audience, departments, exact FROM changed
            WHERE audience >= {exact} OR exact IS DISTINCT FROM open
        ) AS seen_exactly"""


def _everywhere(layer_name: str) -> str:
    placeless = any(layer.name == layer_name and not layer.has_geometry for layer in all_layers())
    box = "NULL" if placeless else WORLD  # a layer that is no longer known may have been anywhere
    return f"INSERT INTO tiles_change (layer, box) VALUES ('{layer_name}', {box})"
