"""The map for people who use no mouse or no scripts, and the search within a layer."""

import re

from playwright.sync_api import expect

from tests.browser.conftest import HOME, accessible
from tests.browser.phone import Begin
from tests.browser.test_map import INK, ready
from tests.district import LAT, LON, SmallDistrict


def test_what_lies_in_the_middle_of_the_map_is_chosen_by_keyboard(
    visit: Begin, committed_district: SmallDistrict
) -> None:
    page = visit().open(f"/#map=18/{LAT + 0.0002}/{LON + 0.0002}&view=2d&layers=buildings")
    ready(page)
    page.wait_for_function(INK)
    page.get_by_role("region", name=re.compile("^二维地图")).focus()
    page.keyboard.press("Enter")
    expect(page).to_have_url(re.compile(f"sel=buildings/{committed_district.building.pk}$"))
    expect(page.locator("#tab-place h2")).to_have_text("政务大楼")
    accessible(page)


def test_a_search_within_a_layer_marks_while_typing_and_opens_with_enter(visit: Begin) -> None:
    page = visit().open(HOME)
    ready(page)
    marks = page.locator("#map2d path.leaflet-interactive")
    before = marks.count()
    field = page.get_by_label(re.compile("食品经营主体$")).and_(page.get_by_role("searchbox"))
    field.press_sequentially("海鲜")
    expect(marks).to_have_count(before + 1)
    expect(field).to_be_focused()
    expect(page.locator("#tab-layers [role=status]").filter(has_text="1")).to_be_visible()
    field.press("Enter")
    expect(page.get_by_role("option")).to_have_count(1)
    expect(page.get_by_role("option")).to_contain_text("海鲜面馆")


def test_without_scripts_the_home_page_offers_search_and_lists(visit: Begin) -> None:
    page = visit(java_script_enabled=False).open("/")
    expect(page.locator("#tools")).to_be_hidden()
    expect(page.locator("#panel")).to_be_hidden()
    page.get_by_role("main").get_by_role("link", name="食品安全").click()
    expect(page).to_have_url(re.compile("/food/$"))
    page.go_back()
    page.get_by_role("searchbox").fill("海鲜")
    page.get_by_role("button", name="搜索").click()
    expect(page.get_by_role("link", name="海鲜面馆")).to_be_visible()
