"""Taking an import back, as long as nothing later touched its rows."""

from django.db import IntegrityError, connection, transaction
from django.utils.translation import gettext as _

from importers.elevation import elevation_import
from importers.errors import ImporterError
from importers.models import Import, PriorVersion, State
from importers.pipeline.staging_table import StagingTable
from layers.registry.layer import Layer


@transaction.atomic
def undo(imported: Import, layer: Layer) -> None:
    """Remove what was added and put back what was changed or removed; raises ImporterError if that would lose anything."""
    imported = Import.objects.select_for_update().get(pk=imported.pk)
    if imported.state != State.LOADED:
        raise ImporterError(_("Only an import that was loaded can be undone."))
    if layer.heights is not None:
        elevation_import.undo_elevation(imported)
        _mark_undone(imported)
        return
    if layer.imports is None:
        raise ImporterError(_("The layer {layer} takes no files.").format(layer=layer.name))
    table = f'"{layer.model._meta.db_table}"'
    columns = ", ".join(
        f'"{field.column}"' for field in StagingTable(layer.model, layer.imports, "").fields.values()
    )
    values: dict[str, str | int] = {
        "added": imported.added_rows,
        "xid": imported.transaction,
        "import": imported.pk,
    }
    changed = "SELECT row AS id FROM importers_priorversion WHERE imported_id = %(import)s"
    with connection.cursor() as cursor:
        cursor.execute(f"LOCK TABLE {table} IN SHARE ROW EXCLUSIVE MODE")
        cursor.execute(
            f"SELECT count(*) FILTER (WHERE t.xmin::text = %(xid)s) FROM unnest(%(added)s::int8multirange) AS r "
            f"JOIN {table} AS t ON t.id >= lower(r) AND t.id < upper(r)",
            values,
        )
        ours = cursor.fetchone()[0]
        cursor.execute(
            f"SELECT count(*) FILTER (WHERE t.xmin::text = %(xid)s), count(*) FILTER (WHERE t.id IS NULL) "
            f"FROM ({changed}) AS b LEFT JOIN {table} AS t USING (id)",
            values,
        )
        still, gone = cursor.fetchone()
        counts = imported.counts
        added, updated, removed = (counts.get(name, 0) for name in ("added", "updated", "removed"))
        lost = added - ours + updated - still + abs(removed - gone)
        if lost:
            raise ImporterError(
                _(
                    "{lost:,} of its rows were changed or removed after the import, so it cannot be undone."
                ).format(lost=lost)
            )
        try:
            cursor.execute(
                f"DELETE FROM {table} AS t USING unnest(%(added)s::int8multirange) AS r "
                "WHERE t.id >= lower(r) AND t.id < upper(r)",
                values,
            )
            cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        except IntegrityError as problem:
            raise ImporterError(
                _("Other records refer to rows of this import by now, so it cannot be undone.")
            ) from problem
        old = (
            f"(SELECT o.* FROM importers_priorversion AS b, jsonb_populate_record(NULL::{table}, b.content) AS o "
            "WHERE b.imported_id = %(import)s) AS o"
        )
        pairs = ", ".join(f"{column} = o.{column}" for column in columns.split(", "))
        cursor.execute(f"UPDATE {table} AS t SET {pairs} FROM {old} WHERE t.id = o.id", values)
        put_back = ", ".join(f"o.{column}" for column in columns.split(", "))
        cursor.execute(
            f"INSERT INTO {table} (id, {columns}) OVERRIDING SYSTEM VALUE SELECT o.id, {put_back} FROM {old} "
            f"WHERE NOT EXISTS (SELECT FROM {table} AS t WHERE t.id = o.id)",
            values,
        )
    PriorVersion.objects.filter(imported=imported).delete()
    _mark_undone(imported)


def _mark_undone(imported: Import) -> None:
    imported.state = State.UNDONE
    imported.save(update_fields=["state"])
