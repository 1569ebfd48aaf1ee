"""Who may work with a case: the audience rule, for what the layer's views do not show."""

from django.db.models import Q, QuerySet

from layers.agencies.models import Officer
from layers.casework.models import Case, EventKind
from layers.casework.procedures import Capability
from layers.casework.procedures.titles import root_procedures
from layers.casework.procedures.versions import read_version
from layers.registry.audience import Audience, Viewer
from layers.registry.text import Text

from .actor import Actor, NotAllowed


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


def was_opened_by(case: Case, officer: Officer | None) -> bool:
    return officer is not None and case.events.filter(kind=EventKind.OPENED, officer=officer).exists()


def check_department(case: Case, actor: Actor) -> Officer:
    """Who acts. Raises NotAllowed for everybody but officers of a department that handles the case."""
    if actor.officer is None or not handles_case(case, actor.officer):
        raise NotAllowed(Text("该案不属于您的部门。", "The case is not your department's."))
    return actor.officer


def check_open_file(case: Case) -> None:
    """Raises NotAllowed where the file is archived: it takes nothing more until a step reopens the case."""
    if is_sealed(case):
        raise NotAllowed(
            Text(
                "本案已归档，案卷不再增减；如确需变更，须先重新办理。",
                "The case is archived and its file takes nothing more; it must be reopened first.",
            )
        )


def check_other_file(case: Case) -> None:
    """The same of a case that another has to do with; a new one may still follow it."""
    if is_sealed(case):
        raise NotAllowed(
            Text(
                f"案件 {case.number} 已归档，案卷不再增减；如确需变更，须先重新办理该案。",
                f"Case {case.number} is archived and its file takes nothing more; it must be reopened first.",
            )
        )


def is_sealed(case: Case) -> bool:
    state = read_version(case.version_id).states.get(case.state) if case.version_id else None
    return state is not None and state.sealed


def department_cases(viewer: Viewer) -> "QuerySet[Case]":
    """The cases of which :func:`may_read_case` is true, for lists."""
    if viewer.audience == Audience.RESTRICTED:
        return Case.objects.all()
    if viewer.audience < Audience.DEPARTMENT:
        return Case.objects.none()
    codes = list(viewer.departments)
    shared = Q(department__code__in=codes) | Q(joint__overlap=codes)
    return Case.objects.filter(shared, visibility__lte=Audience.DEPARTMENT)
