"""Whether a GeoPackage is one, and its views and computed columns come to an end without reaching for other files."""

import re
import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path

from importers.errors import ImporterError
from layers.child_process.limits import Limits as ProcessLimits
from layers.child_process.work import values_limited
from layers.errors import TooCostly
from layers.sentences.sentence import gettext as _

from . import view_rows
from .archives import Limits
from .text_formats import mismatch

MARK = b"SQLite format 3\0"
REACHES_OUT = re.compile(
    r"\b(load_extension|readfile|writefile|blobfromfile|blobtofile|xb_\w+|ogr_geocode\w*|ogr_layer_\w+|gdal_get_\w+)\b",
    re.IGNORECASE,
)
VIRTUAL = re.compile(r"\bvirtual\b.*\busing\b", re.IGNORECASE | re.DOTALL)
OWN_INDEX = re.compile(
    r'create virtual table\s+("(?:[^"]|"")+"|\w+)\s+using\s+(rtree|rtree_i32|fts[345])\b', re.IGNORECASE
)
READING = ProcessLimits(megabytes=1000, seconds=10, written=0)
"""For all views of a file together."""

LOG_HEADER = 32
"""Bytes of a log without a change."""


def check_geopackage(path: Path, head: bytes, label: str, limits: Limits) -> None:
    if not head.startswith(MARK):
        raise mismatch(label, _("a GeoPackage"), head)
    with _opened(path, label) as database:
        parts = database.execute("SELECT name, type, rootpage, sql FROM sqlite_master").fetchall()
        if "gpkg_contents" not in {str(name).lower() for name, *_ in parts}:
            raise ImporterError(
                _("{label} is an SQLite database but no GeoPackage; export it as one.").format(label=label)
            )
        for name, kind, page, sql in parts:
            said = str(sql or "")
            virtual = kind == "table" and (not page or VIRTUAL.search(said))
            if REACHES_OUT.search(said) or (virtual and not OWN_INDEX.match(said)):
                raise ImporterError(
                    _(
                        "{label}: {name} reaches for data outside the file; export its rows as a plain table."
                    ).format(label=label, name=name)
                )
    if any(view_rows.is_computed(kind, sql) for _name, kind, _page, sql in parts):
        _read_to_the_end(_address(path), label)


@contextmanager
def _opened(path: Path, label: str) -> Iterator[sqlite3.Connection]:
    try:
        with closing(sqlite3.connect(_address(path), uri=True)) as database:
            database.execute("PRAGMA trusted_schema = off")
            yield database
    except (sqlite3.Error, UnicodeError) as problem:
        raise ImporterError(
            _("{label} is damaged ({problem}); export it again.").format(label=label, problem=problem)
        ) from None


def _address(path: Path) -> str:
    return f"{path.as_uri()}?mode=ro&immutable=1"


def _read_to_the_end(address: str, label: str) -> None:
    """Raises ImporterError for what is not made within the time, or of values without measure."""
    reading = ""
    try:
        for name in values_limited(READING, view_rows.values, address):
            reading = name
    except (TooCostly, sqlite3.Error) as problem:
        reason = _("too much time or memory") if isinstance(problem, TooCostly) else problem
        raise ImporterError(
            _(
                "{label}: {name} is computed and does not come to an end ({problem}); export its rows as a plain table."
            ).format(label=label, name=reading, problem=reason)
        ) from None


def merge_log(path: Path) -> None:
    """Write into a GeoPackage what a program left in the log beside it, which a copy of the file alone lacks."""
    log = path.with_name(f"{path.name}-wal")
    if not log.exists() or log.stat().st_size <= LOG_HEADER:
        return
    try:
        with closing(sqlite3.connect(path)) as database:
            database.execute("PRAGMA trusted_schema = off")
            busy, frames, written = database.execute("PRAGMA wal_checkpoint(FULL)").fetchone()
            database.execute("PRAGMA journal_mode = DELETE")
    except sqlite3.Error:
        busy, frames, written = 1, 0, 0
    log.unlink(missing_ok=True)
    if busy or frames <= 0 or written < frames:
        raise ImporterError(
            _(
                "{label} has changes beside it (-wal) that cannot be read; open it in the program that made it, close that and deliver it again."
            ).format(label=path.name)
        )
