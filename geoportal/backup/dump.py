"""The database of a set: PostgreSQL's own dump, and the rows that a snapshot of it has."""

import os
import re
import shutil
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from django.db import connection
from django.db.backends.base.base import BaseDatabaseWrapper

from geoportal.launch.database.cluster import BINARIES

from .errors import BackupError

TABLES = """
    SELECT format('%I.%I', nspname, relname) FROM pg_class AS c JOIN pg_namespace AS n ON n.oid = relnamespace
    WHERE relkind = 'r' AND nspname NOT LIKE 'pg\\_%' AND nspname <> 'information_schema'
    AND NOT EXISTS (SELECT FROM pg_depend WHERE classid = 'pg_class'::regclass AND objid = c.oid AND deptype = 'e')
    ORDER BY 1
"""
LEFT_OUT = re.compile(r" COMMENT - EXTENSION | DEFAULT ACL | ACL (?!for_)\S+ (TABLE|SEQUENCE|COLUMN) ")
"""Of a dump: what extensions say of themselves, and what publishing grants to a role of the database's own name."""

ROWS = "SELECT count(*)::text, coalesce(sum(hashtextextended(t::text, 0)), 0)::text FROM {table} AS t"


@contextmanager
def session(name: str | None = None) -> Iterator[BaseDatabaseWrapper]:
    """A connection of its own, to the portal's database or to another one of the same server."""
    own = connection.copy()
    own.settings_dict = {**connection.settings_dict, "NAME": name or connection.settings_dict["NAME"]}
    try:
        yield own
    finally:
        own.close()


@contextmanager
def snapshot() -> Iterator[tuple[BaseDatabaseWrapper, str]]:
    """A transaction that sees one moment, and the name under which others see the same."""
    with session() as own:
        own.set_autocommit(False)
        with own.cursor() as cursor:
            cursor.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ, READ ONLY")
            cursor.execute("SELECT pg_export_snapshot()")
            name = str(cursor.fetchone()[0])
        try:
            yield own, name
        finally:
            own.rollback()


def tables(own: BaseDatabaseWrapper) -> list[str]:
    with own.cursor() as cursor:
        cursor.execute(TABLES)
        return [name for (name,) in cursor.fetchall()]


def rows(own: BaseDatabaseWrapper) -> dict[str, list[str]]:
    """By table how many rows it has, and a hash of them that does not depend on their order."""
    found = {}
    for table in tables(own):
        with own.cursor() as cursor:
            cursor.execute(ROWS.format(table=table))
            found[table] = list(cursor.fetchone())
    return found


@contextmanager
def stream(snapshot_name: str) -> Iterator[Any]:
    """PostgreSQL's custom format, as it is made; raises when it was not made whole."""
    words = [_binary("pg_dump"), "--format=custom", f"--snapshot={snapshot_name}", "--no-password"]
    with subprocess.Popen(
        words, stdout=subprocess.PIPE, stderr=subprocess.PIPE, env=_environment()
    ) as process:
        if process.stdout is None or process.stderr is None:
            raise BackupError("pg_dump could not be started.")
        try:
            yield process.stdout
        except BaseException:
            process.kill()
            raise
        said = process.stderr.read().decode(errors="replace")
    if process.returncode != 0:
        raise BackupError(f"pg_dump failed: {' '.join(said.split())[-500:]}")


def load(path: Path, name: str | None = None) -> None:
    """All of a dump or nothing of it, into an empty database; what extensions say of themselves stays theirs."""
    contents = _run("pg_restore", ["--list", str(path)])
    wanted = "".join(f"{line}\n" for line in contents.splitlines() if not LEFT_OUT.search(line))
    chosen = path.with_suffix(".list")
    chosen.write_text(wanted)
    try:
        words = ["--exit-on-error", "--single-transaction", "--no-owner", "--no-password"]
        target = name or str(connection.settings_dict["NAME"])
        _run("pg_restore", [*words, f"--use-list={chosen}", f"--dbname={target}", str(path)], name)
    finally:
        chosen.unlink()


def _run(program: str, words: list[str], name: str | None = None) -> str:
    done = subprocess.run(
        [_binary(program), *words], capture_output=True, env=_environment(name), check=False
    )
    if done.returncode != 0:
        said = " ".join(done.stderr.decode(errors="replace").split())
        raise BackupError(f"{program} failed: {said[:500]}")
    return done.stdout.decode()


def _binary(program: str) -> str:
    own = Path(BINARIES) / program
    found = str(own) if own.exists() else shutil.which(program)
    if not found:
        raise BackupError(f"{program} is missing on this machine (Debian: postgresql-client).")
    return found


def _environment(name: str | None = None) -> dict[str, str]:
    """A password is not an argument: every user of the machine reads those."""
    known = connection.settings_dict
    said = {
        "PGHOST": known["HOST"],
        "PGPORT": str(known["PORT"] or ""),
        "PGUSER": known["USER"],
        "PGPASSWORD": known["PASSWORD"],
        "PGDATABASE": name or known["NAME"],
        "PGSSLMODE": known["OPTIONS"].get("sslmode", ""),
        "PGSSLROOTCERT": known["OPTIONS"].get("sslrootcert", ""),
    }
    kept = {key: value for key, value in os.environ.items() if not key.startswith("PG")}
    return kept | {key: value for key, value in said.items() if value} | {"LC_ALL": "C.UTF-8"}
