"""Columns of sentences: read in the language of the reader, with the column types of texts and JSON."""

from typing import Any

from django.db import models

from .sentence import as_json, from_json, read, written


class SentenceField(models.TextField):  # type: ignore[type-arg]
    """Of one sentence, or of text."""

    def from_db_value(self, value: str | None, expression: object, connection: object) -> str | None:
        return read(value)

    def get_prep_value(self, value: Any) -> Any:
        prepared = super().get_prep_value(value)
        return written(prepared) if isinstance(prepared, str) else prepared

    def deconstruct(self) -> Any:
        return _as(models.TextField, super().deconstruct())


class SentencesField(models.JSONField):
    """Of JSON with sentences in it."""

    def from_db_value(self, value: Any, expression: Any, connection: Any) -> Any:
        return from_json(super().from_db_value(value, expression, connection))

    def get_prep_value(self, value: Any) -> Any:
        return as_json(super().get_prep_value(value))

    def deconstruct(self) -> Any:
        return _as(models.JSONField, super().deconstruct())


def _as(field: type[Any], deconstructed: Any) -> Any:
    """The database knows nothing of sentences."""
    name, _path, args, kwargs = deconstructed
    return name, f"django.db.models.{field.__name__}", args, kwargs
