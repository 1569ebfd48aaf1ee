"""A page of another origin shows the portal's map with MapLibre and with Leaflet."""

import shutil
import threading
from collections.abc import Iterator
from contextlib import suppress
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest
from django.templatetags.static import static
from playwright.sync_api import Browser
from playwright.sync_api import TimeoutError as PlaywrightTimeout

from geoportal.settings import ASSETS
from tests.browser.conftest import STEP
from tests.district import LAT, LON, SmallDistrict
from tests.portal_server import PortalServer

MAPLIBRE = """<!doctype html><meta charset="utf-8">
<link rel="stylesheet" href="maplibre-gl.css">
<div id="map" style="width: 500px; height: 400px"></div>
<script type="module">
import {{ Map, setWorkerUrl }} from "./maplibre-gl.mjs";
setWorkerUrl(new URL("maplibre-gl-worker.mjs", location.href).href);
const map = new Map({{ container: "map", style: "{portal}/styles/buildings.json", center: [{lon}, {lat}], zoom: 16 }});
map.on("idle", () => {{
  const found = map.querySourceFeatures("buildings", {{ sourceLayer: "buildings" }});
  document.title = `${{new Set(found.map((each) => each.id)).size}} features`;
}});
</script>"""
LEAFLET = """<!doctype html><meta charset="utf-8">
<link rel="stylesheet" href="{portal}{stylesheet}">
<div id="map" style="width: 500px; height: 400px"></div>
<script src="{portal}{script}"></script>
<script type="module">
const map = L.map("map").setView([{lat}, {lon}], 16);
const tiles = L.tileLayer("{portal}/mapproxy/tiles/1.0.0/basemap/webmercator/{{z}}/{{x}}/{{y}}.png", {{
  crossOrigin: "anonymous" }}).addTo(map);
const answer = await fetch("{portal}/ogc/collections/buildings/items", {{ headers: {{ "X-Requested-With": "a page" }} }});
const features = L.geoJSON(await answer.json()).addTo(map).getLayers().length;
const ready = () => {{
  const canvas = document.createElement("canvas").getContext("2d");
  canvas.drawImage(document.querySelector("img.leaflet-tile-loaded"), 0, 0);
  document.title = `${{features}} features, ${{canvas.getImageData(0, 0, 1, 1).data.length}} bytes of a pixel`;
}};
if (tiles.isLoading()) tiles.on("load", ready); else ready();
</script>"""


@pytest.fixture
def other_origin(tmp_path: Path) -> Iterator[tuple[Path, str]]:
    """A folder, and the address at which its files are served."""
    server = ThreadingHTTPServer(("127.0.0.1", 0), partial(SimpleHTTPRequestHandler, directory=str(tmp_path)))
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    yield tmp_path, f"http://localhost:{server.server_port}"
    server.shutdown()
    thread.join()
    server.server_close()


@pytest.mark.parametrize(
    ("page", "shown"), [(MAPLIBRE, "2 features"), (LEAFLET, "2 features, 4 bytes of a pixel")]
)
def test_a_page_of_another_origin_shows_the_map(
    page: str,
    shown: str,
    portal: PortalServer,
    browser: Browser,
    other_origin: tuple[Path, str],
    committed_district: SmallDistrict,
) -> None:
    folder, address = other_origin
    shutil.copytree(ASSETS / "vendor" / "maplibre-gl" / "dist", folder, dirs_exist_ok=True)
    files = {"stylesheet": static("leaflet/leaflet.css"), "script": static("leaflet/leaflet.js")}
    text = page.format(portal=portal.url, lon=LON + 0.0005, lat=LAT + 0.0002, **files)
    (folder / "index.html").write_text(text)
    complaints: list[str] = []
    tab = browser.new_page()
    tab.on("console", lambda said: complaints.append(said.text) if said.type == "error" else None)
    tab.on("pageerror", lambda problem: complaints.append(str(problem)))
    tab.goto(address)
    with suppress(PlaywrightTimeout):  # told with what the page complained of
        tab.wait_for_function(f"document.title === {shown!r}", timeout=STEP)
    found = tab.title()
    tab.close()
    assert (found, [said for said in complaints if "favicon" not in said]) == (shown, [])
