"""Role × kind of case × door: what the working pages show, compared with the rule computed from the tables."""

from collections.abc import Callable
from typing import Any

import pytest
from django.contrib.gis.geos import Point
from django.test import Client

from layers.agencies.models import Department
from layers.casework.cases import assignment
from layers.casework.cases.creation import CaseIntake, open_case
from layers.casework.evidence.custody import EvidenceItem, add_evidence
from layers.casework.models import Case, Evidence
from layers.casework.procedures.versions import version_in_force
from layers.coordinates import STORE_SRID
from layers.registry.access.layer_query import relation, viewer_cursor
from layers.registry.audience import Audience, Viewer
from layers.registry.registration import get_layer
from tests.cases.conftest import picture
from tests.district import LAT, LON, SmallDistrict
from tests.officers import make_officers
from tests.people import VIEWERS, client_of

pytestmark = pytest.mark.django_db
ROLES = list(VIEWERS)
KINDS = ("own", "joint", "foreign", "public", "restricted")


@pytest.fixture
def cases(district: SmallDistrict) -> dict[str, Case]:
    """Seen from urban management: its own, one of planning that is joint, one that is not, and so on."""
    people = make_officers()
    found = {}
    for kind in KINDS:
        code, by = ("PL", "planning") if kind in {"joint", "foreign", "public"} else ("UM", "first")
        case = open_case(
            CaseIntake(
                f"案由{kind}",
                Department.objects.get(code=code),
                version_in_force("ordinary"),
                position=Point(LON + 0.0003, LAT + 0.0003, srid=STORE_SRID),
                party={"party_kind": "person", "party_name": f"当事人{kind}"},
            ),
            people[by],
        )
        add_evidence(case.pk, EvidenceItem("a.jpg", title="照片"), picture(), people[by])
        found[kind] = case
    assignment.share(found["joint"].pk, [Department.objects.get(code="UM")], "联合执法", people["planning"])
    Case.objects.filter(pk=found["public"].pk).update(visibility=Audience.PUBLIC, title_public="案由")
    Case.objects.filter(pk=found["restricted"].pk).update(visibility=Audience.RESTRICTED)
    return {kind: Case.objects.get(pk=case.pk) for kind, case in found.items()}


def handles(case: Case, viewer: Viewer) -> bool:
    """The rule in the plainest words."""
    if viewer.audience == Audience.RESTRICTED:
        return True
    codes = {case.department.code, *case.joint}
    return (
        viewer.audience == Audience.DEPARTMENT
        and case.visibility != Audience.RESTRICTED
        and not codes.isdisjoint(viewer.departments)
    )


def sees(case: Case, viewer: Viewer) -> bool:
    return handles(case, viewer) or case.visibility == Audience.PUBLIC


def body(answer: Any) -> bytes:
    return b"".join(answer.streaming_content) if answer.streaming else answer.content


DOORS: dict[str, Callable[[Case, Evidence, int], str]] = {
    "events": lambda case, piece, event: f"/cases/{case.pk}/events/{event}/",
    "evidence": lambda case, piece, event: f"/cases/{case.pk}/evidence/{piece.pk}/",
    "smaller": lambda case, piece, event: f"/cases/{case.pk}/evidence/{piece.pk + 1}/smaller/",
}
FORMS = (
    "steps/check_lead/",
    "notes/",
    "handler/",
    "department/",
    "joint/",
    "join/",
    "position/",
    "party/",
    "limits/1/",
    "evidence/",
    "evidence/1/custody/",
    "publication/",
    "withdrawal/",
)


@pytest.mark.parametrize("role", ROLES)
def test_pages_evidence_and_maps_are_for_those_who_handle_the_case(role: str, cases: dict[str, Case]) -> None:
    viewer, client = VIEWERS[role], client_of(role)
    for kind, case in cases.items():
        piece = case.evidence.get(original=None)
        event = case.events.order_by("pk")[0].pk
        for door, address in DOORS.items():
            answer = client.get(address(case, piece, event))
            assert answer.status_code == (200 if handles(case, viewer) else 404), (kind, door)
            assert body(answer), (kind, door)
        page = client.get(f"/cases/{case.pk}/")
        assert page.status_code == (200 if sees(case, viewer) else 404), kind
        if page.status_code == 200:
            assert ("timeline" in page.json()) == handles(case, viewer), kind
            assert (f"当事人{kind}" in str(page.json())) == handles(case, viewer), kind


@pytest.mark.parametrize("role", ROLES)
def test_nobody_else_sends_a_form_and_nobody_acts_without_being_an_officer(
    role: str, cases: dict[str, Case]
) -> None:
    viewer, client = VIEWERS[role], client_of(role)
    events = {case.pk: case.events.count() for case in cases.values()}
    for kind, case in cases.items():
        for form in FORMS:
            status = client.post(f"/cases/{case.pk}/{form}", {"note": "x", "reason": "x"}).status_code
            assert status == (422 if handles(case, viewer) else 404), (kind, form)
    assert events == {case.pk: case.events.count() for case in cases.values()}


@pytest.mark.parametrize("role", ROLES)
def test_inbox_and_history_hold_only_cases_of_the_rule(role: str, cases: dict[str, Case]) -> None:
    viewer, client = VIEWERS[role], client_of(role)
    kinds = {case.pk: kind for kind, case in cases.items()}
    listed = _kinds(client, "/cases/inbox/?box=all", kinds)
    searched = _kinds(client, "/cases/search/?q=案由", kinds)
    if viewer.audience < Audience.DEPARTMENT:
        assert listed is searched is None
        return
    assert listed == {kind for kind, case in cases.items() if handles(case, viewer)}
    assert searched == {kind for kind, case in cases.items() if sees(case, viewer)}
    named = _kinds(client, "/cases/search/?party=当事人", kinds)
    assert named == {kind for kind, case in cases.items() if handles(case, viewer)}


def _kinds(client: Client, address: str, kinds: dict[int, str]) -> set[str] | None:
    answer = client.get(address)
    if answer.status_code == 404:
        return None
    return {kinds[item["id"]] for item in answer.json()["items"] if item["id"] in kinds}


@pytest.mark.parametrize("role", ROLES)
def test_the_database_views_agree_with_the_rule(role: str, cases: dict[str, Case]) -> None:
    viewer = VIEWERS[role]
    layer = get_layer("enforcement-cases", viewer)
    personal = ", party_name" if viewer.audience >= Audience.DEPARTMENT else ", NULL"
    with viewer_cursor(viewer) as cursor:
        cursor.execute(
            f"SELECT id, ST_X(geom){personal} FROM {relation(layer, viewer)} WHERE id = ANY(%s)",
            [[case.pk for case in cases.values()]],
        )
        rows = {pk: (lon, name) for pk, lon, name in cursor.fetchall()}
    assert set(rows) == {case.pk for case in cases.values() if sees(case, viewer)}
    for kind, case in cases.items():
        if case.pk in rows:
            lon, name = rows[case.pk]
            assert case.geom is not None
            assert (abs(lon - case.geom.x) < 1e-9) == handles(case, viewer), kind
            assert (name == f"当事人{kind}") == handles(case, viewer), kind


def test_what_others_see_around_a_case_is_theirs_to_see(cases: dict[str, Case]) -> None:
    others = client_of("officer").get(f"/cases/{cases['own'].pk}/").json()["others"]
    shown = {each["id"] for group in others for each in group["cases"] + group["more"]}
    assert cases["joint"].pk in shown
    assert cases["foreign"].pk not in shown
    assert cases["restricted"].pk not in shown
