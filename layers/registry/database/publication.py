"""Publishing: the database gets what is declared, and only what differs from it is touched."""

from collections.abc import Collection, Iterable
from dataclasses import dataclass

from django.db import connection, transaction
from django.db.backends.utils import CursorWrapper
from django.dispatch import Signal
from psycopg2.extras import execute_values

from ..declaration.layer import Layer
from ..registration import all_layers
from . import catalogue
from .catalogue import CatalogueObject, PublicationRecord
from .definitions import Definition, Plan, Provider, definitions, plan
from .roles import create_roles
from .web_role import grant_rows

LOCK = 0x7075626C
"""Of the transaction that publishes: two never do at a time."""

SEARCH_PATH = """
    SELECT string_agg(quote_ident(name), ', ' ORDER BY n) FROM (
        SELECT name, min(n) AS n FROM (
            SELECT current_schema()::text AS name, 1 AS n
            UNION ALL SELECT extnamespace::regnamespace::text, 2 FROM pg_extension
            WHERE extname IN ('postgis', 'pg_trgm')
            UNION ALL SELECT 'pg_temp', 3
        ) AS schemas GROUP BY name
    ) AS schemas
"""
"""What functions set for themselves, so that they work while a backup is restored and for every session."""

published = Signal()
"""Sent in the publishing transaction, after everything is as declared."""


@dataclass(frozen=True)
class Changes:
    """Identities of objects that were made, anew or again, and of those that are no more."""

    made: tuple[str, ...]
    dropped: tuple[str, ...]


@transaction.atomic
def publish() -> Changes:
    """Everything that is declared; safe to repeat, also by several processes."""
    with connection.cursor() as cursor:
        _prepare(cursor)
        changes = _apply(cursor, plan(definitions(all_layers())))
        grant_rows(cursor)
    published.send(sender=publish)
    return changes


@transaction.atomic
def publish_layer(layer: Layer, provider: Provider | None = None) -> Changes:
    """What is declared for one layer and the tables it shows, or of it what one provider declares."""
    layers = [*(other for other in all_layers() if other.name != layer.name), layer]
    part = None if provider is None else {each.identity for each in provider(layers)}
    with connection.cursor() as cursor:
        _prepare(cursor)
        return _apply(cursor, plan(definitions(layers)), _subjects(layer), part)


@transaction.atomic
def withdraw_layer(layer: Layer) -> Changes:
    """Take back what was published for one layer whose tables no other shows."""
    with connection.cursor() as cursor:
        _prepare(cursor)
        return _apply(cursor, plan(()), _subjects(layer))


def _subjects(layer: Layer) -> set[str]:
    return {layer.name, *(model._meta.db_table for model in layer.models())}


def _prepare(cursor: CursorWrapper) -> None:
    cursor.execute("SELECT pg_advisory_xact_lock(%s)", [LOCK])
    create_roles(cursor)
    catalogue.make_record(cursor)


def _apply(
    cursor: CursorWrapper,
    wanted: Plan,
    subjects: Collection[str] | None = None,
    part: Collection[str] | None = None,
) -> Changes:
    """Make what is wanted of some subjects, or all, be there; only a whole subject loses what is not wanted."""
    before = catalogue.recorded(cursor)
    there = catalogue.look(cursor, {*before, *wanted.fingerprints})
    chosen = {
        each.identity
        for each in wanted.ordered
        if (subjects is None or each.subject in subjects) and (part is None or each.identity in part)
    }
    stale = _stale(wanted, chosen, before, there)
    gone = {
        identity
        for identity, each in before.items()
        if part is None and (subjects is None or each.subject in subjects) and identity not in chosen
    }
    _drop(cursor, [there[identity] for identity in {*gone, *stale} if identity in there])
    _make(cursor, [each for each in wanted.ordered if each.identity in stale])
    _record(cursor, wanted, stale, gone)
    return Changes(tuple(sorted(stale)), tuple(sorted(gone)))


def _record(cursor: CursorWrapper, wanted: Plan, made: set[str], gone: set[str]) -> None:
    found = catalogue.look(cursor, made)
    catalogue.forget(cursor, gone)
    catalogue.record(
        cursor,
        {
            identity: PublicationRecord(each.subject, wanted.fingerprints[identity], found[identity].state)
            for each in wanted.ordered
            if (identity := each.identity) in made
        },
    )


def _stale(
    wanted: Plan,
    chosen: Collection[str],
    before: dict[str, PublicationRecord],
    there: dict[str, CatalogueObject],
) -> set[str]:
    """Those of the chosen that are not as declared, and all that are made of them, which go with them."""
    stale: set[str] = set()
    for identity in (each.identity for each in wanted.ordered):
        if wanted.needs[identity] & stale or (
            identity in chosen
            and not is_current(before.get(identity), wanted.fingerprints[identity], there.get(identity))
        ):
            stale.add(identity)
    return stale


def is_current(before: PublicationRecord | None, fingerprint: str, found: CatalogueObject | None) -> bool:
    """Whether an object was published from this definition and is still what it was then."""
    return bool(before and found and (before.fingerprint, before.state) == (fingerprint, found.state))


DROPPED_FIRST = ("VIEW", "TRIGGER", "INDEX", "FUNCTION", "TABLE", "SCHEMA")


def _drop(cursor: CursorWrapper, objects: Iterable[CatalogueObject]) -> None:
    """What is made of others is younger than they are; views that others made of ours go with ours."""
    order = sorted(objects, key=lambda each: (DROPPED_FIRST.index(each.target.split()[0]), -each.age))
    for each in order:
        cascade = " CASCADE" if each.target.startswith("VIEW") else ""
        cursor.execute(f"DROP {each.target.split(' ')[0]} IF EXISTS {each.target.split(' ', 1)[1]}{cascade}")


def _make(cursor: CursorWrapper, objects: Iterable[Definition]) -> None:
    cursor.execute("SELECT current_setting('search_path')")
    search_path = cursor.fetchone()[0]
    cursor.execute(f"SELECT set_config('search_path', ({SEARCH_PATH}), true)")
    for each in objects:
        cursor.execute(each.sql)
        if each.rows:
            execute_values(cursor.cursor, f"INSERT INTO {each.name} VALUES %s", each.rows(), page_size=5000)
    cursor.execute("SELECT set_config('search_path', %s, true)", [search_path])
