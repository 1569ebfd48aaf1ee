"""A backup that is restored has everything that was published, and it works."""

import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from django.contrib.gis.geos import Point
from django.db import connection

from geoportal.launch.database.cluster import BINARIES
from layers.base.models import GridCell
from layers.casework.models import Case
from layers.registry.database.publication import Changes, publish
from tests.district import LAT, LON, point, square
from tests.layers.publication import ages, problems

pytestmark = pytest.mark.django_db(transaction=True)
RESTORED = "restored"


def run(program: str, database: str, *words: str | Path) -> None:
    known = connection.settings_dict
    server = ["-h", known["HOST"], "-p", str(known["PORT"] or 5432), "-U", known["USER"]]
    subprocess.run([f"{BINARIES}/{program}", *server, "-d", database, *words], check=True)


@contextmanager
def restored(folder: Path, *options: str) -> Iterator[None]:
    """Django is connected to the restored database meanwhile."""
    own = connection.settings_dict["NAME"]
    name, backup = f"{own}_{RESTORED}", folder / "backup"
    run("pg_dump", own, "-Fc", "-f", backup)
    with connection.cursor() as cursor:
        cursor.execute(f"DROP DATABASE IF EXISTS {name}")
        cursor.execute(f"CREATE DATABASE {name}")
    try:
        run("pg_restore", name, "--exit-on-error", *options, backup)
        connection.close()
        connection.settings_dict["NAME"] = name
        yield
    finally:
        connection.close()
        connection.settings_dict["NAME"] = own
        with connection.cursor() as cursor:
            cursor.execute(f"DROP DATABASE IF EXISTS {name}")


@pytest.mark.usefixtures("committed_district")
def test_a_restored_backup_lacks_nothing_and_publishing_there_changes_nothing(tmp_path: Path) -> None:
    before = ages().keys()
    with restored(tmp_path):
        assert ages().keys() == before
        assert problems() == []
        assert publish() == Changes((), ())


@pytest.mark.usefixtures("committed_district")
def test_grants_that_were_left_behind_are_named_and_published_again(tmp_path: Path) -> None:
    with restored(tmp_path, "--no-acl"):
        assert "VIEW for_public.roads is not as it is declared, or not with its grants." in [
            each.msg for each in problems()
        ]
        publish()
        assert problems() == []


@pytest.mark.usefixtures("committed_district")
def test_triggers_of_a_restored_backup_work_whatever_the_search_path(tmp_path: Path) -> None:
    with restored(tmp_path):
        there = GridCell.objects.create(code="330206001001901", geom=square(LON + 0.5, LAT, 0.1))
        case = Case.objects.filter(geom__isnull=False).first()
        assert case is not None
        with connection.cursor() as cursor:
            cursor.execute("SET search_path = ''")
            moved = point(LON + 0.55, LAT + 0.05)
            cursor.execute(
                "UPDATE public.casework_case SET geom = %s::public.geometry, title = '占道经营' WHERE id = %s",
                [moved.hexewkb.decode(), case.pk],
            )
            cursor.execute(
                "INSERT INTO public.casework_event (case_id, kind, at, data) VALUES (%s, 'note', now(), '{}')",
                [case.pk],
            )
            cursor.execute("SET search_path = public")
            cursor.execute("SELECT count(*) FROM tiles_change WHERE layer = 'enforcement-cases'")
            assert cursor.fetchone()[0] > 0
            cursor.execute(
                "SELECT count(*) FROM casework_seal JOIN casework_event AS e ON e.id = event_id WHERE case_id = %s",
                [case.pk],
            )
            assert cursor.fetchone()[0] >= 2
        case.refresh_from_db()
        assert isinstance(case.geom, Point)
        assert case.grid_cell == there
        assert "zhandaojingying" in case.search_text
        assert case.events.filter(kind="written").exists()
