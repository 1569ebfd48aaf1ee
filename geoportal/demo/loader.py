"""From rows to tables: one COPY a table, in one transaction."""

import csv
import io
from collections.abc import Callable
from typing import Any

import numpy as np
import shapely
from django.contrib.gis.db.models import MultiLineStringField, MultiPolygonField
from django.db import connection, models, transaction
from django.utils import timezone

from layers.casework.log.log_triggers import VERB_SETTING
from layers.coordinates import STORE_SRID
from layers.terrain.models import Terrain

from .district import GENERATED, SEED, TABLES, District, Row, build
from .geography import projection, terrain

NULL = "\\N"


class NotEmpty(Exception):
    """The tables hold rows that are not the demo district's."""


def is_loaded() -> bool:
    from layers.base.models import Building

    return Building.objects.filter(source=GENERATED).exists()


def load(seed: int = SEED, report: Callable[[str, int], None] = lambda name, count: None) -> District:
    """Build and load everything, or nothing at all; ``report`` is told each table and its number of rows."""
    _refuse_rows()
    district = build(seed, timezone.now())
    with transaction.atomic(), connection.cursor() as cursor:
        for model, rows in district.tables.items():
            _copy(cursor, model, rows)
            report(str(model._meta.verbose_name_plural), len(rows))
        _follow_procedures(cursor)
        if district.ground and not Terrain.objects.exists():
            terrain.load(*district.ground, GENERATED)
            report(str(Terrain._meta.verbose_name_plural), 1)
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE")
    return district


def _refuse_rows() -> None:
    for model in TABLES:
        if model is not Terrain and model._default_manager.exists():
            raise NotEmpty(
                f"{model._meta.verbose_name_plural} holds rows already; the demo district needs empty tables. "
                "Use a data folder of its own, start with --no-demo, or give --force to remove what is there."
            )


@transaction.atomic
def clear() -> None:
    """Remove every row of the tables that the demo district fills."""
    from layers.casework.models import Event

    if Event.objects.exists():
        raise NotEmpty("Cases hold a log, which nothing removes; use a data folder of its own.")
    for model in reversed(TABLES):
        model._default_manager.all().delete()


def _follow_procedures(cursor: Any) -> None:
    """Give each case the version in force of the procedure by which it was walked."""
    cursor.execute(f"SET LOCAL {VERB_SETTING} = 'demo'")
    cursor.execute(
        "UPDATE casework_case AS c SET version_id = v.id FROM casework_procedureversion AS v, agencies_department AS d "
        "WHERE d.id = c.department_id AND v.is_current AND v.code = CASE c.procedure "
        "WHEN 'ordinary' THEN 'ordinary-' || lower(d.code) ELSE c.procedure END"
    )


def _copy(cursor: Any, model: type[models.Model], rows: list[Row]) -> None:
    names = list(rows[0])
    shapes = _wkb(model, [row["geom"] for row in rows]) if "geom" in names else None
    text = io.StringIO()
    writer = csv.writer(text, quoting=csv.QUOTE_MINIMAL)
    for number, row in enumerate(rows):
        writer.writerow([shapes[number] if name == "geom" and shapes else _text(row[name]) for name in names])
    text.seek(0)
    table, columns = model._meta.db_table, ", ".join(f'"{name}"' for name in names)
    cursor.copy_expert(f"COPY {table} ({columns}) FROM STDIN WITH (FORMAT csv, NULL '{NULL}')", text)
    if "id" in names:
        cursor.execute(f"SELECT setval(pg_get_serial_sequence('{table}', 'id'), {len(rows)})")


def _text(value: object) -> str:
    return NULL if value is None else str(value)


def _wkb(model: type[models.Model], shapes: list[shapely.Geometry | None]) -> list[str]:
    """EWKB as hexadecimal text in the store's system, of the type that the column wants."""
    field = model._meta.get_field("geom")
    known = [index for index, shape in enumerate(shapes) if shape is not None]
    moved = projection.degrees_of([shapes[index] for index in known])
    if isinstance(field, MultiPolygonField):
        moved = [shapely.MultiPolygon(_polygons(shape)) for shape in moved]
    elif isinstance(field, MultiLineStringField):
        moved = [shapely.MultiLineString([shape]) for shape in moved]
    marked = shapely.set_srid(np.array(moved, dtype=object), STORE_SRID)
    found = [NULL] * len(shapes)
    for index, code in zip(known, shapely.to_wkb(marked, hex=True, include_srid=True), strict=True):
        found[index] = str(code)
    return found


def _polygons(shape: shapely.Geometry) -> list[shapely.Polygon]:
    return [part for part in shapely.get_parts(shapely.make_valid(shape)) if part.geom_type == "Polygon"]
