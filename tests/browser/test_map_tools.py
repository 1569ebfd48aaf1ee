"""What the map draws and does not fetch: layers that are off, the scale, where the visitor is."""

import re
from io import BytesIO

import pytest
from PIL import Image
from playwright.sync_api import FloatRect, Locator, Page, expect

from tests.browser.conftest import CITY, HOME, STEP, accessible
from tests.browser.phone import Begin
from tests.browser.test_map import in_3d, ready
from tests.district import LAT, LON
from tests.waiting import eventually


def box(part: Locator) -> FloatRect:
    found = part.bounding_box()
    assert found is not None
    return found


def test_nothing_of_a_layer_that_is_off_is_fetched(visit: Begin) -> None:
    seen = visit(**CITY)
    asked: list[str] = []
    seen.page.on("request", lambda request: asked.append(request.url))
    page = seen.open(f"/#map=17/{LAT}/{LON}&view=3d&layers=services")
    ready(page)
    expect(page.locator("#map3d canvas")).to_be_visible()
    seen.settle()
    fetched = {match[1] for url in asked if (match := re.search(r"/tiles/([a-z-]+)/\d+/", url))}
    assert "services" in fetched
    assert fetched & {"villages", "grid", "addresses", "food-premises", "enforcement-cases"} == set()
    with page.expect_response(lambda answer: "/tiles/food-premises/" in answer.url):
        page.locator("#layer-food-premises").check()


@pytest.mark.parametrize("viewport", [(1280, 800), (390, 844)])
def test_both_views_have_a_scale(visit: Begin, viewport: tuple[int, int]) -> None:
    width, height = viewport
    page = visit(viewport={"width": width, "height": height}).open(HOME)
    ready(page)
    expect(page.locator(".leaflet-control-scale-line")).to_have_text(re.compile(r"^\d+ m$"))
    expect(page.locator(".leaflet-control-scale-line")).to_be_in_viewport()
    in_3d(page)
    expect(page.locator(".maplibregl-ctrl-scale")).to_have_text(re.compile(r"^\d+\s?m$"))
    scale = page.locator(".maplibregl-ctrl-scale")
    expect(scale).to_be_in_viewport(ratio=1)
    around, tools, bar = box(scale), box(page.locator("#tools")), box(page.locator("header.bar"))
    assert around["y"] >= bar["y"] + bar["height"]
    assert around["x"] + around["width"] <= tools["x"] or around["y"] >= tools["y"] + tools["height"]
    accessible(page)


def test_the_ground_shows_through_what_covers_it_in_3d(visit: Begin) -> None:
    seen = visit()
    page = seen.open(f"/#map=16/{LAT}/{LON - 0.015:.3f}/0/0&view=3d&layers=")
    ready(page)
    expect(page.locator("#map3d canvas")).to_be_visible()
    with page.expect_response(re.compile("/tiles/villages/")):
        bare = ground(page)
        page.locator("#layer-villages").check()
    eventually(lambda: ground(page) != bare)
    page.locator("#opacity-villages").fill("50")
    page.locator("#opacity-villages").fill("100")
    covered = ground(page)
    assert all(abs(a - b) < 12 for a, b in zip(bare, covered, strict=True)), (bare, covered)


def ground(page: Page) -> tuple[int, ...]:
    """The colour right of the map's middle once it stands still."""
    seen: list[bytes] = [b"", page.screenshot(timeout=STEP)]
    while seen[-1] != seen[-2]:
        seen.append(page.screenshot(timeout=STEP))
    found = Image.open(BytesIO(seen[-1])).convert("RGB").getpixel((760, 500))
    assert isinstance(found, tuple)
    return tuple(int(part) for part in found)


def test_where_i_am_is_a_dot_with_its_accuracy_in_both_views(visit: Begin) -> None:
    here = {"longitude": LON + 0.001, "latitude": LAT + 0.001, "accuracy": 40}
    seen = visit(geolocation=here, permissions=["geolocation"], **CITY)
    page = seen.open(HOME)
    ready(page)
    shapes = page.locator("#map2d path.leaflet-interactive")
    before = shapes.count()
    page.get_by_role("button", name="定位到我的位置").click()
    expect(page).to_have_url(re.compile(rf"#map=17/{LAT + 0.001:.5f}".rstrip("0")))
    expect(shapes).to_have_count(before + 1)
    shapes.last.hover()
    expect(page.locator(".leaflet-tooltip")).to_have_text("您的位置")
    in_3d(page)
    dot = page.locator("#map3d .here")
    expect(dot).to_be_visible()
    map_box, dot_box = box(page.locator("#map3d")), box(dot)
    assert abs(dot_box["x"] + dot_box["width"] / 2 - map_box["x"] - map_box["width"] / 2) < 4
    assert seen.complaints == []
