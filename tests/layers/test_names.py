"""What enters lists, paths, views and roles under a name is a name and nothing else, in code and in the database."""

import pytest
from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction

from layers.agencies.models import Department
from layers.datasets.models import Dataset
from layers.registry.audience import Audience, Viewer

pytestmark = pytest.mark.django_db

CODES = ["UM,/../public", "UM,MS", "um", "U M", "UM-MS", "'", "A" * 17, "", "部门", "UM\n"]


@pytest.mark.parametrize("code", CODES)
def test_a_department_s_code_cannot_be_another_department_s_rights_or_a_path(code: str) -> None:
    department = Department(code=code, name="试验部门")
    with pytest.raises(ValidationError) as refused:
        department.full_clean()
    assert "code" in refused.value.message_dict
    if len(code) <= 16:
        with pytest.raises(IntegrityError), transaction.atomic():
            department.save()
    with pytest.raises(ValueError, match="no code"):
        Viewer(Audience.DEPARTMENT, (code,))


@pytest.mark.parametrize("name", ["../public", "a", "Bus", "bus stops", "bus/stops", "b'"])
def test_a_dataset_s_name_is_one_that_an_address_can_hold(name: str) -> None:
    with pytest.raises(IntegrityError), transaction.atomic():
        Dataset.objects.create(name=name, title="x", geometry="point", fields=[], audience=0, color="#112233")


@pytest.mark.parametrize("color", ["red", "#12345", "#12\"'<>"])
def test_a_dataset_s_colour_is_six_digits(color: str) -> None:
    with pytest.raises(IntegrityError), transaction.atomic():
        Dataset.objects.create(name="stops", title="x", geometry="point", fields=[], audience=0, color=color)
