"""Areas with a number, as GeoJSON with classes, for the maps of shades."""

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from django.db import connection
from django.http import HttpResponse

from layers.casework.analytics.quantiles import Class, class_index, quantiles

AREAS = {"grid": "base_gridcell", "division": "base_division", "subdistrict": "base_division"}
SHAPES = """
    SELECT code, ST_AsGeoJSON(geom, 6, 0) FROM {table} WHERE code = ANY(%s) ORDER BY code
"""


@dataclass(frozen=True)
class AreaValues:
    """What an area says: ``values`` by figure, None where one is not told."""

    values: Mapping[str, float | None]
    properties: Mapping[str, Any]


def choropleth(kind: str, shades: Mapping[str, AreaValues], figures: Iterable[str]) -> HttpResponse:
    """A feature for each area that has a shape, and the classes of every figure."""
    classes = {figure: _classes(shades.values(), figure) for figure in figures}
    with connection.cursor() as cursor:
        cursor.execute(SHAPES.format(table=AREAS[kind]), [list(shades)])
        features = ",".join(
            _area_feature(code, shape, shades[code], classes) for code, shape in cursor.fetchall()
        )
    content = f'{{"type":"FeatureCollection","classes":{json.dumps(classes)},"features":[{features}]}}'
    return HttpResponse(content, content_type="application/geo+json")


def _classes(shades: Iterable[AreaValues], figure: str) -> list[Class]:
    values = (shade.values.get(figure) for shade in shades)
    return quantiles(value for value in values if value is not None)


def _area_feature(code: str, shape: str, shade: AreaValues, classes: Mapping[str, list[Class]]) -> str:
    """GeoJSON; the shape comes from the database as it is."""
    ranks = {
        figure: class_index(value, classes[figure])
        for figure, value in shade.values.items()
        if value is not None and figure in classes
    }
    said = json.dumps({"code": code, **shade.properties, "values": shade.values, "ranks": ranks})
    return f'{{"type":"Feature","id":{json.dumps(code)},"geometry":{shape},"properties":{said}}}'
