"""What the rules may ask of a case as it stands in the database."""

from collections import Counter

from django.utils import timezone

from . import limits
from .journal import history
from .models import Case
from .procedure import Facts, Procedure
from .rules import Held, standing


def facts_of(procedure: Procedure, case: Case) -> Facts:
    """What conditions may ask of a case."""
    return Facts(
        flags=case.flags,
        steps=standing(procedure, history(case)),
        fields=case.fields,
        party=case.party_kind,
        running=limits.running(case.limits.all(), timezone.now()),
    )


def held_by(case: Case) -> Held:
    kinds = case.evidence.filter(original=None).values_list("kind", flat=True)
    return Held(Counter(kinds), located=case.geom is not None or case.area is not None)
