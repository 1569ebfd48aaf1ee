"""How planners say a journey: on foot or not, how many minutes, from where, and what is counted at its end."""

from django.utils.translation import gettext as _

from geoportal.workbench.sketches.positions import shape_of
from layers.coordinates import Position
from layers.errors import InvalidInput
from layers.query.analysis.operand import Operand, storeys
from layers.query.analysis.service_area import FLOOR_AREA, Amount
from layers.query.analysis.travel import MODES, Mode
from layers.query.errors import InvalidQuery
from layers.query.fragments import Type
from layers.query.scope import Scope, queryables, type_of
from layers.registry.access.layer_query import LayerQuery
from layers.registry.declaration.layer import Attribute, Geometry

FLOORS = "floor-area"


def mode_of(text: str) -> Mode:
    if text not in MODES:
        raise InvalidInput(
            _("“%(name)s” is one of: %(allowed)s.") % {"name": "mode", "allowed": ", ".join(MODES)}
        )
    return MODES[text]


def minutes_of(text: str) -> list[float]:
    words = text.replace("，", ",").replace("、", ",").replace(";", ",").split(",")
    try:
        return [float(word) for word in words if word.strip()]
    except ValueError:
        raise InvalidInput(_("“%(value)s” is no number.") % {"value": text[:40]}) from None


def place_of(text: str) -> Position:
    found = shape_of(text)
    if found.geom_type != "Point":
        raise InvalidQuery(_("Give one position to set out from."))
    return found.x, found.y


def amount_of(operand: Operand, text: str) -> Amount:
    """Of how many features there are, or of a number of theirs."""
    if not text:
        return Amount(operand)
    if text == FLOORS and (known := _floors(operand.reading)):
        return Amount(operand, known, is_floor_area=True)
    number = Scope(operand.reading).attribute(text)
    if type_of(operand.layer, number) != Type.NUMBER:
        raise InvalidQuery(
            _("“%(name)s” is no number that can be added up.") % {"name": operand.layer.label(number)}
        )
    return Amount(operand, number)


def amounts(reading: LayerQuery) -> list[tuple[str, object]]:
    """What of a layer can be added up: names and labels."""
    layer = reading.layer
    numbers = [
        (each.name, layer.label(each))
        for each in queryables(reading)
        if type_of(layer, each) == Type.NUMBER and not layer.choices(each)
    ]
    return [*([(FLOORS, FLOOR_AREA)] if _floors(reading) else []), *numbers]


def amount_label(reading: LayerQuery, text: str) -> str:
    return str(dict(amounts(reading)).get(text, text))


def _floors(reading: LayerQuery) -> Attribute | None:
    return storeys(reading) if reading.layer.geometry == Geometry.POLYGON else None
