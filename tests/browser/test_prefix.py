"""Below a path of its host every address of the portal keeps that path."""

import re
from collections.abc import Iterator
from html import unescape
from pathlib import Path
from typing import Any
from urllib.error import HTTPError
from urllib.parse import urljoin, urlsplit
from urllib.request import Request, urlopen

import pytest
from django.conf import settings
from playwright.sync_api import Browser, expect

from tests.browser.conftest import Visit
from tests.district import SmallDistrict, tile_at
from tests.people import client_of
from tests.portal_server import PortalServer, portal_server

PREFIX = "/geo"
LINK = re.compile(r"""(?:href|src|action|data-[a-z-]+)=["'](/[^"'#]*|https?://[^"'#]*)""")
FOLLOWED = re.compile(r"""(?:href|src)=["'](/[^"'#]*)""")
WORDS = re.compile(r'"(/[a-z][^"\s]*)"|(http://(?:localhost|127\.0\.0\.1):[0-9]+[^"\s<>&]*)')
DOORS = [
    "styles/city.json",
    "tiles/buildings.json",
    "search/?q=a&format=json",
    "layers/?format=json",
    "ogc/?f=json",
    "ogc/collections?f=json",
    "ogc/collections/buildings/items?f=json",
    "ogc/openapi?f=json",
    "mapproxy/service?service=WMS&request=GetCapabilities&version=1.3.0",
    "mapproxy/wmts/1.0.0/WMTSCapabilities.xml",
    f"tiles/buildings/{tile_at(16)}.pbf",
    f"mapproxy/tiles/1.0.0/basemap/webmercator/{tile_at(16)}.png",
]
MOST = 120


@pytest.fixture(scope="module")
def prefixed(
    django_db_setup: None, django_db_blocker: Any, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[PortalServer]:
    data = tmp_path_factory.mktemp("prefixed")
    (data / "fonts").symlink_to(Path(settings.DATA) / "fonts")
    with django_db_blocker.unblock(), portal_server(data, GEOPORTAL_PREFIX=PREFIX) as running:
        yield running


def kind(address: str) -> str:
    """Addresses that differ in numbers and parameters only are of one kind."""
    return re.sub(r"[0-9]+", "0", urlsplit(address).path)


def test_no_link_leaves_the_prefix(prefixed: PortalServer, committed_district: SmallDistrict) -> None:
    officer = client_of("officer")
    cookie = f"sessionid={officer.cookies['sessionid'].value}"
    home = f"{prefixed.url}{PREFIX}/"
    waiting, seen = [home, *(home + door for door in DOORS)], set[str]()
    refused: dict[str, int] = {}
    while waiting and len(seen) < MOST:
        address = waiting.pop(0)
        if kind(address) in seen:
            continue
        seen.add(kind(address))
        try:
            with urlopen(Request(address, headers={"Cookie": cookie, "Accept": "text/html"})) as answer:  # noqa: S310
                assert urlsplit(answer.url).path.startswith(f"{PREFIX}/"), address
                content_type, body = answer.headers["Content-Type"] or "", answer.read()
        except HTTPError as problem:
            problem.close()
            refused[address.removeprefix(prefixed.url + PREFIX)] = problem.code
            continue
        if not content_type.startswith(("text/html", "application/", "text/xml")) or b"\0" in body:
            continue
        text = body.decode()
        found = LINK.findall(text) if "html" in content_type else []
        within, absolute = zip(*WORDS.findall(text), strict=True) if WORDS.search(text) else ((), ())
        found += [*absolute, *(() if "openapi" in address else within)]  # whose paths begin at its server
        ours = [
            link for link in found if link and urlsplit(link).netloc in {"", urlsplit(prefixed.url).netloc}
        ]
        strayed = [link for link in ours if not urlsplit(link).path.startswith(f"{PREFIX}/")]
        assert strayed == [], address
        if "html" in content_type:
            waiting += [urljoin(address, unescape(link)) for link in FOLLOWED.findall(text)]
    assert {
        bare: officer.get(bare, follow=True).status_code for bare in refused
    } == refused  # as without prefix
    assert len(seen) > 60, seen


def test_the_map_works_below_the_prefix(
    prefixed: PortalServer, browser: Browser, committed_district: SmallDistrict
) -> None:
    context = browser.new_context(viewport={"width": 1280, "height": 800}, locale="en-GB")
    page = context.new_page()
    visit = Visit(page, prefixed.url + PREFIX)
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url))
    page.on(
        "response", lambda response: visit.complaints.append(response.url) if response.status > 399 else None
    )
    visit.open("/")
    page.get_by_role("combobox").fill("演示")
    page.get_by_role("option").first.click()
    expect(page.locator("#tab-place h2").first).to_be_visible()
    visit.settle()
    paths = [urlsplit(url).path for url in asked if url.startswith("http")]
    context.close()
    assert [path for path in paths if not path.startswith(f"{PREFIX}/")] == []
    assert visit.complaints == []
    parts = ("/search/", "/place/", "/changes/", "/static/map/app.", "/mapproxy/tiles/", "/i18n/")
    assert [part for part in parts if not any(path.startswith(PREFIX + part) for path in paths)] == []
