"""Who may work with a case: the audience rule, for what the layer's views do not show."""

from django.db.models import Q, QuerySet

from layers.agencies.models import Officer
from layers.casework.models import Case
from layers.casework.procedures import Capability
from layers.casework.procedures.titles import root_procedures
from layers.casework.procedures.versions import read_version
from layers.registry.audience import Audience, Viewer


def has_capability(officer: Officer | None, capability: Capability, case: Case | None = None) -> bool:
    """Whether one of the officer's posts has it: in the case's own procedure or one of its family, else in any."""
    if officer is None:
        return False
    procedures = list(root_procedures(case.family if case else "").values())
    if case and case.version_id:
        procedures.append(read_version(case.version_id))
    return any(
        capability in role.capabilities
        for procedure in procedures
        for role in procedure.roles.values()
        if role.code in officer.posts
    )


def posts_with(capability: Capability) -> list[str]:
    """By what any procedure in force says."""
    roles = (role for procedure in root_procedures().values() for role in procedure.roles.values())
    return sorted({role.code for role in roles if capability in role.capabilities})


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
