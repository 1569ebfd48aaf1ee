"""400 service items offered at 120 counters."""

from typing import Any

import numpy as np
import shapely

from . import facts
from .agencies import HOURS, department_id
from .people import phone

Row = dict[str, Any]
ITEMS, COUNTERS = 400, 120

SUBJECTS = (
    ("居民身份证", "resident ID card", "PS", "identity", "person"),
    ("户口簿", "household register", "PS", "identity", "person"),
    ("居住证", "residence permit", "PS", "identity", "person"),
    ("出入境通行证", "exit-entry permit", "PS", "identity", "person"),
    ("机动车驾驶证", "driving licence", "PS", "transport", "person"),
    ("社会保障卡", "social security card", "HR", "work", "person"),
    ("就业创业证", "employment certificate", "HR", "work", "person"),
    ("失业保险金", "unemployment benefit", "HR", "work", "person"),
    ("基本养老保险", "basic pension insurance", "HR", "retirement", "person"),
    ("老年优待证", "senior citizen card", "CA", "retirement", "person"),
    ("结婚登记", "marriage registration", "CA", "marriage", "person"),
    ("收养登记", "adoption registration", "CA", "birth", "person"),
    ("最低生活保障", "minimum living allowance", "CA", "health", "person"),
    ("出生医学证明", "birth certificate", "HC", "birth", "person"),
    ("生育服务登记", "birth service registration", "HP", "birth", "person"),
    ("医疗机构执业许可", "medical institution licence", "HC", "permit", "enterprise"),
    ("公共场所卫生许可", "public place hygiene licence", "HC", "permit", "enterprise"),
    ("义务教育入学", "school enrolment", "ED", "school", "person"),
    ("教师资格", "teacher qualification", "ED", "school", "person"),
    ("公共租赁住房", "public rental housing", "HU", "housing", "person"),
    ("不动产登记证明", "real-estate registration certificate", "LR", "housing", "both"),
    ("建设工程施工许可", "construction permit", "HU", "project", "enterprise"),
    ("建设工程规划许可", "construction planning permit", "PL", "project", "enterprise"),
    ("建设用地规划许可", "land-use planning permit", "PL", "project", "enterprise"),
    ("企业投资项目备案", "investment project filing", "DR", "project", "enterprise"),
    ("营业执照", "business licence", "MS", "startup", "enterprise"),
    ("食品经营许可", "food business licence", "MS", "permit", "enterprise"),
    ("特种设备使用登记", "special equipment registration", "MS", "permit", "enterprise"),
    ("户外广告设置许可", "outdoor advertising permit", "UM", "permit", "enterprise"),
    ("临时占道许可", "temporary road occupation permit", "UM", "permit", "both"),
    ("道路运输经营许可", "road transport licence", "TR", "transport", "enterprise"),
    ("取水许可", "water abstraction permit", "WA", "permit", "enterprise"),
    ("排污许可", "pollutant discharge permit", "EN", "permit", "enterprise"),
    ("危险化学品经营许可", "hazardous chemicals licence", "WS", "permit", "enterprise"),
    ("动物防疫条件合格证", "animal epidemic prevention certificate", "AG", "permit", "enterprise"),
    ("税务登记信息", "tax registration", "TX", "tax", "enterprise"),
    ("个人所得税完税证明", "individual income tax certificate", "TX", "tax", "person"),
    ("法律援助", "legal aid", "JU", "work", "person"),
    ("营业性演出许可", "commercial performance permit", "CU", "permit", "enterprise"),
    ("社会组织注销", "social organisation", "CA", "closing", "enterprise"),
)
DEEDS = (
    ("申领", "Apply for", 15),
    ("换领", "Renew", 7),
    ("补领", "Replace", 7),
    ("变更", "Change", 10),
    ("注销", "Cancel", 5),
    ("延续", "Extend", 10),
    ("查询", "Look up", 1),
    ("证明开具", "Get proof of", 3),
    ("信息更正", "Correct", 5),
    ("网上预约", "Book an appointment for", 1),
)


def items(random: np.random.Generator) -> list[Row]:
    pairs = [(subject, deed) for deed in DEEDS for subject in SUBJECTS][:ITEMS]
    rows = []
    for number, ((name, english, code, theme, audience), (deed, deed_en, days)) in enumerate(pairs, 1):
        rows.append(
            {
                "id": number,
                "code": f"330206-{code}-{number:05d}",
                "name": f"{name}{deed}",
                "name_en": f"{deed_en} {english}",
                "department_id": department_id(code),
                "theme": theme,
                "audience": audience,
                "conditions": f"符合{name}{deed}的法定条件。",
                "materials": "申请表一份；有效身份证明；共享可得的材料不再提交。",
                "process": "申请 → 受理 → 审核 → 决定 → 送达。",
                "basis": "演示数据，办理时以主管部门公布的依据为准。",
                "statutory_limit": 20,
                "promised_limit": days,
                "fee": 0,
                "result": f"{name}",
                "online_depth": str(random.choice(["information", "apply", "full"])),
                "visits": int(random.integers(0, 2)),
            }
        )
    return rows


def counters(
    units: list[Row], seats: dict[str, tuple[float, float]], random: np.random.Generator
) -> list[Row]:
    """A counter in each of the 79 units, the rest in communities."""
    rows = [
        {
            "name": f"{unit['name']}综合窗口",
            "name_en": f"{unit['name_en']}: counter",
            "unit_id": unit["id"],
            "address": unit["address"],
            "geom": unit["geom"],
        }
        for unit in units
    ]
    villages = facts.villages()
    for index in random.choice(len(villages), COUNTERS - len(rows), replace=False):
        village = villages[int(index)]
        rows.append(
            {
                "name": f"{village.name}便民服务窗口",
                "name_en": f"{village.name_en} service counter",
                "unit_id": None,
                "address": f"{village.name}便民服务中心",
                "geom": shapely.Point(seats[village.code]),
            }
        )
    return [{"id": n, "phone": phone(random), "hours": HOURS, **row} for n, row in enumerate(rows, 1)]


def offers(
    items_: list[Row], units: list[Row], counters_: list[Row], random: np.random.Generator
) -> list[Row]:
    """Each item at the counters of its department, and some at community counters."""
    departments = {unit["id"]: unit["department_id"] for unit in units}
    community = [c["id"] for c in counters_ if c["unit_id"] is None]
    pairs: set[tuple[int, int]] = set()
    for item in items_:
        own = [
            c["id"] for c in counters_ if c["unit_id"] and departments[c["unit_id"]] == item["department_id"]
        ]
        pairs.update((counter, item["id"]) for counter in own)
        if item["audience"] != "enterprise":
            pairs.update((int(c), item["id"]) for c in random.choice(community, 3, replace=False))
    ordered = sorted(pairs)
    return [
        {"id": n, "counter_id": counter, "serviceitem_id": item}
        for n, (counter, item) in enumerate(ordered, 1)
    ]
