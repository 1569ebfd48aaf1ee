"""2,000 enforcement cases of six departments over three years, walked through their procedures up to a day."""

import json
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime, time, timedelta
from typing import Any

import numpy as np
import shapely
from dateutil.relativedelta import relativedelta

from geoportal.demo.agencies import department_id
from geoportal.demo.people import citizen_number, person, phone
from layers.casework.publication.masking import mask_name
from layers.casework.rules.publication_terms import publication_months
from layers.enforcement.procedure_files import shipped_procedures

from .case_histories import LOCAL, Course, walk
from .officers import Staff

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
URBAN, SIMPLE = 0.45, 0.3
"""Shares of the urban department's cases that go through the urban loop and the simple procedure."""
RECENT = 0.12
"""Share of the cases that were found in the last six weeks, so that many are under way."""

Place = Callable[[np.random.Generator], tuple[shapely.Point, str]]
Locate = Callable[[shapely.Point], tuple[int | None, int | None]]


@dataclass
class Docket:
    """Cases, and the rows that belong to them."""

    cases: list[Row] = field(default_factory=list)
    events: list[Row] = field(default_factory=list)
    limits: list[Row] = field(default_factory=list)
    publications: list[Row] = field(default_factory=list)


def rows(
    place: Place,
    locate: Locate,
    staffs: Mapping[str, Staff],
    now: datetime,
    random: np.random.Generator,
) -> Docket:
    codes, shares = list(SHARES), list(SHARES.values())
    docket = Docket()
    found = [_report_time(now, random) for _ in range(COUNT)]
    for number, reported in enumerate(sorted(found), 1):
        code = str(random.choice(codes, p=shares))
        _add(docket, number, code, reported, place, locate, staffs[code], now, random)
    docket.events.sort(key=lambda event: event["at"])
    return docket


def _report_time(now: datetime, random: np.random.Generator) -> datetime:
    days = 42 if random.random() < RECENT else 1095
    day = now.astimezone(LOCAL) - timedelta(days=float(random.uniform(0, days)))
    return min(now, day.replace(hour=int(random.integers(8, 18)), minute=int(random.integers(0, 60))))


def _add(
    docket: Docket,
    number: int,
    code: str,
    reported: datetime,
    place: Place,
    locate: Locate,
    staff: Staff,
    now: datetime,
    random: np.random.Generator,
) -> None:
    case, procedure = _draft(number, code, reported, place, locate, random)
    given = _step_inputs(case)
    course = walk(case, procedure, given, staff, now, random)
    _set_outcome(case, course, staff)
    docket.cases.append(case)
    docket.events += course.events
    docket.limits += course.limits
    docket.publications += _publication(case, code, staff, course, now, random)


def _draft(
    number: int,
    code: str,
    reported: datetime,
    place: Place,
    locate: Locate,
    random: np.random.Generator,
) -> tuple[Row, str]:
    """A case as it was found, and the code of its procedure."""
    chance = random.random()
    kind = "urban" if chance < URBAN else "simple" if chance < URBAN + SIMPLE else "ordinary"
    kind = kind if code == "UM" else "ordinary"
    title, category, party, category_code = _matter(code, kind, random)
    point, address = place(random)
    division, cell = locate(point)
    has_party = party != "none"
    organisation = f"宁波北仑{person(random)[:1]}氏演示有限公司"
    penalty = str(random.choice(["fine", "warning", "activity"], p=[0.68, 0.27, 0.05])) if has_party else ""
    penalty = "fine" if kind == "simple" and penalty == "activity" else penalty
    return {
        "id": number,
        "number": f"{code}-{reported.year}-D{number:04d}",
        "department_id": department_id(code),
        "title": title,
        "category": category,
        "facts": json.dumps({"category": category_code}),
        "procedure": kind,
        "lead_source": str(
            random.choice(
                ["patrol", "complaint", "transfer", "inspection", "satellite" if code == "LR" else "patrol"]
            )
        ),
        "description": f"{reported.year} 年 {reported.month} 月在{address}发现{title}。演示数据。",
        "party_kind": party,
        "party_name": (person(random) if party == "person" else organisation) if has_party else "",
        "party_id": citizen_number(random) if party == "person" else "",
        "party_phone": phone(random) if has_party else "",
        "address": address,
        "division_id": division,
        "grid_cell_id": cell,
        "reported": reported,
        "filed": None,
        "closed": None,
        "outcome": "",
        "penalty": penalty,
        "fine": _fine(kind, party, random) if penalty == "fine" else None,
        "geom": point,
    }, kind if kind != "ordinary" else f"ordinary-{code.lower()}"


def _matter(code: str, kind: str, random: np.random.Generator) -> tuple[str, str, str, str]:
    """Title, category, kind of party and the category's code."""
    if kind == "urban":
        known = [c for c in shipped_procedures()["urban"].categories.values() if c.department == "UM"]
        chosen = known[int(random.integers(0, len(known)))]
        return chosen.title.zh, chosen.title.zh, "none", chosen.code
    title, category, party = MATTERS[code][int(random.integers(0, len(MATTERS[code])))]
    return title, category, party, ""


def _fine(kind: str, party: str, random: np.random.Generator) -> float:
    """Within what the simple procedure allows, or up to twice of what counts as a large fine."""
    most = (
        {"person": 200, "organisation": 3000}
        if kind == "simple"
        else {"person": 10_000, "organisation": 100_000}
    )
    return round(float(random.integers(1, 11)) * most[party] / 10, 2)


def _step_inputs(case: Row) -> dict[str, dict[str, Any]]:
    """What the forms of the steps were given."""
    fine, penalty = case["fine"], case["penalty"]
    punished = {"penalty": penalty, **({"fine": fine} if fine else {})}
    wording = f"对{case['title']}的行为给予{f'罚款 {fine:.2f} 元' if fine else '相应处罚'}。演示数据。"
    found = "现场情况与线索相符。演示数据。"
    is_civil = case["department_id"] == department_id("CA")
    return {
        "check_lead": {"facts": case["description"]},
        "file": {"registered_here": True, "registration_number": f"演示{case['id']:06d}"} if is_civil else {},
        "measure": {"permitted_area": 400, "built_area": 460, "overrun_area": 60},
        "overlay": {"occupied_area": 800, "farmland_area": 0, "planning_use": "村庄建设用地"},
        "take_custody": {"items": "登记证书、印章"},
        "start_investigation": {"certificate_shown": True},
        "inspect": {"record": found, "full_record": True},
        "inquire": {"record": "当事人承认上述事实。演示数据。"},
        "conclude": {
            "proposal": "penalise",
            "facts": case["description"],
            "public_influence": penalty != "warning",
            **punished,
        },
        "pass_review": {"opinion": "事实清楚，证据充分。演示数据。"},
        "serve_notice": {
            "rights_text": wording,
            "noticed_penalty": penalty,
            "noticed_fine": fine or 0,
            "noticed_confiscation": 0,
            "method": "direct",
        },
        "decide_penalty": {**punished, "decision_text": wording},
        "deliver": {"method": "direct"},
        "record_payment": {"paid": fine},
        "record_fulfilment": {"fulfilment": "已履行。演示数据。"},
        "archive": {"file_number": f"演示-{case['id']:04d}"},
        "show_certificate": {"certificate_shown": True},
        "inform": {"rights_explained": True, "facts": case["description"]},
        "decide": {"facts_clear": True, **punished, "decision_text": wording},
        "verify_lead": {"finding": found, "confirmed": True},
        "create": {"category": json.loads(case["facts"])["category"]},
        "dispatch": {"unit": "环卫所"},
        "feed_back": {"result": "已处理，现场恢复。演示数据。"},
        "confirm_done": {"finding": "现场已恢复。演示数据。", "restored": True},
        "evaluate": {"quality": "good"},
    }


def _set_outcome(case: Row, course: Course, staff: Staff) -> None:
    """The columns that follow from the walk."""
    steps = [event["step"] for event in course.events]
    fields = course.facts.fields
    case["facts"] = json.dumps(
        {**json.loads(case["facts"]), "flags": sorted(course.facts.flags), "fields": fields},
        ensure_ascii=False,
    )
    first = course.events[0]
    seconds = [event["partner_id"] for event in course.events if event["partner_id"]]
    case["handler_id"] = first["officer_id"]
    case["partner_id"] = seconds[0] if seconds else None
    case["officers"] = "、".join(staff.names[n] for n in (case["handler_id"], case["partner_id"]) if n)
    decided = {"decide", "decide_penalty"} & set(steps)
    case["decision_number"] = f"演示决〔{case['reported'].year}〕{case['id']:04d}号" if decided else ""
    case["resolution"] = str(fields.get("decision_text", fields.get("result", "")))
    if not decided:
        case["penalty"], case["fine"] = "", None


def _publication(
    case: Row,
    code: str,
    staff: Staff,
    course: Course,
    now: datetime,
    random: np.random.Generator,
) -> Iterable[Row]:
    """What its rule publishes is public for so long; family planning never is."""
    procedure = shipped_procedures()[
        case["procedure"] if case["procedure"] != "ordinary" else f"ordinary-{code.lower()}"
    ]
    at = course.events[-1]["at"]
    over = case["state"] in {"closed", "archived"}
    months = publication_months(procedure, course.facts) if over and code != "HP" else None
    until = at.date() + relativedelta(months=months) if months else at.date()
    shown = months is not None and until > now.astimezone(LOCAL).date()
    case["visibility"] = 0 if shown else 3 if random.random() < 0.02 else 2
    case["party_public"] = mask_name(case["party_name"], case["party_kind"]) if shown else ""
    case["summary_public"] = case["resolution"] if shown else ""
    if months:
        yield {
            "case_id": case["id"],
            "gate": "published" if shown else "expired",
            "title": case["title"],
            "party": mask_name(case["party_name"], case["party_kind"]),
            "summary": case["resolution"],
            "proposed_by_id": case["handler_id"],
            "reviewed_by_id": staff.by_post["publisher"][0],
            "proposed_at": at,
            "published_at": at,
            "until": until,
            "ended_at": None if shown else datetime.combine(until, time(), LOCAL),
            "reason": "",
        }
