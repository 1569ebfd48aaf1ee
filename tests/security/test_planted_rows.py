"""What is planted reaches every text that somebody enters, and a formula there is none in any table."""

from pathlib import Path
from typing import Any

import pytest

from importers.models import Import, RowIssue
from tests.cases.case_story import decided, story
from tests.cases.conftest import people
from tests.contracts.test_reading_writes_nothing import Scene, planted, scene
from tests.people import client_of
from tests.security.markup import FORMULAS, parsed
from tests.security.planting import plant

pytestmark = pytest.mark.django_db
__all__ = ["decided", "people", "planted", "scene", "story"]


def test_words_were_planted_in_what_people_enter(planted: set[str]) -> None:
    wanted = {
        *("agencies.Department.name", "agencies.Officer.name", "base.Building.name", "base.Division.name"),
        *("casework.Case.title", "casework.Case.party_name", "casework.Case.title_public",),
        *("casework.Evidence.file_name", "casework.Event.who", "casework.Document.title", "casework.Case.number"),
        *("services.ServiceItem.conditions", "foodsafety.Premises.name", "importers.Import.file_name"),
        *("importers.RowIssue.label", "accounts.User.first_name", "villages.VillageSite.manager"),
    }  # fmt: skip
    assert wanted <= planted


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
