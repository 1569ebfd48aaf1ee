"""SQL for what a statement changed of a layer: which of its rows, whose they are, who sees a difference, and where.

Inside a trigger the changed rows of a table are in transition tables (``old_rows``, ``new_rows``). The SELECTs made
here are the layer's own query with a transition table in the place of the changed table, once for each way in which
the layer shows that table: as its own, and through foreign keys. Their columns are ``exact`` and ``open`` geometry
in EPSG:3857 (the second as those see it who are shown generalised positions), ``audience``, the lowest that sees a
difference, and ``departments``, codes of those whose row it is.
"""

from collections.abc import Iterator, Sequence
from typing import Any

from django.db import connection, models
from django.db.models import F, Func, IntegerField, TextField, Value
from django.db.models.expressions import Col, Combinable
from django.db.models.sql.datastructures import Join

from layers.registry.access.audience_views import Column
from layers.registry.audience import Audience
from layers.registry.declaration.layer import Layer, related_model, table_model
from layers.registry.models import Feature


def changed_rows_sql(layer: Layer, model: type[models.Model], tables: Sequence[str]) -> str:
    """One SELECT for all the ways in which a layer shows a model; of two tables one is the other before."""
    return " UNION ALL ".join(
        _changed(layer, model, path, table, other)
        for path in _paths(layer, model)
        for table, other in _pairs(layer, path, tables)
    )


def _pairs(layer: Layer, path: str, tables: Sequence[str]) -> Iterator[tuple[str, str]]:
    """Each table with the other one; the last is enough where the layer's rows take no more than a name from it."""
    *before, last = tables
    for table in before:
        if not path or _alias(_query(layer, path), path):
            yield table, last
    yield last, before[0] if before else ""


def _changed(layer: Layer, model: type[models.Model], path: str, table: str, other: str) -> str:
    key = _column(model, "pk")
    levels = _levels(layer, model, path)
    level = str(int(levels[0][0]))
    source = f"({_layer_rows(layer, path, table)}) AS r (id, exact, open, audience, department, joint)"
    if path or other:
        source += f" JOIN {table} AS n ON n.{key} = r.id"
    if other:
        source += f" LEFT JOIN {other} AS o ON o.{key} = n.{key}"
        cases = " ".join(
            f"WHEN {_row('n', columns)} IS DISTINCT FROM {_row('o', columns)} THEN {int(audience)}"
            for audience, columns in levels
        )
        level = f"CASE WHEN o.{key} IS NULL THEN {level} {cases} END"
    return (
        f"SELECT exact, open, GREATEST(audience, level) AS audience, {_departments(layer)} AS departments "
        f"FROM (SELECT r.*, {level} AS level FROM {source}) AS differing WHERE level IS NOT NULL"
    )


def _departments(layer: Layer) -> str:
    if not layer.department:
        return "NULL::text[]"
    return "array_remove(department::text || COALESCE(joint::text[], '{}'), NULL)"


def _row(alias: str, columns: Sequence[str]) -> str:
    return f"ROW({', '.join(column.format(row=alias) for column in columns)})"


def _levels(layer: Layer, model: type[models.Model], path: str) -> list[tuple[Audience, list[str]]]:
    """Of the columns of a model that is reached by a path those that each audience sees, as far as they differ."""
    found: list[tuple[Audience, list[str]]] = []
    conditions = _condition_columns(layer, path)
    for audience in Audience:
        if audience < layer.audience:
            continue
        seen = [used for used, least in _used_paths(layer) if least <= audience]
        plain = {*conditions, *(column for used in seen for column in _next_column(model, path, used))}
        wordings = {f"{{row}}.{column}" for column in plain}
        if audience < Audience.DEPARTMENT:
            narrow = (column for used in _narrow_paths(layer) for column in _next_column(model, path, used))
            wordings |= {
                f"CASE WHEN r.exact IS NOT DISTINCT FROM r.open THEN {{row}}.{column} END"
                for column in narrow
            }
        columns = sorted(wordings)
        if columns and (not found or columns != found[-1][1]):
            found.append((audience, columns))
    return found


def _used_paths(layer: Layer) -> Iterator[tuple[str, Audience]]:
    """What the layer's rows are made of, and the lowest audience for which it matters."""
    narrow = set(_narrow_paths(layer))
    for attribute in layer.attributes:
        inside = Audience.DEPARTMENT if attribute.outside or attribute.path in narrow else Audience.PUBLIC
        yield attribute.path, max(attribute.audience, inside)
        if attribute.outside:
            yield attribute.outside, attribute.audience
    yield from ((path, Audience.PUBLIC) for path in (layer.row_audience, layer.rank))
    yield from ((path, Audience.DEPARTMENT) for path in (layer.department, layer.joint))
    yield from ((related.path, Audience.PUBLIC) for related in layer.related)
    if issubclass(layer.model, Feature):
        yield from ((name, Audience.PUBLIC) for name in ("source", "is_generated"))
    if layer.has_geometry:
        place = f"{layer.place_path}__" if layer.place_path else ""
        yield f"{place}{'public_geom' if layer.protected else 'geom'}", Audience.PUBLIC
        yield f"{place}geom", Audience.DEPARTMENT


def _narrow_paths(layer: Layer) -> list[str]:
    """What others see only of rows that are shown where they are."""
    return [attribute.path for attribute in layer.attributes if attribute.narrows and layer.protected]


def _condition_columns(layer: Layer, path: str) -> set[str]:
    """Columns of the table at ``path`` that decide which rows are the layer's."""
    rows = layer.model._default_manager.filter(layer.rows)
    alias = _alias(rows, path)
    used = [part for lookup in rows.query.where.leaves() for part in lookup.lhs.flatten()]
    quote = connection.ops.quote_name
    return {quote(str(part.target.column)) for part in used if isinstance(part, Col) and part.alias == alias}


def _next_column(model: type[models.Model], path: str, used: str) -> Iterator[str]:
    """The column of the model at ``path`` by which ``used`` goes on or ends."""
    prefix = f"{path}__" if path else ""
    if used and used.startswith(prefix):
        name = used.removeprefix(prefix).split("__")[0]
        if name == "pk" or model._meta.get_field(name).concrete:
            yield _column(model, name)


def _paths(layer: Layer, model: type[models.Model]) -> list[str]:
    """The ways from the layer's model to a model: "" and paths over foreign keys."""
    found = {""} if model is table_model(layer.model) else set()
    for path, _ in _used_paths(layer):
        steps = path.split("__")
        for depth in range(1, len(steps)):
            at = _model_at(layer, steps[:depth])
            if at and table_model(at) is model:
                found.add("__".join(steps[:depth]))
    return sorted(found)


def _model_at(layer: Layer, steps: Sequence[str]) -> type[models.Model] | None:
    model = layer.model
    for step in steps:
        if not model._meta.get_field(step).is_relation:
            return None
        model = related_model(model, step)
    return model


def _query(layer: Layer, path: str) -> "models.QuerySet[Any, Any]":
    """The layer's rows; the first column is the key of the model at ``path``."""
    text, whole = TextField(), IntegerField()
    exact, seen = _geometry(layer)
    level: Combinable = F(layer.row_audience) if layer.row_audience else Value(0, output_field=whole)
    department: Combinable = F(layer.department) if layer.department else Value(None, output_field=text)
    joint: Combinable = F(layer.joint) if layer.joint else Value(None, output_field=text)
    rows = layer.model._default_manager.order_by().filter(layer.rows)
    return rows.values_list(f"{path}__pk" if path else "pk", exact, seen, level, department, joint)


def _layer_rows(layer: Layer, path: str, table: str) -> str:
    """The layer's rows with the model at ``path`` read from a transition table."""
    rows = _query(layer, path)
    sql = _compiled(rows)
    quote = connection.ops.quote_name
    alias = _alias(rows, path)
    if not path:
        base = quote(layer.model._meta.db_table)
        sql = sql.replace(f"FROM {base}", f"FROM {table} AS {base}", 1)
    elif alias:
        name = rows.query.alias_map[alias].table_name
        joined = quote(name) if alias == name else f"{quote(name)} {alias}"
        sql = sql.replace(
            f"JOIN {joined} ON", f"JOIN {table} AS {quote(alias) if alias == name else alias} ON", 1
        )
    return sql.replace("INNER JOIN", "LEFT OUTER JOIN")  # what is deleted in the same transaction may be gone


def _geometry(layer: Layer) -> tuple[Combinable, Combinable]:
    if not layer.has_geometry:
        nowhere = Func(template="NULL::geometry", output_field=TextField())
        return nowhere, nowhere
    place = f"{layer.place_path}__" if layer.place_path else ""
    seen = "public_geom_3857" if layer.protected else "geom_3857"
    return Column(F(f"{place}geom_3857")), Column(F(f"{place}{seen}"))


def _alias(rows: "models.QuerySet[Any, Any]", path: str) -> str:
    """What the table at the end of a path is called in a query; empty if it is not joined."""
    found = str(rows.query.get_initial_alias())
    used = rows.query.alias_refcount
    for step in filter(None, path.split("__")):
        joins = (j for name, j in rows.query.alias_map.items() if isinstance(j, Join) and used[name])
        found = next(
            (str(j.table_alias) for j in joins if (j.parent_alias, j.join_field.name) == (found, step)),  # type: ignore[attr-defined]
            "",
        )
    return found


def _column(model: type[models.Model], name: str) -> str:
    field: Any = model._meta.pk if name == "pk" else model._meta.get_field(name)
    quoted: str = connection.ops.quote_name(field.column)
    return quoted


def _compiled(rows: "models.QuerySet[Any, Any]") -> str:
    sql, params = rows.query.sql_with_params()
    with connection.cursor() as cursor:
        text: str = cursor.mogrify(sql, params).decode()
    return text
