"""How high the ground is at a spot, in words for the place card."""

from django.utils import formats
from django.utils.translation import gettext as _

from layers.registry.audience import Viewer
from layers.registry.registration import layers_for
from layers.registry.text import one_language
from layers.terrain.elevation import ground


def elevation(lon: float, lat: float, viewer: Viewer) -> list[dict[str, str]]:
    """Label and value, of every layer with heights that knows the spot (degrees)."""
    found = []
    for layer in layers_for(viewer):
        if layer.heights is None:
            continue
        with ground(layer, viewer) as known:
            spot = known.spot(lon, lat)
        if spot is not None:
            metres = formats.number_format(round(spot.height, 1), 1)
            datum = spot.survey.vertical_datum or _("unknown")
            told = [
                f"{metres} m",
                _("vertical datum: %(datum)s") % {"datum": datum},
                one_language(spot.survey.source),
            ]
            found.append({"label": _("Elevation"), "value": " · ".join(filter(None, told))})
    return found
