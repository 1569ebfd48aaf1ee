"""A person's department has one home: the officer's record for officers, the account for all others."""

import pytest
from django.urls import reverse

from geoportal.accounts.models import Role, User
from layers.agencies.models import Department, Officer
from layers.registry.audience import Viewer
from tests.district import SmallDistrict
from tests.people import PASSWORD, client_of

pytestmark = pytest.mark.django_db


def account(role: Role, departments: list[Department], officer: Officer | None = None) -> User:
    user = User.objects.create_user("somebody", password=PASSWORD, role=role, officer=officer)
    user.departments.set(departments)
    return user


def test_an_officer_is_of_the_department_of_the_record_while_in_service(district: SmallDistrict) -> None:
    um, pl = Department.objects.get(code="UM"), Department.objects.get(code="PL")
    record = Officer.objects.create(code="U1", name="周某", department=um)
    user = account(Role.OFFICER, [pl], record)
    assert Viewer.of(user).departments == ("UM",)
    Officer.objects.update(is_active=False)
    assert Viewer.of(User.objects.get(pk=user.pk)).departments == ()


def test_a_planner_is_of_the_departments_of_the_account(district: SmallDistrict) -> None:
    user = account(Role.PLANNER, list(Department.objects.filter(code__in=("UM", "PL"))))
    assert Viewer.of(user).departments == ("PL", "UM")


def test_the_administration_takes_no_second_department_of_an_officer(district: SmallDistrict) -> None:
    um = Department.objects.get(code="UM")
    user = account(Role.OFFICER, [], Officer.objects.create(code="U1", name="周某", department=um))
    form = {
        "username": user.username,
        "role": Role.OFFICER,
        "officer": user.officer_id,
        "departments": [um.pk],
        "is_active": "on",
        "date_joined_0": "2026-01-01",
        "date_joined_1": "08:00",
    }
    client, address = client_of("administrator"), reverse("admin:accounts_user_change", args=[user.pk])
    refused = client.post(address, form)
    assert refused.status_code == 200
    assert "执法人员的部门以其执法人员信息为准" in refused.content.decode()
    assert client.post(address, {**form, "departments": []}).status_code == 302
