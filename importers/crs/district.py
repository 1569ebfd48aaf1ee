"""The district that data are expected in."""

import shapely

from layers.base.models import Division, DivisionLevel

from .candidates import Box

NEAR = 0.01
"""Degrees around the district that still count as within it: data of a district reach over its border."""


def district_area() -> shapely.Geometry | None:
    """Its area with a margin; None while no division is there."""
    rows = Division.objects.filter(geom__isnull=False)
    areas = rows.filter(level=DivisionLevel.DISTRICT) or rows.filter(parent=None)
    shapes = [shapely.from_wkb(bytes(area.geom.wkb)) for area in areas if area.geom]
    return shapely.buffer(shapely.union_all(shapes), NEAR, quad_segs=2) if shapes else None


def district_box() -> Box | None:
    """West, south, east, north in degrees, with the margin; None while no division is there."""
    found = district_area()
    if found is None:
        return None
    west, south, east, north = found.bounds
    return west, south, east, north
