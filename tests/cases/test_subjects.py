"""A case is about places and has to do with other cases; a place tells its cases, each viewer theirs."""

import pytest
from django.db import connection
from django.db.models import F
from django.test import Client
from django.test.utils import CaptureQueriesContext

from geoportal.cases.case.subjects import subject_rows
from geoportal.features import case_ledger
from layers.agencies.models import Department
from layers.base.models import Building
from layers.casework.access.actor import NotAllowed
from layers.casework.cases import assignment, relations
from layers.casework.models import Case, RelationKind, Subject
from layers.registry.audience import Audience, Viewer
from tests.cases.conftest import Open, People, SignIn
from tests.people import client_of

pytestmark = pytest.mark.django_db


@pytest.fixture
def building(people: People) -> Building:
    return Building.objects.get(name="政务大楼")


def ledger(client: Client, building: Building) -> list[str]:
    card = client.get(f"/place/buildings/{building.pk}/", headers={"Accept": "application/json"}).json()
    sections = [s for s in card["sections"] if s["kind"] == "related" and s["layer"] == "enforcement-cases"]
    return [item["title"] for section in sections for item in section["items"]]


def test_a_place_near_by_is_chosen_and_taken_away_and_the_log_keeps_both(
    open_ordinary: Open, building: Building, sign_in: SignIn
) -> None:
    case, client = open_ordinary(), sign_in("first")
    address = f"/cases/{case.pk}/subjects/"
    page = client.get(f"/cases/{case.pk}/").content.decode()
    assert f'value="buildings/{building.pk}"' in page
    assert client.post(address, {"feature": f"buildings/{building.pk}"}).status_code == 302
    page = client.get(f"/cases/{case.pk}/").content.decode()
    assert f'href="/place/buildings/{building.pk}/"' in page
    assert client.post(address, {"feature": f"buildings/{building.pk}"}).status_code == 422
    subject = case.subjects.get()
    assert client.post(f"{address}{subject.pk}/").status_code == 302
    acts = [event.data["act"] for event in case.events.filter(kind="concerns").order_by("pk")]
    assert acts == ["added", "removed"]
    assert "政务大楼" in client.get(f"/cases/{case.pk}/").content.decode()  # in the log


@pytest.mark.parametrize("link", ["http://a.example/#map=17/29.9/121.8&view=2d&sel={}", "/place/{}/", "{}"])
def test_an_address_of_the_map_names_a_place(
    link: str, open_ordinary: Open, building: Building, sign_in: SignIn
) -> None:
    case = open_ordinary()
    sent = {"link": link.format(f"buildings/{building.pk}")}
    assert sign_in("first").post(f"/cases/{case.pk}/subjects/", sent).status_code == 302
    assert case.subjects.get().feature == building.pk


@pytest.mark.parametrize(
    "link", ["", "buildings", "buildings/0", "no-such/1", "enforcement-cases/1", "x" * 5000]
)
def test_what_is_no_place_on_the_map_is_refused(link: str, open_ordinary: Open, sign_in: SignIn) -> None:
    case = open_ordinary()
    assert sign_in("first").post(f"/cases/{case.pk}/subjects/", {"link": link}).status_code == 422
    assert not Subject.objects.exists()


def test_a_place_tells_each_viewer_the_cases_that_they_see(
    open_ordinary: Open, building: Building, people: People, sign_in: SignIn
) -> None:
    hidden, public, person = (open_ordinary(title=title) for title in ("未公示", "已公示", "涉及个人"))
    for case in (hidden, public, person):
        relations.add_subject(case.pk, "buildings", building.pk, building.name, people["first"])
    shown = Case.objects.filter(pk__in=[public.pk, person.pk])
    shown.update(visibility=Audience.PUBLIC, title_public=F("title"))
    Case.objects.filter(pk=person.pk).update(party_kind="person")
    Case.objects.filter(pk=public.pk).update(party_kind="organisation")
    assert ledger(client_of("public"), building) == ["已公示"]
    assert ledger(client_of("other_officer"), building) == ["已公示"]
    assert set(ledger(sign_in("first"), building)) == {"未公示", "已公示", "涉及个人"}


def test_cases_that_are_hidden_take_no_room_from_those_that_a_viewer_sees(
    open_ordinary: Open, building: Building, people: People, monkeypatch: pytest.MonkeyPatch
) -> None:
    public, *hidden = (open_ordinary(title=title) for title in ("已公示", "未公示", "也未公示"))
    for case in (public, *hidden):
        relations.add_subject(case.pk, "buildings", building.pk, building.name, people["first"])
    Case.objects.filter(pk=public.pk).update(
        visibility=Audience.PUBLIC, party_kind="organisation", title_public="已公示"
    )
    monkeypatch.setattr(case_ledger, "MOST", 1)
    assert ledger(client_of("public"), building) == ["已公示"]


def test_cases_are_related_both_ways_and_once(open_ordinary: Open, people: People, sign_in: SignIn) -> None:
    first, second, client = open_ordinary(), open_ordinary(), sign_in("first")
    sent = {"kind": "follows", "number": second.number}
    assert client.post(f"/cases/{first.pk}/relations/", sent).status_code == 302
    for case, other in ((first, second), (second, first)):
        (row,) = client.get(f"/cases/{case.pk}/", headers={"Accept": "application/json"}).json()["relations"]
        assert row["case"]["number"] == other.number
    with pytest.raises(NotAllowed):
        relations.relate(second.pk, first, RelationKind.RELATED, people["first"])
    with pytest.raises(NotAllowed):
        relations.relate(second.pk, second, RelationKind.RELATED, people["first"])
    relation = first.relations.get()
    assert client.post(f"/cases/{second.pk}/relations/{relation.pk}/").status_code == 302
    assert not first.relations.exists()


def test_a_related_case_of_another_department_is_not_told(
    open_ordinary: Open, people: People, sign_in: SignIn
) -> None:
    first, second, client = open_ordinary(), open_ordinary(title="别处的案件"), sign_in("first")
    relations.relate(first.pk, second, RelationKind.RELATED, people["first"])
    other = Department.objects.exclude(pk=first.department_id).order_by("code").first()
    assert other is not None
    assignment.hand_over(second.pk, other, "属于该部门", people["leader"])
    page = client.get(f"/cases/{first.pk}/", headers={"Accept": "application/json"}).json()
    assert page["relations"] == []
    refused = client.post(f"/cases/{first.pk}/relations/", {"kind": "related", "number": second.number})
    assert refused.status_code == 422


def test_cases_are_found_by_what_they_are_about_among_one_s_own(
    open_ordinary: Open, building: Building, people: People, sign_in: SignIn
) -> None:
    about, other = open_ordinary(title="楼内违建"), open_ordinary(title="别处的案件")
    relations.add_subject(about.pk, "buildings", building.pk, building.name, people["first"])
    Subject.objects.create(case=other, layer="terrain", feature=1)  # which has no words
    Case.objects.update(visibility=Audience.PUBLIC, title_public=F("title"))

    def found(who: Client, text: str) -> list[str]:
        answer = who.get("/cases/search/", {"about": text}, headers={"Accept": "application/json"})
        return [item["title"] for item in answer.json()["items"]]

    first, planner = sign_in("first"), sign_in("planning")
    for text in ("政务大楼", "zhengwu", f"buildings/{building.pk}"):
        assert found(first, text) == ["楼内违建"], text
        assert found(planner, text) == [], text
    assert found(first, "没有的楼") == found(first, "·") == []
    page = first.get("/cases/search/", {"about": "政务大楼"}).content.decode()
    assert 'name="about" value="政务大楼"' in " ".join(page.split())
    assert other.title not in page


def test_what_a_case_is_about_is_asked_for_once_a_layer(open_ordinary: Open, people: People) -> None:
    case, viewer = open_ordinary(), Viewer(Audience.RESTRICTED)
    asked = []
    for house in Building.objects.order_by("pk"):
        relations.add_subject(case.pk, "buildings", house.pk, str(house), people["first"])
        subject_rows(case, viewer)  # statements are prepared
        with CaptureQueriesContext(connection) as captured:
            rows = subject_rows(case, viewer)
        asked.append((len(rows), len(captured)))
    assert len({queries for _, queries in asked}) == 1
    assert max(rows for rows, _ in asked) > 1
