"""Mappings of delivered files to food premises and inspections.

Inspections are the department's until it publishes them: the importer's --visibility public does that for open
data.
"""

from typing import Any

from ..registry.declaration.mapping import Column, ImportMapping
from ..registry.declaration.values import credit_code, day, division_code, plain

KINDS = {
    "routine": "daily",
    "complaint": "flying",
    "daily": "daily",
    "flying": "flying",
    "system": "system",
    "日常监督检查": "daily",
    "飞行检查": "flying",
    "体系检查": "system",
}


def kind(value: Any) -> str:
    return KINDS.get(plain(value).lower(), "other")


def result_of(points: float | None) -> str:
    """Result of a visit scored 0 to 100 where the file gives none."""
    if points is None:
        return "unknown"
    return "conform" if points > 90 else "basically" if points > 70 else "not"


def complete_inspection(row: dict[str, Any]) -> dict[str, Any]:
    number = row.get("number") or f"{row['premises']}-{row['date']:%Y%m%d}-{row['kind']}"
    return {**row, "number": number, "result": row.get("result") or result_of(row.get("score"))}


PREMISES = ImportMapping(
    columns=(
        Column(
            "establishment_id",
            ("establishment_id", "business_id", "camis", "fhrsid", "主体编号"),
            required=True,
        ),
        Column("name", ("name", "dba", "businessname", "名称"), required=True),
        Column("name_en", ("name_en", "英文名称")),
        Column("address", ("address", "building", "地址")),
        Column("credit_code", ("credit_code", "统一社会信用代码"), credit_code),
        Column("licence_number", ("licence_number", "许可证编号")),
        Column("licence_until", ("licence_until", "许可有效期至"), day),
        Column("legal_person", ("legal_person", "法定代表人")),
        Column("phone", ("phone_number", "phone", "电话")),
        Column("sector", ("sector", "行业")),
        Column("grade", ("grade", "量化等级")),
        Column("division", ("division", "区划代码", "社区代码"), division_code, match="code"),
    ),
    key=("establishment_id",),
    defaults={"sector": "catering"},
    positionless=True,
)
INSPECTIONS = ImportMapping(
    columns=(
        Column(
            "premises",
            ("business_id", "establishment_id", "camis", "主体编号"),
            required=True,
            match="establishment_id",
        ),
        Column("number", ("number", "检查编号")),
        Column("department", ("department", "检查部门"), match="code", create=("code", "name")),
        Column("date", ("date", "inspection date", "检查日期"), day, required=True),
        Column("score", ("score", "得分")),
        Column("result", ("result", "结果")),
        Column("kind", ("type", "kind", "检查类型"), kind),
        Column("findings", ("description", "findings", "发现问题")),
        Column("visibility", ("visibility", "可见范围")),
    ),
    key=("number",),
    defaults={"kind": "other"},
    derive=complete_inspection,
    derived_from=("premises", "date", "kind", "number", "score", "result"),
    positionless=True,
)
