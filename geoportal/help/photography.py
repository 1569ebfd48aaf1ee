"""Photographs pages of a running portal, as the people see them who are named, by Playwright's Chromium."""

import shutil
import time
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from importlib import import_module
from typing import TYPE_CHECKING, Any

from django.conf import settings
from django.contrib.auth import login
from django.http import HttpRequest

from geoportal.accounts.models import User

from .pictures import VISITOR, WIDTHS, Picture

if TYPE_CHECKING:  # a library of development: pages do without it
    from playwright.sync_api import Browser, Page, Request

LOCALES = {"en": "en-GB", "zh-hans": "zh-CN"}
FLAGS = [
    "--no-sandbox",
    "--disable-gpu-compositing",  # pages are drawn at once, by the processor; WebGL by SwiftShader
    "--use-angle=swiftshader",
    "--enable-unsafe-swiftshader",
]
STEP, SLOWEST = 60, 300  # seconds; the latter for a picture of the 3D map without a graphics card
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


@dataclass
class Camera:
    browser: "Browser"
    url: str
    pending: "set[Request]" = field(default_factory=set)

    def take(self, picture: Picture, language: str, cookie: dict[str, str]) -> None:
        """Raises Playwright's errors where the page does not come or has not what is to be pressed."""
        with self._page(picture, language, cookie) as page:
            page.goto(self.url + picture.address)
            self._settle(page)
            for selector in picture.presses:
                page.locator(selector).first.click()
                self._settle(page)
            path = picture.path(language)
            path.parent.mkdir(parents=True, exist_ok=True)
            page.screenshot(path=path, timeout=SLOWEST * 1000)

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
            page.on("request", lambda r: self.pending.add(r) if r.resource_type != "eventsource" else None)
            page.on("requestfinished", lambda r: self.pending.discard(r))
            page.on("requestfailed", lambda r: self.pending.discard(r))
            yield page

    def _settle(self, page: "Page") -> None:
        until, calm = time.monotonic() + STEP, 0
        while calm < CALM and time.monotonic() < until:
            page.evaluate(IDLE)
            calm = 0 if self.pending else calm + 1


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
        yield language, picture, problem
