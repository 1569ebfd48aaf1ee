"""The calendar, officers, cases and what is kept of them, in the administration."""

from datetime import date, timedelta
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from layers.agencies.models import Credential, Department, Officer
from layers.casework.calendar.working_calendar import WorkingCalendar
from layers.casework.deadlines import recalculation
from layers.casework.models import CalendarDay, Case, EventKind, Evidence, Limit, Publication
from layers.jobs.execution import claim
from layers.jobs.models import JobState
from layers.registry.models import AccessLogEntry
from tests.casework.conftest import Open, People, open_ordinary, people
from tests.casework.test_steps import add_pieces
from tests.job_worker import work_off
from tests.people import client_of

pytestmark = pytest.mark.django_db

__all__ = ["open_ordinary", "people"]
DAYS = "/admin/casework/calendarday/"


@pytest.fixture
def admin(people: People) -> Client:
    return client_of("administrator")


def next_working_day() -> date:
    return WorkingCalendar().add_working_days(timezone.localdate(), 2)


def messages(response: Any) -> str:
    return " ".join(str(message) for message in response.context["messages"])


def test_a_corrected_day_moves_the_limits_at_once_and_says_how_many(
    admin: Client, open_ordinary: Open
) -> None:
    case = open_ordinary()
    before = case.limits.get(code="filing").due
    response = admin.post(f"{DAYS}add/", {"day": next_working_day().isoformat(), "note": "台风"}, follow=True)
    assert "1" in messages(response)
    after = case.limits.get(code="filing").due
    assert before is not None
    assert after is not None
    assert after > before
    [event] = case.events.filter(kind=EventKind.RECALCULATED)
    assert event.who == "administrator"


def test_taking_the_day_back_moves_them_back(admin: Client, open_ordinary: Open) -> None:
    case = open_ordinary()
    before = case.limits.get(code="filing").due
    form = {"day": next_working_day().isoformat(), "note": "台风"}
    admin.post(f"{DAYS}add/", form)
    day = CalendarDay.objects.get()
    admin.post(f"{DAYS}{day.pk}/change/", {**form, "is_working": "on"})
    assert case.limits.get(code="filing").due == before
    admin.post(f"{DAYS}{day.pk}/delete/", {"post": "yes"})
    assert not CalendarDay.objects.exists()
    assert case.events.filter(kind=EventKind.RECALCULATED).count() == 2


def test_many_cases_are_counted_by_a_job(
    admin: Client, open_ordinary: Open, monkeypatch: pytest.MonkeyPatch
) -> None:
    case = open_ordinary()
    monkeypatch.setattr(recalculation, "FEW", 0)
    admin.post(f"{DAYS}add/", {"day": next_working_day().isoformat(), "note": "台风"})
    begun = recalculation.last()
    assert begun is not None
    assert (begun.owner, begun.state) == ("administrator", JobState.QUEUED)
    assert "正在重新计算" in messages(admin.get(DAYS))
    assert work_off() == 1
    [event] = case.events.filter(kind=EventKind.RECALCULATED)
    assert event.who == "administrator"
    assert "1 项" in messages(admin.get(DAYS))


def test_a_day_that_changes_while_cases_are_counted_has_them_counted_once_more(
    admin: Client, open_ordinary: Open, monkeypatch: pytest.MonkeyPatch
) -> None:
    open_ordinary()
    monkeypatch.setattr(recalculation, "FEW", 0)
    first, second = (recalculation.begin("administrator", None) for _ in range(2))
    assert first == second
    assert claim("a worker", {}) is not None
    third, fourth = (recalculation.begin("administrator", None) for _ in range(2))
    assert third == fourth != first


@pytest.mark.parametrize("form", [{}, {"day": "2026-13-45"}, {"day": "昨天"}])
def test_a_day_that_is_none_is_refused_in_words(form: dict[str, str], admin: Client) -> None:
    response = admin.post(f"{DAYS}add/", form)
    assert response.status_code == 200
    assert "errorlist" in response.content.decode()


def officer_form(officer: Officer, **more: Any) -> dict[str, Any]:
    return {
        "code": officer.code,
        "name": officer.name,
        "department": officer.department_id,
        "posts": officer.posts,
        "is_active": "on",
        "credentials-TOTAL_FORMS": officer.credentials.count(),
        "credentials-INITIAL_FORMS": officer.credentials.count(),
        **{
            f"credentials-{number}-{name}": value
            for number, each in enumerate(officer.credentials.all())
            for name, value in (
                ("id", each.pk),
                ("officer", officer.pk),
                ("kind", each.kind),
                ("number", each.number),
            )
        },
        **more,
    }


def test_posts_are_chosen_from_the_procedures_in_force(admin: Client, people: People) -> None:
    officer = people["first"].officer
    assert officer is not None
    address = reverse("admin:agencies_officer_change", args=[officer.pk])
    page = admin.get(address).content.decode()
    for code in ("officer", "legal", "chair", "cashier", "dispatcher", "supervision_head"):
        assert f'value="{code}"' in page, code
    admin.post(address, officer_form(officer, posts=["officer", "leader"]))
    officer.refresh_from_db()
    assert officer.posts == ["officer", "leader"]
    refused = admin.post(address, officer_form(officer, posts=["wizard"]))
    assert refused.status_code == 200
    officer.refresh_from_db()
    assert officer.posts == ["officer", "leader"]


def test_a_post_that_no_procedure_knows_any_more_stays_until_it_is_taken_away(
    admin: Client, people: People
) -> None:
    officer = people["first"].officer
    assert officer is not None
    officer.posts = ["officer", "old_post"]
    officer.save()
    address = reverse("admin:agencies_officer_change", args=[officer.pk])
    assert 'value="old_post"' in admin.get(address).content.decode()
    admin.post(address, officer_form(officer))
    officer.refresh_from_db()
    assert officer.posts == ["officer", "old_post"]


def test_certificates_are_shown_with_how_long_they_are_valid(admin: Client, people: People) -> None:
    today = timezone.localdate()
    for name, days in (("first", -1), ("second", 20), ("leader", 400)):
        Credential.objects.filter(officer__code=name).update(valid_until=today + timedelta(days=days))
    page = admin.get("/admin/agencies/officer/", headers={"accept-language": "en"}).content.decode()
    assert "expired" in page
    assert "ends soon" in page
    assert "valid" in page
    officer = people["uncertified"].officer
    assert officer is not None
    address = reverse("admin:agencies_officer_change", args=[officer.pk])
    row = {"credentials-0-kind": "enforcement_certificate", "credentials-0-valid_until": today.isoformat()}
    refused = admin.post(address, officer_form(officer, **row, **{"credentials-TOTAL_FORMS": 1}))
    assert refused.status_code == 200
    given = {**row, "credentials-0-number": "33-7", "credentials-TOTAL_FORMS": 1}
    admin.post(address, officer_form(officer, **given))
    assert [(each.number, each.valid_until) for each in officer.credentials.all()] == [("33-7", today)]
    assert admin.post(reverse("admin:agencies_officer_delete", args=[officer.pk])).status_code == 403


def test_a_mark_belongs_to_one_department(admin: Client, people: People) -> None:
    Department.objects.filter(code="PL").update(mark="仑规划")
    department = Department.objects.get(code="UM")
    response = admin.post(
        reverse("admin:agencies_department_change", args=[department.pk]),
        {"code": "UM", "name": department.name, "name_en": department.name_en, "mark": "仑规划"},
    )
    assert response.status_code == 200
    assert "errorlist" in response.content.decode()


def test_what_is_kept_is_looked_at_only_and_every_look_is_on_record(
    admin: Client, people: People, open_ordinary: Open
) -> None:
    case = open_ordinary()
    add_pieces(case, people)
    officer = people["first"].officer
    assert officer is not None
    Publication.objects.create(
        case=case, title="占道经营", proposed_by=officer, proposed_at=timezone.now(), status="proposed"
    )
    for model in (Limit, Evidence, Publication, case.events.model):
        name = f"admin:casework_{model._meta.model_name}"
        one = model._default_manager.filter(case=case).first()
        assert one is not None
        assert admin.get(reverse(f"{name}_changelist")).status_code == 200
        before = AccessLogEntry.objects.count()
        page = admin.get(reverse(f"{name}_change", args=[one.pk]))
        assert page.status_code == 200
        assert 'name="_save"' not in page.content.decode()
        assert AccessLogEntry.objects.count() == before + 1
        assert admin.get(reverse(f"{name}_add")).status_code == 403
        assert admin.post(reverse(f"{name}_delete", args=[one.pk]), {"post": "yes"}).status_code == 403


def test_a_case_s_state_and_number_go_by_verbs_only(admin: Client, open_ordinary: Open) -> None:
    case = open_ordinary()
    address = reverse("admin:enforcement_enforcementcase_change", args=[case.pk])
    page = admin.get(address).content.decode()
    for name in ("state", "number", "department", "version", "fine", "visibility", "due", "party_name"):
        assert f'name="{name}"' not in page, name
    assert "/mapproxy/tiles/1.0.0/basemap-webp/" in page
    form = {
        "title": "更正后的案由",
        "category": case.category or "其他",
        "description": "更正",
        "address": "",
        "geom": case.geom.geojson if case.geom else "",
        "state": "closed",
        "number": "X",
        "division": case.division_id or "",
        "grid_cell": case.grid_cell_id or "",
        "source": "",
    }
    response = admin.post(address, form)
    assert response.status_code == 302, response.content.decode()[:3000]
    after = Case.objects.get(pk=case.pk)
    assert (after.title, after.state, after.number) == ("更正后的案由", "lead", case.number)
    assert after.revision == case.revision + 1
    [event] = case.events.filter(kind=EventKind.WRITTEN)
    assert event.who == "administrator"
    assert event.data["changed"]["title"] == [case.title, "更正后的案由"]
    assert admin.get(reverse("admin:enforcement_enforcementcase_add")).status_code == 403
