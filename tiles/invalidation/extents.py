"""SQL for what a statement touched: where the rows of a layer lie that show the changed rows of a table.

Inside a trigger the changed rows are in transition tables (``old_rows``, ``new_rows``). Each SELECT made here
has three columns: ``exact`` and ``open`` geometry in EPSG:3857 (the second as those see it who are shown
generalised positions) and the ``audience`` that sees the row.
"""

from collections.abc import Iterator, Sequence
from typing import Any

from django.db import connection, models
from django.db.models import F, IntegerField, Value
from django.db.models.expressions import Combinable, RawSQL

from layers.registry.audience_views import Column
from layers.registry.layer import Layer, related_model


def changed_rows_sql(layer: Layer, model: type[models.Model], tables: Sequence[str]) -> str:
    """One SELECT for all the ways in which a layer shows a model; the tables are never empty of names."""
    if not layer.has_geometry:
        return f"SELECT NULL::geometry AS exact, NULL::geometry AS open, {_least(layer, model, tables)} AS audience"
    parts = [part for table in tables for part in _parts(layer, model, table)]
    return " UNION ALL ".join(parts)


def _least(layer: Layer, model: type[models.Model], tables: Sequence[str]) -> str:
    if model is not layer.model:
        return str(int(layer.audience))
    rows = " UNION ALL ".join(
        f"SELECT {_audience(layer, model, 'r')} AS audience FROM {t} AS r" for t in tables
    )
    return f"(SELECT min(audience) FROM ({rows}) AS seen)"


def _parts(layer: Layer, model: type[models.Model], table: str) -> Iterator[str]:
    steps = [step for step in layer.place_path.split("__") if step]
    audience = _audience(layer, model, "r")
    if model is layer.place_model:
        exact, seen = _columns(layer)
        yield f"SELECT r.{exact} AS exact, r.{seen} AS open, {audience} AS audience FROM {table} AS r"
    for depth in range(len(steps)):
        if model is _model_at(layer, steps[:depth]):
            yield _by_key(layer, model, steps[depth:], table, audience)
    for path in sorted({*_paths(layer, model)} - {""}):
        yield _by_reference(layer, path, table)


def _by_key(layer: Layer, model: type[models.Model], steps: list[str], table: str, audience: str) -> str:
    """Through the changed rows' own foreign key, which an old row still has."""
    first, *rest = steps
    column = _column(model, first)
    places = related_model(model, first)._default_manager.order_by()
    prefix = "".join(f"{step}__" for step in rest)
    exact, seen = _columns(layer)
    sql = _compiled(places.values_list("pk", Column(F(prefix + exact)), Column(F(prefix + seen))))
    return (
        f"SELECT p.exact, p.open, {audience} AS audience FROM {table} AS r "
        f"LEFT JOIN ({sql}) AS p (id, exact, open) ON p.id = r.{column}"
    )


def _by_reference(layer: Layer, path: str, table: str) -> str:
    """The layer's rows that refer to the changed rows."""
    key = _column(_model_at(layer, path.split("__")), "pk")
    prefix = f"{layer.place_path}__" if layer.place_path else ""
    exact, seen = _columns(layer)
    level: Combinable = (
        F(layer.row_audience)
        if layer.row_audience
        else Value(int(layer.audience), output_field=IntegerField())
    )
    rows = layer.model._default_manager.order_by().filter(
        **{f"{path}__in": RawSQL(f"SELECT {key} FROM {table}", ())}  # noqa: S611  names of ours
    )
    sql = _compiled(rows.values_list(Column(F(prefix + exact)), Column(F(prefix + seen)), level))
    return f"SELECT exact, open, audience FROM ({sql}) AS p (exact, open, audience)"


def _columns(layer: Layer) -> tuple[str, str]:
    return "geom_3857", "public_geom_3857" if layer.protected else "geom_3857"


def _audience(layer: Layer, model: type[models.Model], alias: str) -> str:
    """The column of a row's own audience; a path over other tables counts as everybody's."""
    if model is layer.model and layer.row_audience and "__" not in layer.row_audience:
        return f"{alias}.{_column(model, layer.row_audience)}"
    return str(int(layer.audience))


def _column(model: type[models.Model], name: str) -> str:
    field: Any = model._meta.pk if name == "pk" else model._meta.get_field(name)
    quoted: str = connection.ops.quote_name(field.column)
    return quoted


def _paths(layer: Layer, model: type[models.Model]) -> Iterator[str]:
    """Foreign-key paths from the layer's model to the model."""
    places = [f"{layer.place_path}__geom"] if layer.place_path else []
    for path in [a.path for a in layer.attributes] + [
        layer.department,
        layer.row_audience,
        layer.rank,
        *places,
    ]:
        steps = path.split("__")[:-1]
        for depth in range(1, len(steps) + 1):
            if _model_at(layer, steps[:depth]) is model:
                yield "__".join(steps[:depth])


def _model_at(layer: Layer, steps: Sequence[str]) -> type[models.Model]:
    model = layer.model
    for step in steps:
        model = related_model(model, step)
    return model


def _compiled(rows: "models.QuerySet[models.Model, object]") -> str:
    sql, params = rows.query.sql_with_params()
    with connection.cursor() as cursor:
        text: str = cursor.mogrify(sql, params).decode()
    return text
