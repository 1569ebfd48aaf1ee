"""A limit keeps whom it binds and what it measures as the version had it by which it began."""

from datetime import timedelta

import pytest
from django.db import connection
from django.utils import timezone

from layers.agencies.models import Department
from layers.casework.analytics.indicators import case_marks_sql
from layers.casework.cases.creation import CaseIntake, open_case
from layers.casework.models import Case, Limit, LimitSide
from layers.casework.procedures.versions import save_version, version_in_force
from tests.casework.conftest import People
from tests.casework.small_procedure import SMALL

pytestmark = pytest.mark.django_db

OWN = (
    SMALL.replace("code: small", "code: own")
    .replace("place: {geometry: point, required: lead}", "place: {geometry: none}")
    .replace("    warn: 1 working day\n", "    warn: 1 working day\n    measures: [handled]\n")
)
PARTYS = OWN.replace("    measures: [handled]\n", "    measures: [handled]\n    of: party\n")


def opened(people: People, text: str) -> Case:
    save_version(text, {}, "test", "own")
    unit = Department.objects.get(code="UM")
    return open_case(CaseIntake("占道", unit, version_in_force("own")), people["first"])


def late_marks(case: Case) -> list[str]:
    sql, params = case_marks_sql(Case.objects.filter(pk=case.pk), timezone.now())
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT late_marks FROM ({sql}) AS found", params)
        [(found,)] = cursor.fetchall()
    return sorted(found)


def test_the_row_says_what_its_version_said_whatever_later_versions_say(people: People) -> None:
    agency, party = opened(people, OWN), opened(people, PARTYS)
    assert [(each.of, each.measures) for each in agency.limits.all()] == [(LimitSide.AGENCY, ["handled"])]
    assert [(each.of, each.measures) for each in party.limits.all()] == [(LimitSide.PARTY, ["handled"])]
    assert (agency.due is None, party.due is None) == (False, True)
    Limit.objects.update(due=timezone.now() - timedelta(days=1))
    assert (late_marks(agency), late_marks(party)) == (["", "handled"], [])


def test_a_limit_that_measures_nothing_is_late_too(people: People) -> None:
    case = opened(people, OWN.replace("    measures: [handled]\n", ""))
    assert late_marks(case) == []
    Limit.objects.update(due=timezone.now() - timedelta(days=1))
    assert late_marks(case) == [""]
