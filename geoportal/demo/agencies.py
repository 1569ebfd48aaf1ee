"""Departments and 79 government units in public buildings of the town."""

from typing import Any

import numpy as np

from .geography.buildings import Building
from .people import phone

Row = dict[str, Any]

DEPARTMENTS = (
    ("WS", "安全生产监督管理局", "Work Safety Bureau"),
    ("HP", "人口和计划生育局", "Population and Family Planning Bureau"),
    ("PL", "规划分局", "Planning Bureau"),
    ("LR", "国土资源分局", "Land Resources Bureau"),
    ("CA", "民政局", "Civil Affairs Bureau"),
    ("UM", "城市管理局", "Urban Management Bureau"),
    ("MS", "市场监督管理局", "Market Supervision Bureau"),
    ("PS", "公安分局", "Public Security Bureau"),
    ("HR", "人力资源和社会保障局", "Human Resources and Social Security Bureau"),
    ("HC", "卫生健康局", "Health Bureau"),
    ("ED", "教育局", "Education Bureau"),
    ("HU", "住房和城乡建设局", "Housing and Construction Bureau"),
    ("TR", "交通运输局", "Transport Bureau"),
    ("AG", "农业农村局", "Agriculture Bureau"),
    ("WA", "水利局", "Water Bureau"),
    ("EN", "生态环境分局", "Environment Bureau"),
    ("TX", "税务局", "Tax Bureau"),
    ("FI", "财政局", "Finance Bureau"),
    ("DR", "发展和改革局", "Development and Reform Bureau"),
    ("CU", "文化和旅游局", "Culture and Tourism Bureau"),
    ("JU", "司法局", "Justice Bureau"),
    ("AD", "行政审批管理办公室", "Administrative Approval Office"),
)
MARKS = {
    "WS": "仑应急",
    "HP": "仑卫健",
    "PL": "仑规划",
    "LR": "仑自然资",
    "CA": "仑民",
    "UM": "仑综执",
    "MS": "仑市监",
}
"""What stands for the six enforcing departments, and market supervision, in the numbers of their documents."""
OFFICES = (
    ("办事大厅", "Service Hall"),
    ("综合科", "General Office"),
    ("行政执法队", "Enforcement Team"),
    ("信访接待室", "Reception Office"),
)
HOURS = "周一至周五 08:30–12:00，14:00–17:30"


def departments() -> list[Row]:
    return [
        {"id": number, "code": code, "name": name, "name_en": english, "mark": MARKS.get(code, "")}
        for number, (code, name, english) in enumerate(DEPARTMENTS, 1)
    ]


def units(buildings: list[Building], random: np.random.Generator) -> list[Row]:
    """One unit a building; the first four offices of each department until there are 79."""
    houses = [b for b in buildings if b.use in {"office", "public"} and b.road and b.storeys >= 2]
    chosen = random.choice(len(houses), 79, replace=False)
    rows = []
    for number, index in enumerate(chosen):
        _code, name, english = DEPARTMENTS[number % len(DEPARTMENTS)]
        office, office_en = OFFICES[number // len(DEPARTMENTS)]
        house = houses[int(index)]
        house.name = house.name or f"{name}大楼"
        rows.append(
            {
                "id": number + 1,
                "name": f"北仑区{name}{office}",
                "name_en": f"Beilun {english}, {office_en}",
                "department_id": number % len(DEPARTMENTS) + 1,
                "address": f"{house.road}{house.number}号",
                "phone": phone(random),
                "hours": HOURS,
                "duties": f"{name}的咨询、受理与答复。",
                "geom": house.shape.centroid,
            }
        )
    return rows


def department_id(code: str) -> int:
    return next(number for number, row in enumerate(DEPARTMENTS, 1) if row[0] == code)
