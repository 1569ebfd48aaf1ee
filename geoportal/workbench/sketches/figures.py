"""What is measured of a shape, as the page shows it."""

from typing import Any

from django.utils.translation import gettext as _
from shapely.geometry.base import BaseGeometry

from geoportal.workbench.analysis.cells import cell
from layers.registry.audience import Viewer
from layers.registry.text import Text

from .measures import Leg, Measures, Profile, measures, profile

Json = dict[str, Any]
AREA = Text("面积", "Area")
MOST_LEGS = 100
WIDTH, HEIGHT = 600, 140
"""Of the picture of heights."""


def figures(shape: BaseGeometry, metres: float, viewer: Viewer) -> Json:
    found = measures(shape, metres, viewer)
    heights = None if metres else profile(shape, viewer)
    return {
        "figures": _sizes(found),
        "legs": [_leg(leg) for leg in found.legs[:MOST_LEGS]],
        "profile": _profile(heights) if heights else None,
    }


def _sizes(found: Measures) -> list[Json]:
    shown = []
    if found.area is not None:
        area = f"{cell(found.area, 'area')} m² = {cell(found.area / 1e4, 'ha')} ha"
        shown.append((str(AREA), area))
    if found.length is not None:
        label = _("Circumference") if found.area is not None else _("Length")
        shown.append((label, f"{cell(found.length, 'metres')} m"))
    return [{"label": label, "value": value} for label, value in shown]


def _leg(leg: Leg) -> Json:
    bearing = round(leg.bearing, 1) % 360
    return {"metres": f"{cell(leg.metres, 'metres')} m", "bearing": f"{cell(bearing, 'metres')}°"}


def _profile(found: Profile) -> Json:
    """The line of the picture goes from the left to the right, its lowest spot at the bottom."""
    low, high = min(found.known), max(found.known)
    whole, span = found.spots[-1][0], (high - low) or 1.0
    points = [
        f"{metres / whole * WIDTH:.1f},{HEIGHT - (height - low) / span * HEIGHT:.1f}"
        for metres, height in found.spots
        if height is not None
    ]
    sums = [(_("Climb"), found.climb), (_("Fall"), found.fall)]
    heights = [(_("Lowest"), low), (_("Highest"), high), *sums]
    return {
        "points": " ".join(points),
        "box": f"0 -6 {WIDTH} {HEIGHT + 12}",
        "figures": [{"label": label, "value": f"{cell(value, 'metres')} m"} for label, value in heights],
        "whole": f"{cell(whole, 'metres')} m",
    }
