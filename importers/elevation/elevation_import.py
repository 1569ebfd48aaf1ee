"""One import of elevation: read, move, cut into squares, replace what it covers of its source, record."""

import hashlib
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from itertools import islice
from pathlib import Path
from typing import Any

import numpy as np
import pyproj
from django.contrib.gis.geos import MultiPolygon, Polygon
from django.db import connection, transaction

from importers.crs import transformation
from importers.crs.candidates import Box, distance_and_direction
from importers.crs.district import district_box
from importers.errors import ImporterError
from importers.history import record
from importers.history.report import ImportReport, LoadResult
from importers.models import Import, State
from importers.options import ImportOptions, label_of
from importers.safety import inspection
from importers.sources import files
from layers.coordinates import STORE_SRID
from layers.registry.declaration.layer import Layer
from layers.sentences.sentence import gettext as _
from layers.terrain import grid
from layers.terrain.models import HeightTile, Terrain
from layers.terrain.rules import HIGHEST, LOWEST, encode, is_implausible

from . import geotiff
from .geotiff import Raster
from .pyramid import SquareHeights, SquareRange, squares

AT_ONCE = 16
MOST_SQUARES = 60_000
GEOD = pyproj.Geod(ellps="GRS80")


@dataclass(frozen=True)
class RasterPlacement:
    """Where a raster lies: the squares that are taken of it, and the box in degrees in which they have heights."""

    move: transformation.Transformation
    box: Box
    resolution: float
    wanted: SquareRange
    notes: list[str]


def import_elevation(
    path: Path, layer: Layer, options: ImportOptions, imported: Import | None = None
) -> ImportReport:
    """Load an elevation model into a layer, all of it within the district or nothing."""
    try:
        with _open_raster(path, options) as raster:
            return _import(raster, path, layer, options, imported)
    except ImporterError as problem:
        if not problem.recorded:
            record.refuse(layer.name, path, options.who, imported, str(problem))
        raise


def preview(raster: Raster, options: ImportOptions) -> dict[str, Any]:
    """What a file would be loaded as, for a person to decide."""
    placed = locate(raster, options)
    return {
        "width": raster.width,
        "height": raster.height,
        "resolution": f"{placed.resolution:.3g}",
        "crs": placed.move.name,
        "notes": [*raster.notes, *placed.notes],
    }


def undo_elevation(imported: Import) -> None:
    """Remove what an import brought and put back what it replaced; raises ImporterError where a later one lies on it."""
    brought = Terrain.objects.filter(delivery=imported.pk).first()
    if brought is None:
        if imported.counts.get("unchanged"):
            return
        raise ImporterError(_("Its elevation model is no longer there, so it cannot be undone."))
    if brought.replaced_by_id:
        raise ImporterError(_("A later import replaced its elevation model; undo that one first."))
    Terrain.objects.filter(replaced_by=brought).update(replaced_by=None)
    brought.delete()


@contextmanager
def _open_raster(path: Path, options: ImportOptions) -> Iterator[Raster]:
    with inspection.open_checked(path) as found:
        chosen = files.choose_elevation(found, options.file_layer, path)
        with geotiff.open_raster(chosen, options.source_crs) as raster:
            yield raster


def locate(raster: Raster, options: ImportOptions) -> RasterPlacement:
    district = None if options.anywhere else district_box()
    move = transformation.find_transformation(
        options.source_crs or raster.crs, lambda: raster.bounds, district
    )
    box = _box(raster, move)
    notes = [move.note] if move.note else []
    if district is not None:
        _refuse_elsewhere(raster, box, district)
    resolution = _resolution(raster, move)
    inside = box if district is None else _intersection(box, district)
    wanted = SquareRange.of(inside, grid.zoom_for(resolution, (inside[1] + inside[3]) / 2))
    if inside != box:
        box = _intersection(box, wanted.box)
        notes.append(
            _("only what lies around the district is taken; {option} takes all of the file").format(
                option=label_of("anywhere")
            )
        )
    if len(wanted) > MOST_SQUARES:
        raise ImporterError(
            _(
                "{path} covers {count:,} squares of the map, more than are taken; deliver it in sheets."
            ).format(path=raster.name, count=len(wanted))
        )
    return RasterPlacement(move, box, resolution, wanted, notes)


def _box(raster: Raster, move: transformation.Transformation) -> Box:
    """West, south, east, north in degrees, as far as maps go."""
    corners = raster.positions(raster.outline())
    lonlat = move.apply(corners) if move.apply else corners
    if not np.isfinite(lonlat).all() or (np.abs(lonlat) > (180.0, 90.0)).any():
        raise ImporterError(
            _("The positions do not fit {label}; enter their reference system under {option}.").format(
                label=move.name, option=label_of("source_crs")
            )
        )
    (west, south), (east, north) = lonlat.min(axis=0), lonlat.max(axis=0)
    return float(west), max(-85.0, float(south)), float(east), min(85.0, float(north))


def _refuse_elsewhere(raster: Raster, box: Box, district: Box) -> None:
    away, direction = distance_and_direction(box, district)
    if away:
        raise ImporterError(
            _(
                "{path} lies {away:,.0f} km {direction} of the district; {option} takes it all the same."
            ).format(path=raster.name, away=away, direction=_(direction), option=label_of("anywhere"))
        )


def _intersection(box: Box, district: Box) -> Box:
    west, south, east, north = district
    return max(box[0], west), max(box[1], south), min(box[2], east), min(box[3], north)


def _resolution(raster: Raster, move: transformation.Transformation) -> float:
    """Metres on the ground from one pixel in the middle to the next, the shorter way."""
    column, row = raster.width / 2, raster.height / 2
    three = raster.positions(np.array([(column, row), (column + 1, row), (column, row + 1)]))
    lonlat = move.apply(three) if move.apply else three
    (lon, lat), beside, below = lonlat
    metres = [GEOD.inv(lon, lat, *other)[2] for other in (beside, below)]
    if not min(metres) > 0:
        raise ImporterError(
            _("{path} does not say where it lies; deliver a GeoTIFF whose pixels have positions.").format(
                path=raster.name
            )
        )
    return float(min(metres))


def _import(
    raster: Raster, path: Path, layer: Layer, options: ImportOptions, imported: Import | None
) -> ImportReport:
    placed, sha256 = locate(raster, options), record.fingerprint(path)
    record.fail_interrupted()
    imported = record.begin(layer.name, path, sha256, options.as_json(), options.who, imported)
    report = ImportReport(
        layer.name,
        source_crs=placed.move.name,
        notes=[*raster.notes, *placed.notes],
        import_id=imported.pk,
    )
    try:
        with record.hold_alive(imported), transaction.atomic():
            _write(raster, placed, imported, report, options)
            if options.dry_run:
                transaction.set_rollback(True)
            else:
                record.end(imported, State.LOADED, report)
        if options.dry_run:
            record.end(imported, State.TRIED, report)
    except BaseException as problem:
        record.fail(imported, str(problem) or type(problem).__name__)
        if isinstance(problem, ImporterError):
            problem.recorded = True
        raise
    return report


def _write(
    raster: Raster, placed: RasterPlacement, imported: Import, report: ImportReport, options: ImportOptions
) -> None:
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(hashtext(%s))", [f"import {report.layer}"])
    source = _source(imported, placed)
    mark = _content_hash(imported.sha256, placed)
    same = Terrain.objects.filter(source=source, fingerprint=mark, replaced_by=None).first()
    if same is not None:
        report.read = HeightTile.objects.filter(feature=same, z=same.zoom).count()
        report.loaded = LoadResult(unchanged=report.read, bounds=same.geom.extent)
        report.notes.append(_("the same file was loaded before; nothing was changed"))
        return
    model, count = store_raster(raster, placed, source, options, mark, imported.pk)
    replaced = _replace(model)
    report.read = count
    report.loaded = LoadResult(
        added=0 if replaced else count, updated=count if replaced else 0, bounds=placed.box
    )
    report.notes.append(
        _("heights from {lowest:,.2f} to {highest:,.2f} m, a pixel is {resolution:.3g} m wide").format(
            lowest=model.lowest, highest=model.highest, resolution=placed.resolution
        )
    )
    if replaced:
        report.notes.append(_("it replaces the elevation model of the same source that it covers"))


def store_raster(
    raster: Raster,
    placed: RasterPlacement,
    source: str,
    options: ImportOptions,
    mark: str = "",
    delivery: int | None = None,
) -> tuple[Terrain, int]:
    """Write a raster as a new model; also tells of how many squares of its own zoom."""
    model = Terrain.objects.create(
        name=Path(raster.name).stem[:200],
        source=source,
        resolution=placed.resolution,
        zoom=placed.wanted.z,
        lowest=0.0,
        highest=0.0,
        vertical_datum=raster.vertical_datum[:200],
        delivered_crs=placed.move.name[:200],
        fingerprint=mark,
        delivery=delivery,
        geom=MultiPolygon(Polygon.from_bbox(placed.box), srid=STORE_SRID),
    )
    count = _fill(model, raster, placed, options)
    model.save()
    return model, count


def _fill(model: Terrain, raster: Raster, placed: RasterPlacement, options: ImportOptions) -> int:
    """Write the squares of a model and note its lowest and highest; returns how many there are of its own zoom."""
    lowest, highest, count = np.inf, -np.inf, 0
    with options.progress(raster.name, len(placed.wanted)) as done:
        found = squares(raster, placed.move.back, placed.wanted, done)
        while some := list(islice(found, AT_ONCE)):
            for made in some:
                if made.z == model.zoom:
                    _check_plausibility(raster, made)
                    lowest = min(lowest, float(np.nanmin(made.heights)))
                    highest = max(highest, float(np.nanmax(made.heights)))
                    count += 1
            HeightTile.objects.bulk_create(
                HeightTile(feature=model, z=made.z, x=made.x, y=made.y, heights=encode(made.heights))
                for made in some
            )
    if not count:
        raise ImporterError(_("{path} has no heights where it would be taken.").format(path=raster.name))
    model.lowest, model.highest = lowest, highest
    return count


def _check_plausibility(raster: Raster, made: SquareHeights) -> None:
    if is_implausible(made.heights):
        low, high = float(np.nanmin(made.heights)), float(np.nanmax(made.heights))
        raise ImporterError(
            _(
                "{path} has heights from {low:,.0f} to {high:,.0f} m; ground lies between {lowest:,.0f} and {highest:,.0f}. "
                "If a number stands for missing heights, say so in the file (its no-data value)."
            ).format(path=raster.name, low=low, high=high, lowest=LOWEST, highest=HIGHEST)
        )


def _replace(model: Terrain) -> bool:
    """Older models of the source that lie wholly within this one give way; those before them are forgotten."""
    older = Terrain.objects.filter(source=model.source, replaced_by=None, geom__coveredby=model.geom)
    keys = list(older.exclude(pk=model.pk).values_list("pk", flat=True))
    Terrain.objects.filter(replaced_by__in=keys).delete()
    Terrain.objects.filter(pk__in=keys).update(replaced_by=model)
    return bool(keys)


def _source(imported: Import, placed: RasterPlacement) -> str:
    stated, crs = imported.source, placed.move.name
    return (f"{stated[:180]} ({crs})" if crs in transformation.OFFSETS else stated)[:200]


def _content_hash(sha256: str, placed: RasterPlacement) -> str:
    """Alike for the same file, taken alike."""
    taken = ",".join(f"{corner:.7f}" for corner in placed.box)
    return hashlib.sha256(f"{sha256} {placed.move.name} {taken}".encode()).hexdigest()
