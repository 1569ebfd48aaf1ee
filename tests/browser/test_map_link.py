"""The map's address: it says what the map shows, whatever is switched, and the way back stays on the map."""

import re

import pytest
from playwright.sync_api import expect

from tests.browser.conftest import CITY, HOME, STEP, accessible
from tests.browser.phone import Begin
from tests.browser.test_map import in_3d, ready
from tests.district import LAT, LON, SmallDistrict


def test_switching_the_language_keeps_place_layers_selection_and_query(
    visit: Begin, committed_district: SmallDistrict
) -> None:
    page = visit().open(f"/?from=poster{HOME[1:]}&sel=buildings/{committed_district.building.pk}&q=泰山")
    ready(page)
    expect(page.locator("#tab-place h2")).to_have_text("政务大楼")
    before = page.evaluate("location.search + location.hash")
    assert before.startswith("?from=poster#map=17/")
    page.get_by_role("button", name="English").click()
    expect(page.locator("html")).to_have_attribute("lang", "en")
    ready(page)
    assert page.evaluate("location.search + location.hash") == before


def test_the_way_back_from_a_place_stays_on_the_map(visit: Begin) -> None:
    page = visit().open("/services/")
    page.get_by_role("link", name="地图", exact=True).first.click()
    ready(page)
    field = page.get_by_role("combobox")
    field.fill("身份证")
    expect(page.get_by_role("option").first).to_be_visible()
    field.press("Enter")
    expect(page).to_have_url(re.compile("sel="))
    expect(page.locator("#tab-place h2")).to_be_visible()
    page.go_back()
    expect(page).to_have_url(re.compile(r"/#map=[^&]*&(?!.*sel=)"))
    ready(page)
    expect(page.locator("#tab-place h2")).to_have_count(0)
    page.go_back()
    expect(page).to_have_url(re.compile("/services/$"))


def test_the_link_that_is_copied_after_a_search_holds_the_search(visit: Begin) -> None:
    seen = visit(permissions=["clipboard-read", "clipboard-write"])
    page = seen.open("/")
    ready(page)
    page.get_by_role("combobox").fill("身份证")
    page.get_by_role("option").first.click()
    page.get_by_role("button", name="复制链接").click()
    expect(page.locator("#toast")).to_have_text("链接已复制。")
    copied = page.evaluate("navigator.clipboard.readText()")
    assert re.search(r"/#map=[\d./]+&view=2d&layers=[\w,-]+&sel=[\w-]+/\d+&q=", copied), copied
    other = seen.page.context.new_page()
    other.goto(copied, timeout=STEP)
    expect(other.get_by_role("combobox")).to_have_value("身份证")
    expect(other.locator("#tab-place h2")).to_have_text(page.locator("#tab-place h2").inner_text())


def test_where_nothing_can_be_copied_the_map_says_so(visit: Begin) -> None:
    seen = visit()
    seen.page.add_init_script("Object.defineProperty(navigator, 'clipboard', { value: undefined })")
    page = seen.open(f"{HOME}&q=身份证")
    page.get_by_role("option").first.click()
    page.get_by_role("button", name="复制链接").click()
    expect(page.locator("#toast")).to_contain_text("从地址栏复制")


def test_the_angle_of_the_city_is_in_the_link(visit: Begin) -> None:
    seen = visit(**CITY)
    page = seen.open(f"/#map=17/{LAT}/{LON}/90/30&view=3d&layers=buildings")
    ready(page)
    expect(page.locator("#map3d canvas")).to_be_visible()
    page.get_by_role("button", name="调整倾斜角度").click()
    expect(page).to_have_url(re.compile(r"#map=17/[\d.]+/[\d.]+/90/55&"))
    page.get_by_role("button", name="正北朝上").click()
    expect(page).to_have_url(re.compile(r"#map=17/[\d.]+/[\d.]+/0/55&"))
    page.locator("#map3d canvas").focus()
    page.keyboard.press("Shift+ArrowRight")
    expect(page).not_to_have_url(re.compile(r"/0/55&"))
    turned = page.evaluate("location.hash")
    page.reload()
    ready(page)
    expect(page.locator("#map3d canvas")).to_be_visible()
    assert page.evaluate("location.hash") == turned
    assert seen.complaints == []


def test_a_hand_written_angle_that_is_none_is_as_none(visit: Begin) -> None:
    seen = visit(**CITY)
    page = seen.open(f"/#map=17/{LAT}/{LON}/x/999&view=2d&layers=")
    ready(page)
    in_3d(page)
    expect(page).to_have_url(re.compile(rf"#map=17/{LAT}/{LON}&view=3d"))
    assert seen.complaints == []


@pytest.mark.parametrize("view", ["2d", "3d"])
def test_the_nearest_zoom_is_the_links(visit: Begin, view: str) -> None:
    page = visit(**CITY).open(f"/#map=20/{LAT}/{LON}&view={view}&layers=buildings")
    ready(page)
    page.get_by_role("button", name="放大").click()
    expect(page).to_have_url(re.compile("#map=20/"))
    page.get_by_role("button", name="缩小").click()
    expect(page).to_have_url(re.compile("#map=19/"))
    page.reload()
    ready(page)
    expect(page).to_have_url(re.compile("#map=19/"))


def test_the_button_home_goes_back_to_the_start(visit: Begin) -> None:
    page = visit().open("/")
    ready(page)
    start = page.evaluate("location.hash")
    page.get_by_role("button", name="放大").click()
    page.locator("#map2d").focus()
    page.keyboard.press("ArrowRight")
    expect(page).not_to_have_url(re.compile(re.escape(start)))
    page.get_by_role("button", name="返回全图").click()
    expect(page).to_have_url(re.compile(re.escape(start)))


def test_the_map_for_frames_shows_the_card_of_what_is_chosen_and_leads_to_the_whole_map(
    visit: Begin, committed_district: SmallDistrict
) -> None:
    seen = visit()
    page = seen.open(HOME.replace("/#", "/embed/#"))
    ready(page)
    expect(page.locator("header.bar")).to_be_hidden()
    expect(page.locator("#panel")).to_be_hidden()
    page.evaluate(f"location.hash += '&sel=buildings/{committed_district.building.pk}'")
    expect(page.locator("#tab-place h2")).to_have_text("政务大楼")
    accessible(page)
    with page.expect_popup() as opened:
        page.locator("#whole-map").click()
    expect(opened.value.locator("#tab-place h2")).to_have_text("政务大楼")
    expect(opened.value.locator("header.bar")).to_be_visible()
    page.get_by_role("button", name="关闭").click()
    expect(page.locator("#panel")).to_be_hidden()
    assert (seen.complaints, seen.foreign) == ([], [])
