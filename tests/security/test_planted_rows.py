"""Markup or formulas in every text that somebody entered are text in every answer of every address."""

from collections import defaultdict
from pathlib import Path
from typing import Any

import pytest
from django.urls import get_resolver

from importers.models import DeliveryProfile, Import, RowIssue
from layers.casework.models import Case
from tests.cases.case_story import decided, story
from tests.cases.conftest import people
from tests.contracts.test_every_address import templates
from tests.contracts.test_reading_writes_nothing import Scene, scene
from tests.people import client_of
from tests.security.markup import FORMULAS, MARKUP, parsed
from tests.security.planting import plant

pytestmark = pytest.mark.django_db
__all__ = ["decided", "people", "scene", "story"]
ISSUED = "/cases/{}/documents/{}.pdf"
"""What the scene keeps there is no real document; those that are drawn are."""
ADDRESSES = [address for address in templates(get_resolver().url_patterns) if address != ISSUED]
HTML, JSON = "text/html", "application/json"
ASKERS = {"public": (HTML, JSON), "officer": (HTML, JSON), "administrator": (HTML,)}
LISTS = [
    *("/cases/", "/services/", "/food/", "/layers/", "/search/?q=script", "/ogc/collections"),
    *("/layers/buildings/export.csv", "/layers/enforcement-cases/export.csv", "/layers/units/export.geojson"),
    *("/cases/search/?q=script", "/cases/statistics/table.csv", "/imports/", "/styles/units.json"),
    "/ogc/collections/units/items",
]


@pytest.fixture
def planted(scene: Scene) -> set[str]:
    taken = plant(MARKUP)
    RowIssue.objects.update(
        values={MARKUP: MARKUP}, problems=[dict.fromkeys(("field", "value", "wrong", "done"), MARKUP)]
    )
    DeliveryProfile.objects.update(headings=[MARKUP])
    Import.objects.update(proposal={"title": MARKUP}, options={"source": MARKUP})
    return taken


def test_words_were_planted_in_what_people_enter(planted: set[str]) -> None:
    wanted = {
        *("agencies.Department.name", "agencies.Officer.name", "base.Building.name", "base.Division.name"),
        *("casework.Case.title", "casework.Case.party_name", "casework.Case.title_public",),
        *("casework.Evidence.file_name", "casework.Event.who", "casework.Document.title", "casework.Case.number"),
        *("services.ServiceItem.conditions", "foodsafety.Premises.name", "importers.Import.file_name"),
        *("importers.RowIssue.label", "accounts.User.first_name", "villages.VillageSite.manager"),
    }  # fmt: skip
    assert wanted <= planted


def test_every_address_answers_with_text(planted: set[str], scene: Scene, own_data_folder: Path) -> None:
    said: dict[str, set[str]] = defaultdict(set)
    for role, forms in ASKERS.items():
        client = client_of(role)
        for address in [*map(scene.filled, ADDRESSES), *LISTS]:
            for accept in forms:
                response: Any = client.get(address, headers={"accept": accept})
                body = b"".join(response.streaming_content) if response.streaming else response.content
                assert response.status_code < 500 or address == "/readyz", address
                kind = response["Content-Type"].split(";")[0]
                if response.status_code == 200 and body:
                    texts = parsed(kind, body)
                    said[kind] |= {
                        address for text in texts if MARKUP in text or MARKUP in text.replace(" ", "")
                    }
                if kind not in forms:
                    break  # what has one form alone has it for whoever asks
    assert {"text/html", "application/json", "text/csv", "application/geo+json", "application/pdf"} <= {
        kind for kind, addresses in said.items() if addresses
    }
    (case,) = Case.objects.filter(family="enforcement", events__isnull=False).distinct()
    pages = {f"/cases/{case.pk}/", "/cases/inbox/", "/imports/", "/cases/", "/food/", "/services/", "/field/"}
    assert pages - said["text/html"] == {"/field/"}


@pytest.mark.parametrize("words", FORMULAS)
def test_no_cell_of_any_table_is_a_formula(words: str, scene: Scene, own_data_folder: Path) -> None:
    plant(words)
    imported = Import.objects.get(file_name=words)
    RowIssue.objects.update(values={"a": words}, problems=[{"field": "a", "value": words, "wrong": words}])
    tables = [f"/imports/{imported.pk}/report.csv", "/cases/statistics/table.csv?by=division"]
    tables += [
        f"/layers/{name}/export.csv" for name in ("buildings", "units", "enforcement-cases", "divisions")
    ]
    client = client_of("administrator")
    for address in tables:
        response: Any = client.get(address)
        body = b"".join(response.streaming_content) if response.streaming else response.content
        cells = parsed(response["Content-Type"], body)
        assert words not in cells, address
        assert "statistics" in address or f"'{words}" in cells, address
