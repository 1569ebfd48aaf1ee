"""A department's people and a case to try the kernel with."""

from collections.abc import Callable

import pytest
from django.contrib.gis.geos import Point

from layers.agencies.models import Department
from layers.casework.access.actor import Actor
from layers.casework.cases.creation import CaseIntake, open_case
from layers.casework.models import Case
from layers.casework.procedures.versions import version_in_force
from layers.coordinates import STORE_SRID
from tests.district import LAT, LON, SmallDistrict
from tests.officers import make_officers

People = dict[str, Actor]
Open = Callable[..., Case]


@pytest.fixture
def people(district: SmallDistrict) -> People:
    return make_officers()


@pytest.fixture
def open_ordinary(people: People) -> Open:
    def opened(by: str = "first", **known: object) -> Case:
        found = {
            "title": "超规划许可面积建设",
            "department": Department.objects.get(code="UM"),
            "version": version_in_force("ordinary"),
            "position": Point(LON + 0.0003, LAT + 0.0003, srid=STORE_SRID),
            "party": {"party_kind": "organisation", "party_name": "北仑演示有限公司"},
            **known,
        }
        return open_case(CaseIntake(**found), people[by])  # type: ignore[arg-type]

    return opened
