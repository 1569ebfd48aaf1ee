"""Every address takes any method with any body, from anybody, and answers without an error of ours."""

import json
from pathlib import Path
from typing import Any

import pytest
from django.db import connection
from django.urls import get_resolver
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.cases.case_story import decided, story
from tests.cases.conftest import people
from tests.contracts.test_every_address import WORDS, templates, written
from tests.contracts.test_reading_writes_nothing import Scene, scene
from tests.effort import tries
from tests.people import client_of
from tiles.cache import heartbeat

pytestmark = pytest.mark.django_db
__all__ = ["decided", "people", "scene", "story"]
ADDRESSES = [*templates(get_resolver().url_patterns), "/no-such/", "/no-such"]

NUMBERS = st.sampled_from(
    ["--5", "-0", "1e5", "٣", "5.0", " 5", "1" * 40, "0x1", "null", "[]", "5\n", "+5", "²"]
)
VALUES: Any = st.recursive(
    st.one_of(st.none(), st.booleans(), st.integers(-(2**70), 2**70), st.floats(), NUMBERS, WORDS),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(
            st.sampled_from(["lon", "lat", "accuracy", "system", "position", "x"]), inner, max_size=3
        )
    ),
    max_leaves=5,
)
NAMES = st.sampled_from(
    [
        "key", "case", "case_key", "step", "revision", "fields", "reason", "note", "partner", "category", "procedure",
        "department", "title", "party_kind", "party_name", "position", "device_time", "clock_off", "taken", "heading",
        "kind", "of", "lon", "lat", "officer", "event", "text", "from", "to", "by", "rate", "page", "area", "party",
        "number", "secret", "role", "opinion", "layer", "action", "name", "audience", "title_column", "row", "color",
        "label-a", "kind-0", "keep-0", "heading", "source_crs", "values", "next", "language", "username", "password",
        "action_toggle", "_selected_action", "csrfmiddlewaretoken", "index", "TOTAL_FORMS", "form-TOTAL_FORMS", "due",
        "form-INITIAL_FORMS", "format", "id", "code", "consultation", "day", "since", "until", "revoke", "file", "geom",
    ]
)  # fmt: skip
BROKEN = [
    ("multipart/form-data", b"--x\r\n"),
    ("multipart/form-data; boundary=", b"--x\r\n"),
    ("multipart/form-data; boundary=\xff", b"--x\r\n"),
    ("multipart/form-data; boundary=x", b"--x\r\nContent-Disposition: form-data; name=\"a\"\r\n\r\n"),
    ("multipart/form-data; boundary=x", b"--x\r\nContent-Disposition: form-data; name=\"file\"; filename=\"\x00\"\r\n\r\nx\r\n--x--"),
    ("multipart/form-data; boundary=x", b"--x\r\nContent-Transfer-Encoding: base64\r\nContent-Disposition: form-data; name=\"a\"\r\n\r\n!\r\n--x--"),
    ("application/json", b"\xff\xfe{"),
    ("application/json", b"[" * 20_000),
    ("application/json", b"1" * 5000),
    ("application/json", b'{"case": NaN}'),
    ("application/json", b'{"a": "\\ud800"}'),
    ("application/json; charset=x", b"{}"),
    ("application/x-www-form-urlencoded; charset=utf-7", b"a=+AAA-"),
    ("application/x-www-form-urlencoded; charset=nothing", b"a=%ff"),
    ("application/x-www-form-urlencoded", b"&" * 30_000),
    ("text/xml", b"<!DOCTYPE a [<!ENTITY b SYSTEM 'file:///etc/passwd'>]><a>&b;</a>"),
    ("", b"\x00"),
    ("é", b"x"),
]  # fmt: skip
METHODS = [
    "GET",
    "HEAD",
    "POST",
    "POST",
    "POST",
    "PUT",
    "PATCH",
    "DELETE",
    "OPTIONS",
    "TRACE",
    "PROPFIND",
    "\xb5",
]


@settings(
    max_examples=tries(800),
    derandomize=True,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
@pytest.mark.parametrize("role", ["public", "officer", "administrator"])
@given(
    address=st.sampled_from(ADDRESSES),
    parts=st.lists(st.none() | st.none() | WORDS | NUMBERS, min_size=6, max_size=6),
    method=st.sampled_from(METHODS),
    words=st.dictionaries(NAMES, VALUES, max_size=5),
    how=st.sampled_from(["json", "form", "query", *range(len(BROKEN))]),
)
def test_any_body_at_any_address_gets_an_answer(
    role: str,
    scene: Scene,
    own_data_folder: Path,
    address: str,
    parts: list[str | None],
    method: str,
    words: dict[str, Any],
    how: str | int,
) -> None:
    heartbeat.beat()
    right = scene.filled(address).split("?")[0]
    asked = right if None in parts[: address.count("{}")] else address.format(*map(written, map(str, parts)))
    plain = {name: written(str(value)) for name, value in words.items()}
    form = "&".join(f"{name}={value}" for name, value in plain.items())
    kind, body = {
        "json": ("application/json", json.dumps(words).encode()),
        "form": ("application/x-www-form-urlencoded", form.encode()),
        "query": ("", b""),
    }.get(str(how)) or BROKEN[int(how)]
    client = client_of(role)
    query = f"?{form}" if how == "query" else ""
    response: Any = client.generic(method, asked + query, body, content_type=kind)
    if response.streaming:
        b"".join(response.streaming_content)
    assert response.status_code < 500 or asked == "/readyz", (method, asked, query, kind, body[:300])
    assert not connection.needs_rollback
