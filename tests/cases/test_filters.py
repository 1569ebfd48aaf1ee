"""What an address asks of cases, and what it is told when it asks for nonsense."""

from datetime import UTC, date, datetime, timedelta

import pytest
from django.utils import timezone

from layers.casework.access.permissions import department_cases
from layers.casework.analytics.filters import CaseFilter, FilterError, parse_filter
from layers.casework.analytics.indicators import measures
from layers.casework.models import Case
from tests.casework.conftest import Open
from tests.people import VIEWERS


def test_an_address_is_read_and_written_back() -> None:
    query = {
        "state": "filed",
        "standing": "overdue",
        "officer": "UM-07",
        "grid": "330206002200001",
        "department": "UM",
        "category": "暴露垃圾",
        "from": "2026-11-01",
        "to": "2026-11-24",
        "other": "left alone",
    }
    asked = parse_filter(query)
    assert asked.since == date(2026, 11, 1)
    assert asked.officer == "UM-07"
    assert parse_filter(dict(item.split("=") for item in asked.query(category="").split("&"))) == CaseFilter(
        **{**asked.__dict__, "category": ""}
    )


@pytest.mark.parametrize(
    "query",
    [
        {"standing": "late"},
        {"from": "yesterday"},
        {"to": "2026-02-30"},
        {"from": "0001-01-01"},
        {"from": "2026-11-24", "to": "2026-11-01"},
        {"state": "'; DROP TABLE casework_case; --"},
        {"officer": "x" * 200},
        {"grid": "% %"},
        {"category": "x" * 81},
        {"measure": "everything"},
        {"procedure": "none"},
    ],
)
@pytest.mark.django_db
def test_nonsense_is_told_in_both_languages(query: dict[str, str]) -> None:
    with pytest.raises(FilterError) as told:
        parse_filter(query)
    assert told.value.sentence.zh
    assert told.value.sentence.en
    assert told.value.sentence.zh != told.value.sentence.en


@pytest.mark.django_db
def test_open_cases_are_on_time_due_soon_overdue_or_without_limit(open_ordinary: Open) -> None:
    case = open_ordinary()
    limit = case.limits.get()
    now = timezone.now()
    Case.objects.exclude(pk=case.pk).update(closed=now.date())

    def found(standing: str, at: datetime) -> bool:
        cases = department_cases(VIEWERS["officer"]).filter(CaseFilter(standing=standing).q(at))
        return cases.filter(pk=case.pk).exists()

    assert limit.due
    assert limit.warn
    for at, standing in (
        (now, "on_time"),
        (limit.warn + timedelta(seconds=1), "warning"),
        (limit.due + timedelta(seconds=1), "overdue"),
    ):
        others = {"on_time", "warning", "overdue", "unlimited", "closed"} - {standing}
        assert found(standing, at)
        assert not any(found(other, at) for other in others)
    Case.objects.filter(pk=case.pk).update(due=None)
    assert found("unlimited", now)
    assert found("open", now)


@pytest.mark.django_db
@pytest.mark.parametrize("measure", sorted(measures()))
def test_every_measure_is_a_condition_that_the_database_understands(
    measure: str, open_ordinary: Open
) -> None:
    case = open_ordinary()
    asked = CaseFilter(measure=measure, department="UM", since=date(2020, 1, 1), until=date(2100, 1, 1))
    found = department_cases(VIEWERS["officer"]).filter(asked.q(datetime.now(UTC)))
    assert found.filter(pk=case.pk).exists() == (measure == "reported")


@pytest.mark.django_db
def test_filters_pick_by_officer_place_and_part(open_ordinary: Open) -> None:
    case, now = open_ordinary(), timezone.now()
    picks = {
        "officer": ("first", "second"),
        "grid": ("330206002200001", "330206002200002"),
        "division": ("330206002000", "330206003000"),
        "department": ("UM", "PL"),
        "procedure": ("ordinary", "simple"),
        "lead": ("patrol", "complaint"),
        "state": ("lead", "filed"),
        "closed_since": ("", date(2020, 1, 1)),
        "until": (now.date() + timedelta(days=1), date(2020, 1, 1)),
    }
    for name, (right, wrong) in picks.items():
        cases = Case.objects.filter(pk=case.pk)
        assert cases.filter(CaseFilter(**{name: right}).q(now)).exists(), name  # type: ignore[arg-type]
        assert not cases.filter(CaseFilter(**{name: wrong}).q(now)).exists(), name  # type: ignore[arg-type]
