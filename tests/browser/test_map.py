"""What a person does on the map, in 2D and 3D, with mouse and keyboard, on a desk and on a phone."""

import re
from collections.abc import Callable
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from layers.base.models import Building
from tests.browser.conftest import CITY, COARSE, HOME, WIDTHS, Visit, accessible, resize
from tests.district import LAT, LON, SmallDistrict
from tests.importers.rasters import geotiff, heights_of
from tests.importers.rasters import load as load_terrain
from tests.waiting import eventually

Begin = Callable[..., Visit]

INK = "() => [...document.querySelectorAll('#map2d canvas')].some(c => { const d = c.getContext('2d').getImageData(0, 0, c.width, c.height).data; return d.some((v, i) => i % 4 === 3 && v > 0); })"

SHEET_STANDS = "() => document.getElementById('panel').getAnimations().length === 0"


def ready(page: Page) -> None:
    expect(page.locator("html[data-ready=true]")).to_be_attached()


def in_3d(page: Page) -> None:
    page.get_by_role("button", name="3D", exact=True).click()
    expect(page.locator("#map3d canvas")).to_be_visible()
    expect(page).to_have_url(re.compile("view=3d"))


def test_the_map_is_drawn_and_nothing_complains(visit: Begin) -> None:
    seen = visit()
    page = seen.open(HOME)
    ready(page)
    page.wait_for_function(INK)
    page.wait_for_function("() => document.querySelectorAll('#map2d img.leaflet-tile-loaded').length > 4")
    expect(page.locator("#layer-services")).to_be_checked()
    assert (seen.complaints, seen.foreign) == ([], [])


def test_search_by_keyboard_in_three_scripts_opens_the_card(visit: Begin) -> None:
    page = visit().open(HOME)
    ready(page)
    for words in ("身份证", "shenfenzheng", "renew id card"):
        field = page.get_by_role("combobox")
        field.fill(words)
        expect(page.get_by_role("option").first).to_contain_text("居民身份证换领")
        field.press("ArrowDown")
        field.press("Enter")
        expect(page.locator("#tab-place h2")).to_have_text("居民身份证换领")
        expect(page.locator("#tab-place")).to_contain_text("综合窗口")
        page.get_by_role("button", name="关闭").click()


def test_place_layers_selection_and_search_survive_3d_and_reload(
    visit: Begin, committed_district: SmallDistrict
) -> None:
    seen = visit(**CITY)
    chosen = f"buildings/{committed_district.building.pk}"
    page = seen.open(f"{HOME}&sel={chosen}&q=泰山")
    ready(page)
    expect(page.locator("#tab-place h2")).to_have_text("政务大楼")
    before = page.evaluate("location.hash")
    in_3d(page)
    after = page.evaluate("location.hash")
    assert after == before.replace("view=2d", "view=3d")
    page.reload()
    ready(page)
    expect(page.locator("#map3d canvas")).to_be_visible()
    expect(page.locator("#tab-place h2")).to_have_text("政务大楼")
    expect(page.get_by_role("combobox")).to_have_value("泰山")
    page.get_by_role("button", name="2D", exact=True).click()
    expect(page).to_have_url(re.compile("view=2d"))
    assert page.evaluate("location.hash") == before
    assert (seen.complaints, seen.foreign) == ([], [])


def test_a_click_on_a_building_gives_the_same_card_in_2d_and_3d(
    visit: Begin, committed_district: SmallDistrict
) -> None:
    seen = visit(**COARSE)
    page = seen.open(HOME.replace("layers=services,food-premises", "layers=buildings"))
    ready(page)
    page.wait_for_function("() => document.querySelectorAll('#map2d img.leaflet-tile-loaded').length > 4")
    spot = page.evaluate(
        "() => { const b = document.getElementById('map2d').getBoundingClientRect(); return [b.width / 2, b.height / 2]; }"
    )
    # 0.0003 degrees west of and below the middle, at zoom 17, stands the building.
    page.locator("#map2d").click(position={"x": spot[0] - 28, "y": spot[1] + 16})
    expect(page).to_have_url(re.compile(f"sel=buildings/{committed_district.building.pk}"))
    expect(page.locator("#tab-place h2")).to_have_text("政务大楼")
    flat = page.locator("#tab-place").inner_text()
    in_3d(page)
    seen.settle()
    assert page.locator("#tab-place").inner_text() == flat


def test_layers_can_be_switched_and_faded(visit: Begin) -> None:
    page = visit().open(HOME)
    ready(page)
    page.locator("#layer-village-sites").check()
    expect(page).to_have_url(re.compile("village-sites"))
    expect(page.locator(".layer-more").filter(has_text="在线")).to_be_visible()
    page.locator("#opacity-village-sites").fill("40")
    page.locator("#layer-village-sites").uncheck()
    expect(page).not_to_have_url(re.compile("village-sites"))


def test_areas_that_the_picture_below_shows_too_leave_its_names_legible(visit: Begin) -> None:
    page = visit().open(HOME.replace("layers=services,food-premises", "layers=land-use,grid"))
    ready(page)
    overlays = page.locator("#map2d .leaflet-layer:has(canvas)")
    expect(overlays).to_have_count(2)
    strengths = overlays.evaluate_all("all => all.map(each => getComputedStyle(each).opacity).sort()")
    assert strengths == ["0.5", "1"]


def test_english_is_one_click_away(visit: Begin) -> None:
    page = visit().open("/")
    expect(page.locator("html")).to_have_attribute("lang", "zh-hans")
    page.get_by_role("button", name="English").click()
    expect(page.locator("html")).to_have_attribute("lang", "en")
    expect(page.get_by_text("Service counters").first).to_be_visible()
    expect(page.get_by_role("link", name="Food safety")).to_be_visible()


def test_an_officer_reads_more_on_the_card(visit: Begin, committed_district: SmallDistrict) -> None:
    case = next(
        c
        for c in committed_district.cases
        if c.party_kind == "person" and c.visibility == 0 and c.department.code == "UM"
    )
    assert case.geom is not None
    seen = visit()
    page = seen.open(f"/#map=17/{case.geom.y}/{case.geom.x}&view=2d&layers=&sel=enforcement-cases/{case.pk}")
    expect(page.locator("#tab-place h2")).to_have_text("占道经营")
    expect(page.locator("#tab-place")).not_to_contain_text(case.party_name)
    seen.sign_in("officer")
    page.reload()
    expect(page.locator("#tab-place")).to_contain_text(case.party_name)


def test_axe_finds_nothing(visit: Begin) -> None:
    seen = visit()
    page = seen.open(HOME)
    ready(page)
    for width in WIDTHS:
        resize(page, width)
        seen.settle()
        accessible(page)
    for path in ("/layers/", "/services/", "/food/", "/cases/", "/accounts/sign-in/", "/search/?q=身份证"):
        seen.open(path)
        for width in WIDTHS:
            resize(page, width)
            accessible(page)


def test_a_phone_gets_a_sheet_that_can_be_resized(visit: Begin) -> None:
    page = visit(viewport={"width": 390, "height": 844}, has_touch=True).open(HOME)
    ready(page)
    height = page.locator("#panel").bounding_box()
    page.get_by_role("button", name="调整面板大小").click()
    page.wait_for_function(SHEET_STANDS)
    taller = page.locator("#panel").bounding_box()
    assert height is not None
    assert taller is not None
    assert taller["height"] > height["height"]
    assert page.evaluate("document.documentElement.scrollWidth") <= 390


def test_without_webgl_the_flat_map_works_and_says_why(visit: Begin) -> None:
    seen = visit()
    seen.page.add_init_script(
        "const real = HTMLCanvasElement.prototype.getContext;"
        "HTMLCanvasElement.prototype.getContext = function (kind, ...rest) {"
        " return /webgl/.test(kind) ? null : real.call(this, kind, ...rest); };"
    )
    page = seen.open(HOME)
    ready(page)
    page.get_by_role("button", name="3D", exact=True).click()
    expect(page.get_by_role("alert")).to_contain_text("WebGL")
    expect(page).to_have_url(re.compile("view=2d"))
    page.wait_for_function(INK)
    assert seen.complaints == []


def test_a_link_that_is_followed_while_the_map_moves_is_not_lost(
    visit: Begin, committed_district: SmallDistrict
) -> None:
    page = visit().open(HOME)
    ready(page)
    page.evaluate(
        f"location.hash += '&sel=buildings/{committed_district.building.pk}';"
        "document.getElementById('zoom-in').click()"
    )
    expect(page.locator("#tab-place")).to_contain_text("建筑")
    expect(page).to_have_url(re.compile(f"sel=buildings/{committed_district.building.pk}"))
    page.get_by_role("button", name="放大").click()
    expect(page).to_have_url(re.compile(r"#map=18.*sel=buildings"))
    page.go_back()
    expect(page).not_to_have_url(re.compile("sel="))


@pytest.mark.parametrize("view", ["2d", "3d"])
def test_an_edit_reaches_an_open_map_and_only_its_tiles_are_asked_for(
    visit: Begin, committed_district: SmallDistrict, view: str
) -> None:
    seen = visit(**COARSE)
    loading: list[str] = []
    seen.page.on("request", lambda request: loading.append(request.url))
    page = seen.open(f"{HOME.replace('view=2d', f'view={view}')},buildings")
    ready(page)
    expect(page.locator("#tab-layers .current").first).to_contain_text("数据截至")
    seen.settle()
    assert any("/tiles/buildings/" in url for url in loading)
    asked: list[str] = []
    page.on("response", lambda answer: asked.append(answer.url))
    with page.expect_response(lambda answer: "/tiles/buildings/" in answer.url and answer.status == 200):
        Building.objects.filter(pk=committed_district.building.pk).update(height=66)
    seen.settle()
    again = {url for url in asked if "/tiles/buildings/16/" in url}
    assert 1 <= len(again) <= 2  # of nine in sight
    assert not [
        url for url in asked if "/tiles/" in url and "/tiles/buildings/" not in url and "basemap" not in url
    ]
    current = page.locator("#tab-layers .current").first
    expect(current).not_to_have_text(current.inner_text())


def test_with_the_stream_cut_the_map_says_so_and_asks_again(
    visit: Begin, committed_district: SmallDistrict
) -> None:
    seen = visit()
    seen.page.route("**/changes/", lambda route: route.abort())
    page = seen.open(f"{HOME},buildings")
    ready(page)
    expect(page.locator("#tab-layers .current").first).to_contain_text("实时连接已断开")
    page.wait_for_function(INK)
    with page.expect_response(lambda answer: "/tiles/buildings/" in answer.url and answer.status == 200):
        Building.objects.filter(pk=committed_district.building.pk).update(height=67)


def test_tiles_that_cannot_be_drawn_are_said_and_tried_again(visit: Begin) -> None:
    seen = visit()
    seen.page.route(
        "**/tiles/services/**",
        lambda route: route.fulfill(status=503, body='{"error": "away"}', headers={"Retry-After": "5"}),
    )
    page = seen.open(HOME)
    expect(page.locator("#toast")).to_contain_text("正在重试")
    page.unroute("**/tiles/services/**")
    with page.expect_response(lambda answer: "/tiles/services/" in answer.url and answer.status < 300):
        pass


def test_the_city_stands_on_the_terrain_when_there_is_one(
    visit: Begin, committed_district: SmallDistrict, tmp_path: Path
) -> None:
    load_terrain(geotiff(tmp_path / "d.tif"))
    seen = visit(**CITY)
    with seen.page.expect_response(re.compile(r"/tiles/terrain/\d+/\d+/\d+\.png")) as drawn:
        page = seen.open(f"/#map=16/{LAT}/{LON}/0/20&view=3d&layers=buildings,terrain")
        ready(page)
    assert drawn.value.ok
    box = page.locator("#layer-terrain")
    expect(box).to_be_checked()
    box.uncheck()
    expect(page).to_have_url(re.compile("layers=buildings$"))
    box.check()
    expect(page).to_have_url(re.compile("layers=buildings,terrain$"))
    page.evaluate(f"location.hash += '&sel=buildings/{committed_district.building.pk}'")
    expect(page.locator("#tab-place")).to_contain_text("高程")
    expect(page.locator("#tab-place")).to_contain_text("高程基准：未知")
    assert (seen.complaints, seen.foreign) == ([], [])


def test_a_click_on_a_hill_finds_what_stands_there(
    visit: Begin, committed_district: SmallDistrict, tmp_path: Path
) -> None:
    load_terrain(geotiff(tmp_path / "d.tif", heights_of() + 150))
    seen = visit(**CITY)
    page = seen.page
    with page.expect_response(re.compile(r"/tiles/terrain/\d+/\d+/\d+\.png")):
        seen.open(f"/#map=18/{LAT + 0.0002}/{LON + 0.0002}/0/20&view=3d&layers=buildings,terrain")
        ready(page)
    middle = page.evaluate(
        "() => { const b = document.getElementById('map3d').getBoundingClientRect(); return [b.width / 2, b.height / 2]; }"
    )

    def meets_the_building() -> bool:
        """The hill is there a moment after its tile came."""
        page.locator("#map3d canvas").click(position={"x": middle[0], "y": middle[1]})
        page.wait_for_url(re.compile("sel="))
        return f"sel=buildings/{committed_district.building.pk}" in page.url

    eventually(meets_the_building)
    expect(page.locator("#tab-place h2")).to_have_text("政务大楼")


def test_without_terrain_its_switch_changes_nothing(visit: Begin) -> None:
    seen = visit(**CITY)
    page = seen.open(f"/#map=16/{LAT}/{LON}/0/20&view=3d&layers=buildings,terrain")
    ready(page)
    expect(page.locator("#map3d canvas")).to_be_visible()
    page.locator("#layer-terrain").uncheck()
    page.locator("#layer-terrain").check()
    seen.settle()
    assert [said for said in seen.complaints if "404" not in said] == []
