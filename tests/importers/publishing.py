"""A file as a layer of its own, and what came of it."""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from geoportal.imports.dataset_publication import DatasetProposal, publish
from importers.history.report import ImportReport
from importers.options import ImportOptions
from layers.datasets.declaration import model_of
from layers.datasets.models import Dataset
from layers.registry.declaration.layer import Geometry

NAME = "found"


@dataclass(frozen=True)
class Publication:
    report: ImportReport
    geometry: str
    kinds: dict[str, str]
    rows: list[dict[str, Any]]
    """By the headings of the file, in its order."""

    @property
    def bounds(self) -> tuple[float, float, float, float]:
        """West, south, east, north of what was loaded."""
        assert self.report.loaded
        assert self.report.loaded.bounds
        return self.report.loaded.bounds

    def column(self, heading: str) -> list[Any]:
        return [row[heading] for row in self.rows]


def published(
    path: Path, kinds: Mapping[str, str] | None = None, geometry: Geometry | None = None, **options: Any
) -> Publication:
    """In longitudes and latitudes where the file does not say it, and with its good rows."""
    chosen: dict[str, Any] = {"accept_valid": True, "anywhere": True}
    if path.suffix in {".csv", ".xlsx"}:
        chosen["source_crs"] = "EPSG:4490"
    proposal = DatasetProposal(NAME, "t", kinds=kinds or {}, geometry=geometry)
    report = publish(path, proposal, ImportOptions(**chosen | options))
    dataset = Dataset.objects.get(name=NAME)
    headings = {field["name"]: field["label"] for field in dataset.fields}
    rows = [
        {headings[name]: value for name, value in row.items()}
        for row in model_of(dataset)._default_manager.values(*headings)
    ]
    found = {field["label"]: field["kind"] for field in dataset.fields}
    return Publication(
        report, dataset.geometry, found, sorted(rows, key=lambda row: str(next(iter(row.values()))))
    )


def table(path: Path, heading: str, *cells: str) -> Path:
    """Rows n0, n1, … with one cell each, at places of the district."""
    lines = [f'n{n},"{cell}",{121.85 + n / 500},29.9' for n, cell in enumerate(cells)]
    path.write_text("\n".join([f"name,{heading},lon,lat", *lines]), encoding="utf-8")
    return path
