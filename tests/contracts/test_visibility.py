"""One rule for every door: role × layer × door, compared with the rule computed from the tables."""

import csv
import gzip
import io
import json
from typing import Any

import mapbox_vector_tile
import pytest
from django.db import ProgrammingError, connection, transaction
from django.http.response import HttpResponseBase
from django.test import Client

from layers.enforcement.models import EnforcementCase
from layers.foodsafety.models import Inspection
from layers.registry.access.audience_views import columns
from layers.registry.access.layer_query import viewer_cursor
from layers.registry.audience import Audience, Viewer
from layers.registry.declaration.layer import Layer
from layers.registry.registration import all_layers, get_layer, layers_for
from tests.district import SmallDistrict, tile_at
from tests.people import VIEWERS, client_of

pytestmark = pytest.mark.django_db
ROLES = list(VIEWERS)
ZOOM = 14


def allowed_rows(layer: Layer, viewer: Viewer) -> set[int]:
    """The rule in the plainest words, straight from the tables."""
    rows = layer.model._default_manager.filter(layer.rows)
    if not layer.row_audience:
        return set(rows.values_list("pk", flat=True))
    found = set()
    for row in rows.select_related("department"):
        own = row.department.code in viewer.departments  # type: ignore[attr-defined]
        ceiling = viewer.audience
        if viewer.audience == Audience.DEPARTMENT and not own:
            ceiling = Audience.SIGNED_IN
        if row.visibility <= ceiling:  # type: ignore[attr-defined]
            found.add(row.pk)
    return found


def placed(layer: Layer, ids: set[int]) -> set[int]:
    path = f"{layer.place_path}__geom" if layer.place_path else "geom"
    return set(
        layer.model._default_manager.filter(pk__in=ids, **{f"{path}__isnull": False}).values_list(
            "pk", flat=True
        )
    )


def body(response: HttpResponseBase) -> bytes:
    assert response.status_code == 200, response
    return b"".join(response.streaming_content) if response.streaming else response.content  # type: ignore[attr-defined]


def tile_features(client: Client, names: str) -> dict[str, dict[int, dict[str, Any]]]:
    response = client.get(f"/tiles/{names}/{tile_at(ZOOM)}.pbf", headers={"accept-encoding": "gzip"})
    if response.status_code == 204:
        return {}
    decoded = mapbox_vector_tile.decode(gzip.decompress(response.content))
    return {name: {f["id"]: f for f in content["features"]} for name, content in decoded.items()}


@pytest.mark.parametrize("role", ROLES)
def test_the_export_holds_exactly_the_rows_and_columns_of_the_rule(
    role: str, district: SmallDistrict
) -> None:
    viewer, client = VIEWERS[role], client_of(role)
    for layer in all_layers():
        features = json.loads(body(client.get(f"/layers/{layer.name}/export.geojson")))["features"]
        assert {f["id"] for f in features} == allowed_rows(layer, viewer), layer.name
        expected = {a.name for a in columns(layer, viewer.audience)} | {"source", "is_generated"}
        assert all(set(f["properties"]) == expected for f in features), layer.name
        table = list(
            csv.DictReader(
                io.StringIO(body(client.get(f"/layers/{layer.name}/export.csv")).decode("utf-8-sig"))
            )
        )
        assert {int(row["id"]) for row in table} == allowed_rows(layer, viewer), layer.name


@pytest.mark.parametrize("role", ROLES)
def test_the_catalogue_counts_exactly_the_rows_of_the_rule(role: str, district: SmallDistrict) -> None:
    layers = json.loads(body(client_of(role).get("/layers/")))["layers"]
    counts = {entry["name"]: entry["count"] for entry in layers}
    assert counts == {layer.name: len(allowed_rows(layer, VIEWERS[role])) for layer in all_layers()}


@pytest.mark.parametrize("role", ROLES)
def test_tiles_hold_only_rows_and_columns_of_the_rule(role: str, district: SmallDistrict) -> None:
    viewer, client = VIEWERS[role], client_of(role)
    drawn = [layer for layer in all_layers() if layer.has_geometry and layer.min_zoom - 1 <= ZOOM]
    together = tile_features(client, ",".join(layer.name for layer in drawn[:16]))
    for layer in drawn:
        alone = tile_features(client, layer.name).get(layer.name, {})
        expected = placed(layer, allowed_rows(layer, viewer))
        assert set(alone) <= expected, layer.name
        assert set(together.get(layer.name, {})) == set(alone), layer.name
        readable = {a.name for a in columns(layer, viewer.audience) if a.in_tiles}
        assert all(set(f["properties"]) <= readable for f in alone.values()), layer.name
        if layer.name in {"buildings", "villages", "divisions", "village-sites", "services"}:
            assert set(alone) == expected, layer.name


@pytest.mark.parametrize("role", ROLES)
def test_the_place_card_of_a_row_exists_exactly_for_those_who_may_see_it(
    role: str, district: SmallDistrict
) -> None:
    viewer, client = VIEWERS[role], client_of(role)
    for layer in (get_layer("enforcement-cases", viewer), get_layer("food-inspections", viewer)):
        for pk in layer.model._default_manager.values_list("pk", flat=True):
            status = client.get(f"/place/{layer.name}/{pk}/").status_code
            assert status == (200 if pk in allowed_rows(layer, viewer) else 404)


@pytest.mark.parametrize("role", ROLES)
def test_search_and_pages_find_only_rows_of_the_rule(role: str, district: SmallDistrict) -> None:
    client, viewer = client_of(role), VIEWERS[role]
    allowed = allowed_rows(get_layer("enforcement-cases", viewer), viewer)
    found = json.loads(body(client.get("/search/?q=占道&limit=100")))["results"]
    assert {r["id"] for r in found if r["layer"] == "enforcement-cases"} == allowed
    listed = json.loads(body(client.get("/cases/?q=占道")))
    assert {item["id"] for item in listed["items"]} == allowed
    for case in EnforcementCase.objects.all():
        assert client.get(f"/cases/{case.pk}/").status_code == (200 if case.pk in allowed else 404)


@pytest.mark.parametrize("role", ROLES)
def test_personal_data_and_exact_positions_reach_only_the_own_department(
    role: str, district: SmallDistrict
) -> None:
    viewer, client = VIEWERS[role], client_of(role)
    for case in EnforcementCase.objects.filter(
        pk__in=allowed_rows(get_layer("enforcement-cases", viewer), viewer)
    ):
        text = json.dumps(json.loads(body(client.get(f"/cases/{case.pk}/"))), ensure_ascii=False)
        place = json.loads(body(client.get(f"/place/enforcement-cases/{case.pk}/")))
        own = viewer.audience == Audience.RESTRICTED or case.department.code in viewer.departments
        assert (f'"{case.party_name}"' in text) == own
        exact = (
            case.geom is not None
            and abs(place["lon"] - case.geom.x) < 1e-6
            and abs(place["lat"] - case.geom.y) < 1e-6
        )
        assert exact == (own or case.party_kind != "person")
        assert case.party_id not in text or viewer.audience == Audience.RESTRICTED


def test_the_open_api_shows_everyone_their_own_rows(district: SmallDistrict) -> None:
    for role, viewer in VIEWERS.items():
        client = client_of(role)
        for layer in layers_for(viewer):
            answer = json.loads(body(client.get(f"/ogc/collections/{layer.name}/items?limit=1000")))
            assert {f["id"] for f in answer["features"]} == allowed_rows(layer, viewer), (role, layer.name)
            assert answer["numberMatched"] == len(answer["features"])


def test_each_database_role_reads_its_own_schema_and_nothing_else(district: SmallDistrict) -> None:
    forbidden = [
        "casework_case",
        "accounts_user",
        "pg_authid",
        "foodsafety_premises",
        "accounts_session",
    ]
    for viewer in VIEWERS.values():
        others = [f'{audience.schema}."buildings"' for audience in Audience if audience != viewer.audience]
        for relation in [*forbidden, *others]:
            with (
                pytest.raises(ProgrammingError, match="permission denied"),
                transaction.atomic(),
                viewer_cursor(viewer) as cursor,
            ):
                cursor.execute(f"SELECT * FROM {relation} LIMIT 1")


def test_a_withdrawal_acts_on_the_next_request(district: SmallDistrict) -> None:
    client = client_of("public")
    published = Inspection.objects.get(number="I1")
    address = f"/place/food-inspections/{published.pk}/"
    assert client.get(address).status_code == 200
    Inspection.objects.filter(pk=published.pk).update(visibility=Audience.DEPARTMENT)
    assert client.get(address).status_code == 404


def test_a_revoked_officer_sees_what_the_public_sees_on_the_next_request(district: SmallDistrict) -> None:
    client = client_of("officer")
    before = {e["name"]: e["count"] for e in json.loads(body(client.get("/layers/")))["layers"]}
    from geoportal.accounts.models import User

    User.objects.filter(username="officer").update(is_active=False)
    after = {e["name"]: e["count"] for e in json.loads(body(client.get("/layers/")))["layers"]}
    assert after["enforcement-cases"] == len(
        allowed_rows(get_layer("enforcement-cases", VIEWERS["public"]), VIEWERS["public"])
    )
    assert before["enforcement-cases"] > after["enforcement-cases"]


def test_the_role_of_a_reading_ends_with_it(district: SmallDistrict) -> None:
    with viewer_cursor(VIEWERS["public"]):
        pass
    with connection.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM casework_case")
        assert cursor.fetchone()[0] == len(district.cases)
