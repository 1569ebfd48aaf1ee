"""Triggers that record every change to a layer's rows, however it is made.

A statement on a table leaves one :class:`tiles.models.Change` for each layer that shows the table, with the box
around the old and new rows. A deferred constraint trigger raises the layer's version when the transaction
commits: the row lock lasts only that long, and whoever reads a version sees every change it counts.
"""

from collections.abc import Iterator

from django.db import connection, models

from layers.registry.layer import Layer
from layers.registry.registration import all_layers

CHANNEL = "geoportal_changes"

RAISE_VERSION = f"""
CREATE OR REPLACE FUNCTION geoportal_raise_version() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    INSERT INTO tiles_layerstate (layer, version, changed) VALUES (NEW.layer, 1, clock_timestamp())
    ON CONFLICT (layer) DO UPDATE SET version = tiles_layerstate.version + 1, changed = clock_timestamp();
    PERFORM pg_notify('{CHANNEL}', NEW.layer);
    RETURN NULL;
END $$;
DROP TRIGGER IF EXISTS geoportal_raise_version ON tiles_change;
CREATE CONSTRAINT TRIGGER geoportal_raise_version AFTER INSERT ON tiles_change
    DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION geoportal_raise_version();
"""

EVENTS = {
    "insert": ("INSERT", "REFERENCING NEW TABLE AS new_rows", ("new_rows",)),
    "update": ("UPDATE", "REFERENCING OLD TABLE AS old_rows NEW TABLE AS new_rows", ("old_rows", "new_rows")),
    "delete": ("DELETE", "REFERENCING OLD TABLE AS old_rows", ("old_rows",)),
    "truncate": ("TRUNCATE", "", ()),
}


def publish_triggers() -> None:
    """Give every table that a layer shows its triggers; safe to repeat."""
    with connection.cursor() as cursor:
        cursor.execute(RAISE_VERSION)
        for model, layers in layers_by_model().items():
            for statement in _statements(model, layers):
                cursor.execute(statement)


def layers_by_model() -> dict[type[models.Model], list[Layer]]:
    found: dict[type[models.Model], list[Layer]] = {}
    for layer in all_layers():
        for model in layer.models():
            found.setdefault(model, []).append(layer)
    return found


def _statements(model: type[models.Model], layers: list[Layer]) -> Iterator[str]:
    table = model._meta.db_table
    for event, (verb, referencing, rows) in EVENTS.items():
        name = f"geoportal_{event}_{table}"[:63]
        inserts = "".join(_insert(model, layer, rows) for layer in layers)
        guard = " OR ".join(f"EXISTS (SELECT FROM {r})" for r in rows) or "true"
        yield f"""
            CREATE OR REPLACE FUNCTION {name}() RETURNS trigger LANGUAGE plpgsql AS $$
            BEGIN IF {guard} THEN {inserts} END IF; RETURN NULL; END $$"""
        yield f"DROP TRIGGER IF EXISTS geoportal_{event} ON {table}"
        yield f"""CREATE TRIGGER geoportal_{event} AFTER {verb} ON {table} {referencing}
            FOR EACH STATEMENT EXECUTE FUNCTION {name}()"""


def _insert(model: type[models.Model], layer: Layer, rows: tuple[str, ...]) -> str:
    """The statement that records a change of a layer, with the box if the table itself holds the geometry."""
    box = "NULL"
    if not layer.has_geometry:
        pass
    elif rows and model is layer.place_model:
        union = " UNION ALL ".join(f"SELECT geom_3857 FROM {r}" for r in rows)
        box = f"(SELECT ST_SetSRID(ST_Extent(geom_3857)::geometry, 3857) FROM ({union}) AS touched)"
    elif rows and model is layer.model:
        box = _box_through_place(layer, rows)
    return f"INSERT INTO tiles_change (layer, box, at) VALUES ('{layer.name}', {box}, clock_timestamp());"


def _box_through_place(layer: Layer, rows: tuple[str, ...]) -> str:
    """The box of rows whose geometry lies at the end of one foreign key; unknown for longer paths."""
    if "__" in layer.place_path or not layer.place_path:
        return "NULL"
    key = layer.model._meta.get_field(layer.place_path)
    place = layer.place_model._meta.db_table
    union = " UNION ALL ".join(f"SELECT {key.column} AS place FROM {r}" for r in rows)  # type: ignore[union-attr]
    return (
        f"(SELECT ST_SetSRID(ST_Extent(geom_3857)::geometry, 3857) FROM {place} "
        f"WHERE id IN (SELECT place FROM ({union}) AS touched))"
    )
