"""Personal columns are called so, shown to departments only, and every reading of one is on record."""

from dataclasses import replace

import pytest
from django.urls import reverse

from layers.foodsafety.models import Premises
from layers.registry.audience import Audience
from layers.registry.checks import check_layers, conflict_errors, layer_errors
from layers.registry.declaration.group import Group
from layers.registry.declaration.layer import Attribute, Layer
from layers.registry.declaration.list_page import ListPage
from layers.registry.models import AccessLogEntry
from layers.registry.registration import get_layer
from layers.registry.text import Text
from tests.district import SmallDistrict
from tests.people import VIEWERS, client_of

pytestmark = pytest.mark.django_db
ALL = VIEWERS["administrator"]


def premises(*attributes: Attribute, **changes: object) -> Layer:
    """The layer of food premises with other attributes beside its name."""
    kept = get_layer("food-premises", ALL)
    names = ("name", "grade")
    chosen = tuple(kept.attribute(name) for name in names)
    page = ListPage("premises/", names)
    options: dict[str, object] = {"card": (), "list_page": page, "attributes": (*chosen, *attributes)}
    return replace(kept, **(options | changes))  # type: ignore[arg-type]


def errors(layer: Layer) -> set[str]:
    return {str(message.id) for message in layer_errors(layer)}


def test_the_layers_that_there_are_keep_to_it() -> None:
    assert check_layers(None) == []


@pytest.mark.parametrize(
    ("attribute", "codes"),
    [
        (Attribute("phone", audience=Audience.DEPARTMENT), {"layers.E012"}),
        (Attribute("legal_person", audience=Audience.DEPARTMENT), {"layers.E012"}),
        (Attribute("who", source="legal_person", audience=Audience.DEPARTMENT), {"layers.E012"}),
        (Attribute("address", label=Text("联系人", "Whom to ask")), {"layers.E012"}),
        (Attribute("address", label=Text("地址", "Address")), set()),
        (Attribute("phone", personal=False), set()),
        (Attribute("phone", audience=Audience.DEPARTMENT, personal=True), set()),
        (Attribute("phone", personal=True), {"layers.E013"}),
        (Attribute("phone", audience=Audience.SIGNED_IN, personal=True), {"layers.E013"}),
        (Attribute("phone", audience=Audience.DEPARTMENT, personal=True, in_tiles=True), {"layers.E014"}),
    ],
)
def test_a_name_that_says_personal_needs_a_declaration_that_does(
    attribute: Attribute, codes: set[str]
) -> None:
    assert errors(premises(attribute)) == codes


def test_list_pages_and_groups_that_cannot_be_are_refused() -> None:
    assert errors(premises(list_page=ListPage("../admin", ("name",)))) == {"layers.E008"}
    assert errors(premises(list_page=ListPage("a/", ("name",), filters=("name",)))) == {"layers.E009"}
    assert errors(premises(list_page=ListPage("a/", ("nome",), order=("-grad",)))) == {"layers.E002"}
    other = premises(group=Group("food", Text("食", "Food"), 1))
    found = {message.id for message in conflict_errors([premises(), other])}
    assert found == {"layers.E010", "layers.E011"}


def test_readings_of_premises_are_on_record_where_personal_data_is_shown(district: SmallDistrict) -> None:
    pk, client = district.premises.pk, client_of("officer")
    for address, recorded in (
        ("/food/", 0),
        (f"/place/food-premises/{pk}/", 0),  # its card names no person
        (f"/food/{pk}/", 1),
        ("/layers/food-premises/export.csv", 1),
        ("/layers/village-sites/export.geojson", 1),
        ("/search/?q=面馆", 0),
    ):
        AccessLogEntry.objects.all().delete()
        answer = client.get(address)
        assert answer.status_code == 200, address
        shown = b"".join(answer.streaming_content) if answer.streaming else answer.content  # type: ignore[attr-defined]
        assert AccessLogEntry.objects.filter(who="officer").count() == recorded, address
        assert (b"0574-0000" in shown) == bool(recorded), address


def test_the_form_of_the_administration_is_a_reading_too(district: SmallDistrict) -> None:
    client = client_of("administrator")
    without = Premises.objects.get(establishment_id="F2")
    for row in (district.premises, without):
        assert client.get(reverse("admin:foodsafety_premises_change", args=[row.pk])).status_code == 200
    found = AccessLogEntry.objects.filter(layer="food-premises").values_list("who", "rows")
    assert list(found) == [("administrator", [district.premises.pk])]
