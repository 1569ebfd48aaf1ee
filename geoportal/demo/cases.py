"""2,000 enforcement cases of six departments over three years, lawful in their dates and amounts."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import numpy as np
import shapely

from .agencies import department_id
from .people import citizen_number, person, phone
from .sites import TODAY

Row = dict[str, Any]
COUNT = 2000

MATTERS: dict[str, tuple[tuple[str, str, str], ...]] = {
    "UM": (
        ("占道经营", "街面秩序", "person"),
        ("乱堆物料", "市容环境", "organisation"),
        ("违规户外广告", "宣传广告", "organisation"),
        ("乱倒建筑垃圾", "施工管理", "organisation"),
        ("违法停放非机动车", "街面秩序", "person"),
        ("擅自搭建", "违法建设", "person"),
    ),
    "WS": (
        ("未按规定开展安全培训", "安全生产", "organisation"),
        ("隐患未按期整改", "安全生产", "organisation"),
        ("特种作业无证上岗", "安全生产", "organisation"),
    ),
    "HP": (("公共场所卫生不合格", "公共卫生", "organisation"), ("无证行医", "医疗卫生", "person")),
    "PL": (
        ("未取得规划许可建设", "违法建设", "organisation"),
        ("超规划许可面积建设", "违法建设", "organisation"),
    ),
    "LR": (("非法占用耕地", "土地违法", "organisation"), ("未批先用土地", "土地违法", "person")),
    "CA": (
        ("社会组织未按期年检", "社会组织", "organisation"),
        ("以未登记组织名义活动", "社会组织", "organisation"),
    ),
}
SHARES = {"UM": 0.62, "WS": 0.13, "HP": 0.06, "PL": 0.09, "LR": 0.06, "CA": 0.04}
RUNNING = (
    "filed",
    "investigation",
    "review",
    "notice",
    "hearing",
    "legal_review",
    "decision",
    "delivery",
    "execution",
)
DAYS_ALLOWED = 90  # from filing, Administrative Penalty Law Art. 60

Place = Callable[[np.random.Generator], tuple[shapely.Point, str]]
Locate = Callable[[shapely.Point], tuple[int | None, int | None]]


def rows(place: Place, locate: Locate, random: np.random.Generator) -> list[Row]:
    codes, shares = list(SHARES), list(SHARES.values())
    return [
        _row(number, str(random.choice(codes, p=shares)), place, locate, random)
        for number in range(1, COUNT + 1)
    ]


def _row(number: int, code: str, place: Place, locate: Locate, random: np.random.Generator) -> Row:
    title, category, party = MATTERS[code][int(random.integers(0, len(MATTERS[code])))]
    point, address = place(random)
    division, cell = locate(point)
    reported = datetime(TODAY.year, TODAY.month, TODAY.day, tzinfo=UTC) - timedelta(
        days=int(random.integers(0, 1095)), minutes=int(random.integers(-1080, -480))
    )
    filed = reported.date() + timedelta(days=int(random.integers(0, 6)))
    simple = code == "UM" and random.random() < 0.5
    course = _course(filed, simple, party, random)
    return {
        "id": number,
        "number": f"仑{code}罚〔{filed.year}〕{number:04d}号",
        "department_id": department_id(code),
        "title": title,
        "category": category,
        "procedure": "simple" if simple else "ordinary",
        "lead_source": str(
            random.choice(
                ["patrol", "complaint", "transfer", "inspection", "satellite" if code == "LR" else "patrol"]
            )
        ),
        "description": f"{TODAY.year - filed.year} 年前后在{address}发现{title}。演示数据。",
        "party_kind": party,
        "party_name": person(random) if party == "person" else f"宁波北仑{person(random)[:1]}氏演示有限公司",
        "party_id": citizen_number(random) if party == "person" else "",
        "party_phone": phone(random),
        "address": address,
        "division_id": division,
        "grid_cell_id": cell,
        "officers": f"{person(random)}、{person(random)}",
        "reported": reported,
        "filed": filed,
        "geom": point,
        "visibility": _visibility(code, course["state"], random),
        **course,
    }


def _course(filed: Any, simple: bool, party: str, random: np.random.Generator) -> Row:
    age = (TODAY - filed).days
    taken = int(random.integers(0, 3)) if simple else int(random.integers(12, DAYS_ALLOWED + 12))
    due = filed + timedelta(days=DAYS_ALLOWED)
    if age < taken:
        stage = RUNNING[min(len(RUNNING) - 1, int(len(RUNNING) * max(age, 0) / max(taken, 1)))]
        return {
            "state": stage,
            "due": due,
            "closed": None,
            "penalty": "",
            "fine": None,
            "decision_number": "",
            "resolution": "",
        }
    penalty = str(random.choice(["fine", "warning", "activity"], p=[0.68, 0.27, 0.05]))
    ceiling = (200 if party == "person" else 3000) if simple else 50000
    fine = round(float(random.integers(1, 11)) * ceiling / 10, 2) if penalty == "fine" else None
    decision = f"仑综罚决〔{filed.year}〕{int(random.integers(1, 9999)):04d}号"
    return {
        "state": "closed",
        "due": due,
        "closed": filed + timedelta(days=taken),
        "penalty": penalty,
        "fine": fine,
        "decision_number": decision,
        "resolution": "已履行，结案归档。",
    }


def _visibility(code: str, state: str, random: np.random.Generator) -> int:
    """Only decided and closed matters pass the gate; family planning never does."""
    if random.random() < 0.02:
        return 3
    return 0 if state == "closed" and code != "HP" and random.random() < 0.55 else 2
