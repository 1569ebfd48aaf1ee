"""A planner adds a condition, reads the answer on map, table and chart, and chooses a feature in either."""

from collections.abc import Callable
from typing import Any
from urllib.parse import quote

import pytest
from playwright.sync_api import expect

from tests.browser.conftest import AXE_WIDTHS, Visit, accessible, resize
from tests.district import SmallDistrict

QUESTION = "/workbench/?layer=buildings&filter=" + quote("near('pois', 500, theme = 'medical')")

SKETCH = "/workbench/sketches/?shape=121.84,29.9;121.85,29.9;121.85,29.91"

ANALYSIS = "/workbench/analysis/?layer=buildings&do=buffer&metres=100"


def test_a_feature_that_is_chosen_in_the_table_is_chosen_on_the_map(
    visit: Callable[..., Visit], committed_district: SmallDistrict
) -> None:
    seen: Visit = visit()
    seen.sign_in("planner")
    page = seen.open(QUESTION)
    shapes = page.locator("#result-map path.leaflet-interactive")
    expect(shapes).to_have_count(2)
    page.get_by_role("button", name="＋字段条件").click()
    page.get_by_label("字段", exact=True).select_option("storeys")
    page.get_by_label("比较").select_option(">")
    page.get_by_label("值", exact=True).fill("7")
    page.get_by_role("button", name="查询", exact=True).first.click()
    expect(shapes).to_have_count(1)
    expect(page.locator("#explanation")).to_contain_text("层数大于7")
    row = page.locator("#result-table tbody tr")
    row.locator("td").nth(2).click()
    expect(shapes).to_have_attribute("stroke", "#000000")
    expect(page.locator("#selection")).to_have_text("政务大楼")
    page.reload()
    shapes.first.dispatch_event("click")
    expect(row).to_have_class("chosen")
    page.get_by_role("button", name="圆", exact=True).click()
    for _ in range(3):
        page.keyboard.press("Enter")  # the same position twice is one
    page.locator("#result-map").press("ArrowRight")
    page.keyboard.press("Escape")
    page.get_by_role("button", name="矩形", exact=True).click()
    box = page.locator("#result-map").bounding_box()
    assert box
    page.mouse.click(box["x"] + 60, box["y"] + 60)
    expect(page.locator("[data-said]")).to_contain_text("1")
    page.mouse.click(box["x"] + box["width"] - 60, box["y"] + box["height"] - 60)
    page.get_by_role("button", name="量测并保存").click()
    expect(page.get_by_role("heading", name="椭球面量测结果")).to_be_visible()
    expect(page.locator("#sketch-map path.leaflet-interactive")).to_have_count(1)
    assert seen.complaints == []
    assert seen.foreign == []


@pytest.mark.parametrize("language", AXE_WIDTHS)
def test_everybody_can_use_the_desk(
    language: str, visit: Callable[..., Visit], committed_district: SmallDistrict
) -> None:
    seen: Visit = visit(locale=language)
    seen.sign_in("planner")
    for address in ("/workbench/", QUESTION, ANALYSIS, SKETCH):
        page: Any = seen.open(address)
        for summary in page.locator("main summary").all():
            summary.click()
        resize(page, AXE_WIDTHS[language])
        seen.settle()
        accessible(page)
        assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
