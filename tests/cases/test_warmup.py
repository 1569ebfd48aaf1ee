"""What a process that serves does before anybody asks, so that nobody waits for it."""

from collections.abc import Callable

import pytest
from django.db import connection
from django.template import Engine
from django.template.loaders.cached import Loader
from django.test import Client
from django.test.utils import CaptureQueriesContext
from pytest_django import DjangoAssertNumQueries

from geoportal import warmup
from layers.casework.models import ProcedureVersion
from layers.casework.procedures import versions
from layers.registry.access.prepared_statements import forget
from tests.district import LAT, LON, SmallDistrict

pytestmark = pytest.mark.django_db


def test_procedures_and_templates_are_known_afterwards(
    django_assert_num_queries: DjangoAssertNumQueries,
) -> None:
    versions.read_version.cache_clear()
    pks = list(ProcedureVersion.objects.values_list("pk", flat=True))
    warmup.warm()
    assert len(pks) > 8
    with django_assert_num_queries(0):
        assert all(versions.read_version(pk).steps for pk in pks)
    loader = Engine.get_default().template_loaders[0]
    assert isinstance(loader, Loader)
    assert {"cases/work.html", "cases/inbox.html", "portal/home.html"} <= set(loader.get_template_cache)


def test_what_cannot_be_made_yet_leaves_the_rest_to_be_made(
    monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    done = []

    def broken() -> None:
        raise OSError("no such font")

    ways: tuple[Callable[[], None], ...] = (broken, lambda: done.append("rest"))
    monkeypatch.setattr(warmup, "WAYS", ways)
    warmup.warm()
    assert done == ["rest"]
    assert "no such font" in caplog.text


def test_a_connection_has_planned_what_strangers_search_and_point_at(
    district: SmallDistrict, client: Client
) -> None:
    forget()
    warmup.warm_connection()
    with CaptureQueriesContext(connection) as queries:
        for word in ("药店", "泰山药店", "泰山要店", "taishanyaodiann"):
            assert "泰山药店" in client.get(f"/search/?q={word}").content.decode()
        assert client.get(f"/place/?lon={LON}&lat={LAT}").status_code == 200
    asked = [query["sql"].split()[0] for query in queries]
    assert asked.count("EXECUTE") > len(("药店", "泰山药店", "泰山要店", "taishanyaodiann"))
    assert "PREPARE" not in asked
