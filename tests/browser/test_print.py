"""The pages on paper: what they tell, without what is pressed."""

from playwright.sync_api import expect

from tests.browser.conftest import HOME
from tests.browser.phone import Begin
from tests.browser.test_map import ready
from tests.browser.test_map_tools import box
from tests.district import SmallDistrict

PAPER = {"width": 718, "height": 1047}  # A4 within margins of 1 cm, in pixels


def test_a_page_is_printed_without_what_is_pressed(visit: Begin) -> None:
    seen = visit(viewport=PAPER)
    seen.page.emulate_media(media="print")
    for path in ("/services/", "/food/", "/cases/", "/layers/"):
        page = seen.open(path)
        expect(page.get_by_role("heading", level=1)).to_be_visible()
        expect(page.locator(".listing tbody td, .cards h3").first).to_be_visible()
        for pressed in ("header.bar", ".filters"):
            for part in page.locator(pressed).all():
                expect(part).to_be_hidden()
        assert page.evaluate("document.documentElement.scrollWidth") <= PAPER["width"]
        cells = page.locator(".listing tbody tr").first.locator("td").all()
        assert len({box(cell)["y"] for cell in cells}) <= 1  # a row, whatever the paper's width


def test_the_map_is_printed_with_the_chosen_place_below_it(
    visit: Begin, committed_district: SmallDistrict
) -> None:
    page = visit(viewport=PAPER).open(f"{HOME}&sel=buildings/{committed_district.building.pk}")
    ready(page)
    expect(page.locator("#tab-place h2")).to_have_text("政务大楼")
    page.emulate_media(media="print")
    for pressed in ("#tools", ".panel-search", ".place-actions", "header.bar"):
        expect(page.locator(pressed)).to_be_hidden()
    shown, told = box(page.locator("#map2d")), box(page.locator("#tab-place"))
    assert shown["height"] > 300
    assert told["y"] >= shown["y"] + shown["height"]
    assert page.locator("#panel").evaluate("node => node.scrollHeight <= node.clientHeight + 1")
