"""A disk that is full in the middle of an import: the layer is as it was, somebody is told, and it can begin again."""

import os
import subprocess
import sys
import zipfile
from collections.abc import Iterator
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
import shapely
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection

from importers.models import Import, State
from layers.base.models import Building
from tests.conftest import ROOT
from tests.importers.making import address, load, package
from tests.people import client_of

pytestmark = pytest.mark.django_db(transaction=True)

KILOBYTES = 500
ROWS = 4000


@pytest.fixture
def small_disk() -> Iterator[Path]:
    """A real file system of a few blocks."""
    with TemporaryDirectory() as folder:
        Path(folder).chmod(0o755)
        place = Path(folder) / "small"
        place.mkdir()
        mount = ["mount", "-t", "tmpfs", "-o", f"size={KILOBYTES}k", "tmpfs", str(place)]
        if os.geteuid() != 0 or subprocess.run(mount, check=False, capture_output=True).returncode:
            pytest.skip("only root may mount a small disk")
        try:
            yield place
        finally:
            subprocess.run(["umount", "-l", str(place)], check=True)


def enlarge(disk: Path) -> None:
    subprocess.run(["mount", "-o", "remount,size=500m", str(disk)], check=True)


def many(path: Path, number: int = ROWS) -> Path:
    west = [121.84 + n % 200 / 2000 for n in range(number)]
    south = [29.9 + n // 200 / 2000 for n in range(number)]
    boxes = [shapely.box(x, y, x + 0.0001, y + 0.0001) for x, y in zip(west, south, strict=True)]
    return package(
        path, list(boxes), id=[f"h{n}" for n in range(number)], name=[f"楼{n}" for n in range(number)]
    )


def run(path: Path, *words: str, **environment: str) -> "subprocess.CompletedProcess[str]":
    command = [
        sys.executable,
        "manage.py",
        "import_layer",
        str(path),
        "--layer",
        "buildings",
        "--source",
        "survey",
        *words,
    ]
    env = {**os.environ, "DATABASE_URL": address(), **environment}
    return subprocess.run(
        command, cwd=ROOT, env=env, capture_output=True, text=True, check=False, timeout=120
    )


@pytest.fixture
def before(tmp_path: Path) -> list[object]:
    load(package(tmp_path / "before.gpkg"), source="other")
    return rows()


def rows() -> list[object]:
    return list(Building.objects.order_by("pk").values())


def test_no_room_to_unpack_an_archive(small_disk: Path, tmp_path: Path, before: list[object]) -> None:
    path = tmp_path / "h.zip"
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.write(many(tmp_path / "h.gpkg"), "h.gpkg")
    ended = run(path, TMPDIR=str(small_disk))
    assert ended.returncode == 1
    assert "There is no room left in" in ended.stderr
    assert str(small_disk) in ended.stderr
    assert "Traceback" not in ended.stderr
    kept = Import.objects.latest("pk")
    assert (kept.state, rows()) == (State.FAILED, before)
    assert "no room left" in kept.reason
    assert list(small_disk.iterdir()) == []
    enlarge(small_disk)
    assert run(path, TMPDIR=str(small_disk)).returncode == 0
    assert Building.objects.filter(source="survey").count() == ROWS


def tablespace() -> str:
    """A name of its own for each database, since databases of one cluster share their tablespaces."""
    return f"small_{connection.settings_dict['NAME']}"


@pytest.fixture
def small_tablespace(small_disk: Path) -> Iterator[Path]:
    with connection.cursor() as cursor:
        cursor.execute("SHOW data_directory")
        owner = Path(cursor.fetchone()[0]).stat()
        os.chown(small_disk, owner.st_uid, owner.st_gid)
        cursor.execute(f"CREATE TABLESPACE {tablespace()} LOCATION '{small_disk}'")
        try:
            yield small_disk
        finally:
            cursor.execute("ALTER TABLE base_building SET TABLESPACE pg_default")
            cursor.execute(f"DROP TABLESPACE {tablespace()}")


@pytest.mark.parametrize("processes", ["1", "2"])
@pytest.mark.parametrize("full", ["the staging table", "the layer's table"])
def test_no_room_in_the_database(
    full: str, processes: str, small_tablespace: Path, tmp_path: Path, before: list[object]
) -> None:
    path, environment = many(tmp_path / "h.gpkg"), {}
    if full == "the staging table":
        environment["PGOPTIONS"] = f"-c default_tablespace={tablespace()} -c temp_tablespaces={tablespace()}"
    else:
        with connection.cursor() as cursor:
            cursor.execute(f"ALTER TABLE base_building SET TABLESPACE {tablespace()}")
    ended = run(path, "--processes", processes, **environment)
    assert ended.returncode == 1
    assert "The database has no room left" in ended.stderr
    assert "Traceback" not in ended.stderr
    kept = Import.objects.latest("pk")
    assert (kept.state, rows()) == (State.FAILED, before)
    assert "Make room" in kept.reason
    with connection.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM pg_class WHERE relname LIKE 'importers_staged%'")
        assert cursor.fetchone()[0] == 0
    enlarge(small_tablespace)
    assert run(path, "--processes", processes, **environment).returncode == 0
    assert Building.objects.filter(source="survey").count() == ROWS


@pytest.mark.parametrize("name", ["DATA", "FILE_UPLOAD_TEMP_DIR"])
def test_no_room_for_what_is_sent(name: str, small_disk: Path, settings: object) -> None:
    setattr(settings, name, small_disk)
    client = client_of("administrator")
    client.defaults["HTTP_ACCEPT_LANGUAGE"] = "en"
    form = {"file": SimpleUploadedFile("a.csv", b"a,b\n" * 1_000_000), "layer": "pois"}
    response = client.post("/imports/", form)
    assert response.status_code == 400
    assert "no room left" in response.content.decode()
    assert not Import.objects.exists()
    assert not [path for path in small_disk.rglob("*") if path.is_file()]
    enlarge(small_disk)
    form["file"] = SimpleUploadedFile("a.csv", b"a,b\n" * 1_000_000)
    assert client.post("/imports/", form).status_code == 302
