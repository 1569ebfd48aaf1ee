"""A command whose database is away says in one sentence which it is and how to start it."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from geoportal.launch.options import ROOT

NOWHERE = "postgresql://geoportal:secret@/geoportal?host=/nowhere&port=5432"


def told_by(data: Path, *words: str, **variables: str) -> str:
    """On a machine without a database of its own."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith("DATABASE_URL")}
    env = (
        kept
        | {"GEOPORTAL_DATA": str(data), "GEOPORTAL_SECRET_KEY": "x" * 50, "PGHOST": "/nowhere"}
        | variables
    )
    ended = subprocess.run(
        [sys.executable, "manage.py", *words],
        cwd=ROOT,
        env=env,
        capture_output=True,
        text=True,
        timeout=300,
        check=False,
    )
    assert ended.returncode == 1
    assert "secret" not in ended.stderr
    return ended.stderr


@pytest.mark.parametrize("command", ["migrate", "bench tiles --sizes 1000"])
def test_a_stopped_portal_is_to_be_started(command: str, tmp_path: Path) -> None:
    (tmp_path / "database-url").write_text(NOWHERE)
    [told] = told_by(tmp_path, *command.split()).splitlines()
    assert told.startswith(f"CommandError: No database answers for the data folder {tmp_path}: ")
    assert told.endswith(f"Start it with ./start --data {tmp_path}")


def test_a_folder_without_a_database_is_to_be_made(tmp_path: Path) -> None:
    [told] = told_by(tmp_path, "verify_log").splitlines()
    assert told.startswith(
        f"CommandError: The data folder {tmp_path} has no database. Make one with ./start --data "
    )


def test_an_own_database_is_named_by_its_setting(tmp_path: Path) -> None:
    [told] = told_by(tmp_path, "publish_layers", DATABASE_URL=NOWHERE).splitlines()
    assert told.startswith("CommandError: The database of DATABASE_URL does not answer: ")


def test_whoever_asks_for_the_traceback_reads_it(tmp_path: Path) -> None:
    assert told_by(tmp_path, "migrate", "--traceback").startswith("Traceback")
