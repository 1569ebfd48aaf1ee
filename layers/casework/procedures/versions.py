"""Versions of procedures: kept once, read once, the one in force for each code."""

from collections.abc import Iterable, Mapping
from functools import lru_cache

from django.db import transaction

from layers.casework.models import Case, ProcedureVersion

from . import Procedure, read, read_kept
from .inheritance import extended
from .model import Whose


class NoProcedure(LookupError):
    """The case runs by no procedure, such as one that was imported from another system."""


@lru_cache(maxsize=256)
def read_version(pk: int) -> Procedure:
    """A version never changes and was checked when it was kept, so it is read once a process."""
    kept = ProcedureVersion.objects.get(pk=pk)
    return _kept(kept.text, kept.code, tuple(sorted(kept.bases.items())))


@lru_cache(maxsize=256)
def _kept(text: str, name: str, bases: tuple[tuple[str, str], ...]) -> Procedure:
    return read_kept(text, name, dict(bases))


def _checked(text: str, name: str, bases: Mapping[str, str]) -> Procedure:
    return _read(text, name, tuple(sorted(bases.items())))


@lru_cache(maxsize=256)
def _read(text: str, name: str, bases: tuple[tuple[str, str], ...]) -> Procedure:
    """Checking takes longer than anything else that is done with a procedure; the same text is checked once."""
    return read(text, name, dict(bases))


def procedure_of(case: Case) -> Procedure:
    if case.version_id is None:
        raise NoProcedure(case.number)
    return read_version(case.version_id)


def in_force(code: str) -> ProcedureVersion:
    return ProcedureVersion.objects.get(code=code, is_current=True)


def procedures_in_force(family: str) -> dict[str, Procedure]:
    """By code, those of a family that new cases may follow."""
    found = ProcedureVersion.objects.filter(family=family, is_current=True).order_by("code")
    return {kept.code: read_version(kept.pk) for kept in found}


def party_limits() -> list[str]:
    """Codes of the limits that bind the party, not the agency, in any version."""
    versions = ProcedureVersion.objects.order_by("pk").values_list("pk", flat=True)
    limits = (limit for pk in versions for limit in read_version(pk).deadlines.values())
    return sorted({limit.code for limit in limits if limit.of is Whose.PARTY})


@transaction.atomic
def keep(text: str, bases: Mapping[str, str], by: str, name: str = "procedure") -> ProcedureVersion:
    """Checks a text and keeps it as the version in force; the same text again is the version that is kept.

    Versions are numbered as they are kept. Raises ProcedureError with the lines that are wrong.
    """
    procedure = _checked(text, name, bases)
    known = ProcedureVersion.objects.select_for_update().filter(code=procedure.code).order_by("-version")
    newest = known.first()
    if newest and newest.text == text and newest.bases == dict(bases):
        return newest
    known.filter(is_current=True).update(is_current=False)
    return ProcedureVersion.objects.create(
        code=procedure.code,
        version=(newest.version if newest else 0) + 1,
        family=procedure.family,
        title_zh=procedure.title.zh,
        title_en=procedure.title.en,
        text=text,
        bases=dict(bases),
        made_by=by,
    )


def ship(texts: Mapping[str, str], by: str) -> None:
    """Keep the texts that a room ships, by name, where a district has no version of its own yet."""
    own = set(ProcedureVersion.objects.exclude(made_by=by).values_list("code", flat=True))
    for name, text in texts.items():
        bases = bases_of(text, texts)
        if _checked(text, name, bases).code not in own:
            keep(text, bases, by, name)


def bases_of(text: str, known: Mapping[str, str]) -> dict[str, str]:
    """The texts that a text extends, directly or through others."""
    found: dict[str, str] = {}
    name = extended(text)
    while name in known and name not in found:
        found[name] = known[name]
        name = extended(known[name])
    return found


def read_all() -> None:
    """Have this process know every version, so that nobody who asks waits for it."""
    for pk in ProcedureVersion.objects.values_list("pk", flat=True):
        read_version(pk)


def procedures_by_version(versions: Iterable[ProcedureVersion]) -> dict[int, Procedure]:
    return {kept.pk: read_version(kept.pk) for kept in versions}
