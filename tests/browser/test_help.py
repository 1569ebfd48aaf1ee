"""Help opens at the right place, reads on every screen and on paper, and shows pictures that a command takes."""

import subprocess
import sys
from pathlib import Path

import pytest
from playwright.sync_api import expect

from layers.casework.models import Case
from tests.browser.conftest import accessible
from tests.browser.phone import Begin
from tests.browser.test_map_tools import box
from tests.browser.test_print import PAPER
from tests.people import make_person
from tests.portal_server import ROOT, PortalServer, environment


@pytest.mark.parametrize(
    ("language", "words", "title"), [("en-GB", "Help", "Find where to"), ("zh-CN", "帮助", "查找办事")]
)
def test_help_is_reached_by_keyboard_and_opens_the_part_for_the_page(
    visit: Begin, language: str, words: str, title: str
) -> None:
    page = visit(locale=language).open("/services/")
    page.get_by_role("link", name=words, exact=True).focus()
    page.keyboard.press("Enter")
    expect(page.locator("h2:target")).to_contain_text(title)
    expect(page.locator("h2:target")).to_be_in_viewport()
    accessible(page)


@pytest.mark.parametrize("language", ["en-GB", "zh-CN"])
def test_a_handbook_fits_a_small_phone_and_paper(visit: Begin, language: str) -> None:
    seen = visit(locale=language, viewport={"width": 360, "height": 740})
    for path in ("/help/", "/help/citizen/", "/help/operator/"):
        page = seen.open(path)
        assert page.evaluate("document.documentElement.scrollWidth") <= 360
        accessible(page)
    assert seen.complaints == []
    page.set_viewport_size({"width": PAPER["width"], "height": PAPER["height"]})
    page.emulate_media(media="print")
    expect(page.locator("header.bar")).to_be_hidden()
    expect(page.locator(".contents")).to_be_hidden()
    assert page.evaluate("document.documentElement.scrollWidth") <= PAPER["width"]


def take(portal: PortalServer, *files: str) -> "subprocess.CompletedProcess[str]":
    command = [sys.executable, "manage.py", "handbook_pictures", "--url", portal.url, "--only", *files]
    return subprocess.run(
        command,
        cwd=ROOT,
        env=environment(portal.data),
        capture_output=True,
        text=True,
        check=False,
        timeout=300,
    )


def test_the_command_takes_the_pictures_and_the_handbook_shows_them(
    visit: Begin, portal: PortalServer
) -> None:
    make_person("officer")
    Case.objects.update(is_generated=True)
    done = take(portal, "inbox.png", "receipt.png")
    assert done.returncode == 0, done.stdout + done.stderr
    assert "4 pictures" in done.stdout
    for language, locale in (("en", "en-GB"), ("zh-hans", "zh-CN")):
        files = sorted(path.name for path in (Path(portal.data) / "handbook" / language).iterdir())
        assert files == ["inbox.png", "receipt.png"]
        page = visit(locale=locale).open("/help/officer/")
        [picture] = page.locator("figure img").all()
        picture.scroll_into_view_if_needed()
        page.wait_for_function("image => image.complete", arg=picture.element_handle())
        assert picture.evaluate("image => [image.naturalWidth, image.naturalHeight]") == [1280, 800]
        assert box(picture)["width"] <= box(page.locator("article"))["width"]
        accessible(page)


def test_no_picture_is_taken_of_real_cases_nor_of_what_is_in_no_handbook(
    portal: PortalServer, visit: Begin
) -> None:
    Case.objects.update(is_generated=True)
    refused = take(portal, "mayor.png")
    assert refused.returncode != 0
    assert "No handbook has the picture mayor.png." in refused.stderr
    Case.objects.update(is_generated=False)
    refused = take(portal, "receipt.png")
    assert refused.returncode != 0
    assert "real cases" in refused.stderr
