"""Every address of cases and of the phone, for each role and with any words, in each way of asking."""

import json
import time
from hashlib import sha256
from typing import Any
from uuid import UUID, uuid4

import pytest
from django.contrib.gis.geos import Point
from django.db import connection
from django.utils import timezone
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from geoportal.accounts.models import User
from layers.agencies.models import Department
from layers.casework.cases.creation import CaseIntake, open_case
from layers.casework.cases.receipts import issue_receipt
from layers.casework.evidence.content_store import store_file
from layers.casework.evidence.custody import EvidenceItem, add_evidence
from layers.casework.models import CalendarFeed, Case, MailAddress, Publication, PublicationStatus
from layers.casework.procedures.versions import version_in_force
from layers.coordinates import STORE_SRID
from tests.cases.conftest import picture
from tests.contracts.test_every_address import ADDRESSES, WORDS, written
from tests.district import LAT, LON, SmallDistrict
from tests.effort import tries
from tests.officers import make_officers
from tests.people import VIEWERS, client_of

pytestmark = pytest.mark.django_db

OURS = [a for a in ADDRESSES if a.startswith(("/cases/", "/field/", "/receipts/"))]
KEY = UUID("5f0c3d52-6a0e-4a51-9d0b-2f4c3f0f5a01")
LINK = "key-of-a-letter"
OFFICERS = {"officer": "first", "other_officer": "planning"}


@pytest.fixture
def case(district: SmallDistrict) -> Case:
    """Of urban management, with evidence, a document and a publication that waits for its reviewer."""
    people = make_officers()
    found = CaseIntake(
        "案由",
        Department.objects.get(code="UM"),
        version_in_force("urban"),
        category="exposed_garbage",
        position=Point(LON + 0.0003, LAT + 0.0003, srid=STORE_SRID),
        party={"party_kind": "person", "party_name": "王小明"},
        key=KEY,
    )
    made = open_case(found, people["first"])
    add_evidence(made.pk, EvidenceItem("a.jpg", title="照片"), picture(), people["first"])
    form = store_file([b"%PDF-1.7 a form"])
    made.documents.create(
        code="case_form",
        title="立案单",
        sha256=form.sha256,
        size=form.size,
        template="x",
        made_at=made.reported,
    )
    receipt = issue_receipt(made.pk, "reporter", people["first"]).receipt
    site, now = "http://testserver", timezone.now()
    MailAddress.objects.create(receipt=receipt, email="a@citizen.example", site=site, key=LINK, asked_at=now)
    first, planning = people["first"].officer, people["planning"].officer
    assert first is not None
    CalendarFeed.objects.create(officer=first, secret=sha256(LINK.encode()).hexdigest(), made_at=now)
    assert planning is not None
    made.consultations.create(
        step="x", department=planning.department, asked_at=made.reported, due=made.reported
    )
    leader = people["leader"].officer
    assert leader is not None
    Publication.objects.create(case=made, title="案由", proposed_by=leader, proposed_at=made.reported)
    for role, name in OFFICERS.items():
        client_of(role)
        User.objects.filter(username=role).update(officer=people[name].officer)
    return made


# What of a case an address shows or does, and to whom it answers at all: "own" whoever handles the case, "officer"
# whoever handles it and is an officer, "post" reviewers, "staff" departments, "anybody" everybody.
OF_A_CASE = {
    "/cases/{}/events/{}/": "own",
    "/cases/{}/evidence/{}/": "own",
    "/cases/{}/evidence/{}/smaller/": "own",
    "/cases/{}/documents/": "own",
    "/cases/{}/documents/{}.pdf": "own",
    "/cases/{}/documents/{}/draft.pdf": "own",
    "/cases/{}/file.pdf": "own",
    "/cases/{}/": "own",
    "/field/api/cases/{}/": "officer",
    "/field/api/photos/{}/": "officer",
}
FORMS = {a for a in OURS if a.startswith("/cases/{}/") and a not in OF_A_CASE}
OF_ALL = {
    "/cases/": "anybody",
    "/cases/inbox/": "department",
    "/cases/inbox/bulk/": "department",
    "/cases/phrases/": "department",
    "/cases/new/": "department",
    "/cases/consultations/{}/": "consulted",
    "/cases/notices/": "department",
    "/cases/deadlines/{}.ics": "anybody",
    "/cases/search/": "department",
    "/cases/board/": "staff",
    "/cases/board/grid.geojson": "staff",
    "/cases/statistics/": "department",
    "/cases/statistics/areas.geojson": "department",
    "/cases/statistics/table.csv": "department",
    "/cases/days/": "reader",
    "/cases/publications/": "reviewer",
    "/cases/publications/{}/": "own",
    "/receipts/": "anybody",
    "/receipts/steps/{}/": "holder",
    "/receipts/mail/": "holder",
    "/receipts/mail/{}/": "anybody",
    "/receipts/leave/": "holder",
    "/field/": "phone",
    "/field/sw.js": "anybody",
    "/field/manifest.webmanifest": "anybody",
    "/field/words/{}.json": "anybody",
    "/field/api/token/": "phone",
    "/field/api/kit/": "phone",
    "/field/api/cases/": "phone",
    "/field/api/suggestion/": "phone",
    "/field/api/evidence/": "phone",
    "/field/api/confirmations/": "phone",
    "/field/api/steps/": "phone",
    "/field/api/notes/": "phone",
}
SENT = {"/field/api/evidence/", "/field/api/confirmations/", "/field/api/steps/", "/field/api/notes/"}


def test_every_address_is_in_the_matrix() -> None:
    assert set(OURS) == set(OF_A_CASE) | FORMS | set(OF_ALL)


@pytest.mark.parametrize("role", list(VIEWERS))
def test_addresses_of_a_case_answer_only_who_handles_it(role: str, case: Case) -> None:
    client = client_of(role)
    handles = role in {"officer", "administrator"}
    piece, event = case.evidence.get(original=None).pk, case.events.order_by("pk")[0].pk
    parts: dict[str, list[object]] = {
        "/cases/{}/events/{}/": [case.pk, event],
        "/cases/{}/evidence/{}/": [case.pk, piece],
        "/cases/{}/evidence/{}/smaller/": [case.pk, piece + 1],
        "/cases/{}/documents/{}.pdf": [case.pk, case.documents.get().pk],
        "/cases/{}/documents/{}/draft.pdf": [case.pk, "case_form"],
        "/field/api/photos/{}/": [piece],
    }
    for address, whose in OF_A_CASE.items():
        asked = address.format(*parts.get(address, [case.pk]))
        answer = client.get(asked)
        shown = handles and (whose == "own" or role == "officer")
        unseen = 404 if whose == "own" or role == "other_officer" else 401 if role == "public" else 403
        assert answer.status_code == (200 if shown else unseen), asked
        assert "public" not in answer["Cache-Control"], asked
        if shown and any(part in address for part in ("evidence", "photos", ".pdf")):
            assert "no-store" in answer["Cache-Control"], asked
        content = answer.getvalue()
        assert shown or case.number not in content.decode(), asked
    for address in FORMS:
        asked = address.format(case.pk, 1)
        assert client.post(asked, {"reason": "x"}).status_code == (422 if handles else 404), asked


def refusal(address: str, room: str, role: str) -> int:
    if room != "phone":
        return 404
    if role == "public":
        return 302 if address == "/field/" else 401
    return 403


@pytest.mark.parametrize("role", list(VIEWERS))
def test_rooms_open_to_those_they_are_for(role: str, case: Case) -> None:
    client, publication = client_of(role), case.publications.get(status=PublicationStatus.PROPOSED).pk
    consultation = case.consultations.get().pk
    inside = {
        "anybody": set(VIEWERS),
        "holder": set(VIEWERS),
        "department": {"officer", "other_officer", "planner", "administrator"},
        "staff": {"officer", "other_officer", "administrator"},
        "reader": {"officer", "other_officer", "administrator"},
        "phone": {"officer", "other_officer"},
        "reviewer": set(),
        "consulted": {"other_officer"},
        "own": {"officer", "administrator"},
    }
    for address, room in OF_ALL.items():
        pk = consultation if room == "consulted" else publication
        asked = address.format(
            "en" if "words" in address else LINK if "mail" in address or "deadlines" in address else pk
        )
        query = (
            {"category": "exposed_garbage", "by": "grid"}
            if "areas" in address or "suggestion" in address
            else {}
        )
        status, expected = client.get(asked, query).status_code, 200
        if address in SENT:
            assert status == 405, asked
            status, expected = client.post(asked, "{}", content_type="application/json").status_code, 400
        if room == "holder" or address in {"/cases/publications/{}/", "/cases/inbox/bulk/"}:
            expected = 302  # to the case, or the inbox
        if role not in inside[room]:
            expected = refusal(address, room, role)
        assert status == expected, asked


VALUES: Any = st.one_of(
    WORDS,
    st.none(),
    st.booleans(),
    st.integers(-(2**70), 2**70),
    st.floats(),
    st.lists(WORDS, max_size=2),
    st.dictionaries(
        st.sampled_from(["lon", "lat", "system", "accuracy", "by"]), st.floats() | WORDS, max_size=5
    ),
)
NAMES = st.sampled_from(
    [
        "key", "case", "case_key", "step", "revision", "fields", "reason", "note", "partner", "category", "procedure",
        "department", "title", "address", "party_kind", "party_name", "position", "device_time", "clock_off", "taken",
        "heading", "kind", "of", "lon", "lat", "system", "number", "officer", "event", "text", "day", "from", "to",
        "by", "rate", "page", "since", "until", "area", "near", "radius", "party", "q", "box", "due", "state", "measure",
        "standing", "closed_since", "decision", "summary", "act", "code", "back", "field-finding", "field-review_on",
        "party_id", "party_phone", "format", "role", "secret", "opinion",
        "email", "confirm", "end", "renew", "calendar",
    ]
)  # fmt: skip


@settings(
    max_examples=tries(400),
    derandomize=True,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
@given(
    address=st.sampled_from(OURS),
    parts=st.lists(st.one_of(st.just("own"), st.just("own"), WORDS), min_size=3, max_size=3),
    words=st.dictionaries(NAMES, VALUES, max_size=6),
    how=st.sampled_from(
        ["get", "get", "json", "json", "form", "form", "file", "other", "put", "head", "delete"]
    ),
    well=st.booleans(),
)
def test_an_officer_s_odd_words_get_a_sentence(
    case: Case, address: str, parts: list[str], words: dict[str, Any], how: str, *, well: bool
) -> None:
    """``well``: the key, case and step that would be right are among them."""
    own = [str(case.pk), *(str(case.evidence.earliest("pk").pk) for _ in range(2))]
    asked = address.format(
        *(mine if part == "own" else written(part) for part, mine in zip(parts, own, strict=True))
    )
    if well:
        right = {"key": str(uuid4()), "case_key": str(KEY), "step": "verify_lead", "revision": 1}
        words = {**right, "category": "exposed_garbage", "kind": "document", "reason": "理由", **words}
    plain = {name: str(value).encode("utf-8", "replace").decode() for name, value in words.items()}
    client = client_of("officer")
    if address.startswith("/receipts/"):
        session = client.session
        receipt = case.receipts.get()
        session["receipt"] = {"id": receipt.pk, "secret": receipt.secret[:16], "until": time.time() + 60}
        session.save()
    match how:
        case "json":
            body = json.dumps(words)
            response: Any = client.post(asked, body, content_type="application/json")
        case "form":
            response = client.post(asked, plain)
        case "file":
            response = client.post(asked, {**plain, "file": next(iter([picture()]))})
        case "other":
            response = client.generic("POST", asked, b"\xff\x00{", content_type="application/json; charset=x")
        case "get" | "head":
            query = "&".join(f"{name}={written(text)}" for name, text in plain.items())
            response = getattr(client, how)(f"{asked}?{query}")
        case _:
            response = getattr(client, how)(asked)
    assert response.status_code < 500, (how, asked, words, response.status_code)
    content = b"".join(response.streaming_content) if response.streaming else response.content
    if response.status_code in {400, 404, 405, 422} and how != "head":
        assert len(content) > 10
    assert not connection.needs_rollback
