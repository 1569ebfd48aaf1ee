"""Photographs pages of a running portal, as the people see them who are named, by Playwright's Chromium."""

import shutil
import time
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from importlib import import_module
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from django.conf import settings
from django.contrib.auth import login
from django.http import HttpRequest

from geoportal.accounts.models import User

from .canvases import Colors, canvas_colors, has_blank
from .pictures import VISITOR, WIDTHS, Picture

if TYPE_CHECKING:  # a library of development: pages do without it
    from playwright.sync_api import Browser, Page, Request, Response

LOCALES = {"en": "en-GB", "zh-hans": "zh-CN"}
FLAGS = [
    "--no-sandbox",
    "--disable-gpu-compositing",  # pages are drawn at once, by the processor; WebGL by SwiftShader
    "--use-angle=swiftshader",
    "--enable-unsafe-swiftshader",
]
STEP, SLOWEST = 60, 300  # seconds; the latter for the 3D map without a graphics card
NEEDED = {"document", "script", "stylesheet"}
CALM = 10
"""So many times in a row the page has nothing to do: what its workers read comes back in between."""
IDLE = "() => new Promise(done => requestIdleCallback(() => requestAnimationFrame(() => done()), {timeout: 1000}))"


def chromium() -> str | None:
    return shutil.which("chromium-headless-shell") or shutil.which("chromium")


@contextmanager
def session_of(name: str) -> Iterator[dict[str, str]]:
    """The cookie of a session that ends with the block; none for a visitor."""
    if name == VISITOR:
        yield {}
        return
    request = HttpRequest()
    request.session = import_module(settings.SESSION_ENGINE).SessionStore()
    login(request, User.objects.get(username=name), "django.contrib.auth.backends.ModelBackend")
    request.session.save()
    try:
        yield {"name": settings.SESSION_COOKIE_NAME, "value": str(request.session.session_key)}
    finally:
        request.session.flush()


class NotAsSeen(Exception):
    """The page is not what people see; says why in English."""


@dataclass
class Camera:
    browser: "Browser"
    url: str
    slowest: float = SLOWEST
    pending: "set[Request]" = field(default_factory=set)
    problems: list[str] = field(default_factory=list)

    def take(self, picture: Picture, language: str, cookie: dict[str, str]) -> None:
        """Raises Playwright's errors where the page does not come or has not what is to be pressed."""
        with self._page(picture, language, cookie) as page:
            page.goto(self.url + picture.address)
            self._settle(page)
            self._check_address(page, self.url + picture.address)
            for selector in picture.presses:
                page.locator(selector).first.click()
                self._settle(page)
            content = self._photograph(page)
        path = picture.path(language)
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content)

    @contextmanager
    def _page(self, picture: Picture, language: str, cookie: dict[str, str]) -> "Iterator[Page]":
        width, height = WIDTHS[picture.width]
        centre: tuple[float, float] = settings.LEAFLET_CONFIG["DEFAULT_CENTER"]  # type: ignore[assignment]
        options: dict[str, Any] = {
            "viewport": {"width": width, "height": height},
            "device_scale_factor": 2 if picture.width == "phone" else 1,
            "locale": LOCALES[language],
            "timezone_id": settings.TIME_ZONE,
            "geolocation": {"latitude": centre[0], "longitude": centre[1], "accuracy": 8},
            "permissions": ["geolocation"],
            "reduced_motion": "reduce",
        }
        with self.browser.new_context(**options) as context:
            context.set_default_timeout(STEP * 1000)
            if cookie:
                context.add_cookies([{**cookie, "url": self.url}])  # type: ignore[typeddict-item]
            page = context.new_page()
            self.pending.clear()
            self.problems.clear()
            page.on("request", lambda r: self.pending.add(r) if r.resource_type != "eventsource" else None)
            page.on("requestfinished", lambda r: self.pending.discard(r))
            page.on("requestfailed", self._note_failure)
            page.on("response", self._note_refusal)
            page.on("pageerror", lambda error: self.problems.append(f"a script failed: {error.message}"))
            yield page

    def _note_failure(self, request: "Request") -> None:
        self.pending.discard(request)
        if request.resource_type in NEEDED:
            self.problems.append(f"{request.url} did not come: {request.failure}")

    def _note_refusal(self, response: "Response") -> None:
        if response.status >= 400 and response.request.resource_type in NEEDED:
            self.problems.append(f"{response.url} answers {response.status}")

    def _settle(self, page: "Page") -> None:
        until, calm = time.monotonic() + self.slowest, 0
        while calm < CALM:
            page.evaluate(IDLE)
            if self.problems:
                raise NotAsSeen(self.problems[0])
            if self.pending and time.monotonic() > until:
                raise NotAsSeen(self._said("the page is still loading", (each.url for each in self.pending)))
            calm = 0 if self.pending else calm + 1

    def _said(self, problem: str, addresses: Iterable[str] = ()) -> str:
        return " ".join([f"{problem} after {self.slowest:.0f} s", *sorted(addresses)[:3]])

    def _check_address(self, page: "Page", address: str) -> None:
        """Who may not see it is led to another page, and who has no WebGL to the flat map."""
        asked, shown = urlsplit(address), urlsplit(page.url)
        is_flat = "view=3d" in asked.fragment and "view=3d" not in shown.fragment
        if asked.path != shown.path or is_flat:
            raise NotAsSeen(f"the page leads to {page.url}")

    def _photograph(self, page: "Page") -> bytes:
        """Once canvases are drawn and stand still: workers read for them while the page has nothing to do."""
        until = time.monotonic() + self.slowest
        before: Colors = []
        while True:
            content = page.screenshot(timeout=SLOWEST * 1000)
            colors = canvas_colors(page, content)
            if colors == before and not has_blank(colors):
                return content
            if time.monotonic() > until:
                raise NotAsSeen(self._said("a canvas is blank" if has_blank(colors) else "a canvas moves"))
            before = colors
            self._settle(page)


def take_all(camera: Camera, pictures: Iterable[tuple[str, Picture]]) -> Iterator[tuple[str, Picture, str]]:
    """Each with its language and what stood against it."""
    from playwright.sync_api import Error

    for language, picture in pictures:
        problem = ""
        with session_of(picture.who) as cookie:
            try:
                camera.take(picture, language, cookie)
            except Error as error:
                problem = error.message.splitlines()[0]
            except NotAsSeen as error:
                problem = str(error)
        yield language, picture, problem
