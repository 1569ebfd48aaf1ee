"""Debian's Chromium on the small district; every step has a time-out, nothing may leave this machine."""

import os
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest
from axe_playwright_python.sync_playwright import Axe
from django.conf import settings
from playwright.sync_api import Browser, BrowserContext, Page, Request, expect, sync_playwright

from tests import database
from tests.district import LAT, LON, SmallDistrict, read_district
from tests.field.failing_proxy import Failing, failing_proxy
from tests.people import client_of
from tests.portal_server import PortalServer, portal_server

FOLDER = Path(__file__).resolve().parent
CHROMIUM = "/usr/bin/chromium-headless-shell"  # without the windows and menus that chromium keeps even unseen
FLAGS = [
    "--no-sandbox",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--disable-gpu-compositing",  # no processor draws but the machine's own: pages at once, WebGL by SwiftShader
    "--use-angle=swiftshader",
    "--enable-unsafe-swiftshader",
]
STEP = 60_000  # milliseconds
COARSE: Any = {"device_scale_factor": 0.5}
"""A screen of few pixels: each pixel of the city is drawn by the processor."""
CITY: Any = {"viewport": {"width": 800, "height": 520}, **COARSE}
"""The least window that is a desk's."""
IDLE = "() => new Promise(done => requestIdleCallback(() => requestAnimationFrame(() => done()), {timeout: 1000}))"
CALM = 10
"""So many times in a row the page has nothing to do: what a worker reads comes back in between."""
expect.set_options(timeout=STEP)


@pytest.fixture(scope="package")
def browser() -> Iterator[Browser]:
    # Playwright runs an event loop in this thread; Django's guard against that does not apply to these tests.
    os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = "true"
    with sync_playwright() as playwright:
        chromium = playwright.chromium.launch(executable_path=CHROMIUM, args=FLAGS, timeout=STEP)
        yield chromium
        chromium.close()
    os.environ.pop("DJANGO_ALLOW_ASYNC_UNSAFE")


@dataclass
class Visit:
    """A page, with what it complained of and whom it asked."""

    page: Page
    root: str
    complaints: list[str] = field(default_factory=list)
    foreign: list[str] = field(default_factory=list)
    pending: set[Request] = field(default_factory=set)

    def __post_init__(self) -> None:
        self.page.on("request", lambda r: self.pending.add(r) if r.resource_type != "eventsource" else None)
        self.page.on("requestfinished", lambda r: self.pending.discard(r))
        self.page.on("requestfailed", lambda r: self.pending.discard(r))

    def open(self, path: str) -> Page:
        self.page.goto(self.root + path, timeout=STEP)
        return self.page

    def sign_in(self, name: str) -> None:
        begin_session(self.page.context, self.root, name)

    def settle(self) -> None:
        """Until nothing is being fetched, and what came was worked off and asks for nothing more."""
        until, calm = time.monotonic() + STEP / 1000, 0
        while calm < CALM:
            assert time.monotonic() < until, [request.url for request in self.pending]
            self.page.evaluate(IDLE)
            calm = 0 if self.pending else calm + 1


def begin_session(context: BrowserContext, root: str, name: str) -> None:
    """Such as the form begins that tests of accounts fill in, without its pages."""
    session = client_of(name).cookies[settings.SESSION_COOKIE_NAME]
    until = time.time() + settings.SESSION_COOKIE_AGE
    context.add_cookies([{"name": session.key, "value": session.value, "url": root, "expires": until}])


@pytest.fixture(scope="package")
def portal(
    django_db_setup: None, django_db_blocker: Any, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[PortalServer]:
    """One for all tests here: what they write it hears of, as in operation."""
    data = tmp_path_factory.mktemp("portal")
    if (fonts := Path(settings.DATA) / "fonts").exists():
        (data / "fonts").symlink_to(fonts)
    with django_db_blocker.unblock(), portal_server(data, jobs=True) as running:
        yield running


@pytest.hookimpl(tryfirst=True)
def pytest_runtest_teardown(item: pytest.Item, nextitem: pytest.Item | None) -> None:
    database.next_repairs = nextitem is not None and all(_is_on_the_portal(each) for each in (item, nextitem))


def _is_on_the_portal(item: pytest.Item) -> bool:
    return item.path.parent == FOLDER and "committed_district" in getattr(item, "fixturenames", ())


@pytest.fixture
def committed_district(transactional_db: None) -> SmallDistrict:
    """One portal serves all tests here: what is still true of the last one need not be drawn again."""
    database.repair_district()
    return read_district()


@pytest.fixture
def visit(
    browser: Browser, portal: PortalServer, committed_district: SmallDistrict
) -> Iterator[Callable[..., Visit]]:
    contexts: list[BrowserContext] = []

    def begin(browser: Browser = browser, **options: Any) -> Visit:
        context = browser.new_context(
            **{"viewport": {"width": 1280, "height": 800}, "locale": "zh-CN", **options}
        )
        contexts.append(context)
        page = context.new_page()
        page.set_default_timeout(STEP)
        made = Visit(page, portal.url)
        page.on("console", lambda m: made.complaints.append(m.text) if m.type == "error" else None)
        page.on("pageerror", lambda problem: made.complaints.append(str(problem)))
        page.on(
            "request",
            lambda r: (
                None if r.url.startswith((portal.url, "data:", "blob:")) else made.foreign.append(r.url)
            ),
        )
        return made

    yield begin
    for context in contexts:
        context.close()


WIDTHS = (1280, 390)
AXE_WIDTHS = {"zh-CN": 390, "en-US": 1280}
"""Axe reads a page once in each language, and once in each width."""


def resize(page: Page, width: int) -> None:
    page.set_viewport_size({"width": width, "height": 844})


HOME = f"/#map=17/{LAT + 0.0003:.4f}/{LON + 0.0005:.4f}&view=2d&layers=services,food-premises"


@pytest.fixture
def failing(portal: PortalServer) -> Iterator[Failing]:
    with failing_proxy(portal.url) as state:
        yield state


def accessible(page: Page) -> None:
    """Axe finds nothing in a page that is drawn: one that writes itself has its heading last."""
    expect(page.get_by_role("heading", level=1).first).to_be_visible()
    found = Axe().run(page, options={"resultTypes": ["violations"]}).response["violations"]
    assert found == [], [(each["id"], [node["html"] for node in each["nodes"]]) for each in found]
