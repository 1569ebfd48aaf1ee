"""How fast a GeoPackage becomes checked rows in the store's reference system, beside other ways to load it."""

import os
import shutil
import subprocess
import sys
import time
from argparse import ArgumentParser
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from statistics import median
from tempfile import TemporaryDirectory
from typing import Any

import numpy as np
import psutil
import psycopg2
import pyogrio
import shapely
from django.conf import settings
from django.db import connection

from importers.options import ImportOptions
from importers.pipeline.import_run import import_file, useful_processes
from importers.pipeline.plan import plan_import
from importers.pipeline.staging import fill, fill_with_workers
from importers.pipeline.staging_table import StagingTable
from importers.pipeline.workers import start_workers
from importers.sources import files
from layers.base.models import Building
from layers.coordinates import STORE_SRID
from layers.jobs.progress import no_progress
from layers.registry.audience import Audience, Viewer
from layers.registry.registration import get_layer
from tests.benchmarks.cities import Say, address_of
from tests.benchmarks.figures import CannotMeasure, Figures

DATABASE = "geoportal_bench_import"
PLANE = 4549
WEST, SOUTH, SPACING = 670_000.0, 3_300_000.0, 25.0
SEED = 4


def add_arguments(parser: ArgumentParser) -> None:
    parser.add_argument(
        "--sizes", default="50000,500000", help="rows, separated by commas (default %(default)s)"
    )
    parser.add_argument(
        "--times", type=int, default=3, help="each way is run; the median counts (default %(default)s)"
    )


def run(options: dict[str, Any], say: Say) -> list[Any]:
    figures = Figures()
    sizes = [int(text) for text in options["sizes"].split(",")]
    with _database(say), TemporaryDirectory() as folder:
        for size in sizes:
            path = Path(folder) / f"{size}.gpkg"
            say(f"{size:,} buildings …")
            write(path, size)
            _ways(figures, f"{size:,}: ", path, size, options["times"], say)
    rates = {figure.name.partition(": ")[2]: [] for figure in figures.all}  # type: ignore[var-annotated]
    for figure in figures.all:
        rates[figure.name.partition(": ")[2]].append(figure.value)
    for first, last in (
        [values[0], values[-1]] for name, values in rates.items() if name == LOAD and len(values) > 1
    ):
        figures.add(f"cost of a row of {sizes[-1]:,}, in times of one of {sizes[0]:,}", first / last, "x")
    return figures.all


LOAD = "ours: checked, moved, staged, indexed"
OGR = "ogr2ogr PG_USE_COPY, moved, indexed, nothing checked"


def _ways(figures: Figures, name: str, path: Path, size: int, times: int, say: Say) -> None:
    say("ogr2ogr, ours and ours published, in turns …")
    other, loading, whole_time = _medians([_ogr2ogr, _load, _import], path, times)
    figures.add(name + OGR, size / other, "rows/s")
    load = figures.add(name + LOAD, size / loading, "rows/s", name + OGR)
    whole = figures.add(
        f"{name}ours: published in the layer too (3857, order, search, changes, record)",
        size / whole_time,
        "rows/s",
        name + OGR,
    )
    figures.add(f"{name}publishing, in times of the load", (1 / whole - 1 / load) * load, "x")
    again = rate_of_second(path, size)
    figures.add(f"{name}ours: the same file again, nothing changes", again, "rows/s", name + OGR)
    _clear()
    largest, together = _memory(path)
    figures.add(f"{name}largest process", largest / 1e6, "MB")
    figures.add(f"{name}all processes together", together / 1e6, "MB")


def _medians(ways: list[Callable[[Path], None]], path: Path, times: int) -> list[float]:
    """Seconds of each way; in turns, so that what else the machine does slows all of them alike."""
    taken: list[list[float]] = [[] for _ in ways]
    for _ in range(times):
        for way, seconds in zip(ways, taken, strict=True):
            _clear()
            began = time.perf_counter()
            way(path)
            seconds.append(time.perf_counter() - began)
    return [median(seconds) for seconds in taken]


def write(path: Path, size: int) -> None:
    """L-shaped buildings in random order, in a 3-degree plane."""
    chance = np.random.default_rng(SEED)
    place = chance.permutation(size)
    side = max(1, round(size**0.5))
    x, y = WEST + place % side * SPACING, SOUTH + place // side * SPACING
    wide, deep = 9 + place * 7 % 8, 8 + place * 5 % 9
    corners = [(0, 0), (1, 0), (1, 0.6), (0.5, 0.6), (0.5, 1), (0, 1), (0, 0)]
    rings = np.stack([np.column_stack([x + a * wide, y + b * deep]) for a, b in corners], axis=1)
    words = np.array(["住宅", "商业", "办公", "工业", "农村住宅"])
    columns = {
        "编号": np.array([f"B{n}" for n in place], dtype=object),
        "名称": np.where(place % 20 == 0, "楼", "").astype(object),
        "用途": words[place % 5].astype(object),
        "层数": 1 + place % 30,
        "高度": 3.0 + place % 90,
    }
    areas = shapely.to_wkb(shapely.polygons(rings))
    pyogrio.raw.write(
        path,
        areas,
        [*columns.values()],
        [*columns],
        geometry_type="Polygon",
        crs=f"EPSG:{PLANE}",
        driver="GPKG",
    )


def _ogr2ogr(path: Path) -> None:
    if not shutil.which("ogr2ogr"):
        raise CannotMeasure("ogr2ogr is missing; install Debian's gdal-bin.")
    command = [
        "ogr2ogr",
        "-f",
        "PostgreSQL",
        address_of(DATABASE),
        str(path),
        "-nln",
        "other_way",
        "-overwrite",
        "-t_srs",
    ]
    options = [
        f"EPSG:{STORE_SRID}",
        "--config",
        "PG_USE_COPY",
        "YES",
        "-lco",
        "UNLOGGED=ON",
        "-lco",
        "GEOMETRY_NAME=geom",
    ]
    subprocess.run([*command, *options], check=True, capture_output=True)


def _load(path: Path) -> None:
    layer = get_layer("buildings", Viewer(Audience.RESTRICTED))
    if layer.imports is None:
        raise CannotMeasure("Buildings take no files.")
    with files.open_source(path) as source:
        plan, _ = plan_import(layer, source, ImportOptions(anywhere=True))
        with start_workers(useful_processes(source), "") as several:
            stage = StagingTable(Building, layer.imports, "bench_staged")
            with connection.cursor() as cursor:
                stage.create(cursor, temporary=False)
            if several:
                totals = fill_with_workers(several, plan, source, stage, no_progress)
            else:
                totals = fill(plan, source, stage, no_progress)
        with connection.cursor() as cursor:
            cursor.execute("CREATE INDEX ON bench_staged USING gist (geom)")
            stage.analyze(cursor)
    if totals.problem_rows or totals.read != (source.count or 0):
        raise CannotMeasure("Rows were lost.")


def _import(path: Path) -> None:
    layer = get_layer("buildings", Viewer(Audience.RESTRICTED))
    report = import_file(path, layer, ImportOptions(anywhere=True, source="benchmark"))
    if report.refusal:
        raise CannotMeasure(report.refusal)


def rate_of_second(path: Path, size: int) -> float:
    began = time.perf_counter()
    _import(path)
    return size / (time.perf_counter() - began)


def _memory(path: Path) -> tuple[float, float]:
    """Of an import as a command: its largest process, and all of them without counting shared memory twice."""
    command = [sys.executable, "manage.py", "import_layer", str(path), "--layer", "buildings", "--anywhere"]
    env = os.environ | {"DATABASE_URL": address_of(DATABASE), "GEOPORTAL_DATA": str(settings.DATA)}
    with subprocess.Popen(
        [*command, "--source", "memory"], cwd=settings.ROOT, env=env, stdout=subprocess.DEVNULL
    ) as child:
        watched, largest, together = psutil.Process(child.pid), 0, 0
        while child.poll() is None:
            try:
                family = [watched, *watched.children(recursive=True)]
                shares = [each.memory_full_info() for each in family]
            except psutil.Error:
                continue
            largest = max(largest, *(share.rss for share in shares))
            together = max(together, sum(share.pss for share in shares))
            time.sleep(0.05)
    if child.returncode:
        raise CannotMeasure("The import failed.")
    return largest, together


def _clear() -> None:
    with connection.cursor() as cursor:
        cursor.execute("DROP TABLE IF EXISTS other_way, bench_staged")
        cursor.execute("TRUNCATE base_building CASCADE")
        cursor.execute("TRUNCATE importers_import CASCADE")
        cursor.execute("TRUNCATE tiles_change")


@contextmanager
def _database(say: Say) -> Iterator[None]:
    """One of its own, made once; Django is connected to it meanwhile."""
    address = address_of(DATABASE)
    with connection.cursor() as cursor:
        cursor.execute("SELECT EXISTS (SELECT FROM pg_database WHERE datname = %s)", [DATABASE])
        if not cursor.fetchone()[0]:
            cursor.execute(f"CREATE DATABASE {DATABASE}")
    say("Migrating …")
    env = os.environ | {"DATABASE_URL": address, "GEOPORTAL_DATA": str(settings.DATA)}
    for command in ("migrate", "publish_layers"):
        subprocess.run(
            [sys.executable, str(settings.ROOT / "manage.py"), command, "-v0"], env=env, check=True
        )
    psycopg2.connect(address).close()
    before = connection.settings_dict["NAME"]
    connection.close()
    connection.settings_dict["NAME"] = DATABASE
    try:
        yield
    finally:
        connection.close()
        connection.settings_dict["NAME"] = before
