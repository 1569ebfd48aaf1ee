"""The queries of the history search: through the layer's views, so that everybody finds what they may see."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from django.db import connection
from django.db.models import QuerySet

from layers.casework.access.permissions import department_cases
from layers.casework.case_types import case_layers
from layers.casework.log.map_snapshot import NEAR, NEAREST
from layers.casework.models import Case, Party
from layers.casework.models.case import WHEN
from layers.coordinates import STORE_SRID, WEB_SRID
from layers.registry.access.access_log import record_reading
from layers.registry.access.audience_views import parts
from layers.registry.access.layer_query import Condition, LayerQuery, Row, relation, viewer_cursor
from layers.registry.audience import Audience, Viewer
from layers.registry.declaration.layer import Layer
from layers.registry.registration import get_layer
from layers.registry.search.trigram import contains_word

ON_A_PAGE = 50
MOST_COUNTED = 1000
SHOWN = (
    "title",
    "number",
    "department",
    "department_en",
    "department_code",
    "category",
    "state",
    "procedure",
    "reported",
    "filed",
    "closed",
    "address",
)
PARTY = "party_name"
AREA = (
    "ST_Intersects(geom_3857, "
    f"ST_Transform(ST_SetSRID(ST_MakeValid(ST_GeomFromText(%s)), {STORE_SRID}), {WEB_SRID}))"
)


@dataclass(frozen=True)
class CaseSearch:
    """Positions are EPSG:4490 (longitude, latitude), ``radius`` metres, ``area`` well-known text of a polygon."""

    words: tuple[str, ...] = ()
    categories: Mapping[str, list[str]] = field(default_factory=dict)
    """By word the categories that are meant by it in another language than that of the cases."""
    party: str = ""
    about: list[int] | None = None
    """Keys of the cases that are about the places asked for; None where none was."""
    here: tuple[float, float] | None = None
    radius: float = 0
    area: str = ""
    since: date | None = None
    until: date | None = None
    exact: dict[str, str] = field(default_factory=dict)
    """Values of the columns state, category and department_code."""
    cases: "QuerySet[Case] | None" = None
    """The cases behind a figure of the board or the statistics, ``exact`` among them; None where none was asked for."""


@dataclass(frozen=True)
class SearchResult:
    rows: list[Row]
    total: int
    """At most :data:`MOST_COUNTED`."""


def search_cases(wanted: CaseSearch, viewer: Viewer, page: int) -> SearchResult:
    """Cases of all families; the party's name is read, and the reading recorded, only where it was asked for."""
    layers = case_layers(viewer)
    order = NEAREST if wanted.here else f"{WHEN} DESC NULLS LAST, id DESC"
    named = _cases_by_party(wanted.party, viewer) if wanted.party else []
    conditions, first = [*_conditions(wanted, named)], (page - 1) * ON_A_PAGE
    if wanted.cases is None:
        conditions += [_equals(name, value) for name, value in wanted.exact.items()]
        found = _layer_keys(layers, viewer, conditions, order, wanted.here or ())
    else:
        found = _figure_keys(wanted.cases, conditions, order, wanted.here or ())
    keys = found[first : first + ON_A_PAGE]
    if len(found) == MOST_COUNTED and wanted.cases is None:
        keys = _first_keys(layers, viewer, conditions, order, wanted.here or (), first + ON_A_PAGE)[first:]
    rows = _rows(layers, viewer, keys, (*SHOWN, PARTY) if wanted.party else SHOWN)
    if named:
        _name_parties(rows, wanted.party, {*named}, viewer)
    return SearchResult(rows, len(found))


def _cases_by_party(name: str, viewer: Viewer) -> list[int]:
    """Keys of the viewer's own cases, any MOST_COUNTED, in which somebody of this name takes part besides the principal."""
    if viewer.audience < Audience.DEPARTMENT:
        return []
    own, values = department_cases(viewer).order_by().values("pk").query.sql_with_params()
    named = contains_word("lower(name)", name.lower())
    sql = f"SELECT DISTINCT case_id FROM casework_party WHERE NOT is_principal AND {named.sql} AND case_id IN ({own}) LIMIT %s"
    with connection.cursor() as cursor:
        cursor.execute(sql, [*named.params, *values, MOST_COUNTED])
        return [int(pk) for (pk,) in cursor.fetchall()]


def _name_parties(rows: list[Row], name: str, named: set[int], viewer: Viewer) -> None:
    """Adds to the rows the names by which they were found; the reading of those without a principal is recorded here."""
    found: dict[int, list[str]] = {}
    keys = [row["id"] for row in rows if row["id"] in named]
    for case, known in Party.objects.filter(case__in=keys, is_principal=False).values_list("case", "name"):
        if name.lower() in known.lower():
            found.setdefault(case, []).append(known)
    for row in rows:
        names = found.get(row["id"], [])
        if names and not row[PARTY]:
            layer: Layer = row["layer"]
            record_reading(layer, viewer, layer.attributes, [{"id": row["id"], PARTY: names}])
        row[PARTY] = "、".join([row[PARTY]] * bool(row[PARTY]) + names)


def _rows(layers: Sequence[Layer], viewer: Viewer, keys: list[int], attributes: tuple[str, ...]) -> list[Row]:
    wanted = Condition("id = ANY(%s)", (keys,))
    found = {
        row["id"]: {**row, "layer": layer}
        for layer in layers
        for row in LayerQuery(layer, viewer).rows(
            wanted, limit=ON_A_PAGE, outline=False, attributes=attributes
        )
    }
    return [found[key] for key in keys if key in found]


def _layer_keys(
    layers: Sequence[Layer],
    viewer: Viewer,
    conditions: list[Condition],
    order: str,
    order_params: tuple[float, ...],
) -> list[int]:
    """Keys of all that are found, in their order, or of any MOST_COUNTED.

    Few are found by what is asked for and put in order then. Of many the first are found in the order of an index.
    Which it is, the database cannot foretell of parts of words.
    """
    where, params = _where(conditions)
    every = " UNION ALL ".join(
        f"SELECT id, reported, filed, geom_3857 FROM {relation(layer, viewer)} WHERE {where}"
        for layer in layers
    )
    sql = f"WITH found AS MATERIALIZED ({every} LIMIT %s) SELECT id FROM found ORDER BY {order}"
    return _keys(viewer, sql, [*params * len(layers), MOST_COUNTED, *order_params])


def _first_keys(
    layers: Sequence[Layer],
    viewer: Viewer,
    conditions: list[Condition],
    order: str,
    order_params: tuple[float, ...],
    count: int,
) -> list[int]:
    """The first keys in the order of an index: each part of each layer gives its own first."""
    where, params = _where(conditions)
    names = [name for layer in layers for name in parts(layer, viewer.audience) or (relation(layer, viewer),)]
    every = " UNION ALL ".join(
        f"(SELECT id, reported, filed, geom_3857 FROM {name} WHERE {where} ORDER BY {order} LIMIT %s)"
        for name in names
    )
    values = [*params, *order_params, count] * len(names)
    return _keys(
        viewer,
        f"SELECT id FROM ({every}) AS found ORDER BY {order} LIMIT %s",
        [*values, *order_params, count],
    )


def _keys(viewer: Viewer, sql: str, params: list[Any]) -> list[int]:
    with viewer_cursor(viewer) as cursor:
        cursor.execute(sql, params)
        return [int(pk) for (pk,) in cursor.fetchall()]


def _figure_keys(
    cases: "QuerySet[Case]", conditions: list[Condition], order: str, order_params: tuple[float, ...]
) -> list[int]:
    """Keys of the first MOST_COUNTED of a viewer's own cases that meet the conditions."""
    own, values = cases.order_by().values("pk").query.sql_with_params()
    where, params = _where(conditions)
    sql = f"SELECT id FROM casework_case WHERE id IN ({own}) AND {where} ORDER BY {order} LIMIT %s"
    with connection.cursor() as cursor:
        cursor.execute(sql, [*values, *params, *order_params, MOST_COUNTED])
        return [int(pk) for (pk,) in cursor.fetchall()]


def _where(conditions: list[Condition]) -> tuple[str, list[Any]]:
    sql = " AND ".join(f"({each.sql})" for each in conditions) or "true"
    return sql, [value for each in conditions for value in each.params]


def _conditions(wanted: CaseSearch, named: list[int]) -> Iterator[Condition]:
    """Over columns that the layer and its table have alike; ``named`` are keys of cases found by other parties."""
    for word in wanted.words:
        held, meant = contains_word("search_text", word), wanted.categories.get(word)
        yield Condition(f"{held.sql} OR category = ANY(%s)", (*held.params, meant)) if meant else held
    if wanted.party:
        principal = contains_word(f"lower({PARTY})", wanted.party.lower())
        yield (
            Condition(f"{principal.sql} OR id = ANY(%s)", (*principal.params, named)) if named else principal
        )
    if wanted.about is not None:
        yield Condition("id = ANY(%s)", (wanted.about,))
    if wanted.here:
        lon, lat = wanted.here
        yield Condition(NEAR, (lon, lat, wanted.radius, lat))
    if wanted.area:
        yield Condition(AREA, (wanted.area,))
    if wanted.since:
        yield Condition(f"{WHEN} >= %s", (wanted.since,))
    if wanted.until:
        yield Condition(f"{WHEN} < %s::date + 1", (wanted.until,))


def _equals(name: str, value: str) -> Condition:
    return Condition(f"{connection.ops.quote_name(name)} = %s", (value,))


def find_address(address: str, viewer: Viewer) -> Row | None:
    """The address or building that a text names, the shortest that holds all its words."""
    words = address.split()
    for name in ("addresses", "buildings", "pois"):
        layer = get_layer(name, viewer)
        conditions = [contains_word("search_text", word) for word in words]
        rows = LayerQuery(layer, viewer).rows(
            *conditions,
            order="length(search_text), id",
            limit=1,
            outline=False,
            attributes=(layer.title_attribute,),
        )
        if rows and rows[0]["lon"] is not None:
            return {**rows[0], "name": rows[0][layer.title_attribute]}
    return None
