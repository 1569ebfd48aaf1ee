"""The portal with a room that was added by settings alone, and what each person sees of it."""

import gzip
import json
import urllib.error
import urllib.request
from dataclasses import dataclass
from typing import Any

import mapbox_vector_tile

from tests.district import tile_at
from tests.people import VIEWERS

ONE, TWO, THREE = "街椅一", "街椅二", "街椅三"  # of UM, of PL, of UM and for departments only
PLACES = {ONE: (121.840, 29.900), TWO: (121.842, 29.900), THREE: (121.900, 29.900)}
COSTS = {ONE: 47110, TWO: 47120, THREE: 47130}
WORK = "更换椅背"
PUBLIC = {"code", "material", "department"}
INNER = {"repair_cost", "keeper_phone"}
OWN = {"officer": {ONE, THREE}, "other_officer": {TWO}, "administrator": {ONE, TWO, THREE}}
ROLES = list(VIEWERS)
SHED = "园林工具房"
MENDED, BROKEN, RUSTY, SHARED = "椅面断裂", "椅背松动", "椅脚生锈", "扶手松脱"
PROCEDURE = "bench-report-of-city"


def seen(role: str) -> set[str]:
    return {ONE, TWO} | OWN.get(role, set())


def is_inside(role: str) -> bool:
    return role not in {"public", "citizen"}


def _unpacked(answer: Any) -> bytes:
    content: bytes = answer.read()
    return gzip.decompress(content) if answer.headers["Content-Encoding"] == "gzip" else content


@dataclass(frozen=True)
class Installation:
    url: str
    database: str
    benches: dict[str, int]
    shed: int
    sessions: dict[str, str]
    reports: list[int]
    receipts: list[tuple[str, str]]

    def ask(self, address: str, role: str = "public", accept: str = "application/json") -> tuple[int, bytes]:
        headers = {"Accept": accept, "Accept-Language": "zh", "Accept-Encoding": "gzip"}
        if role in self.sessions:
            headers["Cookie"] = f"sessionid={self.sessions[role]}"
        asked = urllib.request.Request(self.url + address, headers=headers)  # noqa: S310  our own http address
        try:
            with urllib.request.urlopen(asked, timeout=60) as answer:  # noqa: S310
                return answer.status, _unpacked(answer)
        except urllib.error.HTTPError as problem:
            with problem:
                return problem.code, _unpacked(problem)

    def text(self, address: str, role: str = "public", accept: str = "application/json") -> str:
        status, content = self.ask(address, role, accept)
        assert status == 200, (address, role, status, content[:300])
        return content.decode()

    def json(self, address: str, role: str = "public") -> Any:
        return json.loads(self.text(address, role))

    def tile(self, code: str, role: str = "public") -> dict[str, dict[str, Any]]:
        """The features of the benches' tile at a bench, by code."""
        status, content = self.ask(f"/tiles/benches/{tile_at(14, *PLACES[code])}.pbf", role)
        found = mapbox_vector_tile.decode(content) if status == 200 else {}
        return {
            f["properties"]["code"]: f["properties"]
            for f in found.get("benches", {"features": []})["features"]
        }
