"""The drill: a portal with evidence is backed up, lost and restored, and everything is compared."""

import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import psycopg2
import pyrage
import pytest
from django.conf import settings
from django.core.management import CommandError, call_command
from django.db import connection
from django.utils import timezone

from geoportal.backup import dump, manifest
from layers.agencies.models import Department
from layers.casework.cases.creation import CaseIntake, open_case
from layers.casework.evidence.content_store import file_path
from layers.casework.evidence.custody import EvidenceItem, add_evidence
from layers.casework.log.anchors import write_anchor
from layers.casework.models import Evidence
from layers.casework.procedures.versions import version_in_force
from layers.registry.audience import Audience
from tests.conftest import ROOT
from tests.district import LAT, LON, SmallDistrict, point
from tests.officers import make_officers

COPY = "geoportal_restored"
CHECKS = """
from django.core.management import call_command
for words in (["verify_log"], ["verify_evidence"], ["check", "--database", "default"]):
    call_command(*words)
"""


@pytest.fixture
def evidence(committed_district: SmallDistrict) -> Evidence:
    people = make_officers()
    intake = CaseIntake(
        title="超规划许可面积建设",
        department=Department.objects.get(code="UM"),
        version=version_in_force("ordinary"),
        position=point(LON + 0.0003, LAT + 0.0003),
        party={"party_kind": "organisation", "party_name": "北仑演示有限公司"},
    )
    case = open_case(intake, people["first"])
    upload = Path(settings.DATA) / "uploads" / "1" / "sites.csv"
    upload.parent.mkdir(parents=True, mode=0o700)
    upload.write_text("name\n甲\n")
    return add_evidence(case.pk, EvidenceItem("note.txt"), iter([b"what was seen"]), people["first"])


@pytest.fixture
def empty_database(transactional_db: None) -> Iterator[str]:
    """Its address; on the tests' server, without a table."""
    with connection.cursor() as cursor:
        cursor.execute(f"CREATE DATABASE {COPY} TEMPLATE template0")
    known = connection.settings_dict
    yield f"postgresql://{known['USER']}:{known['PASSWORD']}@/{COPY}?host={known['HOST']}&port={known['PORT']}"
    with connection.cursor() as cursor:
        cursor.execute(f"DROP DATABASE {COPY} WITH (FORCE)")


def manage(database: str, data: Path, *words: str) -> "subprocess.CompletedProcess[str]":
    env = {key: value for key, value in os.environ.items() if not key.startswith("GEOPORTAL_")}
    env |= {
        "DATABASE_URL": database,
        "GEOPORTAL_DATA": str(data),
        "DJANGO_SETTINGS_MODULE": "geoportal.settings",
    }
    return subprocess.run(
        [sys.executable, "manage.py", *words], cwd=ROOT, env=env, capture_output=True, text=True, check=False
    )


def test_what_was_destroyed_is_restored_in_rows_files_views_and_triggers(
    evidence: Evidence, empty_database: str, tmp_path: Path
) -> None:
    identity = pyrage.x25519.Identity.generate()
    key = tmp_path / "identity"
    key.write_text(str(identity))
    kept, data = tmp_path / "set", tmp_path / "data"
    anchor = write_anchor(timezone.now())
    with dump.session() as own:
        before = dump.rows(own)
    call_command("backup", str(kept), recipient=str(identity.to_public()))
    for path in (Path(settings.DATA) / "evidence", Path(settings.DATA) / "uploads"):
        shutil.rmtree(path)
    assert b"what was seen" not in b"".join(path.read_bytes() for path in kept.rglob("*") if path.is_file())

    restored = manage(empty_database, data, "restore", str(kept), "--identity", str(key))
    assert restored.returncode == 0, restored.stderr
    with dump.session(COPY) as own:
        after = dump.rows(own)
    changed_by_publishing = {"public.registry_publication"}
    assert {name: rows for name, rows in after.items() if name not in changed_by_publishing} == {
        name: rows for name, rows in before.items() if name not in changed_by_publishing
    }
    assert (data / file_path(evidence.sha256).relative_to(settings.DATA)).read_bytes() == b"what was seen"
    assert (data / "uploads" / "1" / "sites.csv").read_text() == "name\n甲\n"
    assert (data / "secret-key").read_text() == settings.SECRET_KEY
    assert not (data / "log-key").exists()
    checked = manage(empty_database, data, "shell", "-v0", "-c", CHECKS)
    assert checked.returncode == 0, (checked.stdout, checked.stderr)
    assert anchor is not None
    assert f"signed by the key {anchor.key}" in checked.stdout
    _compare_views_and_triggers(empty_database)


def _compare_views_and_triggers(address: str) -> None:
    listing = "SELECT schemaname, viewname FROM pg_views WHERE schemaname = ANY(%s) ORDER BY 1, 2"
    schemas = [[audience.schema for audience in Audience]]
    with connection.cursor() as here:
        here.execute(listing, schemas)
        views = here.fetchall()
    assert {schema for schema, _ in views} == set(*schemas)
    there = psycopg2.connect(address)
    try:
        with there, there.cursor() as cursor:
            cursor.execute(listing, schemas)
            assert cursor.fetchall() == views
            for schema, view in views:
                cursor.execute(f'SELECT count(*) FROM "{schema}"."{view}"')
        with pytest.raises(psycopg2.Error, match="append"), there, there.cursor() as cursor:
            cursor.execute("DELETE FROM casework_event")
    finally:
        there.close()


def test_a_set_overwrites_nothing_and_is_not_restored_over_anything(
    evidence: Evidence, tmp_path: Path
) -> None:
    kept = tmp_path / "set"
    call_command("backup", str(kept))
    with pytest.raises(CommandError, match="not empty"):
        call_command("backup", str(kept))
    with pytest.raises(CommandError, match="tables already"):
        call_command("restore", str(kept))


def test_half_a_set_an_altered_one_and_a_wrong_identity_are_refused(
    evidence: Evidence, tmp_path: Path
) -> None:
    kept, identity = tmp_path / "set", tmp_path / "identity"
    identity.write_text(str(pyrage.x25519.Identity.generate()))
    call_command("backup", str(kept), recipient=str(pyrage.x25519.Identity.generate().to_public()))
    with pytest.raises(CommandError, match="encrypted"):
        call_command("restore", str(kept), trial=True)
    with pytest.raises(CommandError, match="cannot be decrypted"):
        call_command("restore", str(kept), trial=True, identity=identity)
    with (kept / "database.dump").open("ab") as file:
        file.write(b"x")
    with pytest.raises(CommandError, match="not as it was stored"):
        call_command("restore", str(kept), trial=True, identity=identity)
    (kept / manifest.NAME).unlink()
    with pytest.raises(CommandError, match="no whole set"):
        call_command("restore", str(kept), trial=True, identity=identity)


def test_a_file_that_was_lost_before_is_named(
    evidence: Evidence, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    file_path(evidence.sha256).unlink()
    call_command("backup", str(tmp_path / "set"))
    assert evidence.sha256 in capsys.readouterr().err
    assert manifest.read(tmp_path / "set").damaged == [evidence.sha256]
