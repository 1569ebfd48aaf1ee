"""Every address that the portal has, taken from its URL patterns, answers anything with sense."""

import gzip
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from urllib.parse import quote

import pytest
from django.db import connection
from django.test import Client
from django.urls import URLPattern, URLResolver, get_resolver
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.district import SmallDistrict
from tests.effort import tries
from tests.job_worker import a_worker
from tests.people import client_of
from tiles.cache import heartbeat

pytestmark = pytest.mark.django_db

FIELD = re.compile(r"<(?:\w+:)?\w+>|\(\?P<\w+>[^)]*\)")


def templates(patterns: list[Any], before: str = "/") -> Iterator[str]:
    """Addresses with {} for each part that varies."""
    for pattern in patterns:
        address = before + FIELD.sub("{}", str(pattern.pattern)).replace("\\.", ".").strip("^$")
        if isinstance(pattern, URLResolver):
            yield from templates(pattern.url_patterns, address)
        elif isinstance(pattern, URLPattern):
            yield address


# The administration's own tables are Django's; its door and log-in are ours to keep.
ADDRESSES = [a for a in templates(get_resolver().url_patterns) if not re.match(r"/admin/\w+/", a)]

WORDS = st.one_of(
    st.text(max_size=20),
    st.integers(-(2**70), 2**70).map(str),
    st.floats().map(str),
    st.sampled_from(
        [
            "",
            "\x00",
            "a\x00b",
            "\ud800",
            "\ufffe",
            "%",
            "_",
            "\\",
            "'",
            '"',
            "{}",
            "[",
            "*",
            "(?",
            "１２",
            "٣",
        ]
    ),
    st.sampled_from(
        ["buildings", "enforcement-cases", "service-items", "terrain", "1", "0", "-0", "1e400", "nan,1,2,3"]
    ),
    st.sampled_from(
        ["121.8,29.8,121.9,30", "15", "png", "../../etc/passwd", "true", "-name", "zh-Hans", "en"]
    ),
)
NAMES = st.one_of(
    st.sampled_from(
        [
            "q",
            "lon",
            "lat",
            "bbox",
            "bbox-crs",
            "crs",
            "limit",
            "offset",
            "page",
            "layers",
            "id",
            "format",
            "f",
            "lang",
            "sortby",
            "properties",
            "resulttype",
            "skipGeometry",
            "datetime",
            "profile",
            "name",
            "use",
            "storeys",
            "height",
            "level",
            "next",
            "language",
            "audience",
            "theme",
            "state",
            "grade",
            "sector",
            "procedure",
            "SERVICE",
            "REQUEST",
            "VERSION",
            "LAYERS",
            "STYLES",
            "CRS",
            "SRS",
            "BBOX",
            "WIDTH",
            "HEIGHT",
            "FORMAT",
        ]
    ),
    st.text(max_size=8),
)
HEADERS = st.fixed_dictionaries(
    {"accept": st.sampled_from(["application/json", "text/html", "*/*", "", ";;q=x", "image/png;q=2"])},
    optional={
        "accept-language": st.sampled_from(["en", "zh-CN,zh;q=0.9", "xx-yy", ";;;", "*", "é"]),
        "accept-encoding": st.sampled_from(["gzip", "identity", "br;q=x", ""]),
        "if-none-match": st.sampled_from(["*", '"x"', "W/", ""]),
        "cookie": st.sampled_from(["sessionid=x", "django_language=\x01", "csrftoken=", "=;=;"]),
    },
)


def written(text: str) -> str:
    """As a path part, with what is no text as the bytes that a careless program would send."""
    return quote(text.encode("utf-8", "surrogatepass"), safe=",")


@settings(
    max_examples=tries(500),
    derandomize=True,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
@pytest.mark.parametrize("role", ["public", "administrator"])
@given(
    address=st.sampled_from(ADDRESSES),
    parts=st.lists(WORDS, min_size=6, max_size=6),
    words=st.dictionaries(NAMES, WORDS, max_size=4),
    headers=HEADERS,
    method=st.sampled_from(["get", "get", "get", "head", "post", "put", "delete", "options"]),
)
def test_every_address_answers_without_an_error_of_ours(
    role: str,
    district: SmallDistrict,
    own_data_folder: Path,
    address: str,
    parts: list[str],
    words: dict[str, str],
    headers: dict[str, str],
    method: str,
) -> None:
    heartbeat.beat()  # without workers /readyz rightly answers 503
    asked = address.format(*map(written, parts))
    query = "&".join(f"{written(name)}={written(text)}" for name, text in words.items())
    client = client_of(role)
    response: Any
    with a_worker():
        if method == "post":
            response = client.post(
                asked, query, content_type="application/x-www-form-urlencoded", headers=headers
            )
        else:
            response = getattr(client, method)(f"{asked}?{query}", headers=headers)
    assert response.status_code < 500, (method, asked, query, response.status_code)
    content = b"".join(response.streaming_content) if response.streaming else response.content
    if response.get("Content-Encoding") == "gzip":
        content = gzip.decompress(content)
    # MapProxy's services answer mistakes in the forms of their own standards.
    if response.status_code in {400, 404} and method == "get" and not asked.startswith("/mapproxy/"):
        assert_says_something(response["Content-Type"], content.decode())
    assert not connection.needs_rollback


def assert_says_something(kind: str, content: str) -> None:
    said = re.sub(r"<[^>]*>|[\s{}\"':,]", "", content)
    assert len(said) > 5, (kind, content)


@pytest.mark.parametrize("address", ["/services/abc/", "/no-such/", "/ogc/collections/buildings/x"])
def test_an_address_that_is_none_is_not_found_in_words(address: str) -> None:
    response = client_of("public").get(address)
    assert response.status_code == 404
    assert_says_something(response["Content-Type"], response.json()["error"])
    page = client_of("public").get(address, headers={"accept": "text/html"})
    assert (page.status_code, page["Content-Type"]) == (404, "text/html; charset=utf-8")


@pytest.mark.parametrize(
    "address",
    [
        "/search/",
        "/ogc/collections/buildings/items",
        "/tiles/buildings/14/1/1.pbf",
        "/styles/city.json",
        "/mapproxy/service",
    ],
)
def test_a_door_that_only_shows_says_so_to_whoever_sends_something(address: str) -> None:
    sender = Client(enforce_csrf_checks=True, headers={"accept": "application/json"})
    for send in (sender.post, sender.put, sender.delete):
        response = send(address)
        assert (response.status_code, response["Allow"]) == (405, "GET, HEAD")
        assert response.json()["error"]


def test_the_addresses_are_those_of_the_portal() -> None:
    wanted = {
        "/search/",
        "/place/{}/{}/",
        "/tiles/{}/{}/{}/{}.pbf",
        "/tiles/{}/{}/{}/{}.png",
        "/tiles/{}.heights.json",
        "/ogc/collections/{}/items",
        "/mapproxy/{}",
    }
    assert wanted <= set(ADDRESSES)
