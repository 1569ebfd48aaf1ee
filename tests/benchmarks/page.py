"""Bytes and requests on the wire of the home page's first view, and of what 3D adds, through headless Chromium."""

from argparse import ArgumentParser
from typing import Any

from playwright.sync_api import CDPSession, Error, Page, sync_playwright

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
    """What came over it, as the browser counts it: headers and bodies as they were sent."""

    def __init__(self, session: CDPSession) -> None:
        self.kilobytes, self.requests, self.pending = 0.0, 0, set[str]()
        session.send("Network.enable")
        session.on("Network.requestWillBeSent", self._sent)
        session.on("Network.loadingFinished", self._finished)
        session.on("Network.loadingFailed", lambda told: self.pending.discard(told["requestId"]))

    def _sent(self, told: dict[str, Any]) -> None:
        if told.get("type") != "EventSource" and told["request"]["url"].startswith("http"):
            self.pending.add(told["requestId"])

    def _finished(self, told: dict[str, Any]) -> None:
        self.pending.discard(told["requestId"])
        self.kilobytes += told["encodedDataLength"] / 1000
        self.requests += 1

    def settle(self, page: Page) -> None:
        calm = 0
        while calm < CALM:
            page.evaluate(IDLE)
            page.wait_for_timeout(50)
            calm = 0 if self.pending else calm + 1


def run(options: dict[str, Any], say: Say) -> list[Figure]:
    figures = Figures()
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=FLAGS, timeout=PATIENCE)
        context = browser.new_context(viewport=WINDOW, locale="zh-CN")
        page = context.new_page()
        page.set_default_timeout(PATIENCE)
        wire = Wire(context.new_cdp_session(page))
        try:
            page.goto(options["address"])
        except Error as problem:
            raise CannotMeasure(f"{options['address']} does not answer: {problem}") from problem
        wire.settle(page)
        first, requests = wire.kilobytes, wire.requests
        page.get_by_role("button", name="3D", exact=True).click()
        wire.settle(page)
        browser.close()
    figures.add("first view may have", FIRST, "kB")
    figures.add("first view", first, "kB", "first view may have")
    figures.add("requests of the first view", requests, "")
    figures.add("3D may have besides", MORE, "kB")
    figures.add("3D besides", wire.kilobytes - first, "kB", "3D may have besides")
    figures.add("requests of 3D", wire.requests - requests, "")
    return figures.all
