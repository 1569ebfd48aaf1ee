"""Officers of the urban management department, one for each post of the procedures, and one of planning."""

from layers.agencies.models import Department, Officer, ResponsibleBody
from layers.casework.access.actor import Actor

POSTS = {
    "first": ("officer", "collector", "handler"),
    "second": ("officer", "handler"),
    "leader": ("leader",),
    "legal": ("legal",),
    "chair": ("chair",),
    "head": ("head",),
    "meeting": ("meeting",),
    "publisher": ("publisher",),
    "archivist": ("archivist",),
    "uncertified": ("officer",),
}


def make_officers() -> dict[str, Actor]:
    department = Department.objects.get(code="UM")
    body = ResponsibleBody.objects.create(
        code="SAN", name="环卫所", name_en="Sanitation office", department=department
    )
    found = {name: _officer(name, department, posts) for name, posts in POSTS.items()}
    handlers = Officer.objects.filter(department=department, posts__contains=["handler"])
    handlers.update(body=body)
    for officer in found.values():
        officer.refresh_from_db()
    found["planning"] = _officer("planning", Department.objects.get(code="PL"), ("officer", "leader", "head"))
    return {name: Actor(officer.name, officer) for name, officer in found.items()}


def _officer(name: str, department: Department, posts: tuple[str, ...]) -> Officer:
    officer = Officer.objects.create(
        code=name, name=f"officer {name}", department=department, posts=list(posts)
    )
    if name != "uncertified":
        officer.credentials.create(kind="enforcement_certificate", number=f"33{name}")
    if name == "legal":
        officer.credentials.create(kind="legal_qualification", number=f"A{name}")
    return officer
