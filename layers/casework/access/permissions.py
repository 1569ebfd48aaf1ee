"""Who may work with a case: the audience rule, for what the layer's views do not show."""

from django.db.models import Q, QuerySet

from layers.agencies.models import Officer
from layers.casework.models import Case
from layers.registry.audience import Audience, Viewer

LEADERS = {"leader", "head", "dispatcher"}
"""Posts that give cases to officers and to other departments."""


def may_read_case(case: Case, viewer: Viewer) -> bool:
    """Whether log, evidence and documents are this viewer's to read: own, joint, or an administrator's."""
    if viewer.audience == Audience.RESTRICTED:
        return True
    codes = {case.department.code, *case.joint}
    within = case.visibility <= Audience.DEPARTMENT
    return viewer.audience == Audience.DEPARTMENT and within and bool(codes & set(viewer.departments))


def handles_case(case: Case, officer: Officer) -> bool:
    """Whether the officer's department handles the case, alone or with others."""
    return officer.department.code in {case.department.code, *case.joint}


def department_cases(viewer: Viewer) -> "QuerySet[Case]":
    """The cases of which :func:`may_read_case` is true, for lists."""
    if viewer.audience == Audience.RESTRICTED:
        return Case.objects.all()
    if viewer.audience < Audience.DEPARTMENT:
        return Case.objects.none()
    codes = list(viewer.departments)
    shared = Q(department__code__in=codes) | Q(joint__overlap=codes)
    return Case.objects.filter(shared, visibility__lte=Audience.DEPARTMENT)
