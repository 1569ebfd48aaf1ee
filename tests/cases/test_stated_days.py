"""A day to come is refused, and a party's time that ran out is no delay of the agency: at the desk and on the phone."""

from datetime import date, datetime, timedelta
from uuid import uuid4

import pytest
from django.utils import timezone

from layers.casework.cases.overdue import record_overdue_limits
from layers.casework.models import CalendarDay, EventKind, Limit
from tests.cases.case_story import CaseStory
from tests.cases.conftest import People, SignIn, entered
from tests.casework.papers import make_papers
from tests.field.conftest import phone, post

pytestmark = pytest.mark.django_db


def test_a_delivery_to_come_is_refused_at_the_desk(
    decided: CaseStory, people: People, sign_in: SignIn
) -> None:
    second = people["second"].officer
    assert second is not None
    make_papers(decided.case, people["first"], "deliver")
    tomorrow = timezone.localdate() + timedelta(days=1)
    given = {"field-method": "direct", "field-delivered_on": str(tomorrow), "partner": second.pk}
    status, page = entered(sign_in("first"), decided.case, "steps/deliver/", given)
    assert status == 422
    assert "“送达日期”不能晚于今天（《行政处罚法》第61条）。" in page
    client = sign_in("first")
    client.cookies["django_language"] = "en"
    status, page = entered(client, decided.case, "steps/deliver/", given)
    assert status == 422
    assert "cannot be later than today (Administrative Penalty Law, Art. 61)." in page
    given["field-delivered_on"] = str(timezone.localdate())
    assert entered(sign_in("first"), decided.case, "steps/deliver/", given)[0] == 302


def test_a_delivery_to_come_is_refused_on_the_phone(
    decided: CaseStory, people: People, sign_in: SignIn
) -> None:
    sign_in("first")  # makes the account
    second = people["second"].officer
    assert second is not None
    make_papers(decided.case, people["first"], "deliver")
    decided.case.refresh_from_db()
    step = {
        "key": str(uuid4()),
        "case": decided.case.pk,
        "step": "deliver",
        "revision": decided.case.revision,
        "partner": second.pk,
    }
    tomorrow = timezone.localdate() + timedelta(days=1)
    fields = {"method": "direct", "delivered_on": str(tomorrow)}
    response = post(phone(), "steps/", {**step, "fields": fields})
    assert response.status_code == 422
    assert response.json()["refusals"] == [
        {
            "zh": "“送达日期”不能晚于今天（《行政处罚法》第61条）。",
            "en": '"Delivered on" cannot be later than today (Administrative Penalty Law, Art. 61).',
        }
    ]
    fields["delivered_on"] = str(timezone.localdate())
    assert post(phone(), "steps/", {**step, "key": str(uuid4()), "fields": fields}).status_code == 200


def test_a_limit_that_runs_into_a_year_without_its_notice_says_so(
    decided: CaseStory, sign_in: SignIn
) -> None:
    far = timezone.make_aware(datetime(2039, 3, 1, 23, 59, 59))
    Limit.objects.create(
        case=decided.case, code="closing", length=15, unit="working_day", started=timezone.now(), due=far
    )
    page = f"/cases/{decided.case.pk}/"
    said = "2039年节假日安排尚未公布，届时将重新计算期限。"
    assert said in sign_in("first").get(page).content.decode()
    CalendarDay.objects.create(day=date(2039, 10, 1), is_working=False)
    assert said not in sign_in("first").get(page).content.decode()


def test_the_log_says_whose_time_ran_out(decided: CaseStory, sign_in: SignIn) -> None:
    decided.take("deliver", "first", method="direct", delivered_on=str(timezone.localdate()))
    past = timezone.now() - timedelta(minutes=1)
    Limit.objects.filter(case=decided.case, code__in=["payment"]).update(due=past)
    Limit.objects.create(
        case=decided.case, code="closing", length=15, unit="working_day", started=past, due=past
    )
    assert record_overdue_limits() == 2
    for language, party, agency, writer in (
        ("zh-hans", "当事人期限届满", "逾期", "系统"),
        ("en", "The party's time ran out", "Overdue", "the portal"),
    ):
        client = sign_in("first", "application/json")
        client.cookies["django_language"] = language
        events = client.get(f"/cases/{decided.case.pk}/").json()["timeline"]
        told = [(each["title"], each["who"]) for each in events if each["kind"] == EventKind.OVERDUE]
        assert sorted(told) == sorted([(party, writer), (agency, writer)])
    found = phone().get(f"/field/api/cases/{decided.case.pk}/").json()["case"]["events"]
    shown = [each["title"] for each in found if each["kind"] == EventKind.OVERDUE]
    assert {"zh": "当事人期限届满", "en": "The party's time ran out"} in shown
    assert {"zh": "逾期", "en": "Overdue"} in shown
