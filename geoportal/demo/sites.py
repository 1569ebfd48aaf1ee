"""215 village network sites and 243 distance-education stations."""

from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from typing import Any

import numpy as np
import shapely

from . import facts
from .people import person, phone

Row = dict[str, Any]
TODAY = date(2026, 6, 30)
"""The demo district's day: everything generated lies before it."""

SITES, STATIONS, DEMONSTRATION = 215, 243, 21
STATES = (("online", 0.86), ("degraded", 0.06), ("offline", 0.04), ("building", 0.02), ("planned", 0.02))


def rows(
    seats: dict[str, tuple[float, float]], village_ids: dict[str, int], random: np.random.Generator
) -> list[Row]:
    """Sites in the first 215 villages by code; stations in every village, two in the first eleven."""
    villages = sorted(facts.villages(), key=lambda v: v.code)
    kinds = [("network", v) for v in villages[:SITES]]
    kinds += [("education", v) for v in (villages + villages)[:STATIONS]]
    shown = set(random.choice(SITES, DEMONSTRATION, replace=False).tolist())
    second_from = SITES + len(villages)
    return [
        _row(Site(number, kind, village, number > second_from), seats[village.code], random)
        | {"village_id": village_ids[village.code], "is_demonstration": number - 1 in shown}
        for number, (kind, village) in enumerate(kinds, 1)
    ]


@dataclass(frozen=True)
class Site:
    """``is_second`` in its village; ``kind`` is network or education."""

    number: int
    kind: str
    village: facts.DivisionName
    is_second: bool

    @property
    def name(self) -> str:
        name = f"{self.village.name}{'网络站' if self.kind == 'network' else '远程教育站'}"
        return name + ("二站" if self.is_second else "")

    @property
    def name_en(self) -> str:
        return f"{self.village.name_en} {'network site' if self.kind == 'network' else 'learning station'}"


def _row(site: Site, seat: tuple[float, float], random: np.random.Generator) -> Row:
    """Without what the village and the choice of demonstration sites say."""
    x, y = seat
    status = str(random.choice([s for s, _ in STATES], p=[p for _, p in STATES]))
    return {
        "id": site.number,
        "code": f"BL{'N' if site.kind == 'network' else 'E'}{site.number:04d}",
        "kind": site.kind,
        "name": site.name,
        "name_en": site.name_en,
        "address": f"{site.village.name}便民服务中心",
        "manager": person(random),
        "telephone": phone(random),
        "opened": date(2005, 1, 1) + timedelta(days=int(random.integers(0, 700))),
        "area": float(random.integers(30, 180)),
        "seats": int(random.integers(12, 60)),
        "computers": int(random.integers(4, 30)),
        "bandwidth": float(random.choice([20, 50, 100, 200, 500, 1000])),
        "medium": str(random.choice(["fibre", "fibre", "fibre", "dsl", "mobile"])),
        "operator": str(random.choice(["运营商甲", "运营商乙", "运营商丙"])),
        "hours": "08:30–17:00",
        "status": status,
        "last_heartbeat": _heartbeat(status, random),
        "last_inspection": TODAY - timedelta(days=int(random.integers(5, 300))),
        "geom": shapely.Point(x + float(random.normal(0, 25)), y + float(random.normal(0, 25))),
    }


def _heartbeat(status: str, random: np.random.Generator) -> datetime | None:
    if status in {"planned", "building"}:
        return None
    hours = int(random.integers(0, 2)) if status == "online" else int(random.integers(5, 400))
    return datetime(TODAY.year, TODAY.month, TODAY.day, 9, tzinfo=UTC) - timedelta(hours=hours)
