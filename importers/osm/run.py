"""An OpenStreetMap extract into the base layers, all of them in one transaction."""

from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
import shapely
from django.db import transaction

from layers.registry.layer import Layer

from ..delivery import Delivery, Refused
from ..read import files
from ..report import Report
from ..run import Options, Task, import_delivery
from .sort import Collected, Sorted, sort

SOURCE = "OpenStreetMap contributors, ODbL"
CRS = "EPSG:4326"


@dataclass(frozen=True)
class Outcome:
    sorted: Sorted
    reports: list[Report]


def import_osm(path: Path, layers: dict[str, Layer], options: Options) -> Outcome:
    """Sort an extract and load every layer that it fills; raises Refused with a sentence."""
    found = sort(path)
    if not found.layers:
        raise Refused(f"{path.name} holds nothing that the layers keep.")
    options = replace(options, source=options.source or SOURCE)
    path = files.regular(path)
    with transaction.atomic():
        reports = [
            import_delivery(Task(path, layers[name], options), _delivery(collected))
            for name, collected in found.layers.items()
        ]
        if options.dry_run:
            transaction.set_rollback(True)
    return Outcome(found, reports)


def _delivery(collected: Collected) -> Delivery:
    names = sorted({name for row in collected.rows for name in row})
    columns = {
        name: np.fromiter((row.get(name) for row in collected.rows), dtype=object, count=len(collected.rows))
        for name in names
    }
    shapes = np.array([*collected.shapes, None], dtype=object)[:-1]
    return Delivery(columns, shapely.to_wkb(shapes), CRS, labels=collected.names)
