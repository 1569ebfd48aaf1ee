"""Versions of procedures: kept once, read once, the one in force for each code."""

from collections.abc import Iterable, Mapping
from functools import lru_cache

from django.db import transaction

from layers.casework.models import Case, ProcedureVersion

from . import Procedure, build_procedure, read_procedure
from .inheritance import base_texts
from .loader import check_openings


class NoProcedure(LookupError):
    """The case runs by no procedure, such as one that was imported from another system."""


@lru_cache(maxsize=256)
def read_version(pk: int) -> Procedure:
    """A version never changes and was checked when it was kept, so it is read once a process."""
    kept = ProcedureVersion.objects.get(pk=pk)
    return _build(kept.text, kept.code, tuple(sorted(kept.bases.items())))


@lru_cache(maxsize=256)
def _build(text: str, name: str, bases: tuple[tuple[str, str], ...]) -> Procedure:
    return build_procedure(text, name, dict(bases))


def _check(text: str, name: str, bases: Mapping[str, str]) -> Procedure:
    return _read(text, name, tuple(sorted(bases.items())))


@lru_cache(maxsize=256)
def _read(text: str, name: str, bases: tuple[tuple[str, str], ...]) -> Procedure:
    """Checking takes longer than anything else that is done with a procedure; the same text is checked once."""
    return read_procedure(text, name, dict(bases))


def procedure_of(case: Case) -> Procedure:
    if case.version_id is None:
        raise NoProcedure(case.number)
    return read_version(case.version_id)


def version_in_force(code: str) -> ProcedureVersion:
    return ProcedureVersion.objects.get(code=code, is_current=True)


def procedures_in_force() -> dict[str, Procedure]:
    """By code, those that new cases may follow, of all families."""
    found = ProcedureVersion.objects.filter(is_current=True).order_by("family", "code")
    return {kept.code: read_version(kept.pk) for kept in found}


@transaction.atomic
def save_version(text: str, bases: Mapping[str, str], by: str, name: str = "procedure") -> ProcedureVersion:
    """Checks a text and keeps it as the version in force; the same text again is the version that is kept.

    Versions are numbered as they are kept. Raises ProcedureError with the lines that are wrong.
    """
    procedure = _check(text, name, bases)
    check_openings(procedure, procedures_in_force())
    return _keep(procedure, text, bases, by)


@transaction.atomic
def _keep(procedure: Procedure, text: str, bases: Mapping[str, str], by: str) -> ProcedureVersion:
    known = ProcedureVersion.objects.select_for_update().filter(code=procedure.code).order_by("-version")
    newest = known.first()
    if newest and newest.text == text and newest.bases == dict(bases):
        return newest
    known.filter(is_current=True).update(is_current=False)
    return ProcedureVersion.objects.create(
        code=procedure.code,
        version=(newest.version if newest else 0) + 1,
        root=procedure.root,
        principal=procedure.principal.code,
        family=procedure.family,
        title_zh=procedure.title.zh,
        title_en=procedure.title.en,
        text=text,
        bases=dict(bases),
        made_by=by,
    )


def check_shipped(rooms: Iterable[Mapping[str, str]]) -> None:
    """Raises ProcedureError where the texts that rooms ship, each by name, do not fit one another."""
    read = [_check(text, name, base_texts(text, texts)) for texts in rooms for name, text in texts.items()]
    known = {each.code: each for each in read}
    for each in read:
        check_openings(each, known)


def ship_versions(texts: Mapping[str, str], by: str) -> None:
    """Keep the texts that a room ships, by name, where a district has no version of its own yet."""
    own = set(ProcedureVersion.objects.exclude(made_by=by).values_list("code", flat=True))
    for name, text in texts.items():
        bases = base_texts(text, texts)
        procedure = _check(text, name, bases)
        if procedure.code not in own:
            _keep(procedure, text, bases, by)


def load_versions() -> None:
    """Have this process know every version, so that nobody who asks waits for it."""
    for pk in ProcedureVersion.objects.values_list("pk", flat=True):
        read_version(pk)


def procedures_by_version(versions: Iterable[ProcedureVersion]) -> dict[int, Procedure]:
    return {kept.pk: read_version(kept.pk) for kept in versions}
