"""What the demo's cases are about: the matter, the party, the penalty, and what the forms of their steps are given."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import numpy as np
import shapely

from geoportal.demo.people import citizen_number, person, phone
from layers.agencies.models import Department
from layers.casework.cases.creation import CaseIntake
from layers.casework.models import ProcedureVersion
from layers.casework.room_texts import room_procedures
from layers.enforcement.case_types import ENFORCEMENT

from .officers import BODIES

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
URBAN, SIMPLE = 0.45, 0.3
"""Shares of the urban department's cases that go through the urban loop and the simple procedure."""


Site = Callable[[np.random.Generator], tuple[shapely.Point, str]]
"""A place where something may be found, with its address."""


@dataclass(frozen=True)
class CasePlan:
    """``key`` is the case's own in the database; ``place`` lies in metres of the demo's plane."""

    key: int
    intake: CaseIntake
    place: shapely.Point
    penalty: str
    fine: float | None

    @property
    def number(self) -> str:
        assert self.intake.reported is not None
        return f"{self.intake.department.code}-{self.intake.reported.year}-D{self.key:04d}"


def case_plan(
    key: int,
    department: Department,
    reported: datetime,
    site: Site,
    random: np.random.Generator,
) -> CasePlan:
    code = department.code
    chance = random.random()
    kind = "urban" if chance < URBAN else "simple" if chance < URBAN + SIMPLE else "ordinary"
    kind = kind if code == "UM" else "ordinary"
    title, category, party, category_code = _matter(code, kind, random)
    place, address = site(random)
    organisation = f"宁波北仑{person(random)[:1]}氏演示有限公司"
    penalty = _penalty(kind, party, random)
    procedure = kind if kind != "ordinary" else f"ordinary-{code.lower()}"
    lead = str(random.choice(room_procedures(ENFORCEMENT.folder)[procedure].leads))
    intake = CaseIntake(
        title,
        department,
        ProcedureVersion(code=procedure, root=kind, family=ENFORCEMENT.family),
        category=category_code,
        category_title=category,
        address=address,
        description=f"{reported.year} 年 {reported.month} 月在{address}发现{title}。演示数据。",
        lead_source=lead,
        party=_party(party, organisation, random),
        reported=reported,
    )
    return CasePlan(key, intake, place, penalty, _fine(kind, party, random) if penalty == "fine" else None)


def _matter(code: str, kind: str, random: np.random.Generator) -> tuple[str, str, str, str]:
    """Title, category, kind of party and the category's code."""
    if kind == "urban":
        known = [
            c
            for c in room_procedures(ENFORCEMENT.folder)["urban"].categories.values()
            if c.department == "UM"
        ]
        chosen = known[int(random.integers(0, len(known)))]
        return chosen.title.zh, chosen.title.zh, "none", chosen.code
    title, category, party = MATTERS[code][int(random.integers(0, len(MATTERS[code])))]
    return title, category, party, ""


def _penalty(kind: str, party: str, random: np.random.Generator) -> str:
    if party == "none":
        return ""
    penalty = str(random.choice(["fine", "warning", "activity"], p=[0.68, 0.27, 0.05]))
    return "fine" if kind == "simple" and penalty == "activity" else penalty


def _party(kind: str, organisation: str, random: np.random.Generator) -> dict[str, str]:
    if kind == "none":
        return {"party_kind": kind}
    name = person(random) if kind == "person" else organisation
    number = citizen_number(random) if kind == "person" else ""
    return {"party_kind": kind, "party_name": name, "party_id": number, "party_phone": phone(random)}


def _fine(kind: str, party: str, random: np.random.Generator) -> float:
    """Within what the simple procedure allows, or up to twice of what counts as a large fine."""
    most = (
        {"person": 200, "organisation": 3000}
        if kind == "simple"
        else {"person": 10_000, "organisation": 100_000}
    )
    return round(float(random.integers(1, 11)) * most[party] / 10, 2)


def step_fields(plan: CasePlan) -> Mapping[str, Mapping[str, Any]]:
    """What the forms of the steps are given, by step."""
    intake, fine, penalty = plan.intake, plan.fine, plan.penalty
    punished = {"penalty": penalty, **({"fine": fine} if fine else {})}
    wording = f"对{intake.title}的行为给予{f'罚款 {fine:.2f} 元' if fine else '相应处罚'}。演示数据。"
    year = intake.reported.year if intake.reported else 0
    decision = {**punished, "decision_text": wording, "decision_number": f"演示决〔{year}〕{plan.key:04d}号"}
    return {
        **_survey_fields(plan),
        **_investigation_fields(plan, punished),
        "issue_notice": {
            "rights_text": wording,
            "noticed_penalty": penalty,
            "noticed_fine": fine or 0,
            "noticed_confiscation": 0,
        },
        "serve_notice": {"method": "direct"},
        "decide_penalty": decision,
        "deliver": {"method": "direct"},
        "record_fulfilment": {"fulfilment": "已履行。演示数据。"},
        "archive": {"file_number": f"演示-{plan.key:04d}"},
        "show_certificate": {"certificate_shown": True},
        "inform": {"rights_explained": True, "facts": intake.description},
        "decide": {"facts_clear": True, **decision},
    }


def _investigation_fields(plan: CasePlan, punished: Mapping[str, Any]) -> dict[str, dict[str, Any]]:
    description = plan.intake.description
    return {
        "check_lead": {"facts": description},
        "start_investigation": {"certificate_shown": True},
        "inspect": {"record": "现场情况与线索相符。演示数据。", "full_record": True},
        "inquire": {"record": "当事人承认上述事实。演示数据。"},
        "conclude": {
            "proposal": "penalise",
            "facts": description,
            "public_influence": plan.penalty != "warning",
            **punished,
        },
        "pass_review": {"opinion": "事实清楚，证据充分。演示数据。"},
    }


def _survey_fields(plan: CasePlan) -> dict[str, dict[str, Any]]:
    """Of the urban loop, and of the steps that single departments take besides."""
    _, code, name, name_en, _ = BODIES[0]
    is_civil = plan.intake.department.code == "CA"
    return {
        "file": {"registered_here": True, "registration_number": f"演示{plan.key:06d}"} if is_civil else {},
        "measure": {"permitted_area": 400, "built_area": 460, "overrun_area": 60},
        "overlay": {"occupied_area": 800, "farmland_area": 0, "planning_use": "村庄建设用地"},
        "take_custody": {"items": "登记证书、印章"},
        "verify_lead": {"finding": "现场情况与线索相符。演示数据。", "confirmed": True},
        "create": {"category": plan.intake.category},
        "dispatch": {"unit": {"code": code, "name": name, "name_en": name_en}},
        "feed_back": {"result": "已处理，现场恢复。演示数据。"},
        "confirm_done": {"finding": "现场已恢复。演示数据。", "restored": True},
        "evaluate": {"quality": "good"},
    }
