"""Texts that would be more than text where somebody forgot to write them as text, and parsers that would notice."""

import csv
import io
import json
import re
from collections.abc import Iterator
from typing import Any

import mapbox_vector_tile
import tinyhtml5
import yaml
from lxml import etree
from pypdf import PdfReader

MARKUP = "</x><script>\"'&"
FORMULAS = ("=1+1", "＝1+1", "\n=1+1", "|1+1", "\t=1+1", " @1", "+1-1", "-1+A1")
XHTML = "{http://www.w3.org/1999/xhtml}"


def parsed(kind: str, body: bytes) -> list[str]:
    """Every text of an answer of that content type, by the strictest parser that there is for it; other answers'
    texts are none. Fails where the answer is not well made, or where a text has become a part of it."""
    kind, *_ = (part.strip() for part in kind.split(";"))
    if kind == "text/html":
        return list(_html(body.decode()))
    if kind.endswith("xml"):
        return list(_xml(etree.fromstring(body)))
    if kind.endswith(("/json", "+json")):
        return list(_json(json.loads(body)))
    if kind == "text/csv":
        return [cell for row in csv.reader(io.StringIO(body.decode(), newline="")) for cell in row]
    if kind.endswith("yaml"):
        return list(_json(yaml.safe_load(body)))
    if kind == "application/pdf":
        return [re.sub(r"\s", "", page.extract_text()) for page in PdfReader(io.BytesIO(body)).pages]
    if kind == "application/vnd.mapbox-vector-tile":
        return list(_json(mapbox_vector_tile.decode(body)))
    return []


def _html(page: str) -> Iterator[str]:
    assert f"<script>{MARKUP[-3:]}" not in page
    for element in tinyhtml5.parse(page).iter():
        assert not isinstance(element.tag, str) or re.fullmatch(r"[a-zA-Z0-9-]+", _name(element.tag))
        yield from (text for text in (element.text, element.tail) if text)
        for name, value in element.attrib.items():
            assert re.fullmatch(r"[a-zA-Z0-9_:.@-]+", _name(name)), (element.tag, name, value)
            yield value


def _name(qualified: str) -> str:
    return qualified.rpartition("}")[2]


def _xml(root: Any) -> Iterator[str]:
    for element in root.iter():
        yield from (text for text in (element.text, element.tail, *element.attrib.values()) if text)


def _json(value: Any) -> Iterator[str]:
    if isinstance(value, str):
        yield value
    elif isinstance(value, dict):
        for key, each in value.items():
            yield str(key)
            yield from _json(each)
    elif isinstance(value, list | tuple):
        for each in value:
            yield from _json(each)
