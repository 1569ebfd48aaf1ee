"""Every word of the language of procedures acts: the parser reads it, and something besides the checks asks for it."""

import ast
import dataclasses
import inspect
import json
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import Any

import pytest

from layers.casework.procedures import expressions, inheritance, model, parser, schema

ROOT = Path(__file__).parents[2]
DECLARING = {"model.py", "parser.py", "schema.py", "vocabulary.py"}
"""Modules of the language itself, which ask for a word without doing anything by it."""
SPOKEN = {"marks", "conditions", "pending"}
"""Where mistakes are, conditions that others name, and states that may wait without a limit: for the checks alone."""


@cache
def attributes_read() -> frozenset[str]:
    """Names that are read from something, in all code but the language's own."""
    found: set[str] = set()
    for package in ("layers", "geoportal"):
        for file in (ROOT / package).rglob("*.py"):
            own = "procedures" in file.parts and (file.name in DECLARING or file.parent.name == "validation")
            if own or {"migrations", "demo"} & set(file.parts):
                continue
            for node in ast.walk(ast.parse(file.read_text("utf-8"))):
                if isinstance(node, ast.Attribute) and isinstance(node.ctx, ast.Load):
                    found.add(node.attr)
    return frozenset(found)


def declared() -> Iterator[tuple[str, str]]:
    for name, each in inspect.getmembers(model, dataclasses.is_dataclass):
        if each.__module__ == model.__name__:
            for field in dataclasses.fields(each):
                yield name, field.name


@pytest.mark.parametrize(("part", "name"), sorted(declared()))
def test_what_a_procedure_says_is_asked_for(part: str, name: str) -> None:
    assert name in attributes_read() | SPOKEN


def keys(node: Any) -> Iterator[str]:
    """Those that the schema knows by name."""
    if isinstance(node, dict):
        yield from node.get("properties", {})
        for each in node.values():
            yield from keys(each)
    elif isinstance(node, list):
        for each in node:
            yield from keys(each)


@pytest.mark.parametrize("key", sorted(set(keys(schema.SCHEMA)) - {"zh", "en"}))
def test_every_key_that_a_text_may_have_is_parsed(key: str) -> None:
    read = "".join(inspect.getsource(each) for each in (parser, expressions, inheritance))
    assert json.dumps(key) in read
