"""The outline of a project out of a file: its areas as one, in degrees."""

import tempfile
from pathlib import Path, PurePath
from typing import Any

import numpy as np
import shapely
from django.core.files.uploadedfile import UploadedFile
from django.utils.translation import gettext as _
from shapely.errors import GEOSException
from shapely.geometry.base import BaseGeometry

from importers.crs.transformation import find_transformation
from importers.errors import ImporterError
from importers.examination import examine
from layers.errors import InvalidInput

MOST_BYTES = 20_000_000
MOST_SHAPES = 500


def outline_of(sent: "UploadedFile[Any]") -> BaseGeometry:
    """Of a file that holds areas, in any format that the import page takes."""
    if (sent.size or 0) > MOST_BYTES:
        raise InvalidInput(
            _("The file of a project has at most %(size)d MB.") % {"size": MOST_BYTES // 1_000_000}
        )
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / f"project{''.join(PurePath(sent.name or '').suffixes[-2:])[-20:]}"
        with path.open("wb") as file:
            for piece in sent.chunks():
                file.write(piece)
        try:
            return _outline(path)
        except ImporterError as problem:
            raise InvalidInput(str(problem)) from problem


def _outline(path: Path) -> BaseGeometry:
    found = examine(path)
    if found.source is None:
        raise ImporterError(found.problem)
    sample = found.source.sample
    if not found.source.has_geometry or sample.shapes is None:
        raise ImporterError(_("The file holds no shapes."))
    if len(sample) > MOST_SHAPES or (found.source.count or 0) > len(sample):
        raise ImporterError(_("A project has at most %(most)d shapes.") % {"most": MOST_SHAPES})
    shapes = shapely.force_2d(shapely.from_wkb(sample.shapes.to_pylist()))
    areas = [each for each in shapes if each is not None and "Polygon" in each.geom_type]
    if not areas:
        raise ImporterError(_("The file holds no areas."))
    if not shapely.is_valid(areas).all():
        raise ImporterError(_("The areas of the file cannot be made one."))
    bounds = shapely.total_bounds(np.array(areas))
    way = find_transformation(found.source.crs, lambda: tuple(bounds.tolist()))
    if way.apply is not None:
        areas = [shapely.transform(each, way.apply) for each in areas]
    try:
        whole: BaseGeometry = shapely.union_all(np.array(areas))
    except GEOSException as problem:
        raise ImporterError(_("The areas of the file cannot be made one.")) from problem
    west, south, east, north = whole.bounds
    if not (-180 <= west <= east <= 180 and -90 <= south <= north <= 90):
        raise ImporterError(_("The file lies beyond the degrees of longitude and latitude."))
    return whole
