"""The audience rule as the database keeps it: roles, schemas and one view per layer and audience.

Views have the columns ``id``, the layer's attributes visible to the audience, ``source``, ``is_generated``,
``search_text`` where the layer is searchable, and ``geom`` (EPSG:4490) and ``geom_3857`` where it has geometry.
In the department schema the session setting ``geoportal.departments`` (codes joined by commas) says whose rows
are own; other departments' rows appear as a signed-in citizen would see them.
"""

from collections.abc import Iterable, Sequence
from typing import Any

from django.db import connection, models, transaction
from django.db.models import BooleanField, F, Func, Q, QuerySet, TextField, Value
from django.db.models.expressions import Combinable
from django.db.models.functions import Cast

from .audience import Audience
from .layer import Attribute, Layer, Related
from .models import Feature
from .registration import all_layers

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


@transaction.atomic
def publish() -> None:
    """Create or replace everything the audiences read; safe to repeat, also by several processes."""
    with connection.cursor() as cursor:
        for audience in Audience:
            _create_role(cursor, audience.role)
            cursor.execute(f"DROP SCHEMA IF EXISTS {audience.schema} CASCADE")
            cursor.execute(f"CREATE SCHEMA {audience.schema}")
            cursor.execute(f"GRANT USAGE ON SCHEMA {audience.schema} TO {audience.role}")
            for layer in all_layers():
                _publish_view(cursor, layer, audience)
            shown = {layer.name for layer in all_layers() if layer.audience <= audience}
            for layer in all_layers():
                for related in layer.related:
                    if {layer.name, related.layer} <= shown:
                        _publish_link(cursor, layer, related, audience)


@transaction.atomic
def publish_layer(layer: Layer) -> None:
    """Create or replace what the audiences read of one layer that nothing is linked with."""
    withdraw_layer(layer)
    with connection.cursor() as cursor:
        for audience in Audience:
            _publish_view(cursor, layer, audience)


def _publish_view(cursor: Any, layer: Layer, audience: Audience) -> None:
    if layer.audience <= audience:
        name = f"{audience.schema}.{connection.ops.quote_name(layer.name)}"
        cursor.execute(_view(layer, audience, name, cursor))
        cursor.execute(f"GRANT SELECT ON {name} TO {audience.role}")
        for part, sql in zip(parts(layer, audience), _selects(layer, audience, cursor), strict=False):
            cursor.execute(f"CREATE VIEW {part} AS {sql}")
            cursor.execute(f"GRANT SELECT ON {part} TO {audience.role}")
        if layer.heights:
            squares = heights_name(layer, audience)
            cursor.execute(
                f"CREATE VIEW {squares} AS SELECT feature_id, z, x, y, heights FROM {layer.heights._meta.db_table} "
                f"WHERE feature_id IN (SELECT id FROM {name})"
            )
            cursor.execute(f"GRANT SELECT ON {squares} TO {audience.role}")


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


def _publish_link(cursor: Any, layer: Layer, related: Related, audience: Audience) -> None:
    pairs = layer.model._default_manager.filter(**{f"{related.path}__isnull": False}).order_by()
    sql, params = pairs.values_list("pk", f"{related.path}__pk").query.sql_with_params()
    quote = connection.ops.quote_name
    name = f"{audience.schema}.{link_name(layer, related)}"
    cursor.execute(
        f"CREATE VIEW {name} AS SELECT * FROM ({cursor.mogrify(sql, params).decode()}) AS pairs (id, related_id) "
        f"WHERE id IN (SELECT id FROM {audience.schema}.{quote(layer.name)}) "
        f"AND related_id IN (SELECT id FROM {audience.schema}.{quote(related.layer)})"
    )
    cursor.execute(f"GRANT SELECT ON {name} TO {audience.role}")


def withdraw_layer(layer: Layer) -> None:
    quote = connection.ops.quote_name
    with connection.cursor() as cursor:
        for audience in Audience:
            for name in (f"{audience.schema}.{quote(layer.name)}", *parts(layer, audience)):
                cursor.execute(f"DROP VIEW IF EXISTS {name} CASCADE")


def definition(layer: Layer, audience: Audience) -> str:
    """The SQL of an audience's view of a layer; as long as it is the same, so are the rows it shows."""
    with connection.cursor() as cursor:
        return _view(layer, audience, "it", cursor)


def columns(layer: Layer, audience: Audience) -> tuple[Attribute, ...]:
    """The attributes that exist for an audience; in the department's they may still be empty row by row."""
    return tuple(attribute for attribute in layer.attributes if attribute.audience <= audience)


def same_for_all(layer: Layer) -> bool:
    """Whether every viewer gets the same tile of a layer: all rows, all its attributes, the same geometry."""
    splits = layer.row_audience or layer.department or layer.protected
    shown = [attribute.audience for attribute in layer.attributes if attribute.in_tiles]
    return not splits and max([layer.audience, *shown]) == Audience.PUBLIC


def _create_role(cursor: Any, role: str) -> None:
    cursor.execute(f"""
        DO $$ BEGIN
            IF NOT EXISTS (SELECT FROM pg_roles WHERE rolname = '{role}') THEN
                CREATE ROLE {role} NOLOGIN;
            END IF;
            IF NOT pg_has_role(current_user, '{role}', 'MEMBER') THEN
                GRANT {role} TO CURRENT_USER;
            END IF;
        EXCEPTION WHEN duplicate_object OR unique_violation THEN NULL;
        END $$
    """)


def _view(layer: Layer, audience: Audience, name: str, cursor: Any) -> str:
    return f"CREATE VIEW {name} AS " + " UNION ALL ".join(_selects(layer, audience, cursor))


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
        yield "search_text", "search_text"
    if layer.has_geometry:
        prefix = f"{layer.place_path}__" if layer.place_path else ""
        chosen = "geom" if exact or not layer.protected else "public_geom"
        yield "geom", Column(F(f"{prefix}{chosen}"))
        yield "geom_3857", Column(F(f"{prefix}{chosen}_3857"))


def _value(layer: Layer, attribute: Attribute, level: Audience) -> str | Combinable:
    if attribute.audience <= level:
        return F(attribute.path)
    return Cast(Value(None), output_field=layer.model_field(attribute))
