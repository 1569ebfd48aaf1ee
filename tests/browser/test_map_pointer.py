"""Lists and maps point at each other: what is under the pointer in one stands out in the other."""

import re

import pytest
from playwright.sync_api import Page, expect

from tests.browser.conftest import CITY, HOME
from tests.browser.phone import Begin
from tests.browser.test_map import in_3d, ready
from tests.district import LAT, LON
from tests.waiting import eventually

LARGE = "path.leaflet-interactive[d*='a11,11']"
MARKED = "#results .result.pointed"


def search(page: Page) -> None:
    page.get_by_role("combobox").fill("综合窗口")
    expect(page.get_by_role("option").first).to_contain_text("综合窗口")


def test_the_list_and_the_flat_map_point_at_each_other(visit: Begin) -> None:
    seen = visit()
    page = seen.open(HOME)
    ready(page)
    search(page)
    page.get_by_role("option").first.hover()
    expect(page.locator(LARGE)).to_have_count(1)
    expect(page.locator(".leaflet-tooltip")).to_contain_text("综合窗口")
    page.get_by_role("combobox").hover()
    expect(page.locator(LARGE)).to_have_count(0)
    expect(page.locator(MARKED)).to_have_count(0)
    page.get_by_role("combobox").press("ArrowDown")
    expect(page.locator(LARGE)).to_have_count(1)
    page.locator(LARGE).hover(force=True)
    expect(page.locator(MARKED)).to_contain_text("综合窗口")
    assert (seen.complaints, seen.foreign) == ([], [])


def test_the_list_and_the_city_point_at_each_other(visit: Begin) -> None:
    seen = visit(**CITY)
    page = seen.open(HOME)
    ready(page)
    in_3d(page)
    search(page)
    standing = page.locator(".maplibregl-marker.pointed")
    page.get_by_role("option").first.hover()
    expect(standing).to_have_attribute("title", re.compile("综合窗口"))
    page.get_by_role("combobox").hover()
    expect(standing).to_have_count(0)
    page.locator(".maplibregl-marker[title*=综合窗口]").first.dispatch_event("mouseenter")
    expect(page.locator(MARKED)).to_contain_text("综合窗口")
    assert (seen.complaints, seen.foreign) == ([], [])


@pytest.mark.parametrize("view", ["2d", "3d"])
def test_what_lies_under_the_pointer_is_named(visit: Begin, view: str) -> None:
    page = visit(**CITY).open(
        f"/#map=18/{LAT + 0.0002:.4f}/{LON + 0.0001:.4f}/0/0&view={view}&layers=services"
    )
    ready(page)
    middle = page.locator(f"#map{view}").bounding_box()
    assert middle is not None
    x, y = middle["x"] + middle["width"] / 2, middle["y"] + middle["height"] / 2
    tip = page.locator({"2d": ".leaflet-tooltip", "3d": ".tip"}[view])

    def named() -> bool:
        """Before the counter is drawn, what lies below it is named."""
        page.mouse.move(x + 150, y)
        page.mouse.move(x, y)
        page.evaluate("() => new Promise(requestAnimationFrame)")
        return tip.all_inner_texts() == ["综合窗口"]

    eventually(named)
    page.mouse.move(x + 150, y + 100)
    expect(tip).to_have_count(0)
