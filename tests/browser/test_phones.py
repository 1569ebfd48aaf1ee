"""The pages on phones of every size, held upright and across."""

import re
from collections.abc import Iterator
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from tests.browser.conftest import HOME, accessible
from tests.browser.phone import Begin
from tests.browser.test_map import SHEET_STANDS, ready
from tests.browser.test_map_tools import box
from tests.field.conftest import make_accounts

SIZES = [(320, 640), (390, 844), (844, 390), (667, 375)]
PAGES = ["/services/", "/food/", "/cases/", "/layers/", "/accounts/sign-in/", "/search/?q=身份证"]


def held(page: Page) -> Iterator[tuple[int, int]]:
    """The phone's sizes one after the other, as when it is turned."""
    for width, height in SIZES:
        page.set_viewport_size({"width": width, "height": height})
        yield width, height


@pytest.mark.parametrize("view", ["2d", "3d"])
def test_on_a_phone_the_buttons_leave_the_search_free(visit: Begin, view: str) -> None:
    width, height = SIZES[0]
    page = visit(viewport={"width": width, "height": height}, has_touch=True).open(
        HOME.replace("view=2d", f"view={view}")
    )
    ready(page)
    for width, height in held(page):
        page.get_by_role("combobox").fill("")
        expect(page.get_by_role("option")).to_have_count(0)
        assert page.evaluate("document.documentElement.scrollWidth") <= width
        sizes = 3 if height > 500 else 1
        for _ in range(sizes):
            page.wait_for_function(SHEET_STANDS)
            search = box(page.locator("#search"))
            assert search["x"] >= 0
            assert search["x"] + search["width"] <= width
            on_top = page.evaluate(
                "([x, y]) => document.elementFromPoint(x, y)?.id",
                [search["x"] + search["width"] - 8, search["y"] + search["height"] / 2],
            )
            assert on_top == "search"
            if sizes > 1:
                page.get_by_role("button", name="调整面板大小").click()
        page.get_by_role("combobox").fill("身份证")
        expect(page.get_by_role("option").first).to_be_visible()


def test_on_a_phone_the_products_name_and_every_part_are_within_reach(visit: Begin) -> None:
    make_accounts()
    seen = visit()
    seen.sign_in("first")
    page = seen.page
    for width, _height in held(page):
        seen.open("/")
        ready(page)
        expect(page.locator(".brand span")).to_be_in_viewport(ratio=1)
        if width <= 720:
            page.get_by_role("button", name="菜单").click()
        links = page.get_by_role("navigation", name="主导航").get_by_role("link")
        expect(links.first).to_have_text("现场办案")
        for link in [*links.all(), page.locator(".who")]:
            expect(link).to_be_in_viewport(ratio=1)
        if width <= 720:
            accessible(page)
        page.get_by_role("link", name="办事指南").click()
        expect(page).to_have_url(re.compile("/services/$"))


def test_pages_fit_every_phone(visit: Begin) -> None:
    seen = visit()
    for path in PAGES:
        page = seen.open(path)
        expect(page.locator("main")).to_be_visible()
        for width, _height in held(page):
            assert page.evaluate("document.documentElement.scrollWidth") <= width, path


@pytest.mark.parametrize("path", ["/food/", "/cases/"])
def test_lists_are_cards_on_a_phone_and_tables_on_a_desk(visit: Begin, path: str) -> None:
    page = visit(viewport={"width": 390, "height": 844}).open(path)
    row = page.locator("table.listing tbody tr").first
    cells = row.locator("td")
    width = box(row)["width"]
    assert width > 330
    for cell in cells.all():
        assert box(cell)["width"] > 250
    assert [box(cell)["y"] for cell in cells.all()] == sorted(box(cell)["y"] for cell in cells.all())
    heading = cells.nth(1).evaluate("cell => getComputedStyle(cell, '::before').content")
    assert heading.strip('"') == page.locator("table.listing th").nth(1).inner_text()
    accessible(page)
    page.set_viewport_size({"width": 1280, "height": 800})
    assert box(cells.nth(0))["y"] == box(cells.nth(1))["y"]


def test_the_menu_opens_without_javascript(visit: Begin) -> None:
    options: dict[str, Any] = {"viewport": {"width": 390, "height": 844}, "java_script_enabled": False}
    page: Page = visit(**options).open("/services/")
    page.get_by_role("button", name="菜单").click()
    expect(page.get_by_role("link", name="食品安全")).to_be_in_viewport(ratio=1)
