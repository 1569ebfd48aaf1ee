"""The administration's map is drawn under the same policy as every page."""

from collections.abc import Callable

import pytest
from playwright.sync_api import expect

from layers.base.models import Building
from tests.browser.conftest import Visit

Begin = Callable[..., Visit]


@pytest.mark.django_db(transaction=True)
def test_the_form_of_a_building_draws_its_map_and_nothing_complains(visit: Begin) -> None:
    made = visit()
    made.sign_in("administrator")
    page = made.open(f"/admin/base/building/{Building.objects.values_list('pk', flat=True)[0]}/change/")
    expect(page.locator(".leaflet-overlay-pane path").first).to_be_visible()
    expect(page.locator(".leaflet-draw-edit-edit")).to_be_visible()
    assert made.complaints == []
