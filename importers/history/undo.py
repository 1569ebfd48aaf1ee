"""Taking an import back, as long as nothing later touched its rows."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from django.db import DataError, IntegrityError, connection, transaction
from django.db.models import Q

from importers.errors import ImporterError
from importers.models import Import, PriorVersion, RowOrigin, State
from importers.schema.field_conversion import stored_fields
from layers.registry.declaration.layer import Layer
from layers.registry.declaration.mapping import ImportMapping
from layers.sentences.sentence import gettext as _


@contextmanager
def undo_record(imported: Import) -> Iterator[Import]:
    """The record, locked, of an import that is undone at the end of the block, all of it or nothing."""
    with transaction.atomic():
        locked = Import.objects.select_for_update().get(pk=imported.pk)
        if locked.state != State.LOADED:
            raise ImporterError(_("Only an import that was loaded can be undone."))
        yield locked
        locked.state = State.UNDONE
        locked.save(update_fields=["state"])


def undo_rows(imported: Import, layer: Layer) -> None:
    """Remove what was added and put back what was changed or removed; raises ImporterError if that would lose
    anything."""
    if layer.imports is None:
        raise ImporterError(_("The layer {layer} takes no files.").format(layer=layer.name))
    with connection.cursor() as cursor:
        rows = _Rows(cursor, imported, layer)
        rows.lock()
        if later := _later_imports(imported, layer.imports):
            raise ImporterError(
                _(
                    "Later imports changed its rows or delivered them as they are; undo those first, the last one first: {names}."
                ).format(names=", ".join(later))
            )
        if lost := rows.touched():
            raise ImporterError(
                _(
                    "{lost:,} of its rows were changed or removed after the import, so it cannot be undone."
                ).format(lost=lost)
            )
        try:
            rows.remove_added()
        except IntegrityError as problem:
            raise ImporterError(
                _("Other records refer to rows of this import by now, so it cannot be undone.")
            ) from problem
        try:
            rows.restore()
        except DataError as problem:
            raise ImporterError(
                _("The columns of the layer hold something else by now, so the import cannot be undone.")
            ) from problem
        rows.keep_origins()
    PriorVersion.objects.filter(imported=imported).delete()


@contextmanager
def origins_kept(cursor: Any, layer: Layer) -> Iterator[None]:
    """Whatever the block writes of rows that are there, the imports that brought them can be undone as before."""
    table = f'"{layer.model._meta.db_table}"'
    cursor.execute(
        "CREATE TEMPORARY TABLE origins ON COMMIT DROP AS SELECT t.id, coalesce(r.origin, t.xmin::text) AS origin "
        f"FROM {table} AS t LEFT JOIN importers_roworigin AS r ON r.layer = %s AND r.row = t.id "
        "AND r.transaction = t.xmin::text",
        [layer.name],
    )
    yield
    cursor.execute(
        "INSERT INTO importers_roworigin (layer, row, transaction, origin) "
        f"SELECT %s, t.id, t.xmin::text, o.origin FROM origins AS o JOIN {table} AS t USING (id) "
        "ON CONFLICT (layer, row) DO UPDATE SET transaction = excluded.transaction, origin = excluded.origin",
        [layer.name],
    )
    cursor.execute("DROP TABLE origins")


def _later_imports(imported: Import, rules: ImportMapping) -> list[str]:
    """Those that changed or removed rows of this one, or may have found them unchanged, the last first."""
    later = Import.objects.filter(layer=imported.layer, state=State.LOADED, pk__gt=imported.pk)
    mine = Q(prior_versions__transaction=imported.transaction) | Q(
        prior_versions__row__in=RowOrigin.objects.filter(
            layer=imported.layer, origin=imported.transaction
        ).values("row")
    )
    alike = Q(source=imported.source) if "source" in rules.key or rules.identifier else Q()
    found = later.filter(mine | (alike & Q(counts__unchanged__gt=0))).distinct().order_by("-pk")
    return [
        f"{each.file_name} ({each.started:%Y-%m-%d %H:%M})" if each.started else each.file_name
        for each in found
    ]


class _Rows:
    """Rows that an import wrote; what it added is known by primary key, what it changed by its prior version."""

    def __init__(self, cursor: Any, imported: Import, layer: Layer) -> None:
        self.cursor, self.counts = cursor, imported.counts
        self.table = f'"{layer.model._meta.db_table}"'
        self.columns = [f'"{field.column}"' for field in stored_fields(layer.model).values()]
        self.values: dict[str, str | int] = {
            "added": imported.added_rows,
            "xid": imported.transaction,
            "import": imported.pk,
            "layer": layer.name,
        }
        self.is_own = (
            "(t.xmin::text = %(xid)s OR EXISTS (SELECT FROM importers_roworigin AS r WHERE r.layer = %(layer)s "
            "AND r.row = t.id AND r.transaction = t.xmin::text AND r.origin = %(xid)s))"
        )

    def lock(self) -> None:
        self.cursor.execute(f"LOCK TABLE {self.table} IN SHARE ROW EXCLUSIVE MODE")

    def touched(self) -> int:
        """How many are no longer as the import left them."""
        self.cursor.execute(
            f"SELECT count(*) FILTER (WHERE {self.is_own}) FROM unnest(%(added)s::int8multirange) AS r "
            f"JOIN {self.table} AS t ON t.id >= lower(r) AND t.id < upper(r)",
            self.values,
        )
        ours = self.cursor.fetchone()[0]
        self.cursor.execute(
            f"SELECT count(*) FILTER (WHERE {self.is_own}), count(*) FILTER (WHERE t.id IS NULL) FROM "
            f"(SELECT row AS id FROM importers_priorversion WHERE imported_id = %(import)s) AS b "
            f"LEFT JOIN {self.table} AS t USING (id)",
            self.values,
        )
        still, gone = self.cursor.fetchone()
        added, updated, removed = (self.counts.get(name, 0) for name in ("added", "updated", "removed"))
        return int(added - ours + updated - still + abs(removed - gone))

    def remove_added(self) -> None:
        self.cursor.execute(
            f"DELETE FROM {self.table} AS t USING unnest(%(added)s::int8multirange) AS r "
            "WHERE t.id >= lower(r) AND t.id < upper(r)",
            self.values,
        )
        self.cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")

    def restore(self) -> None:
        old = (
            f"(SELECT o.* FROM importers_priorversion AS b, jsonb_populate_record(NULL::{self.table}, b.content) AS o "
            "WHERE b.imported_id = %(import)s) AS o"
        )
        pairs = ", ".join(f"{column} = o.{column}" for column in self.columns)
        self.cursor.execute(f"UPDATE {self.table} AS t SET {pairs} FROM {old} WHERE t.id = o.id", self.values)
        listed = ", ".join(self.columns)
        put_back = ", ".join(f"o.{column}" for column in self.columns)
        self.cursor.execute(
            f"INSERT INTO {self.table} (id, {listed}) OVERRIDING SYSTEM VALUE SELECT o.id, {put_back} FROM {old} "
            f"WHERE NOT EXISTS (SELECT FROM {self.table} AS t WHERE t.id = o.id)",
            self.values,
        )

    def keep_origins(self) -> None:
        """So that an earlier import knows the rows that were put back for its own."""
        self.cursor.execute(
            "INSERT INTO importers_roworigin (layer, row, transaction, origin) "
            "SELECT %(layer)s, t.id, t.xmin::text, coalesce(r.origin, b.transaction) "
            f"FROM importers_priorversion AS b JOIN {self.table} AS t ON t.id = b.row "
            "LEFT JOIN importers_roworigin AS r ON r.layer = %(layer)s AND r.row = b.row "
            "AND r.transaction = b.transaction WHERE b.imported_id = %(import)s "
            "ON CONFLICT (layer, row) DO UPDATE SET transaction = excluded.transaction, origin = excluded.origin",
            self.values,
        )
