"""The few people of the tests, and what the rule says they may see."""

from django.contrib.auth.hashers import PBKDF2PasswordHasher
from django.test import Client

from geoportal.accounts.models import Role, User
from layers.agencies.models import Department
from layers.registry.audience import PUBLIC_VIEWER, Audience, Viewer

VIEWERS = {
    "public": PUBLIC_VIEWER,
    "citizen": Viewer(Audience.SIGNED_IN),
    "officer": Viewer(Audience.DEPARTMENT, ("UM",)),
    "other_officer": Viewer(Audience.DEPARTMENT, ("PL",)),
    "planner": Viewer(Audience.DEPARTMENT),
    "administrator": Viewer(Audience.RESTRICTED),
}
ROLES = {
    "citizen": (Role.CITIZEN, ()),
    "officer": (Role.OFFICER, ("UM",)),
    "other_officer": (Role.OFFICER, ("PL",)),
    "planner": (Role.PLANNER, ()),
    "administrator": (Role.ADMINISTRATOR, ()),
}
PASSWORD = "a long enough password"


class QuickHasher(PBKDF2PasswordHasher):
    """The portal's own way with passwords, but for how often it goes round."""

    iterations = 1


def make_person(name: str) -> User:
    role, codes = ROLES[name]
    person = User.objects.create_user(name, password=PASSWORD, role=role)
    if role == Role.ADMINISTRATOR:
        person.is_staff = person.is_superuser = True
        person.save()
    person.departments.set(Department.objects.filter(code__in=codes))
    return person


def client_of(name: str) -> Client:
    client = Client(headers={"accept": "application/json"})
    if name != "public":
        client.force_login(
            User.objects.filter(username=name).first() or make_person(name),
            "django.contrib.auth.backends.ModelBackend",
        )
    return client
