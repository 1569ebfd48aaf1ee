"""Checks by the letter of OGC API – Features Part 1 and 2, one a line of ``ogc_checks.csv``.

A fact is a header (``@Name``) or a way into the document: names between dots, ``[3]`` or ``[name=value]`` in a list, ``#``
for the length. Its value is JSON, ``~`` before what it contains, ``*`` where it is there and ``!`` where it is not.
"""

import csv
import json
import re
from pathlib import Path
from typing import Any

import pytest
from django.test import Client

from tests.district import SmallDistrict

pytestmark = pytest.mark.django_db
CHECKS = Path(__file__).with_name("ogc_checks.csv")
STEP = re.compile(r"\[([a-z]+)=([^]]*)\]|\[([0-9]+)\]|(#)$|\.?([^.\[#]+)")
MISSING = object()


def found(document: Any, way: str) -> Any:
    here = document
    for name, value, number, length, member in STEP.findall(way):
        if here is MISSING:
            return MISSING
        if name:
            here = next((each for each in here if each.get(name) == value), MISSING)
        elif number:
            here = here[int(number)] if int(number) < len(here) else MISSING
        elif length:
            here = len(here)
        else:
            here = here.get(member, MISSING)
    return here


def holds(actual: Any, value: str) -> bool:
    if value in {"*", "!"}:
        return (actual in (MISSING, None, "", [])) is (value == "!")
    if actual is MISSING:
        return False
    if value.startswith("~"):
        return any(value[1:] in str(each) for each in (actual if isinstance(actual, list) else [actual]))
    return bool(actual == json.loads(value))


def test_every_line_of_the_standard_holds(district: SmallDistrict, client: Client) -> None:
    with CHECKS.open(encoding="utf-8", newline="") as text:
        checks = list(csv.DictReader(text))
    assert len(checks) > 150
    broken = []
    for check in checks:
        address = check["address"].replace("BUILDING", str(district.building.pk))
        answer = client.generic(check["method"], address)
        fact = check["fact"]
        actual: Any = MISSING
        if fact.startswith("@"):
            actual = answer.headers.get(fact[1:], MISSING)
        elif fact and answer.status_code == int(check["status"]):
            actual = found(answer.json(), fact)
        if answer.status_code != int(check["status"]) or (fact and not holds(actual, check["value"])):
            broken.append((check["requirement"], address, answer.status_code, fact, actual))
    assert broken == []
