"""Addresses of the town's buildings, and points of interest in the eight living themes."""

from typing import Any

import numpy as np
import shapely

from geoportal.demo.casework.cases import Locate
from geoportal.demo.people import phone

from .buildings import Building
from .town import Street

Row = dict[str, Any]
POINTS = 4000

KINDS = {
    "food": (("餐馆", "Restaurant"), ("咖啡馆", "Café"), ("面包房", "Bakery")),
    "housing": (("宾馆", "Hotel"), ("房产中介", "Estate agent"), ("物业服务中心", "Property office")),
    "transport": (
        ("公交站", "Bus stop"),
        ("加油站", "Filling station"),
        ("停车场", "Car park"),
        ("充电站", "Charging station"),
    ),
    "travel": (("公园", "Park"), ("博物馆", "Museum"), ("观景台", "Viewpoint")),
    "shopping": (
        ("商场", "Shopping centre"),
        ("书店", "Bookshop"),
        ("五金店", "Hardware shop"),
        ("服装店", "Clothes shop"),
    ),
    "leisure": (("电影院", "Cinema"), ("健身房", "Gym"), ("球馆", "Sports hall")),
    "medical": (("药店", "Pharmacy"), ("诊所", "Clinic"), ("社区卫生服务站", "Health station")),
    "learning": (("幼儿园", "Kindergarten"), ("培训中心", "Training centre"), ("图书室", "Library room")),
}
SHARES = (0.24, 0.08, 0.16, 0.04, 0.24, 0.08, 0.09, 0.07)


def name_addresses(buildings: list[Building], streets: list[Street]) -> None:
    """Give each building the nearest street's name and a number that rises along it."""
    named = [street for street in streets if street.name]
    lines = np.array([street.line for street in named], dtype=object)
    middles = shapely.centroid(np.array([b.shape for b in buildings], dtype=object))
    nearest = shapely.STRtree(lines).nearest(middles)
    along = shapely.line_locate_point(lines[nearest], middles)
    by_road: dict[str, list[tuple[int, float, int]]] = {}
    for index, (street, at) in enumerate(zip(nearest.tolist(), along.tolist(), strict=True)):
        by_road.setdefault(named[street].name, []).append((street, at, index))
    for road, members in by_road.items():
        for number, (_, _, index) in enumerate(sorted(members), 1):
            buildings[index].road, buildings[index].number = road, number


def addresses(buildings: list[Building], ids: list[int], locate: Locate, names: dict[int, str]) -> list[Row]:
    rows = []
    for number, (building, building_id) in enumerate(zip(buildings, ids, strict=True), 1):
        middle = building.shape.centroid
        division = locate(middle)[0]
        rows.append(
            {
                "id": number,
                "full": f"北仑区{names.get(division or 0, '')}{building.road}{building.number}号",
                "road": building.road,
                "number": str(building.number),
                "division_id": division,
                "building_id": building_id,
                "geom": middle,
            }
        )
    return rows


def points(buildings: list[Building], random: np.random.Generator) -> list[Row]:
    themes = list(KINDS)
    rows = []
    for number in range(1, POINTS + 1):
        theme = str(random.choice(themes, p=SHARES))
        kind, english = KINDS[theme][int(random.integers(0, len(KINDS[theme])))]
        house = buildings[int(random.integers(0, len(buildings)))]
        middle = house.shape.centroid
        rows.append(
            {
                "id": number,
                "name": f"{house.road.rstrip('路街巷')}{kind}",
                "name_en": f"{english} No. {number}",
                "theme": theme,
                "category": kind,
                "address": f"{house.road}{house.number}号",
                "phone": phone(random),
                "geom": shapely.Point(
                    middle.x + float(random.uniform(-5, 5)), middle.y + float(random.uniform(-5, 5))
                ),
            }
        )
    return rows
