"""Rows of tables from objects that were never saved, for one COPY a table."""

import json
from typing import Any

from django.contrib.gis.db.models.fields import BaseSpatialField
from django.contrib.postgres.fields import ArrayField
from django.db.models import Field, JSONField, Model
from django.db.models.expressions import DatabaseDefault

Row = dict[str, Any]


def row_of(instance: Model, **columns: Any) -> Row:
    """Without geometry and what the database fills in by itself; ``columns`` are added."""
    found = {
        field.attname: _value(field, getattr(instance, field.attname))
        for field in instance._meta.concrete_fields
        if not (field.generated or isinstance(field, BaseSpatialField))
    }
    given = {name: value for name, value in found.items() if not isinstance(value, DatabaseDefault)}
    if instance.pk is None:
        del given[instance._meta.pk.attname]
    return given | columns


def _value(field: "Field[Any, Any]", value: Any) -> Any:
    if isinstance(field, JSONField):
        return json.dumps(value, ensure_ascii=False)
    is_list = isinstance(field, ArrayField) and value is not None
    return "{" + ",".join(value) + "}" if is_list else value
