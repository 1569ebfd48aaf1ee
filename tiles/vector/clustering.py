"""Rows in the order of the Hilbert curve, so that a tile's features lie together on the disk.

Ordering a table keeps readers and writers out of it for as long as it takes to copy it: seconds for a district.
"""

from collections.abc import Iterator

from django.db import OperationalError, connection, models, transaction

from layers.registry.registration import all_layers
from tiles.models import TableClustering

MIN_ROWS = 5_000
DISORDER = 0.2  # of the rows written since the last time
LOCK_TIMEOUT = "2s"  # for the moment in which nobody uses the table


def unclustered_models() -> Iterator[type[models.Model]]:
    """Models whose tables are worth ordering."""
    known = dict(TableClustering.objects.values_list("table", "written"))
    for model in dict.fromkeys(layer.place_model for layer in all_layers() if layer.has_geometry):
        rows, written = _statistics(model._meta.db_table)
        if rows >= MIN_ROWS and abs(written - known.get(model._meta.db_table, 0)) > DISORDER * rows:
            yield model


def cluster(model: type[models.Model]) -> bool:
    """Put a table in order; False if it is in use."""
    table = model._meta.db_table
    try:
        with transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(f"SET LOCAL lock_timeout = '{LOCK_TIMEOUT}'")
            cursor.execute(f"LOCK TABLE {table} IN ACCESS EXCLUSIVE MODE")
            cursor.execute(f"CREATE INDEX geoportal_order ON {table} (ST_Centroid(ST_Envelope(geom_3857)))")
            cursor.execute(f"CLUSTER {table} USING geoportal_order")
            cursor.execute("DROP INDEX geoportal_order")
            cursor.execute(f"ANALYZE {table}")
            written = _statistics(table)[1]
            TableClustering.objects.update_or_create(table=table, defaults={"written": written})
    except OperationalError:
        return False
    return True


def _statistics(table: str) -> tuple[int, int]:
    """Rows there are, and rows written since the statistics began."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT n_live_tup, n_tup_ins + n_tup_upd FROM pg_stat_user_tables WHERE relid = %s::regclass",
            [table],
        )
        rows, written = cursor.fetchone()
        return rows, written
