"""Mistakes in declarations, reported by ``manage.py check`` with what to do about them."""

from collections.abc import Iterable, Iterator, Sequence
from typing import Any

from django.apps import AppConfig
from django.core.checks import CheckMessage, Error
from django.core.exceptions import FieldDoesNotExist

from .layer import Geometry, Layer
from .models import Feature
from .registration import all_layers
from .symbology import ByCategory, ByStep


def check_layers(app_configs: Sequence[AppConfig] | None, **kwargs: Any) -> list[CheckMessage]:
    return [message for layer in all_layers() for message in layer_errors(layer)]


def layer_errors(layer: Layer) -> Iterator[CheckMessage]:
    yield from _unknown_paths(layer)
    names = {attribute.name for attribute in layer.attributes}
    for name in _named_attributes(layer):
        if name not in names:
            yield _error(
                layer,
                "E002",
                f"names the attribute {name!r}, which it does not declare.",
                "Add it to attributes, or correct the name.",
            )
    for attribute in layer.attributes:
        if attribute.search and attribute.audience > layer.audience:
            yield _error(
                layer,
                "E003",
                f"searches {attribute.name!r}, which not all its viewers may read.",
                "Only attributes of the layer's own audience can be searched.",
            )
        if attribute.search and "__" in attribute.path:
            yield _error(
                layer,
                "E004",
                f"searches {attribute.name!r} through a foreign key.",
                "Search a column of the model itself.",
            )
    if layer.has_geometry != (layer.symbology is not None):
        yield _error(
            layer,
            "E005",
            "has geometry without symbology, or symbology without geometry.",
            "Declare both, or Geometry.NONE and no symbology.",
        )
    if layer.searchable and not issubclass(layer.model, Feature):
        yield _error(
            layer,
            "E006",
            "is searchable but its model does not extend Feature.",
            "Extend PointFeature, LineFeature, PolygonFeature or Feature.",
        )


def _named_attributes(layer: Layer) -> Iterable[str]:
    yield layer.title_attribute
    yield from layer.card
    look = layer.symbology
    if look is None:
        return
    if isinstance(look.color, ByCategory | ByStep):
        yield look.color.attribute
    if look.label:
        yield look.label.attribute
    if look.extrusion:
        yield look.extrusion.attribute


def _unknown_paths(layer: Layer) -> Iterator[CheckMessage]:
    for attribute in layer.attributes:
        try:
            layer.model_field(attribute)
        except FieldDoesNotExist as mistake:
            yield _error(
                layer,
                "E001",
                f"attribute {attribute.name!r}: {mistake}.",
                "Give a model field or a path over foreign keys as its source.",
            )
    if layer.geometry != Geometry.NONE and not any(f.name == "geom" for f in layer.place_model._meta.fields):
        yield _error(
            layer,
            "E007",
            "has no field geom on the model at its place_path.",
            "Extend a feature model, or set place_path.",
        )


def _error(layer: Layer, code: str, problem: str, hint: str) -> CheckMessage:
    return Error(f"Layer {layer.name!r} {problem}", hint=hint, obj=layer.model, id=f"layers.{code}")
