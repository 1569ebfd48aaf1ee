"""Objects of the database as they are declared: SQL that makes one each, and what tells whether it is the same."""

import hashlib
import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from graphlib import TopologicalSorter

from ..declaration.layer import Layer

Rows = Callable[[], Iterable[tuple[str, ...]]]


@dataclass(frozen=True)
class Definition:
    """``identity`` is kind and name as in ``FUNCTION casework_place`` or ``TRIGGER geoportal_search ON base_road``.

    ``subject`` is the layer or the table it is made for, by which it can be published alone; "" is for all.
    ``rows`` fill a table that was just made.
    """

    identity: str
    sql: str
    subject: str = ""
    rows: Rows | None = None

    @property
    def kind(self) -> str:
        return self.identity.split()[0]

    @property
    def name(self) -> str:
        return self.identity.split()[1]


Provider = Callable[[Sequence[Layer]], Iterable[Definition]]
_providers: list[Provider] = []


def provide(provider: Provider) -> None:
    """Have definitions that depend on the layers published with the others."""
    if provider not in _providers:
        _providers.append(provider)


def definitions(layers: Sequence[Layer]) -> Iterator[Definition]:
    for provider in _providers:
        yield from provider(layers)


STATEMENT = re.compile(r"^(?=CREATE )", re.MULTILINE)
COMMENT = re.compile(r"^--.*\n", re.MULTILINE)
HEAD = re.compile(
    r"CREATE (?:CONSTRAINT )?(?P<kind>FUNCTION|TRIGGER|INDEX|TABLE|VIEW|SCHEMA) (?P<name>[^\s(]+)"
    r"(?:.*? ON (?P<table>\S+))?",
    re.DOTALL,
)
LONGEST_NAME = 63  # PostgreSQL cuts off what is longer


def parse(text: str, subject: str = "", rows: Rows | None = None) -> Iterator[Definition]:
    """Each statement begins with CREATE at the beginning of a line."""
    before, *statements = STATEMENT.split(COMMENT.sub("", text))
    if before.strip():
        raise ValueError(f"not a statement that creates something: {before.strip()[:80]}")
    for statement in statements:
        found = HEAD.match(statement)
        if found is None:
            raise ValueError(f"an unknown kind of object: {statement[:80]}")
        kind, name = found["kind"], found["name"].replace('"', "")
        if len(name.split(".")[-1]) > LONGEST_NAME:
            raise ValueError(f"the name {name} is longer than {LONGEST_NAME} characters")
        on = f" ON {found['table']}".replace('"', "") if kind == "TRIGGER" else ""
        yield Definition(f"{kind} {name}{on}", statement.strip(), subject, rows if kind == "TABLE" else None)


WORD = re.compile(r'\w+\."[^"]+"|\w+')


@dataclass(frozen=True)
class Plan:
    """Definitions in an order in which each comes after those it is made of, with their fingerprints."""

    ordered: tuple[Definition, ...]
    fingerprints: dict[str, str]
    needs: dict[str, set[str]]


def plan(given: Iterable[Definition]) -> Plan:
    """A definition needs those whose name its SQL mentions; its fingerprint covers theirs."""
    by_identity: dict[str, Definition] = {}
    for each in given:
        if each.identity in by_identity:
            raise ValueError(f"{each.identity} is defined twice")
        by_identity[each.identity] = each
    names = {each.name: each.identity for each in by_identity.values() if each.kind in NAMED}
    needs = {
        identity: {names[word] for word in _words(each.sql) if word in names} - {identity}
        for identity, each in by_identity.items()
    }
    ordered = tuple(by_identity[identity] for identity in TopologicalSorter(needs).static_order())
    fingerprints: dict[str, str] = {}
    for each in ordered:
        made_of = [each.sql, *(fingerprints[need] for need in sorted(needs[each.identity]))]
        fingerprints[each.identity] = hashlib.sha256("\n".join(made_of).encode()).hexdigest()
    return Plan(ordered, fingerprints, needs)


NAMED = ("FUNCTION", "TABLE", "VIEW", "SCHEMA")
"""Kinds that others mention."""


def _words(sql: str) -> set[str]:
    found = {word.replace('"', "") for word in WORD.findall(sql)}
    return found | {word.split(".")[0] for word in found if "." in word}
