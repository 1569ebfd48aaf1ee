"""Triggers that record every change to a layer's rows, however it is made, in the changing transaction.

A statement on a table leaves :class:`tiles.models.Change` rows for each layer that shows the table: one for
each cell of the tile scheme in which rows changed, so that a bulk change leaves few and a scattered one does
not touch everything between.
"""

from collections.abc import Iterator

from django.db import connection, models

from layers.coordinates import WEB_HALF, WEB_SRID
from layers.registry.layer import Layer
from layers.registry.registration import all_layers

from .extents import changed_rows_sql

CHANGES_CHANNEL = "geoportal_changes"
"""The channel on which a transaction that recorded changes says so when it commits."""

FINE, COARSE = (2 * WEB_HALF / 2**z for z in (16, 14))
"""Sides in metres of EPSG:3857 of the cells that changes are gathered in: up to MANY rows, and above."""
MANY = 1000

WORLD = f"ST_MakeEnvelope({-WEB_HALF!r}, {-WEB_HALF!r}, {WEB_HALF!r}, {WEB_HALF!r}, {WEB_SRID})"

EVENTS = {
    "insert": ("INSERT", "REFERENCING NEW TABLE AS new_rows", ("new_rows",)),
    "update": ("UPDATE", "REFERENCING OLD TABLE AS old_rows NEW TABLE AS new_rows", ("old_rows", "new_rows")),
    "delete": ("DELETE", "REFERENCING OLD TABLE AS old_rows", ("old_rows",)),
    "truncate": ("TRUNCATE", "", ()),
}


def publish_triggers() -> None:
    """Give every table that a layer shows its triggers; safe to repeat."""
    with connection.cursor() as cursor:
        for model, layers in layers_by_model().items():
            for statement in _statements(model, layers):
                cursor.execute(statement)


def publish_triggers_of(layer: Layer) -> None:
    """As :func:`publish_triggers`, for a layer that alone shows its table."""
    with connection.cursor() as cursor:
        for statement in _statements(layer.model, [layer]):
            cursor.execute(statement)


def layers_by_model() -> dict[type[models.Model], list[Layer]]:
    found: dict[type[models.Model], list[Layer]] = {}
    for layer in all_layers():
        for model in layer.models():
            found.setdefault(model, []).append(layer)
    return found


def record_change_everywhere(layer_name: str) -> None:
    """A change that no row tells: the layer is now shown in another way."""
    with connection.cursor() as cursor:
        cursor.execute(_everywhere(layer_name))
        cursor.execute(f"NOTIFY {CHANGES_CHANNEL}")


def _statements(model: type[models.Model], layers: list[Layer]) -> Iterator[str]:
    table = model._meta.db_table
    for event, (verb, referencing, tables) in EVENTS.items():
        name = f"geoportal_{event}_{table}"[:63]
        records = "".join(_record(layer, model, tables) for layer in layers)
        anything = " OR ".join(f"EXISTS (SELECT FROM {t})" for t in tables) or "true"
        counted = f"SELECT count(*) INTO n FROM {tables[-1]};" if tables else ""
        yield f"""
            CREATE OR REPLACE FUNCTION {name}() RETURNS trigger LANGUAGE plpgsql AS $$
            DECLARE n bigint := 0; side float8 := {FINE!r};
            BEGIN
                IF {anything} THEN
                    {counted}
                    IF n > {MANY} THEN side := {COARSE!r}; END IF;
                    {records}
                    NOTIFY {CHANGES_CHANNEL};
                END IF;
                RETURN NULL;
            END $$"""
        yield f"DROP TRIGGER IF EXISTS geoportal_{event} ON {table}"
        yield f"""CREATE TRIGGER geoportal_{event} AFTER {verb} ON {table} {referencing}
            FOR EACH STATEMENT EXECUTE FUNCTION {name}()"""


def _record(layer: Layer, model: type[models.Model], tables: tuple[str, ...]) -> str:
    if not tables:
        return _everywhere(layer.name) + ";"
    return f"""
        INSERT INTO tiles_change (layer, audience, box, open_box)
        SELECT '{layer.name}', min(audience), {_extent("exact")}, {_extent("open")}
        FROM ({changed_rows_sql(layer, model, tables)}) AS changed
        GROUP BY floor(ST_XMin(exact) / side), floor(ST_YMin(exact) / side)
        HAVING min(audience) IS NOT NULL;"""


def _extent(column: str) -> str:
    return f"ST_SetSRID(ST_Extent({column})::geometry, {WEB_SRID})"


def _everywhere(layer_name: str) -> str:
    placeless = any(layer.name == layer_name and not layer.has_geometry for layer in all_layers())
    box = "NULL" if placeless else WORLD  # a layer that is no longer known may have been anywhere
    return f"INSERT INTO tiles_change (layer, box, open_box) VALUES ('{layer_name}', {box}, {box})"
