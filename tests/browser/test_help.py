"""Help opens at the right place, reads on every screen and on paper, and shows pictures that a command takes."""

import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Event

import pytest
from playwright.sync_api import Browser, expect

from geoportal.help.photography import Camera, take_all
from geoportal.help.pictures import VISITOR, Picture
from layers.casework.models import Case
from tests.browser.conftest import STEP, accessible
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


PAGES = {
    "/drawn": "<canvas></canvas><script>const c = document.querySelector('canvas').getContext('2d');"
    "for (let x = 0; x < 300; x += 30) c.fillRect(x, 0, 15, 150)</script>",
    "/blank": "<canvas></canvas>",
    "/failing": "<script>nothing.at.all()</script>",
    "/incomplete": "<script type=module src=/missing.js></script>",
    "/elsewhere": "<script>history.replaceState(null, '', '/sign-in')</script>",
    "/flat": "<script>location.hash = '#view=2d'</script>",
    "/without-end": "<script>fetch('/waiting')</script>",
}


@pytest.mark.parametrize(
    ("address", "said"),
    [
        ("/drawn", ""),
        ("/blank", "a canvas is blank after 2 s"),
        ("/failing", "a script failed: nothing is not defined"),
        ("/incomplete", "/missing.js answers 404"),
        ("/none", "/none answers 404"),
        ("/elsewhere", "leads to "),
        ("/flat#view=3d", "#view=2d"),
        ("/without-end", "still loading after 2 s"),
    ],
)
def test_a_page_that_is_not_as_people_see_it_becomes_no_picture(
    address: str, said: str, browser: Browser, own_data_folder: Path
) -> None:
    picture = Picture("a.png", "words", VISITOR, address)
    patience = 2 if said.endswith("after 2 s") else STEP / 1000
    with server_of(PAGES) as url:
        [(_, _, problem)] = take_all(Camera(browser, url, patience), [("en", picture)])
    assert said in problem
    assert bool(problem) == bool(said)
    assert picture.path("en").is_file() == (not said)


@contextmanager
def server_of(pages: dict[str, str]) -> Iterator[str]:
    ending = Event()

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            if self.path == "/waiting":
                ending.wait(STEP / 1000)
                return
            page = pages.get(self.path)
            self.send_response(404 if page is None else 200)
            self.send_header("Content-Type", "text/html")
            self.end_headers()
            self.wfile.write(f"<link rel=icon href=data:,>{page}".encode())

        def log_message(self, *_: object) -> None: ...

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        try:
            yield f"http://127.0.0.1:{server.server_port}"
        finally:
            ending.set()
            server.shutdown()
