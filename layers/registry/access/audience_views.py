"""The audience rule as the database keeps it: roles, schemas and one view per layer and audience.

Views have the columns ``id``, the layer's attributes visible to the audience, ``source``, ``is_generated``,
``search_text`` where the layer is searchable, and ``geom`` (EPSG:4490) and ``geom_3857`` where it has geometry.
In the department schema the session setting ``geoportal.departments`` (codes joined by commas) says whose rows
are own; other departments' rows appear as a signed-in citizen would see them.
"""

from collections.abc import Iterable, Iterator, Sequence
from typing import Any

from django.db import connection, models
from django.db.models import BooleanField, Case, F, Func, Q, QuerySet, TextField, Value, When
from django.db.models.expressions import Combinable
from django.db.models.functions import Cast

from ..audience import Audience
from ..database.definitions import Definition
from ..declaration.layer import Attribute, Layer, Related
from ..models import Feature

OWN_SETTING = "geoportal.departments"


OWN = f"(SELECT string_to_array(current_setting('{OWN_SETTING}', true), ','))::text[]"
"""A query of its own, so that the setting is read once and not for every row."""


class IsOwn(Func):
    """Whether a department code is among those of the session."""

    template = f"COALESCE(%(expressions)s = ANY({OWN}), false)"
    output_field = BooleanField()


class IsShared(IsOwn):
    """Whether one of an array of department codes is."""

    template = f"COALESCE(%(expressions)s::text[] && {OWN}, false)"


class Column(Func):
    """A geometry column as it is, without the cast Django puts around selected geometry."""

    template = "%(expressions)s"
    output_field = TextField()


def definitions(layers: Sequence[Layer]) -> Iterator[Definition]:
    """For each audience its schema and in it what it reads."""
    for audience in Audience:
        yield Definition(
            f"SCHEMA {audience.schema}",
            f"CREATE SCHEMA {audience.schema}; GRANT USAGE ON SCHEMA {audience.schema} TO {audience.role}",
        )
        shown = {layer.name: layer for layer in layers if layer.audience <= audience}
        for layer in shown.values():
            yield from _views(layer, audience)
            for related in layer.related:
                if related.layer in shown:
                    yield _link(layer, related, audience)


def view(audience: Audience, name: str, select: str, subject: str = "") -> Definition:
    """A view that an audience reads; ``name`` is quoted and in the audience's schema."""
    return Definition(
        f"VIEW {name}".replace('"', ""),
        f"CREATE VIEW {name} AS {select}; GRANT SELECT ON {name} TO {audience.role}",
        subject,
    )


def _views(layer: Layer, audience: Audience) -> Iterator[Definition]:
    name = f"{audience.schema}.{connection.ops.quote_name(layer.name)}"
    with connection.cursor() as cursor:
        selects = _selects(layer, audience, cursor)
    yield view(audience, name, " UNION ALL ".join(selects), layer.name)
    for part, select in zip(parts(layer, audience), selects, strict=False):
        yield view(audience, part, select, layer.name)
    if layer.heights:
        yield view(
            audience,
            heights_name(layer, audience),
            f"SELECT feature_id, z, x, y, heights FROM {layer.heights._meta.db_table} "
            f"WHERE feature_id IN (SELECT id FROM {name})",
            layer.name,
        )


def parts(layer: Layer, audience: Audience) -> tuple[str, ...]:
    """The quoted names of the views that an audience's view joins, none where it joins none.

    A query that wants the first rows only can ask each in the order of an index.
    """
    joins = audience == Audience.DEPARTMENT and layer.department
    names = (f"{layer.name}~own", f"{layer.name}~others") if joins else ()
    return tuple(f"{audience.schema}.{connection.ops.quote_name(name)}" for name in names)


def heights_name(layer: Layer, audience: Audience) -> str:
    """The quoted name of the view of the squares of heights of the rows that an audience sees."""
    return f"{audience.schema}.{connection.ops.quote_name(f'{layer.name}~heights')}"


def link_name(layer: Layer, related: Related) -> str:
    """The view of (id, related_id) pairs of rows that the viewer can read."""
    return connection.ops.quote_name(f"{layer.name}~{related.layer}")


def _link(layer: Layer, related: Related, audience: Audience) -> Definition:
    pairs = layer.model._default_manager.filter(**{f"{related.path}__isnull": False}).order_by()
    sql, params = pairs.values_list("pk", f"{related.path}__pk").query.sql_with_params()
    quote = connection.ops.quote_name
    with connection.cursor() as cursor:
        select = cursor.mogrify(sql, params).decode()
    return view(
        audience,
        f"{audience.schema}.{link_name(layer, related)}",
        f"SELECT * FROM ({select}) AS pairs (id, related_id) "
        f"WHERE id IN (SELECT id FROM {audience.schema}.{quote(layer.name)}) "
        f"AND related_id IN (SELECT id FROM {audience.schema}.{quote(related.layer)})",
        layer.name,
    )


def definition(layer: Layer, audience: Audience) -> str:
    """The SQL of an audience's view of a layer; as long as it is the same, so are the rows it shows."""
    with connection.cursor() as cursor:
        return " UNION ALL ".join(_selects(layer, audience, cursor))


def columns(layer: Layer, audience: Audience) -> tuple[Attribute, ...]:
    """The attributes that exist for an audience; in the department's they may still be empty row by row."""
    return tuple(attribute for attribute in layer.attributes if attribute.audience <= audience)


def same_for_all(layer: Layer) -> bool:
    """Whether every viewer gets the same tile of a layer: all rows, all its attributes, the same geometry."""
    splits = layer.row_audience or layer.department or layer.protected
    shown = [attribute.audience for attribute in layer.attributes if attribute.in_tiles]
    return not splits and max([layer.audience, *shown]) == Audience.PUBLIC


def _selects(layer: Layer, audience: Audience, cursor: Any) -> list[str]:
    return [
        _select(rows, list(_fields(layer, audience, level, exact=exact)), cursor)
        for rows, level, exact in _branches(layer, audience)
    ]


def _select(
    rows: "QuerySet[models.Model]", fields: Sequence[tuple[str, str | Combinable]], cursor: Any
) -> str:
    query = rows.values_list(*(expression for _, expression in fields))
    sql, params = query.query.sql_with_params()
    names = ", ".join(connection.ops.quote_name(name) for name, _ in fields)
    return f"SELECT * FROM ({cursor.mogrify(sql, params).decode()}) AS branch ({names})"


def _branches(layer: Layer, audience: Audience) -> Iterable[tuple["QuerySet[models.Model]", Audience, bool]]:
    """(rows, columns' audience, exact geometry?) of which an audience's view is the union."""
    rows = layer.model._default_manager.filter(layer.rows).order_by()
    if audience == Audience.RESTRICTED:
        yield rows, audience, True
    elif audience == Audience.DEPARTMENT and layer.department:
        own = Q(IsOwn(F(layer.department)))
        if layer.joint:
            own |= Q(IsShared(F(layer.joint)))
        yield rows.filter(own, _shown_to(layer, audience)), audience, True
        yield rows.filter(~own).filter(_shown_to(layer, Audience.SIGNED_IN)), Audience.SIGNED_IN, False
    else:
        yield rows.filter(_shown_to(layer, audience)), audience, audience >= Audience.DEPARTMENT


def _shown_to(layer: Layer, audience: Audience) -> Q:
    return Q(**{f"{layer.row_audience}__lte": audience}) if layer.row_audience else Q()


def _fields(
    layer: Layer, audience: Audience, level: Audience, *, exact: bool
) -> Iterable[tuple[str, str | Combinable]]:
    yield "id", "pk"
    for attribute in columns(layer, audience):
        yield attribute.name, _value(layer, attribute, level)
    for name in ("source", "is_generated"):
        if issubclass(layer.model, Feature):
            yield name, name
    if layer.searchable:
        outside = layer.has_outside_words and level < Audience.DEPARTMENT
        yield "search_text", "search_text_outside" if outside else "search_text"
    if layer.has_geometry:
        prefix = f"{layer.place_path}__" if layer.place_path else ""
        chosen = "geom" if exact or not layer.protected else "public_geom"
        yield "geom", Column(F(f"{prefix}{chosen}"))
        yield "geom_3857", Column(F(f"{prefix}{chosen}_3857"))


def _value(layer: Layer, attribute: Attribute, level: Audience) -> str | Combinable:
    if attribute.audience <= level:
        is_outside = level < Audience.DEPARTMENT
        if attribute.narrows and is_outside and layer.protected:
            return _where_exact(layer, attribute)
        return F(attribute.outside if attribute.outside and is_outside else attribute.path)
    return Cast(Value(None), output_field=layer.model_field(attribute))


def _where_exact(layer: Layer, attribute: Attribute) -> Combinable:
    """Empty for rows that are shown at a cell, of which it would leave a part."""
    prefix = f"{layer.place_path}__" if layer.place_path else ""
    exact = Q(**{f"{prefix}public_geom": F(f"{prefix}geom")}) | Q(**{f"{prefix}geom__isnull": True})
    return Case(When(exact, then=F(attribute.path)), output_field=layer.model_field(attribute))
