"""Columns of a layer that was made of a file, put right afterwards: what they hold, and which one names rows."""

import re
from collections.abc import Mapping
from dataclasses import replace
from decimal import Decimal
from typing import Any

from django.conf import settings
from django.db import connection, models, transaction

from importers.errors import ImporterError
from importers.history.report import ImportReport
from importers.history.undo import origins_kept
from importers.models import Import, State
from importers.options import ImportOptions
from importers.pipeline.import_run import import_file
from importers.schema import date_order, field_conversion
from importers.schema.encoded_column import InvalidValue
from layers.datasets import sync
from layers.datasets.declaration import layer_of
from layers.datasets.models import Dataset
from layers.registry.database.publication import publish_layer, withdraw_layer
from layers.registry.declaration.layer import Layer
from layers.registry.declaration.values import day_before_month
from layers.sentences.sentence import gettext as _
from tiles.invalidation.declarations import record_new_declarations
from tiles.invalidation.triggers import record_change_everywhere

from . import uploads

TOLD = 12
"""Rows that are named where a value does not fit."""
TEXT = " DEFAULT '' NOT NULL"


def correct(name: str, kinds: Mapping[str, str], title_field: str, order: str, who: Any) -> str:
    """In a sentence, what was done; raises ImporterError with rows where a value does not fit, and changes nothing.

    ``kinds`` are by field, ``order`` says whether the day or the month comes first.
    """
    sync.refresh(now=True)
    with transaction.atomic():
        dataset = Dataset.objects.select_for_update().filter(name=name, is_published=True).first()
        if dataset is None:
            raise ImporterError(_("No dataset is named {name}.").format(name=name))
        sentence = _correct(dataset, kinds, title_field, order, who)
        sync.tell()
    sync.refresh(now=True)
    return sentence


def _correct(dataset: Dataset, kinds: Mapping[str, str], title_field: str, order: str, who: Any) -> str:
    before = layer_of(dataset)
    was = {field["name"]: field["kind"] for field in dataset.fields}
    changed = {name: kind for name, kind in kinds.items() if name in was and was[name] != kind}
    dataset.fields = [field | {"kind": changed.get(field["name"], field["kind"])} for field in dataset.fields]
    named_anew = title_field in was and title_field != dataset.title_field
    if named_anew:
        dataset.title_field = title_field
        for field in dataset.fields:
            field["in_tiles"] = field.get("in_tiles") or field["name"] == title_field
    _check_title(dataset)
    after = layer_of(dataset)
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(hashtext(%s))", [f"import {dataset.name}"])
        cursor.execute(f'LOCK TABLE "{after.model._meta.db_table}" IN ACCESS EXCLUSIVE MODE')
        converted = {name: _converted(cursor, before, after, name, order) for name in changed}
        with origins_kept(cursor, after):
            withdraw_layer(before)
            if changed:
                _rewrite(cursor, after, converted)
            dataset.save()
            sync.forget(dataset.name)
            with sync.ahead(after):
                publish_layer(after)
                sentence = _as_written(cursor, dataset, after, changed, who)
                if named_anew:
                    named = _quoted(after, title_field)
                    cursor.execute(f'UPDATE "{after.model._meta.db_table}" SET {named} = {named}')
                record_new_declarations()
    record_change_everywhere(dataset.name)
    return sentence


def _check_title(dataset: Dataset) -> None:
    kind = next(field["kind"] for field in dataset.fields if field["name"] == dataset.title_field)
    if kind != "text":
        raise ImporterError(_("The column that names a row holds text."))


def _converted(cursor: Any, before: Layer, after: Layer, name: str, order: str) -> dict[str, Any]:
    """By what the database writes of a value, the value of the other kind."""
    table, field = before.model._meta.db_table, field_conversion.field_of(after.model, name)
    quoted = _quoted(after, name)
    cursor.execute(f"SET LOCAL TIME ZONE '{settings.TIME_ZONE}'")
    cursor.execute(f"SELECT DISTINCT {quoted}::text FROM \"{table}\" WHERE {quoted}::text <> ''")
    texts = [text for (text,) in cursor.fetchall()]
    if isinstance(field, models.TextField):
        return {text: _plain_number(text) for text in texts}
    if isinstance(field, models.DateField):
        order = order or date_order.proven(name, texts) or ""
        read = [day_before_month(text) if order == "day" else text for text in texts]
    else:
        read = texts
    convert = field_conversion.catch_errors(field_conversion.converter(after.model, name), name)
    values = dict(zip(texts, field_conversion.validator(field)(convert(read)), strict=True))
    wrong = [text for text, value in values.items() if not _fits(field, text, value)]
    if wrong:
        raise ImporterError(_told(cursor, before, quoted, wrong))
    return values


def _quoted(layer: Layer, name: str) -> str:
    return connection.ops.quote_name(str(field_conversion.field_of(layer.model, name).column))


def _fits(field: "models.Field[Any, Any]", text: str, value: Any) -> bool:
    """Nothing of the text is lost: no fraction, no time of a day."""
    if isinstance(value, InvalidValue):
        return False
    if isinstance(field, models.IntegerField):
        return bool(Decimal(text) == value)
    if isinstance(field, models.DateField) and not isinstance(field, models.DateTimeField):
        return not re.search(r"[1-9].*:|:.*[1-9]", text.partition(" ")[2].partition("+")[0])
    return True


def _told(cursor: Any, layer: Layer, quoted: str, wrong: list[str]) -> str:
    table = layer.model._meta.db_table
    title = _quoted(layer, layer.title_attribute)
    cursor.execute(f'SELECT count(*) FROM "{table}" WHERE {quoted}::text = ANY(%s)', [wrong])
    count = int(cursor.fetchone()[0])
    cursor.execute(
        f'SELECT {title}, {quoted}::text FROM "{table}" WHERE {quoted}::text = ANY(%s) ORDER BY id LIMIT {TOLD}',
        [wrong],
    )
    rows = _("; ").join(f"{name}: “{value}”" for name, value in cursor.fetchall())
    more = _(" and others") if count > TOLD else ""
    return _("{count:,} rows hold something else, and nothing was changed: {rows}{more}").format(
        count=count, rows=rows, more=more
    )


def _plain_number(text: str) -> str:
    """Without the power of ten that the database writes of large and small numbers."""
    if "e" not in text:
        return text
    try:
        return f"{Decimal(text):f}"
    except ArithmeticError:
        return text


def _rewrite(cursor: Any, layer: Layer, converted: Mapping[str, Mapping[str, Any]]) -> None:
    table = f'"{layer.model._meta.db_table}"'
    for number, (name, values) in enumerate(converted.items()):
        field = field_conversion.field_of(layer.model, name)
        quoted, kind = _quoted(layer, name), field.db_type(connection)
        cursor.execute(
            f"CREATE TEMPORARY TABLE corrected (text text PRIMARY KEY, value {kind}) ON COMMIT DROP"
        )
        cursor.executemany("INSERT INTO corrected VALUES (%s, %s)", list(values.items()))
        is_text = isinstance(field, models.TextField)
        cursor.execute(f"ALTER TABLE {table} ADD COLUMN corrected_{number} {kind}{TEXT if is_text else ''}")
        cursor.execute(
            f"UPDATE {table} AS t SET corrected_{number} = c.value FROM corrected AS c WHERE c.text = t.{quoted}::text"
        )
        cursor.execute(f"ALTER TABLE {table} DROP COLUMN {quoted}")
        cursor.execute(f"ALTER TABLE {table} RENAME COLUMN corrected_{number} TO {quoted}")
        cursor.execute("DROP TABLE corrected")
    cursor.execute("SET LOCAL TIME ZONE 'UTC'")


def _as_written(cursor: Any, dataset: Dataset, layer: Layer, changed: Mapping[str, str], who: Any) -> str:
    """Texts as the files have them, where these are kept; else as the database writes numbers and dates."""
    texts = [name for name, kind in changed.items() if kind == "text"]
    if not texts:
        return _("The columns were put right.")
    loads = list(Import.objects.filter(layer=dataset.name, state=State.LOADED).order_by("pk"))
    if not loads or not all(map(uploads.is_here, loads)):
        return _(
            "The columns were put right. Their file is not kept, so texts are as the database writes numbers and dates."
        )
    for imported in loads:
        options = replace(
            ImportOptions.from_record(imported), accept_valid=True, processes=1, dask="", who=who
        )
        report = import_file(uploads.file_of(imported), layer, options)
        _take_back_additions(cursor, layer, report, is_key=bool(set(texts) & set(dataset.key)))
    return _("The columns were put right; texts are as their file has them.")


def _take_back_additions(cursor: Any, layer: Layer, report: ImportReport, *, is_key: bool) -> None:
    """Rows that were held when the layer was made stay so; the record of the second reading goes."""
    if report.loaded and report.loaded.added:
        if is_key:
            raise ImporterError(
                _(
                    "The column tells rows apart and is written otherwise in the file; withdraw the layer and publish the file again with this column as text."
                )
            )
        cursor.execute(
            f'DELETE FROM "{layer.model._meta.db_table}" AS t USING unnest(%s::int8multirange) AS r '
            "WHERE t.id >= lower(r) AND t.id < upper(r)",
            [report.loaded.added_rows],
        )
    if report.import_id:
        Import.objects.filter(pk=report.import_id).delete()
