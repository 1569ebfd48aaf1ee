"""Static files are compressed once at set-up, and their names change with their content."""

import re
from pathlib import Path, PurePosixPath
from urllib.parse import urljoin

import brotli
import pytest
from django.contrib.staticfiles import finders
from django.templatetags.static import static
from django.test import Client

from geoportal.field.pwa import addresses
from geoportal.launch.setup import static_files
from geoportal.static_files import UNHASHED
from tests.district import SmallDistrict
from tests.people import client_of

HASHED = re.compile(r"\.[0-9a-f]{12}\.[a-z]+$")
ADDRESS = re.compile(r'(?:src|href)="(/static/[^"]+)"')
PARTS = re.compile(
    r"""(?m)^(?:import|export)[^;]*?"([./][^"]+)";|import\("([./][^"]+)"\)|url\(["']?([^"':)#]+)["']?\)"""
)


def body(client: Client, address: str, **headers: str) -> bytes:
    return bytes(client.get(address, headers=headers).getvalue())


@pytest.mark.django_db
def test_every_file_of_a_page_is_kept_for_good_under_a_name_of_its_content(
    district: SmallDistrict, client: Client
) -> None:
    waiting = ADDRESS.findall(client.get("/").content.decode()) + ADDRESS.findall(
        client_of("administrator").get("/admin/").content.decode()
    )
    waiting += [static(name) for name in ("leaflet/draw/leaflet.draw.css", "admin/css/widgets.css")]
    waiting += [address for address in addresses() if "/static/" in address]
    seen: set[str] = set()
    while waiting:
        address = waiting.pop()
        if address in seen:
            continue
        seen.add(address)
        answer = client.get(address)
        assert answer.status_code == 200, address
        answer.close()
        if UNHASHED not in address:
            assert HASHED.search(address), address
            assert answer["Cache-Control"] == "max-age=315360000, public, immutable"
        if address.endswith((".css", ".js")) and "/vendor/" not in address:
            found = PARTS.findall(body(client, address).decode())
            waiting += [urljoin(address, script or later or picture) for script, later, picture in found]
    names = {PurePosixPath(address).name.split(".")[0] for address in seen}
    assert {"app", "view3d", "tile_grid", "spritesheet", "icon-192"} <= names
    assert len(seen) > 80


def test_a_file_is_sent_as_it_was_compressed_at_set_up(client: Client) -> None:
    address = static("css/portal.css")
    packed = body(client, address, **{"accept-encoding": "br"})
    kept = static_files.COLLECTED / f"{address.removeprefix('/static/')}.br"
    assert packed == kept.read_bytes()
    found = finders.find("css/portal.css")
    assert isinstance(found, str)
    assert len(packed) < len(brotli.compress(Path(found).read_bytes(), quality=5))


def test_the_collected_files_are_those_of_the_sources() -> None:
    assert (static_files.COLLECTED / static_files.STAMP).read_text() == static_files._digest()
