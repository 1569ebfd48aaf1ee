"""3,000 food premises and their 12,000 inspections; grades follow the last scores."""

from datetime import date, timedelta
from typing import Any

import numpy as np
import shapely

from .agencies import department_id
from .casework.cases import Locate
from .geography.buildings import Building
from .people import credit_code, person, phone
from .sites import TODAY

Row = dict[str, Any]
PREMISES, INSPECTIONS = 3000, 12000
UNPLACED = 487
"""Every so many-th premises has an address that nobody could place."""

KINDS = (
    (
        "catering",
        ("海鲜面馆", "家常菜馆", "早餐店", "汤包店", "烧烤店", "茶餐厅", "火锅店", "奶茶店"),
        "Restaurant",
        0.56,
    ),
    ("sale", ("便利店", "水果店", "副食店", "超市", "茶叶店"), "Grocery", 0.27),
    ("canteen", ("小学食堂", "企业食堂", "养老院食堂"), "Canteen", 0.07),
    ("production", ("糕点厂", "水产加工厂", "豆制品厂"), "Food plant", 0.05),
    ("market", ("农贸市场",), "Market", 0.02),
    ("storage", ("冷链仓库",), "Cold store", 0.02),
    ("special", ("保健食品店",), "Special foods shop", 0.01),
)
FLAWS = (
    "台账记录不完整",
    "冷藏温度偏高",
    "从业人员健康证过期",
    "餐具消毒记录缺失",
    "标签标识不规范",
    "操作间有积水",
)


def rows(
    buildings: list[Building], locate: Locate, random: np.random.Generator
) -> tuple[list[Row], list[Row]]:
    houses = [
        b for b in buildings if b.road and b.use in {"commercial", "residential", "office", "education"}
    ]
    visits = random.multinomial(INSPECTIONS - PREMISES, np.full(PREMISES, 1 / PREMISES)) + 1
    premises: list[Row] = []
    inspections: list[Row] = []
    for number in range(1, PREMISES + 1):
        quality = float(np.clip(random.normal(84, 8), 45, 99))
        history = _history(number, int(visits[number - 1]), quality, len(inspections), random)
        inspections += history
        premises.append(
            _premises(number, houses[int(random.integers(0, len(houses)))], history, locate, random)
        )
    return premises, inspections


def _premises(
    number: int, house: Building, history: list[Row], locate: Locate, random: np.random.Generator
) -> Row:
    kind = int(random.choice(len(KINDS), p=[share for *_, share in KINDS]))
    sector, names, english, _ = KINDS[kind]
    brand = (
        f"{person(random)[0]}记"
        if random.random() < 0.5
        else str(random.choice(["甬味", "海港", "东海", "新碶", "仑悦", "山海", "和顺"]))
    )
    point = _beside(house, random)
    latest = max(history, key=lambda visit: visit["date"])
    score = float(latest["score"])
    placed = number % UNPLACED > 0
    return {
        "id": number,
        "establishment_id": f"BLF{number:06d}",
        "name": f"{brand}{random.choice(names)}",
        "name_en": f"{english} No. {number}",
        "credit_code": credit_code(random),
        "licence_number": f"JY2330206{number:07d}",
        "licence_until": TODAY + timedelta(days=int(random.integers(30, 1500))),
        "legal_person": person(random),
        "phone": phone(random),
        "sector": sector,
        "address": f"{house.road}{house.number}号",
        "division_id": locate(point)[0] if placed else None,
        "grade": _grade(sector, score, random),
        "risk_grade": "A" if score > 90 else "B" if score > 78 else "C" if score > 65 else "D",
        "risk_score": round(100 - score, 1),
        "last_inspection": latest["date"],
        "geom": point if placed else None,
    }


def _grade(sector: str, score: float, random: np.random.Generator) -> str:
    """Only catering is graded, and not in the first months of a licence."""
    if sector not in {"catering", "canteen"}:
        return "unrated"
    if random.random() < 0.04:
        return "pending"
    return "A" if score >= 90 else "B" if score >= 75 else "C"


def _history(
    premises: int, count: int, quality: float, before: int, random: np.random.Generator
) -> list[Row]:
    days = sorted(int(day) for day in random.integers(0, 1095, count))
    return [
        _visit(before + n + 1, premises, TODAY - timedelta(days=day), quality, random)
        for n, day in enumerate(days)
    ]


def _visit(number: int, premises: int, day: date, quality: float, random: np.random.Generator) -> Row:
    score = round(float(np.clip(quality + random.normal(0, 5), 40, 100)), 1)
    result = "conform" if score >= 85 else "basically" if score >= 65 else "not"
    flaws = 0 if result == "conform" else int(random.integers(1, 5))
    published = day + timedelta(days=int(random.integers(3, 27)))
    return {
        "id": number,
        "premises_id": premises,
        "number": f"仑食检{day.year}{number:06d}",
        "department_id": department_id("MS"),
        "kind": str(random.choice(["daily", "flying", "system"], p=[0.86, 0.12, 0.02])),
        "date": day,
        "inspectors": f"{person(random)}、{person(random)}",
        "score": score,
        "result": result,
        "key_items_failed": int(result == "not"),
        "general_items_failed": flaws,
        "findings": "；".join(str(f) for f in random.choice(FLAWS, flaws, replace=False)),
        "rectified": day + timedelta(days=14) if flaws and day + timedelta(days=14) < TODAY else None,
        "published": published if published <= TODAY else None,
        "visibility": 0 if published <= TODAY else 2,
    }


def _beside(house: Building, random: np.random.Generator) -> shapely.Point:
    middle = house.shape.centroid
    return shapely.Point(middle.x + float(random.uniform(-4, 4)), middle.y + float(random.uniform(-4, 4)))
