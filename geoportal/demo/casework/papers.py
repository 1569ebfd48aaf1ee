"""The files that a visitor opens first: of each procedure the newest case that was decided, with its papers."""

from pathlib import Path

from django.core.management import call_command
from django.db import transaction

from layers.casework.models import Case

from .photos import add_old_photos

PROCEDURES = ("ordinary", "simple", "urban")
DEPARTMENT = "UM"


def add_papers(fonts: Path, seed: int) -> int:
    """Evidence as it came in, and every paper that the steps call for; the number of cases."""
    chosen = [case for case in map(_newest, PROCEDURES) if case]
    for case in chosen:
        with transaction.atomic():
            add_old_photos(case, fonts, seed)
        call_command("make_papers", case.number, "--without-maps", verbosity=0)
    return len(chosen)


def _newest(procedure: str) -> Case | None:
    decided = Case.objects.filter(
        department__code=DEPARTMENT, procedure=procedure, phase__in=("decided", "closed"), evidence=None
    )
    return decided.order_by("-last_action", "pk").first()
