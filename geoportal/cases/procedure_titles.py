"""Procedures of many cases at once, for the titles of their states in lists."""

from collections.abc import Iterable, Iterator

from layers.casework.models import Case, ProcedureVersion
from layers.casework.procedures import Procedure
from layers.casework.procedures.versions import read_version


def procedures_of(pks: Iterable[int]) -> dict[int, Procedure]:
    """By case; those that run by none are left out."""
    found = Case.objects.filter(pk__in=list(pks), version__isnull=False).values_list("pk", "version_id")
    return {pk: read_version(version) for pk, version in found}


def procedures_known() -> Iterator[tuple[str, Procedure]]:
    """The procedures in force, by code."""
    current = ProcedureVersion.objects.filter(is_current=True).order_by("code")
    for pk, code in current.values_list("pk", "code"):
        yield code, read_version(pk)
