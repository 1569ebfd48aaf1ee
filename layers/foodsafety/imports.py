"""Mappings of delivered files to food premises and inspections."""

from datetime import date, datetime
from typing import Any

from ..registry.audience import Audience
from ..registry.mapping import Column, ImportMapping


def day(value: Any) -> date:
    """A day as ``20171211``, ``2017-12-11`` or ``12/11/2017`` (month first)."""
    text = str(value).strip().removesuffix(".0")
    for shape in ("%Y%m%d", "%Y-%m-%d", "%Y/%m/%d", "%m/%d/%Y"):
        try:
            return datetime.strptime(text[:10], shape).date()
        except ValueError:
            continue
    raise ValueError(f"“{value}” is no date")


def score(value: Any) -> float | None:
    try:
        return float(value)
    except ValueError:
        raise ValueError(f"“{value}” is no score") from None


def result_of(points: float | None) -> str:
    """Result of a visit scored 0 to 100 where the file gives none."""
    if points is None:
        return "unknown"
    return "conform" if points > 90 else "basically" if points > 70 else "not"


def complete_inspection(row: dict[str, Any]) -> dict[str, Any]:
    number = row.get("number") or f"{row['premises']}-{row['date']:%Y%m%d}-{row['kind']}"
    return {**row, "number": number, "result": row.get("result") or result_of(row.get("score"))}


KINDS = {"routine": "daily", "complaint": "flying", "followup": "other"}

PREMISES = ImportMapping(
    columns=(
        Column(
            "establishment_id",
            ("establishment_id", "business_id", "camis", "fhrsid", "主体编号"),
            required=True,
        ),
        Column("name", ("name", "dba", "businessname", "名称"), required=True),
        Column("address", ("address", "building", "地址")),
        Column("credit_code", ("credit_code", "统一社会信用代码")),
        Column("phone", ("phone_number", "phone", "电话")),
        Column("sector", ("sector", "行业")),
    ),
    key=("establishment_id",),
    defaults={"sector": "catering"},
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
        Column("date", ("date", "inspection date", "检查日期"), day, required=True),
        Column("score", ("score", "得分"), score),
        Column("kind", ("type", "kind", "检查类型"), lambda value: KINDS.get(str(value).lower(), "other")),
        Column("findings", ("description", "findings", "发现问题")),
    ),
    key=("number",),
    defaults={"kind": "other", "visibility": Audience.PUBLIC},
    derive=complete_inspection,
)
