"""Mistakes in declarations, reported by ``manage.py check`` with what to do about them."""

import re
from collections.abc import Iterable, Iterator, Sequence
from typing import Any

from django.apps import AppConfig
from django.core.checks import CheckMessage, Error
from django.core.exceptions import FieldDoesNotExist

from .access.personal_data import personal_word
from .audience import Audience
from .declaration.layer import ATTRIBUTE_NAME, LAYER_NAME, Attribute, Kind, Layer
from .declaration.symbology import ByCategory, ByStep
from .models import Feature
from .registration import all_layers

LIST_PATH = re.compile(r"([a-z][a-z0-9-]*/)+")


def check_layers(app_configs: Sequence[AppConfig] | None, **kwargs: Any) -> list[CheckMessage]:
    layers = all_layers()
    messages = [message for layer in layers for message in layer_errors(layer)]
    return [*messages, *conflict_errors(layers)]


def layer_errors(layer: Layer) -> Iterator[CheckMessage]:
    yield from _name_errors(layer)
    yield from _unknown_paths(layer)
    yield from _unknown_names(layer)
    yield from _search_errors(layer)
    yield from _geometry_errors(layer)
    yield from _list_page_errors(layer)
    yield from personal_errors(layer)


def _name_errors(layer: Layer) -> Iterator[CheckMessage]:
    wrong = [
        attribute.name for attribute in layer.attributes if not re.fullmatch(ATTRIBUTE_NAME, attribute.name)
    ]
    if not re.fullmatch(LAYER_NAME, layer.name):
        wrong.append(layer.name)
    for name in wrong:
        yield _error(
            layer,
            "E015",
            f"uses the name {name!r}, which would stand in addresses and in SQL.",
            "Layers are called such as bus-stops, attributes such as opened_on, in small letters.",
        )


def conflict_errors(layers: Sequence[Layer]) -> Iterator[CheckMessage]:
    """What two layers cannot both declare."""
    groups: dict[str, Layer] = {}
    paths: dict[str, Layer] = {}
    for layer in layers:
        other = groups.setdefault(layer.group.name, layer)
        if other.group != layer.group:
            yield _error(
                layer,
                "E010",
                f"declares the group {layer.group.name!r} otherwise than {other.name!r} does.",
                "Use one Group object for both, or give yours another name.",
            )
        if layer.list_page and (other := paths.setdefault(layer.list_page.path, layer)) is not layer:
            yield _error(
                layer,
                "E011",
                f"has its list page at {layer.list_page.path!r}, where that of {other.name!r} is.",
                "Give it another path.",
            )


def _unknown_names(layer: Layer) -> Iterator[CheckMessage]:
    names = {attribute.name for attribute in layer.attributes}
    for name in dict.fromkeys(_named_attributes(layer)):
        if name not in names:
            yield _error(
                layer,
                "E002",
                f"names the attribute {name!r}, which it does not declare.",
                "Add it to attributes, or correct the name.",
            )


def _search_errors(layer: Layer) -> Iterator[CheckMessage]:
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
    if layer.searchable and not issubclass(layer.model, Feature):
        yield _error(
            layer,
            "E006",
            "is searchable but its model does not extend Feature.",
            "Extend PointFeature, LineFeature, PolygonFeature or Feature.",
        )


def _geometry_errors(layer: Layer) -> Iterator[CheckMessage]:
    if layer.has_geometry != (layer.symbology is not None):
        yield _error(
            layer,
            "E005",
            "has geometry without symbology, or symbology without geometry.",
            "Declare both, or Geometry.NONE and no symbology.",
        )
    if layer.has_geometry and not any(f.name == "geom" for f in layer.place_model._meta.fields):
        yield _error(
            layer,
            "E007",
            "has no field geom on the model at its place_path.",
            "Extend a feature model, or set place_path.",
        )


def _list_page_errors(layer: Layer) -> Iterator[CheckMessage]:
    page = layer.list_page
    if page is None:
        return
    if not LIST_PATH.fullmatch(page.path):
        yield _error(
            layer,
            "E008",
            f"has its list page at {page.path!r}.",
            "A path is of lower-case words that each end with a slash, such as 'food/' or 'city/benches/'.",
        )
    known = {attribute.name: attribute for attribute in layer.attributes}
    for name in page.filters:
        if name in known and layer.kind(known[name]) != Kind.CODE:
            yield _error(
                layer,
                "E009",
                f"filters its list page by {name!r}, which has no code list.",
                "Give the model field choices or the attribute titles, or take the filter away.",
            )


def personal_errors(layer: Layer) -> Iterator[CheckMessage]:
    """Personal data must be called so, be for departments at least, and be shown only where readings are recorded."""
    for attribute in layer.attributes:
        word = _personal_word(layer, attribute)
        if word and attribute.personal is None:
            yield _error(
                layer,
                "E012",
                f"has the attribute {attribute.name!r}, whose name reads like personal data ({word}).",
                "Declare personal=True, or personal=False where it is an office's and nobody's own.",
            )
        if attribute.personal and attribute.audience < Audience.DEPARTMENT:
            yield _error(
                layer,
                "E013",
                f"shows the personal attribute {attribute.name!r} to more than departments.",
                "Give it audience=Audience.DEPARTMENT or RESTRICTED.",
            )
        shown = attribute.in_tiles or attribute.search or attribute.name == layer.title_attribute
        if attribute.personal and shown:
            yield _error(
                layer,
                "E014",
                f"has the personal attribute {attribute.name!r} in tiles, in search or as its title.",
                "Nobody's reading is recorded there: leave it to the card, the feature's page and the export.",
            )


def _personal_word(layer: Layer, attribute: Attribute) -> str:
    try:
        return personal_word(attribute.path, layer.label(attribute)) or personal_word(attribute.name, "")
    except FieldDoesNotExist:  # reported on its own
        return personal_word(attribute.name, "")


def _named_attributes(layer: Layer) -> Iterable[str]:
    yield layer.title_attribute
    if layer.time:
        yield layer.time
    yield from layer.card
    if layer.list_page:
        yield from layer.list_page.columns
        yield from layer.list_page.filters
        yield from (name.lstrip("-") for name in layer.list_page.order)
    look = layer.symbology
    if look is None:
        return
    if isinstance(look.color, ByCategory | ByStep):
        yield look.color.attribute
    if look.label:
        yield look.label.attribute
        if look.label.by:
            yield look.label.by
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


def _error(layer: Layer, code: str, problem: str, hint: str) -> CheckMessage:
    return Error(f"Layer {layer.name!r} {problem}", hint=hint, obj=layer.model, id=f"layers.{code}")
