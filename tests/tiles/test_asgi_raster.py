"""Kept pictures before Django: the same as MapProxy's, and only while they are true and public."""

from dataclasses import replace
from pathlib import Path

import pytest
from django.test import Client

from layers.base.models import Building
from layers.registry.audience import PUBLIC_VIEWER, Audience
from layers.registry.registration import get_layer, register, unregister
from tests.asgi import INNER, ask, behind
from tests.district import SmallDistrict, tile_at
from tiles.cache import heartbeat
from tiles.cache.heartbeat import Watch
from tiles.http.asgi_raster import RasterMiddleware
from tiles.invalidation.synchronization import synchronize, worker_lock

pytestmark = pytest.mark.django_db(transaction=True)

PICTURE = f"/mapproxy/tiles/1.0.0/buildings/webmercator/{tile_at(16)}.png"
SAME = ("etag", "last-modified", "content-type", "cache-control", "content-length", "x-content-type-options")


@pytest.fixture
def front(committed_district: SmallDistrict) -> RasterMiddleware:
    return RasterMiddleware(behind)


@pytest.mark.parametrize(
    "path",
    [
        PICTURE,
        f"/mapproxy/wmts/buildings/webmercator/{tile_at(16)}.png",
        f"/mapproxy/tiles/1.0.0/basemap/webmercator/{tile_at(16)}.png",
        f"/mapproxy/tiles/1.0.0/basemap-webp/webmercator/{tile_at(16)}.webp",
    ],
)
def test_a_kept_picture_is_what_mapproxy_gives(front: RasterMiddleware, client: Client, path: str) -> None:
    heartbeat.beat()
    assert ask(front, path)[0] == INNER  # it is not drawn yet
    client.get(path)
    expected = client.get(path)
    status, headers, body = ask(front, path)
    assert (status, body) == (200, expected.content)
    assert {name: headers[name] for name in SAME} == {name: expected[name] for name in SAME}
    assert ask(front, path, "HEAD")[0::2] == (200, b"")
    assert ask(front, path, if_none_match=headers["etag"])[0::2] == (304, b"")
    assert ask(front, path, if_none_match="another")[0] == 200
    assert ask(front, path, "POST")[0] == INNER


def test_neighbours_are_not_confused(front: RasterMiddleware, client: Client) -> None:
    z, x, y = map(int, tile_at(16).split("/"))
    paths = [
        f"/mapproxy/tiles/1.0.0/basemap/webmercator/{z}/{x + dx}/{y + dy}.png"
        for dx in (0, 1)
        for dy in (0, 1)
    ]
    pictures = [client.get(path).content for path in paths]
    assert len(set(pictures)) > 1
    heartbeat.beat()
    assert [ask(front, path)[2] for path in paths] == pictures


def test_a_changed_picture_is_not_shown_any_more(front: RasterMiddleware, client: Client) -> None:
    before = client.get(PICTURE).content
    heartbeat.beat()
    assert ask(front, PICTURE)[2] == before
    Building.objects.update(use="factory", height=90)
    with worker_lock(wait=True):
        synchronize()
    assert ask(front, PICTURE)[0] == INNER
    after = client.get(PICTURE).content
    assert ask(front, PICTURE)[2] == after != before


def test_nothing_is_relied_on_without_a_worker(front: RasterMiddleware, client: Client) -> None:
    client.get(PICTURE)
    assert ask(front, PICTURE)[0] == INNER
    heartbeat.beat()
    front.watch = Watch()
    assert ask(front, PICTURE)[0] == 200


def test_a_layer_that_is_not_public_any_more_has_no_pictures(front: RasterMiddleware, client: Client) -> None:
    client.get(PICTURE)
    heartbeat.beat()
    assert ask(front, PICTURE)[0] == 200
    layer = get_layer("buildings", PUBLIC_VIEWER)
    unregister("buildings")
    register(replace(layer, audience=Audience.SIGNED_IN))
    try:
        assert ask(front, PICTURE)[0] == INNER
    finally:
        unregister("buildings")
        register(layer)


@pytest.mark.parametrize(
    "path",
    [
        "/mapproxy/",
        "/mapproxy/tiles/1.0.0/",
        "/mapproxy/tiles/1.0.0/nothing/webmercator/16/1/1.png",
        "/mapproxy/tiles/1.0.0/../webmercator/16/1/1.png",
        "/mapproxy/tiles/1.0.0/buildings/webmercator/-1/0/0.png",
        "/mapproxy/tiles/1.0.0/buildings/webmercator/16/0/..%2f.png",
        "/mapproxy/wmts/1.0.0/WMTSCapabilities.xml",
        "/",
    ],
)
def test_everything_else_goes_on(front: RasterMiddleware, path: str) -> None:
    heartbeat.beat()
    assert ask(front, path)[0] == INNER


def test_pictures_that_are_shared_are_asked_of_mapproxy(
    front: RasterMiddleware, client: Client, settings: object, own_data_folder: Path
) -> None:
    client.get(PICTURE)
    heartbeat.beat()
    settings.RASTER_CACHE = "redis://127.0.0.1:1/0"  # type: ignore[attr-defined]
    assert ask(front, PICTURE)[0] == INNER
