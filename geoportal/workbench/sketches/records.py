"""Shapes that planners name and keep, each for its owner alone."""

import shapely
from django.contrib.gis.geos import GEOSGeometry
from django.utils.translation import gettext as _
from shapely.geometry.base import BaseGeometry

from layers.coordinates import STORE_SRID
from layers.errors import NotFound
from layers.query.errors import InvalidQuery
from layers.query.models import Sketch
from layers.query.nodes import Shape
from layers.query.text_form import to_text

MOST = 200


def sketches(owner: int) -> list[Sketch]:
    """To be chosen from, without their shapes."""
    return list(Sketch.objects.filter(owner_id=owner).defer("geom")[:MOST])


def sketch(owner: int, pk: str) -> Sketch:
    mine = Sketch.objects.filter(owner_id=owner)
    found = mine.filter(pk=int(pk)).first() if pk.isdecimal() and len(pk) < 19 else None
    if found is None:
        raise NotFound(_("There is no such shape, or it is not yours."))
    return found


def keep(owner: int, title: str, shape: BaseGeometry, metres: float) -> Sketch:
    title = title.strip()
    if not title.isprintable() or not 0 < len(title) <= 120:
        raise InvalidQuery(_("Give the shape a title of at most 120 characters."))
    if Sketch.objects.filter(owner_id=owner).count() >= MOST:
        raise InvalidQuery(_("You keep %(most)d shapes already.") % {"most": MOST})
    geom = GEOSGeometry(memoryview(shapely.to_wkb(shape)), srid=STORE_SRID)
    return Sketch.objects.create(owner_id=owner, title=title, geom=geom, metres=metres)


def shape_of(kept: Sketch) -> BaseGeometry:
    return shapely.from_wkb(bytes(kept.geom.wkb))


def text_of(kept: Sketch) -> str:
    return to_text(Shape(shape_of(kept)))


def metres_of(kept: Sketch) -> str:
    """To the last digit that was typed."""
    return f"{kept.metres:.15g}"


def words_of(kept: Sketch) -> dict[str, str]:
    """As the form has them."""
    return {"shape": text_of(kept), "metres": metres_of(kept), "title": kept.title}
