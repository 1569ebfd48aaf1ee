"""Who must have a second factor, as the district sets it."""

from enum import StrEnum

from django.conf import settings

from geoportal.accounts.models import Role, User


class Duty(StrEnum):
    NOBODY = "nobody"
    ADMINISTRATORS = "administrators"
    DEPARTMENTS = "departments"


def is_required(user: User) -> bool:
    duty = Duty(settings.SECOND_FACTOR)
    is_administrator = user.is_staff or user.is_superuser or user.role == Role.ADMINISTRATOR
    if duty == Duty.DEPARTMENTS:
        return is_administrator or user.role != Role.CITIZEN
    return is_administrator and duty == Duty.ADMINISTRATORS
