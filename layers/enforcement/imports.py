"""Mapping of historical requests and cases.

Rows are the department's until it publishes them: the importer's --visibility public does that for open data.
"""

from typing import Any

from ..casework.models import CaseState
from ..registry.mapping import Column, ImportMapping
from ..registry.values import day, moment, one_of, words_of

STATES = {
    "open": "filed",
    "in progress": "investigation",
    "assigned": "filed",
    "pending": "lead",
    "started": "investigation",
    **words_of(CaseState.choices),
}


def complete(row: dict[str, Any]) -> dict[str, Any]:
    return {
        **row,
        "filed": row.get("filed") or row["reported"].date(),
        "title": row.get("title") or row["category"],
    }


CASES = ImportMapping(
    columns=(
        Column("number", ("unique key", "unique_key", "number", "案号"), required=True),
        Column(
            "department",
            ("department", "agency", "部门"),
            required=True,
            match="code",
            create=("code", "name"),
        ),
        Column("category", ("complaint type", "complaint_type", "category", "类别"), required=True),
        Column("title", ("descriptor", "title", "案由")),
        Column("state", ("status", "state", "状态"), one_of(STATES), required=True),
        Column("reported", ("created date", "created_date", "reported", "发现时间"), moment, required=True),
        Column("filed", ("filed", "立案日期"), day),
        Column("closed", ("closed date", "closed_date", "closed", "结案日期"), day),
        Column("due", ("due date", "due_date", "due", "办理期限"), moment),
        Column("address", ("incident address", "incident_address", "address", "发生地址")),
        Column("resolution", ("resolution description", "resolution_description", "resolution", "处理结果")),
        Column("visibility", ("visibility", "可见范围")),
    ),
    key=("number",),
    defaults={"procedure": "urban", "lead_source": "complaint", "party_kind": "none"},
    derive=complete,
    derived_from=("reported", "filed", "category", "title"),
    positionless=True,
)
