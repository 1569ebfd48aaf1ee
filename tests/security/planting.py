"""The same words in every text of the database that a person, a file or another system can have put there."""

from collections.abc import Iterator

from django.apps import apps
from django.db import DataError, IntegrityError, connection, models, transaction

PACKAGES = ("geoportal", "layers", "importers")
KEYS = {
    *("code", "root", "family", "procedure", "state", "step", "before", "after", "kind", "outcome", "role", "channel"),
    *("unit", "layer", "schema", "key", "series", "phase", "language", "url", "owner", "origin", "rows", "added_rows"),
    *("transaction", "username", "password", "secret", "sha256", "fingerprint", "media_type", "template", "color"),
    *("search_text", "search_text_outside", "title_field", "cancelled_by", "table"),
}  # fmt: skip
"""Columns that hold what the portal itself writes or compares, never words of a person."""
LANGUAGES = {"casework.ProcedureVersion", "casework.DocumentTemplate"}
"""Models whose ``text`` is a language with tests of its own."""


def texts() -> Iterator[tuple[type[models.Model], "models.Field[object, object]"]]:
    """Model and column of every text that is somebody's words."""
    for model in apps.get_models():
        if model.__module__.split(".")[0] not in PACKAGES or model._meta.proxy:
            continue
        for field in model._meta.local_fields:
            is_text = isinstance(field, models.CharField | models.TextField)
            own = field.name not in KEYS and not (model._meta.label in LANGUAGES and field.name == "text")
            if is_text and own and not field.choices and not isinstance(field, models.GeneratedField):
                yield model, field


def plant(words: str) -> set[str]:
    """In every row; which columns took the words. One that is too short, or refuses them, is left as it was."""
    taken = set()
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL session_replication_role = replica")  # the log of cases takes no changes
        for model, field in texts():
            table = connection.ops.quote_name(model._meta.db_table)
            column = connection.ops.quote_name(str(field.column))
            value = f"%s || {_key(model)}" if field.unique else "%s"
            try:
                with transaction.atomic():
                    cursor.execute(f"UPDATE {table} SET {column} = {value}", [words])
            except (DataError, IntegrityError):
                continue
            if cursor.rowcount:
                taken.add(f"{model._meta.label}.{field.name}")
        cursor.execute("SET LOCAL session_replication_role = origin")
    return taken


def _key(model: type[models.Model]) -> str:
    assert model._meta.pk is not None
    return connection.ops.quote_name(str(model._meta.pk.column))
