"""Publication at the desk: proposed masked, read by somebody else, public, and gone everywhere."""

from pathlib import Path

import mapbox_vector_tile
import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from layers.casework.log.event_log import Entry, append_event
from layers.casework.models import Case, EventKind, PublicationStatus
from layers.casework.room_texts import ship_room_texts
from layers.enforcement.models import PenaltyDecision
from tests.cases.conftest import Open, People, SignIn, entered
from tests.district import tile_at
from tests.people import client_of
from tiles.cache import heartbeat
from tiles.invalidation.synchronization import synchronize, worker_lock

pytestmark = pytest.mark.django_db
PERSON = {"party_kind": "person", "party_name": "王小明", "party_id": "330206190001010004"}


def decide(case: Case, people: People) -> None:
    """As its steps leave a case that its rule publishes."""
    for step in ("decide_penalty", "deliver"):
        append_event(case, people["head"], Entry(EventKind.STEP, step))
    PenaltyDecision.objects.create(
        case=case, penalty="fine", fine=20000, decision_number="仑综执罚决〔2026〕0007号"
    )
    case.facts = {"flags": ["public_influence"], "fields": {"penalty": "fine", "fine": 20000}}
    case.resolution = "对王小明（330206190001010004，电话 13800000000）罚款 20000 元"
    case.save()


@pytest.fixture
def decided(open_ordinary: Open, people: People) -> Case:
    case = open_ordinary(party=PERSON)
    decide(case, people)
    return case


def proposed(case: Case, sign_in: SignIn) -> int:
    wording = {"title": "擅自搭建", "summary": "对王某某罚款 20000 元"}
    assert entered(sign_in("first"), case, "publication/", wording)[0] == 302
    return case.publications.get(status=PublicationStatus.PROPOSED).pk


def test_the_wording_is_suggested_masked_and_must_stay_so(decided: Case, sign_in: SignIn) -> None:
    data = sign_in("first", "application/json").get(f"/cases/{decided.pk}/").json()
    assert data["publication"]["may_propose"]
    assert "王某某" in data["publication"]["wording"]["summary"]
    assert "138" not in data["publication"]["wording"]["summary"]
    named = {"title": "擅自搭建", "summary": "写了一半：王小明"}
    status, page = entered(sign_in("first"), decided, "publication/", named)
    assert status == 422
    assert "仍含个人信息" in page
    assert "写了一半：王小明" in page
    assert entered(sign_in("first"), decided, "publication/", {"title": " "})[0] == 422


def test_a_case_that_is_not_published_offers_no_form(open_ordinary: Open, sign_in: SignIn) -> None:
    data = sign_in("first", "application/json").get(f"/cases/{open_ordinary().pk}/").json()
    assert not data["publication"]["may_propose"]


def test_reviewers_have_a_queue_and_nobody_else(decided: Case, sign_in: SignIn) -> None:
    pk = proposed(decided, sign_in)
    page = sign_in("publisher").get("/cases/publications/").content.decode()
    assert decided.number in page
    assert "王小明" not in page
    for name in ("first", "head", "planning"):
        assert sign_in(name).get("/cases/publications/").status_code == 404
    assert sign_in("first").post(f"/cases/publications/{pk}/", {"decision": "publish"}).status_code == 422
    assert sign_in("planning").post(f"/cases/publications/{pk}/", {"decision": "publish"}).status_code == 404
    decided.refresh_from_db()
    assert decided.party_public == ""


def test_returning_needs_a_reason_and_lets_it_be_proposed_again(decided: Case, sign_in: SignIn) -> None:
    pk = proposed(decided, sign_in)
    publisher = sign_in("publisher")
    assert publisher.post(f"/cases/publications/{pk}/", {"decision": "return"}).status_code == 422
    assert (
        publisher.post(f"/cases/publications/{pk}/", {"decision": "burn", "reason": "x"}).status_code == 422
    )
    sent = publisher.post(f"/cases/publications/{pk}/", {"decision": "return", "reason": "摘要过长"})
    assert sent.status_code == 302
    assert "摘要过长" in sign_in("first").get(f"/cases/{decided.pk}/").content.decode()
    assert proposed(decided, sign_in) != pk


def test_only_reviewer_or_head_of_the_department_withdraw(decided: Case, sign_in: SignIn) -> None:
    pk = proposed(decided, sign_in)
    sign_in("publisher").post(f"/cases/publications/{pk}/", {"decision": "publish"})
    assert "公示中" in sign_in("publisher").get("/cases/publications/").content.decode()
    [public] = sign_in("publisher", "application/json").get("/cases/publications/").json()["public"]
    assert public["decision_number"] == "仑综执罚决〔2026〕0007号"
    assert public["decided_on"]
    assert public["published_at"]
    assert public["until"]
    assert entered(sign_in("first"), decided, "withdrawal/", {"reason": "x"})[0] == 422
    status, _ = entered(sign_in("publisher"), decided, "withdrawal/", {"reason": " "})
    assert status == 422
    assert entered(sign_in("head"), decided, "withdrawal/", {"reason": "决定被撤销"})[0] == 302
    assert decided.publications.get().status == PublicationStatus.WITHDRAWN


def seen(case: Case, client: Client) -> dict[str, bool]:
    """Whether the public finds the case at each door."""
    assert case.geom is not None
    public = Case.objects.get(pk=case.pk).public_geom
    assert public
    place, tile = f"/place/?lon={public.x}&lat={public.y}", tile_at(16, public.x, public.y)
    items = client.get("/ogc/collections/enforcement-cases/items?limit=1000").json()["features"]
    vector = client.get(f"/tiles/enforcement-cases/{tile}.pbf", headers={"accept-encoding": "identity"})
    drawn = mapbox_vector_tile.decode(vector.content) if vector.status_code == 200 else {}
    return {
        "page": client.get(f"/cases/{case.pk}/").status_code == 200,
        "list": any(item["id"] == case.pk for item in client.get("/cases/?q=擅自搭建").json()["items"]),
        "card": client.get(f"/place/enforcement-cases/{case.pk}/").status_code == 200,
        "place": "擅自搭建" in str(client.get(place).json()),
        "api": any(item["id"] == case.pk for item in items),
        "export": "擅自搭建"
        in b"".join(client.get("/layers/enforcement-cases/export.geojson").streaming_content).decode(),  # type: ignore[attr-defined]
        "search": any(r["id"] == case.pk for r in client.get("/search/?q=擅自搭建").json()["results"]),
        "vector": any(f["id"] == case.pk for f in drawn.get("enforcement-cases", {}).get("features", [])),
    }


def raster(case: Case, client: Client) -> bytes:
    public = Case.objects.get(pk=case.pk).public_geom
    assert public
    tile = tile_at(16, public.x, public.y)
    answer = client.get(f"/mapproxy/tiles/1.0.0/enforcement-cases/webmercator/{tile}.png")
    assert answer.status_code == 200
    return answer.content


@pytest.mark.django_db(transaction=True)
def test_a_withdrawal_reaches_page_api_search_and_kept_tiles(
    committed_district: object, own_data_folder: Path
) -> None:
    from layers.agencies.models import Department
    from layers.casework.cases.creation import CaseIntake, open_case
    from layers.casework.procedures.versions import version_in_force
    from layers.casework.publication.lifecycle import propose, review, withdraw
    from layers.casework.publication.masking import PublicationText
    from tests.district import LAT, LON, point
    from tests.officers import make_officers

    ship_room_texts()
    people = make_officers()
    found = CaseIntake(
        "擅自搭建",
        Department.objects.get(code="UM"),
        version_in_force("ordinary"),
        position=point(LON + 0.0065, LAT + 0.0065),
        party=PERSON,
    )
    case = open_case(found, people["first"])
    decide(case, people)
    client = client_of("public")
    heartbeat.beat()
    with worker_lock(wait=True):
        synchronize()
    assert not any(seen(case, client).values())
    empty = raster(case, client)
    made = propose(case.pk, PublicationText("擅自搭建", "对王某某罚款"), people["first"])
    review(made.pk, publish=True, reason="", actor=people["publisher"])
    with worker_lock(wait=True):
        synchronize()
    assert all(seen(case, client).values()), seen(case, client)
    drawn = raster(case, client)
    assert drawn != empty
    assert list(own_data_folder.rglob("*.pbf.gz"))
    assert list(own_data_folder.rglob("*.png"))
    withdraw(case.pk, "决定被撤销", people["publisher"])
    with worker_lock(wait=True):
        synchronize()
    assert not any(seen(case, client).values()), seen(case, client)
    assert raster(case, client) == empty


def test_more_publications_need_no_more_statements(
    open_ordinary: Open, people: People, sign_in: SignIn
) -> None:
    proposer = people["first"].officer
    assert proposer is not None

    def waiting() -> None:
        case = open_ordinary(party=PERSON)
        decide(case, people)
        case.publications.create(title="擅自搭建", proposed_by=proposer, proposed_at=case.reported)

    def statements() -> int:
        with CaptureQueriesContext(connection) as caught:
            assert sign_in("publisher").get("/cases/publications/").status_code == 200
        return len(caught)

    waiting()
    statements()
    few = statements()
    for _ in range(3):
        waiting()
    assert statements() == few
