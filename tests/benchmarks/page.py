"""Bytes and requests on the wire of the home page's first view, and of what 3D adds, through headless Chromium."""

from argparse import ArgumentParser
from typing import Any

from playwright.sync_api import Error, Page, Request, sync_playwright

from tests.benchmarks.cities import Say
from tests.benchmarks.figures import CannotMeasure, Figure, Figures
from tests.browser.conftest import CHROMIUM, FLAGS, IDLE

WINDOW: Any = {"width": 1280, "height": 800}
FIRST, MORE = 250, 900
"""Kilobytes that the first view, and 3D besides, may have."""
PATIENCE = 120_000  # milliseconds
CALM = 20


def add_arguments(parser: ArgumentParser) -> None:
    parser.add_argument(
        "--address", default="http://127.0.0.1:8000/", help="a running portal (default %(default)s)"
    )


class Wire:
    """What came over it, to the page and to its workers: headers and bodies as they were sent."""

    def __init__(self, page: Page) -> None:
        self.page, self.pending = page, set[Request]()
        self.finished: list[Request] = []
        page.on("request", lambda asked: self.pending.add(asked) if _counts(asked) else None)
        page.on("requestfinished", self._finished)
        page.on("requestfailed", lambda asked: self.pending.discard(asked))

    def _finished(self, asked: Request) -> None:
        self.pending.discard(asked)
        if _counts(asked):
            self.finished.append(asked)

    def settle(self) -> None:
        calm = 0
        while calm < CALM:
            self.page.evaluate(IDLE)
            self.page.wait_for_timeout(50)
            calm = 0 if self.pending else calm + 1

    def take(self) -> tuple[float, int]:
        """Kilobytes and answers since it was asked last."""
        sizes = [asked.sizes() for asked in self.finished]
        self.finished.clear()
        return sum(each["responseHeadersSize"] + each["responseBodySize"] for each in sizes) / 1000, len(
            sizes
        )


def _counts(asked: Request) -> bool:
    return asked.resource_type != "eventsource" and asked.url.startswith("http")


def run(options: dict[str, Any], say: Say) -> list[Figure]:
    figures = Figures()
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=FLAGS, timeout=PATIENCE)
        context = browser.new_context(viewport=WINDOW, locale="zh-CN")
        page = context.new_page()
        page.set_default_timeout(PATIENCE)
        wire = Wire(page)
        try:
            page.goto(options["address"])
        except Error as problem:
            raise CannotMeasure(f"{options['address']} does not answer: {problem}") from problem
        wire.settle()
        first, requests = wire.take()
        page.get_by_role("button", name="3D", exact=True).click()
        wire.settle()
        more, more_requests = wire.take()
        browser.close()
    figures.add("first view may have", FIRST, "kB")
    figures.add("first view", first, "kB", "first view may have")
    figures.add("requests of the first view", requests, "")
    figures.add("3D may have besides", MORE, "kB")
    figures.add("3D besides", more, "kB", "3D may have besides")
    figures.add("requests of 3D", more_requests, "")
    return figures.all
