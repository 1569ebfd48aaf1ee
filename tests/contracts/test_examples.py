"""The examples of the README and of docs/contributing.md work as they are written."""

import json
import os
import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import quote

import psycopg2
import pytest
from django.conf import settings
from django.db import connection

from tests.conftest import ROOT

BLOCK = re.compile(r"```python\n(?:# (\S+\.py)\n)?(.*?)```", re.DOTALL)
DOCUMENTS = ("README.md", "docs/contributing.md")
NAME = "examples"


def write_examples(folder: Path) -> None:
    """New modules where their packages look for them, additions to modules of ours beside them."""
    (folder / "added").mkdir(parents=True)
    for document in DOCUMENTS:
        for path, code in BLOCK.findall((ROOT / document).read_text()):
            if not path:
                (folder / "begin").write_text(code)
            elif (ROOT / path).exists():
                (folder / "added" / path.removesuffix(".py").replace("/", ".")).write_text(code)
            else:
                (folder / path).parent.mkdir(parents=True, exist_ok=True)
                (folder / path).parent.joinpath("__init__.py").touch()
                (folder / path).write_text(code)


@pytest.fixture
def database() -> Iterator[str]:
    known = connection.settings_dict
    server = {
        "user": known["USER"],
        "password": known["PASSWORD"],
        "host": known["HOST"],
        "port": known["PORT"] or None,
    }
    admin = psycopg2.connect(dbname="postgres", **server)
    admin.autocommit = True
    name = f"{known['NAME']}_{NAME}"
    with admin.cursor() as cursor:
        cursor.execute(f'DROP DATABASE IF EXISTS "{name}"')
        cursor.execute(f'CREATE DATABASE "{name}"')
    own = psycopg2.connect(dbname=name, **server)
    with own, own.cursor() as cursor:
        cursor.execute("CREATE EXTENSION postgis")
    own.close()
    host = quote(known["HOST"], safe="")
    yield f"postgresql://{known['USER']}:{known['PASSWORD']}@/{name}?host={host}&port={known['PORT']}"
    with admin.cursor() as cursor:
        cursor.execute(f'DROP DATABASE "{name}" WITH (FORCE)')
    admin.close()


@pytest.mark.django_db
def test_a_stranger_who_follows_the_documents_gets_what_they_say(database: str, tmp_path: Path) -> None:
    folder = tmp_path / "examples"
    write_examples(folder)
    environment = {
        "DATABASE_URL": database,
        "DJANGO_SETTINGS_MODULE": "tests.contracts.examples.settings",
        "GEOPORTAL_DATA": str(tmp_path),
        "GEOPORTAL_EXAMPLES": str(folder),
        "GEOPORTAL_SECRET_KEY": settings.SECRET_KEY,
        "PYTHONPATH": str(ROOT),
    }
    ended = subprocess.run(
        [sys.executable, "-m", "tests.contracts.examples.walk"],
        cwd=ROOT,
        env=os.environ | environment,
        capture_output=True,
        text=True,
        timeout=500,
        check=False,
    )
    assert ended.returncode == 0, ended.stderr[-3000:]
    assert json.loads(ended.stdout.splitlines()[-1]) == {
        "columns": ["code"],
        "count": 2,
        "list": ["消火栓一", "消火栓二"],
        "search": ["消火栓一", "消火栓二"],
        "nearest": "消火栓二",
        "job": ["done", 1],
        "admin": 302,
    }


def test_the_walk_is_one_page_with_its_picture() -> None:
    text = (ROOT / "docs" / "contributing.md").read_text()
    for part in (
        "## A layer",
        "## A room",
        "## A door",
        "## A reader",
        "## A job",
        "importers/",
        "layers/",
        "tiles/",
    ):
        assert part in text
    named = re.findall(r"`((?:docs|layers|tests|importers|tiles|geoportal)/[a-z_./]+)`", text)
    assert [path for path in named if "hydrants" not in path and not (ROOT / path).exists()] == []
