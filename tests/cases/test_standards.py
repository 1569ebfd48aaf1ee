"""What a case's page tells of its procedure besides steps: by when it must be public, and by what it is filed and closed."""

from datetime import timedelta

import pytest
from django.utils import timezone

from layers.casework.calendar.district import district_calendar
from layers.casework.models import Case
from layers.casework.procedures.versions import procedure_of, version_in_force
from layers.casework.publication.terms import publication_due
from tests.cases.conftest import Open, People, SignIn
from tests.cases.test_publication import decided, proposed

pytestmark = pytest.mark.django_db
__all__ = ["decided"]


def test_a_decision_must_be_public_within_twenty_working_days(decided: Case) -> None:
    taken, calendar = decided.events.get(step="decide_penalty"), district_calendar()
    day, counted = timezone.localdate(taken.at), 0
    while counted < 20:
        day += timedelta(days=1)
        counted += calendar.is_working(day)
    due = publication_due(procedure_of(decided), decided, calendar)
    assert due is not None
    assert timezone.localdate(due) == day


def test_the_page_tells_by_when_until_it_is_public(decided: Case, sign_in: SignIn) -> None:
    def told() -> object:
        page = sign_in("first", "application/json").get(f"/cases/{decided.pk}/").json()
        return page["publication"]["due"]

    before = told()
    assert isinstance(before, dict)
    assert before["at"]
    assert before["is_over"] is False
    pk = proposed(decided, sign_in)
    assert told() == before
    assert sign_in("publisher").post(f"/cases/publications/{pk}/", {"decision": "publish"}).status_code == 302
    assert told() is None


def test_what_is_never_public_has_no_such_day(open_ordinary: Open, people: People, sign_in: SignIn) -> None:
    case = open_ordinary(version=version_in_force("urban"))
    assert publication_due(procedure_of(case), case, district_calendar()) is None
    page = sign_in("first", "application/json").get(f"/cases/{case.pk}/").json()
    assert page["publication"]["due"] is None


def test_a_category_tells_by_what_a_case_is_filed_and_closed(open_ordinary: Open, sign_in: SignIn) -> None:
    case = open_ordinary(version=version_in_force("urban"), category="exposed_garbage")
    page = sign_in("first", "application/json").get(f"/cases/{case.pk}/").json()
    assert [each["text"] for each in page["head"]["standards"]] == [
        "露天堆放、散落的垃圾",
        "垃圾清除，地面干净",
    ]
    plain = open_ordinary(version=version_in_force("urban"))
    page = sign_in("first", "application/json").get(f"/cases/{plain.pk}/").json()
    assert page["head"]["standards"] == []
