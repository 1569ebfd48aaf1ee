"""The inbox: whose turn it is, the most urgent first, with few statements however many cases there are."""

import re
from datetime import timedelta

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from layers.agencies.models import Department, Officer
from layers.casework.cases import assignment
from layers.casework.cases.effects import StepInput
from layers.casework.cases.transitions import take_step
from layers.casework.models import Case, Event, EventKind
from layers.casework.procedures.versions import read_version, version_in_force
from layers.casework.rules.steps.available_steps import actionable_states
from tests.cases.conftest import Open, People, SignIn
from tests.people import client_of

pytestmark = pytest.mark.django_db


def listed(client: Client, query: str) -> list[int]:
    answer = client.get(f"/cases/inbox/?{query}")
    assert answer.status_code == 200, answer.content
    return [item["id"] for item in answer.json()["items"]]


def test_boxes_hold_what_they_say(open_ordinary: Open, people: People, sign_in: SignIn) -> None:
    mine, nobodys, waiting, shared, done = (open_ordinary() for _ in range(5))
    Case.objects.filter(pk=nobodys.pk).update(handler=None)
    take_step(waiting.pk, "file", people["head"], StepInput())
    assignment.share(shared.pk, [Department.objects.get(code="PL")], "涉规划", people["leader"])
    take_step(done.pk, "dismiss", people["head"], StepInput(reason="不属实"))
    first = sign_in("first", "application/json")
    assert listed(first, "box=mine") == [mine.pk, shared.pk, waiting.pk]
    unlimited = Case.objects.filter(department__code="UM", closed=None, version=None, visibility__lt=3)
    assert listed(first, "box=unassigned") == [
        nobodys.pk,
        *unlimited.order_by("pk").values_list("pk", flat=True),
    ]
    head = sign_in("head", "application/json")
    assert set(listed(head, "box=post")) == {mine.pk, nobodys.pk, shared.pk}
    assert waiting.pk in listed(first, "box=post")
    assert listed(first, "box=joint") == [shared.pk]
    planning = sign_in("planning", "application/json")
    assert listed(planning, "box=joint") == [shared.pk]
    assert shared.pk in listed(planning, "box=all")
    assert mine.pk not in listed(planning, "box=all")
    assert done.pk not in listed(first, "box=all")


def test_what_is_overdue_or_due_soonest_comes_first(open_ordinary: Open, sign_in: SignIn) -> None:
    late, soon, later = (open_ordinary() for _ in range(3))
    now = timezone.now()
    for case, days in ((late, -2), (soon, 1), (later, 20)):
        Case.objects.filter(pk=case.pk).update(due=now + timedelta(days=days))
        case.limits.filter(code="filing").update(due=now + timedelta(days=days))
    client = sign_in("first", "application/json")
    assert listed(client, "box=mine") == [late.pk, soon.pk, later.pk]
    assert listed(client, "box=mine&due=overdue") == [late.pk]
    assert listed(client, "box=mine&due=soon") == [late.pk, soon.pk]
    page = sign_in("first").get("/cases/inbox/").content.decode()
    assert page.index(late.number) < page.index(soon.number) < page.index(later.number)
    item = client.get("/cases/inbox/?box=mine").json()["items"][0]
    assert (item["standing"]["code"], item["limit"]) == ("overdue", "核查并决定是否立案")
    assert "核查线索" in item["steps"]


def test_filters_and_pages(open_ordinary: Open, people: People, sign_in: SignIn) -> None:
    cases = [open_ordinary(title=f"案件{number}") for number in range(3)]
    take_step(cases[1].pk, "file", people["head"], StepInput())
    client = sign_in("first", "application/json")
    assert listed(client, "box=mine&state=filed") == [cases[1].pk]
    assert listed(client, "box=mine&q=案件2") == [cases[2].pk]
    assert listed(client, f"box=mine&q={cases[0].number}") == [cases[0].pk]
    assert listed(client, "box=mine&department=PL") == []
    for wrong in ("box=no", "due=never", "page=2", "page=x", f"q={'x' * 200}"):
        assert client.get(f"/cases/inbox/?{wrong}").status_code == 400


def test_more_cases_need_no_more_statements(open_ordinary: Open, sign_in: SignIn) -> None:
    client = sign_in("first")

    def statements() -> int:
        with CaptureQueriesContext(
            connection,
        ) as caught:
            assert client.get("/cases/inbox/?box=mine").status_code == 200
        return len(caught)

    defer(open_ordinary())
    statements()
    few = statements()
    for _ in range(8):
        defer(open_ordinary())
    assert statements() == few


def defer(case: Case) -> None:
    """A fine of which the instalments are counted by working days."""
    until = str(timezone.localdate() + timedelta(90))
    for step, fields in (("decide_penalty", {"fine": "3000"}), ("approve_deferral", {"until": until})):
        Event.objects.create(
            case=case, kind=EventKind.STEP, step=step, at=timezone.now(), data={"fields": fields}
        )


def test_only_departments_have_an_inbox() -> None:
    for role in ("public", "citizen"):
        assert client_of(role).get("/cases/inbox/").status_code == 404
        assert client_of(role).get("/cases/search/").status_code == 404
        assert client_of(role).get("/cases/publications/").status_code == 404
    assert client_of("administrator").get("/cases/inbox/").status_code == 200


@pytest.mark.parametrize(
    "room", ["inbox", "board", "statistics", "search", "days", "notices", "new", "publications"]
)
def test_every_room_of_the_desk_asks_whoever_is_not_signed_in_to_do_so(room: str) -> None:
    page = Client(headers={"accept": "text/html"}).get(f"/cases/{room}/?box=joint")
    assert page["Location"] == f"/accounts/sign-in/?next=/cases/{room}/%3Fbox%3Djoint"
    assert client_of("public").get(f"/cases/{room}/").status_code == 404
    citizen = client_of("citizen").get(f"/cases/{room}/", headers={"accept": "text/html"})
    assert citizen.status_code == 404


def test_a_post_waits_where_it_brings_a_case_forward(district: object) -> None:
    procedure = read_version(version_in_force("ordinary").pk)
    assert actionable_states(procedure, ["head"]) == {"lead", "decision", "execution", "closing"}
    assert actionable_states(procedure, ["archivist"]) == {"closed"}
    assert "hearing" in actionable_states(procedure, ["chair"])
    assert actionable_states(procedure, ["meeting"]) == {"decision"}
    assert actionable_states(procedure, ["publisher"]) == frozenset()


def said(client: Client) -> list[str]:
    """What is told once, of what was done and what was not."""
    page = client.get("/cases/inbox/?box=all", headers={"accept": "text/html"}).content.decode()
    return re.findall(
        r'<p class="(?:done|problem)"\s+role="(?:status|alert)">\s*(.*?)\s*</p>', page, re.DOTALL
    )


def test_many_cases_are_done_at_once_each_checked_by_itself(
    open_ordinary: Open, people: People, sign_in: SignIn
) -> None:
    open_cases, closed, foreign = [open_ordinary() for _ in range(2)], open_ordinary(), open_ordinary()
    take_step(closed.pk, "dismiss", people["head"], StepInput(reason="不属实"))
    Case.objects.filter(pk=foreign.pk).update(department=Department.objects.get(code="PL"))
    ticked = [each.pk for each in (*open_cases, closed, foreign)]
    leader = sign_in("leader")
    for given in ({"act": "assign", "handler": "second"}, {"act": "remind", "note": "请尽快办理"}):
        assert (
            leader.post("/cases/inbox/bulk/", {"case": ticked, "back": "box=all", **given}).status_code == 302
        )
        told = said(leader)
        assert [f"{closed.number}" in each for each in told].count(True) == (given["act"] == "remind")
        assert "您的部门没有这个编号的案件。" in told
        assert told[-1] == f"已办理 {2 if given['act'] == 'remind' else 3} 件。"
    for case in open_cases:
        case.refresh_from_db()
        assert case.handler == people["second"].officer
        told_to = case.notices.filter(channel="portal", officer=case.handler).order_by("pk")
        kinds = list(told_to.values_list("kind", flat=True))
        assert kinds == ["assigned", "reminded"]
    sign_in("first").post("/cases/inbox/bulk/", {"case": ticked, "act": "remind", "note": "x"})
    assert open_cases[0].events.filter(kind="reminded").count() == 1


def test_cases_are_dispatched_together_where_their_procedure_dispatches(
    open_ordinary: Open, people: People, sign_in: SignIn
) -> None:
    urban = {"version": version_in_force("urban"), "category": "exposed_garbage"}
    filed, ordinary, imported = open_ordinary(**urban), open_ordinary(), open_ordinary()
    Case.objects.filter(pk=filed.pk).update(state="filed")
    Case.objects.filter(pk=imported.pk).update(version=None)
    Officer.objects.filter(code="leader").update(posts=["dispatcher"])
    given = {"case": [filed.pk, ordinary.pk, imported.pk], "act": "dispatch", "body": "SAN"}
    leader = sign_in("leader")
    leader.post("/cases/inbox/bulk/", given)
    assert said(leader) == [
        f"{ordinary.number}：此类案件不派遣责任单位。",
        f"{imported.number}：该案没有对应的在库办理程序。",
        "已办理 1 件。",
    ]
    filed.refresh_from_db()
    assert filed.state == "dispatched"
    assert filed.events.get(step="dispatch").data["fields"]["unit"]["code"] == "SAN"


def test_the_inbox_offers_handlers_with_what_they_have_in_hand(open_ordinary: Open, sign_in: SignIn) -> None:
    for _ in range(2):
        open_ordinary()
    bulk = sign_in("leader", "application/json").get("/cases/inbox/").json()["bulk"]
    load = {each["value"]: each["open"] for each in bulk["handlers"]}
    assert load["first"] - load["second"] >= 2
    assert [each["open"] for each in bulk["handlers"]] == sorted(load.values()), "the least burdened first"
    assert [each["value"] for each in bulk["bodies"]] == ["SAN"]
    assert sign_in("first", "application/json").get("/cases/inbox/").json()["bulk"] is None
