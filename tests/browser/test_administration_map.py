"""The administration's map is drawn under the same policy as every page."""

from collections.abc import Callable

import pytest
from playwright.sync_api import expect

from layers.base.models import Building
from tests.browser.conftest import Visit
from tests.people import PASSWORD, make_person

Begin = Callable[..., Visit]


@pytest.mark.django_db(transaction=True)
def test_the_form_of_a_building_draws_its_map_and_nothing_complains(visit: Begin) -> None:
    made = visit()
    make_person("administrator")
    page = made.open("/accounts/sign-in/")
    page.get_by_label("用户名").fill("administrator")
    page.get_by_label("密码").fill(PASSWORD)
    page.locator("main button[type=submit]").click()
    made.open(f"/admin/base/building/{Building.objects.values_list('pk', flat=True)[0]}/change/")
    expect(page.locator(".leaflet-overlay-pane path").first).to_be_visible()
    expect(page.locator(".leaflet-draw-edit-edit")).to_be_visible()
    assert made.complaints == []
