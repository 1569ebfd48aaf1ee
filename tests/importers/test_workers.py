"""The same rows arrive whoever checks and copies them: this process, several, or the workers of Dask."""

from pathlib import Path
from typing import Any

import numpy as np
import pytest
import shapely
from django.db import connection

from importers.models import Import
from layers.base.models import Building
from tests.importers.making import address, load, package

pytestmark = pytest.mark.django_db(transaction=True)


def many(path: Path, number: int = 31_000) -> Path:
    """Four batches of houses in a plane's system, every thousandth of them wrong in one of two ways."""
    shapes: list[Any] = list(shapely.box(*(121.8 + grid(number)).T))
    for place in range(0, number, 2000):
        shapes[place] = None
    heights = ["tall" if place % 2000 == 1000 else str(place % 40 + 3) for place in range(number)]
    return package(path, shapes, "EPSG:4549", id=[f"h{n}" for n in range(number)], height=heights)


def grid(number: int) -> Any:
    place = np.arange(number)
    west, south = place % 300 * 0.0003, place // 300 * 0.0003 - 92
    return np.column_stack([west, south, west + 0.0002, south + 0.0002])


def outcome(path: Path, **options: Any) -> tuple[Any, ...]:
    Building.objects.all().delete()
    report = load(path, source="survey", **options)
    rows = list(Building.objects.order_by("external_id").values_list("external_id", "height", "geom"))
    return (
        report.counts(),
        [(n.row, n.reason) for n in report.problem_rows],
        [(a, b, bytes(g.wkb)) for a, b, g in rows],
    )


def test_workers_load_what_one_process_loads(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DATABASE_URL", address())
    path = many(tmp_path / "h.gpkg")
    alone = outcome(path, processes=1)
    assert (alone[0]["added"], alone[0]["held"]) == (30_969, 31)
    assert outcome(path, processes=2) == alone
    assert outcome(path, processes=2, dask="local") == alone
    with connection.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM pg_class WHERE relname LIKE 'importers_staged%'")
        assert cursor.fetchone()[0] == 0
    assert Import.objects.count() == 3
