"""What an address asks of a collection's features, each part applied or refused with what it may be."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from django.utils.translation import gettext as _

from geoportal.features.filters.area import area_conditions
from geoportal.features.filters.expression import expression_conditions
from geoportal.features.filters.period import period_conditions
from geoportal.features.filters.reference_systems import OGC, ReferenceSystem, reference_system
from geoportal.features.filters.values import value_conditions
from layers.errors import InvalidInput
from layers.query.scope import queryables
from layers.registry.access.layer_query import Condition, LayerQuery
from layers.registry.declaration.layer import Attribute

DEFAULT_LIMIT, MOST = 1000, 10_000
FURTHEST = 2**31
GENERAL = ("f", "lang")
PARAMETERS = (
    *GENERAL,
    "limit",
    "offset",
    "bbox",
    "bbox-crs",
    "crs",
    "datetime",
    "sortby",
    "properties",
    "skipGeometry",
    "resulttype",
    "filter",
    "filter-lang",
    "filter-crs",
)


@dataclass(frozen=True)
class FeatureQuery:
    """``properties`` names those that are wanted, None for all; ``counts_only`` asks for the number alone.

    ``has_filter`` where a condition may take long."""

    conditions: list[Condition]
    order: str
    limit: int
    offset: int
    system: ReferenceSystem
    properties: list[str] | None
    without_geometry: bool
    counts_only: bool
    has_filter: bool


def feature_query(reading: LayerQuery, given: Mapping[str, str]) -> FeatureQuery:
    return FeatureQuery(
        conditions=[
            *area_conditions(reading, given.get("bbox"), given.get("bbox-crs")),
            *period_conditions(reading, given.get("datetime")),
            *value_conditions(reading, given),
            *expression_conditions(
                reading, given.get("filter"), given.get("filter-lang"), given.get("filter-crs")
            ),
        ],
        order=_order(reading, given.get("sortby")),
        limit=min(_whole("limit", given.get("limit"), DEFAULT_LIMIT, 1), MOST),
        offset=min(_whole("offset", given.get("offset"), 0, 0), FURTHEST),
        system=reference_system("crs", given.get("crs", OGC)),
        properties=_names("properties", given["properties"], reading.attributes)
        if "properties" in given
        else None,
        without_geometry=_one_of("skipGeometry", given.get("skipGeometry", "false"), "true", "false")
        == "true",
        counts_only=_one_of("resulttype", given.get("resulttype", "results"), "results", "hits") == "hits",
        has_filter="filter" in given,
    )


def _order(reading: LayerQuery, text: str | None) -> str:
    """SQL over the view's columns; the key comes last, so that pages neither overlap nor leave anything out."""
    parts = [] if text is None else text.split(",")
    asked = ",".join(part.lstrip("+- ") for part in parts)
    names = _names("sortby", asked, queryables(reading)) if parts else []
    signs = ["DESC" if part.startswith("-") else "ASC" for part in parts]
    return ", ".join([*(f'"{name}" {sign}' for name, sign in zip(names, signs, strict=True)), "id"])


def _names(parameter: str, text: str, attributes: Iterable[Attribute]) -> list[str]:
    known = [attribute.name for attribute in attributes]
    names = text.split(",")
    if not set(names) <= set(known):
        raise InvalidInput(
            _("“%(name)s” names properties, separated by commas; there are: %(allowed)s.")
            % {"name": parameter, "allowed": ", ".join(known)}
        )
    return names


def _whole(name: str, text: str | None, default: int, least: int) -> int:
    if text is None:
        return default
    if not (text.isascii() and text.isdigit() and len(text) < 19 and int(text) >= least):
        raise InvalidInput(
            _("“%(name)s” must be a whole number, %(least)d or more.") % {"name": name, "least": least}
        )
    return int(text)


def _one_of(name: str, text: str, *allowed: str) -> str:
    if text not in allowed:
        raise InvalidInput(
            _("“%(name)s” is one of: %(allowed)s.") % {"name": name, "allowed": ", ".join(allowed)}
        )
    return text
