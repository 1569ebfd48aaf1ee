"""Pages of other origins may read the public's doors and no others."""

import pytest
from django.templatetags.static import static
from django.test import Client

from tests.asgi import INNER, ask, behind
from tiles.http.other_origins import OtherOriginsMiddleware

OPEN = [
    "/tiles/buildings/14/1/1.pbf",
    "/tiles/buildings.json",
    "/styles/city.json",
    "/ogc",
    "/ogc/collections/buildings/items",
    "/mapproxy/service",
    "/layers/buildings/export.geojson",
    "/static/vendor/maplibre-gl/dist/maplibre-gl.css",
]
CLOSED = [
    "/",
    "/cases/",
    "/cases/inbox/",
    "/accounts/sign-in/",
    "/admin/",
    "/field/api/cases/",
    "/ogcx",
    "/search/",
]


@pytest.mark.parametrize("path", OPEN)
def test_a_public_door_is_open_to_any_origin_without_credentials(path: str) -> None:
    front = OtherOriginsMiddleware(behind)
    status, headers, _body = ask(front, path, origin="https://elsewhere.example")
    assert (status, headers["access-control-allow-origin"]) == (INNER, "*")
    assert headers["access-control-expose-headers"] == "Content-Crs, Content-Language, ETag"
    assert ask(front, path)[1] == {"access-control-allow-origin": "*"}
    assert "access-control-allow-credentials" not in headers
    status, headers, body = ask(front, path, "OPTIONS", access_control_request_method="GET")
    assert (status, body) == (204, b"")
    assert headers["access-control-allow-methods"] == "GET, HEAD, OPTIONS"
    assert "content-length" not in headers  # which an answer without content must not have
    assert "If-None-Match" in headers["access-control-allow-headers"]


def test_a_static_file_leaves_it_to_the_front_to_say_so(client: Client) -> None:
    """Browsers refuse what says it twice."""
    answer = client.get(static("css/portal.css"))
    assert (answer.status_code, answer.has_header("Access-Control-Allow-Origin")) == (200, False)
    answer.close()


@pytest.mark.parametrize("path", CLOSED)
def test_other_pages_are_not(path: str) -> None:
    for method in ("GET", "OPTIONS", "POST"):
        status, headers, _body = ask(
            OtherOriginsMiddleware(behind), path, method, origin="https://elsewhere.example"
        )
        assert (status, headers) == (INNER, {})
