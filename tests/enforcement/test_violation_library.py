"""The library of violations that is shipped is loaded like any delivered table, and everybody reads it."""

import csv
from pathlib import Path

import pytest
from django.core.management import call_command

import layers.enforcement.library as library
from importers.models import Import
from layers.agencies.models import Department
from layers.enforcement.models import Grade, Violation
from tests.people import client_of

FOLDER = Path(library.__file__).parent
pytestmark = pytest.mark.django_db


@pytest.fixture
def shipped() -> None:
    for code in ("MS", "LR", "WS", "CA", "UM", "HC", "HU", "PL"):
        Department.objects.create(code=code, name=code)
    call_command("import_layer", FOLDER / "violations.csv", layer="violations", source="district")
    call_command("import_layer", FOLDER / "discretion.csv", layer="discretion", source="district")


def test_every_row_is_loaded_and_a_second_delivery_changes_none(shipped: None) -> None:
    assert Violation.objects.count() >= 60
    call_command("import_layer", FOLDER / "discretion.csv", layer="discretion", source="district")
    again = Import.objects.latest("pk").counts
    assert (again["added"], again["updated"], again.get("rejected", 0)) == (0, 0, 0)


def test_grades_fill_the_range_of_the_clause_without_a_gap(shipped: None) -> None:
    ranged = Violation.objects.filter(most__isnull=False).prefetch_related("grades")
    assert len(ranged) >= 60
    for each in ranged:
        grades = {grade.grade: (grade.least, grade.most) for grade in each.grades.all()}
        inside = [grades[name] for name in (Grade.LIGHTER, Grade.ORDINARY, Grade.HEAVIER)]
        assert [least for least, _ in inside] == [each.least, inside[0][1], inside[1][1]]
        assert inside[-1][1] == each.most
        assert grades.get(Grade.MITIGATED, (0, each.least)) == (0, each.least)


@pytest.mark.parametrize(
    ("code", "department"), [("UM-S111-4", "UM"), ("UM-R42-27-1", "UM"), ("PL-P67", "PL")]
)
def test_officers_of_the_city_have_graded_items_of_their_own(code: str, department: str) -> None:
    """Without a database: the tables as they are shipped."""
    with (FOLDER / "violations.csv").open(encoding="utf-8", newline="") as rows:
        own = {row["code"]: row for row in csv.DictReader(rows)}
    with (FOLDER / "discretion.csv").open(encoding="utf-8", newline="") as rows:
        grades = [row["grade"] for row in csv.DictReader(rows) if row["violation"] == code]
    assert own[code]["department"] == department
    assert {"lighter", "ordinary", "heavier"} <= set(grades)


def test_everybody_reads_clause_range_and_grades(shipped: None) -> None:
    client = client_of("public")
    found = Violation.objects.get(code="MS-F126-5")
    page = client.get(
        f"/violations/{found.pk}/", headers={"accept": "text/html", "accept-language": "en"}
    ).text
    for word in ("《食品安全法》第一百二十六条第一款第五项", "5,000", "50,000", "Heavier"):
        assert word in page
    listed = client.get("/violations/?q=餐具", headers={"accept": "application/json"}).json()
    assert "餐具、饮具未经洗净" in str(listed)
