"""The real facts on which the demo district stands; see facts/SOURCES.md."""

import csv
import json
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import shapely
from pypinyin import lazy_pinyin

from layers.coordinates import gcj02_to_wgs84

FOLDER = Path(__file__).parent / "facts"
DISTRICT_CODE = "330206000000"

SUFFIXES = (("居委会", "社区", "community"), ("村委会", "村", "village"), ("社区", "社区", "community"))


@dataclass(frozen=True)
class DivisionName:
    code: str
    name: str
    level: str
    parent: str

    @property
    def name_en(self) -> str:
        return romanised(self.name)


def boundary() -> shapely.MultiPolygon:
    """The district in longitude and latitude of WGS 84."""
    offset = shapely.geometry.shape(json.loads((FOLDER / "boundary_gcj02.geojson").read_text()))
    moved = shapely.transform(offset, lambda xy: np.array([gcj02_to_wgs84(*pair) for pair in xy]))
    return shapely.MultiPolygon(shapely.get_parts(shapely.make_valid(shapely.unary_union(moved))).tolist())


def subdistricts() -> list[DivisionName]:
    return [
        DivisionName(
            f"{row['code']}000",
            row["name"],
            "subdistrict" if row["name"].endswith("街道") else "zone",
            DISTRICT_CODE,
        )
        for row in _rows("subdistricts.csv")
    ]


def villages() -> list[DivisionName]:
    """Villages and communities; the name without the committee, as people say it."""
    found = []
    for row in _rows("villages.csv"):
        name, level = row["name"], "community"
        for suffix, shown, kind in SUFFIXES:
            if name.endswith(suffix):
                stem = name.removesuffix(suffix)
                name, level = stem if stem.endswith(shown) else stem + shown, kind
                break
        found.append(DivisionName(row["code"], name, level, f"{row['streetCode']}000"))
    return found


def romanised(name: str) -> str:
    """Pinyin of a place name, its generic part in English."""
    for ending, english in (
        ("街道", "Subdistrict"),
        ("社区", "Community"),
        ("保税区", "Bonded Zone"),
        ("村", "Village"),
    ):
        if name.endswith(ending):
            return f"{_capital(name.removesuffix(ending) or ending)} {english}"
    return _capital(name)


def _capital(name: str) -> str:
    return "".join(lazy_pinyin(name)).capitalize()


def _rows(name: str) -> list[dict[str, str]]:
    with (FOLDER / name).open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))
