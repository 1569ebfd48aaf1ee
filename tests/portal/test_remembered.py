"""What a process remembers of searches and of the database's plans never outlives a change or a right."""

import json
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from geoportal.accounts.models import User
from layers.base.models import PointOfInterest
from layers.enforcement.models import EnforcementCase
from layers.registry.access.layer_query import one_transaction, viewer_cursor
from layers.registry.audience import PUBLIC_VIEWER, Audience, Viewer
from tests.district import LAT, LON, SmallDistrict, point
from tests.people import client_of

pytestmark = pytest.mark.django_db(transaction=True)


def found(client: Client, word: str) -> list[str]:
    answer = json.loads(client.get(f"/search/?q={word}&limit=100").content)
    return [each["title"] for each in answer["results"]]


def card(client: Client) -> Any:
    response = client.get(f"/place/?lon={LON + 0.0002}&lat={LAT + 0.0002}")
    assert response.status_code == 200
    return json.loads(response.content)


def searched(client: Client, word: str) -> tuple[list[str], int]:
    """What is found, and how often the texts of rows were asked for it."""
    with CaptureQueriesContext(connection) as queries:
        titles = sorted(found(client, word))
    return titles, sum("SET LOCAL pg_trgm" in query["sql"] for query in queries)


def test_a_search_is_asked_of_the_database_once_until_something_changes(
    committed_district: SmallDistrict,
) -> None:
    client = client_of("public")
    assert searched(client, "药店") == (["泰山药店"], 1)
    assert searched(client, "药店") == (["泰山药店"], 0)
    PointOfInterest.objects.create(name="中河药店", theme="medical", geom=point(LON, LAT))
    assert searched(client, "药店") == (["中河药店", "泰山药店"], 1)
    assert searched(client, "药店") == (["中河药店", "泰山药店"], 0)


def test_every_way_of_writing_is_found_at_once(committed_district: SmallDistrict) -> None:
    client = client_of("public")
    assert found(client, "药店") == ["泰山药店"]
    with connection.cursor() as cursor:
        cursor.execute("UPDATE base_pointofinterest SET name = '泰山药店改名'")
    assert found(client, "药店") == ["泰山药店改名"]
    PointOfInterest.objects.all().delete()
    assert found(client, "泰山药店改名") == []


def test_what_is_hidden_now_is_found_no_more_and_by_each_only_what_is_theirs(
    committed_district: SmallDistrict,
) -> None:
    counts = {role: len(found(client_of(role), "占道")) for role in ("public", "officer", "administrator")}
    assert counts["public"] < counts["officer"] < counts["administrator"]
    EnforcementCase.objects.update(visibility=Audience.RESTRICTED)
    assert found(client_of("public"), "占道") == []
    assert len(found(client_of("administrator"), "占道")) == counts["administrator"]


def test_rights_that_were_taken_act_on_what_is_remembered(committed_district: SmallDistrict) -> None:
    client = client_of("officer")
    before = found(client, "占道")
    User.objects.get(username="officer").departments.clear()
    assert len(found(client, "占道")) < len(before)


def test_a_card_shows_a_column_whose_type_has_changed_in_the_database(
    committed_district: SmallDistrict,
) -> None:
    client = client_of("public")
    for _ in range(8):  # so that the database keeps its plan
        before = card(client)
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT schemaname, viewname, definition FROM pg_views WHERE viewname = 'pois' "
            "AND schemaname = 'for_public'"
        )
        ((schema, name, definition),) = cursor.fetchall()
        try:
            cursor.execute(f"DROP VIEW {schema}.{name}")
            changed = (
                definition.strip().rstrip(";").replace("branch.phone", "branch.phone::varchar(70) AS phone")
            )
            assert changed != definition.strip().rstrip(";")
            cursor.execute(f"CREATE VIEW {schema}.{name} AS {changed}")
            cursor.execute(f"GRANT SELECT ON {schema}.{name} TO geoportal_public")
            assert card(client) == before
        finally:
            cursor.execute(f"DROP VIEW {schema}.{name}")
            cursor.execute(f"CREATE VIEW {schema}.{name} AS {definition}")
            cursor.execute(f"GRANT SELECT ON {schema}.{name} TO geoportal_public")


def test_within_a_reading_for_one_viewer_nothing_is_read_for_another(district: SmallDistrict) -> None:
    with (
        pytest.raises(RuntimeError, match="another"),
        one_transaction(PUBLIC_VIEWER),
        viewer_cursor(Viewer(Audience.RESTRICTED)),
    ):
        pass
    with viewer_cursor(Viewer(Audience.RESTRICTED)) as cursor:
        cursor.execute("SELECT 1")
        assert cursor.fetchone() == (1,)
