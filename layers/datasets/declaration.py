"""From a dataset's row to what a programmer would have written: a model and a layer."""

from typing import Any

from django.apps.registry import Apps
from django.contrib.gis.db import models

from layers.registry.audience import Audience
from layers.registry.declaration.group import Group
from layers.registry.declaration.layer import Attribute, Geometry, Layer, Place
from layers.registry.declaration.mapping import Column, ImportMapping
from layers.registry.declaration.symbology import Label, Symbology
from layers.registry.models import LineFeature, PointFeature, PolygonFeature
from layers.registry.text import Text

from .models import Dataset

BASES = {Geometry.POINT: PointFeature, Geometry.LINE: LineFeature, Geometry.POLYGON: PolygonFeature}
PLACES = {Geometry.POINT: Place("near", radius=300, limit=3), Geometry.POLYGON: Place("contains")}
MOST_ON_CARD = 12
TIMES = {"date", "datetime"}
DATASETS = Group("datasets", Text("其他数据", "Other data"), 60)


def model_of(dataset: Dataset) -> type[models.Model]:
    """In a registry of its own, so that it is no business of migrations."""
    base: Any = BASES[Geometry(dataset.geometry)]
    titles = {"verbose_name": dataset.title, "verbose_name_plural": dataset.title}
    options = {"apps": Apps(), "app_label": "datasets", "db_table": table_of(dataset), **titles}
    columns = {field["name"]: _column(field) for field in dataset.fields}
    made = {"__module__": __name__, "Meta": type("Meta", (base.Meta,), options), **columns}
    return type(f"Dataset{dataset.pk}", (base,), made)


def layer_of(dataset: Dataset) -> Layer:
    times = [field["name"] for field in dataset.fields if field["kind"] in TIMES]
    return Layer(
        name=dataset.name,
        model=model_of(dataset),
        title=Text(dataset.title, dataset.title_en or dataset.title),
        geometry=Geometry(dataset.geometry),
        group=DATASETS,
        title_attribute=dataset.title_field,
        attributes=tuple(_attribute(field, dataset) for field in dataset.fields),
        audience=Audience(dataset.audience),
        time=times[0] if len(times) == 1 else "",
        card=tuple(field["name"] for field in dataset.fields[:MOST_ON_CARD]),
        symbology=_symbology(dataset),
        place=PLACES.get(Geometry(dataset.geometry)),
        imports=ImportMapping(
            columns=tuple(map(_import_column, dataset.fields)), key=("source", *dataset.key)
        ),
    )


def _attribute(field: dict[str, Any], dataset: Dataset) -> Attribute:
    return Attribute(
        field["name"],
        label=label_of(field),
        in_tiles=bool(field.get("in_tiles")),
        search=field["kind"] == "text" and field["name"] == dataset.title_field,
    )


def _symbology(dataset: Dataset) -> Symbology:
    outline = "#ffffff" if dataset.geometry == Geometry.POINT else dataset.color
    return Symbology(dataset.color, outline=outline, label=Label(dataset.title_field, min_zoom=16))


def _import_column(field: dict[str, Any]) -> Column:
    heading = field.get("heading") or field["label"]
    return Column(field["name"], (heading,), title=label_of(field), is_exact=True)


def table_of(dataset: Dataset) -> str:
    """One that is not kept is only tried."""
    return f"datasets_{dataset.pk or 'tried'}"


def label_of(field: dict[str, Any]) -> Text:
    return Text(field["label"], field.get("label_en") or field["label"])


def _column(field: dict[str, Any]) -> "models.Field[Any, Any]":
    made: dict[str, Any] = {
        "text": lambda: models.TextField(field["label"], blank=True, db_default=""),
        "integer": lambda: models.BigIntegerField(field["label"], null=True),
        "number": lambda: models.FloatField(field["label"], null=True),
        "boolean": lambda: models.BooleanField(field["label"], null=True),
        "date": lambda: models.DateField(field["label"], null=True),
        "time": lambda: models.DateTimeField(field["label"], null=True),
    }
    found: models.Field[Any, Any] = made[field["kind"]]()
    return found
