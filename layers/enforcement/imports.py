"""Mapping of historical requests and cases."""

from datetime import date, datetime
from typing import Any
from zoneinfo import ZoneInfo

from ..registry.audience import Audience
from ..registry.mapping import Column, ImportMapping

LOCAL = ZoneInfo("Asia/Shanghai")
STATES = {
    "closed": "closed",
    "open": "filed",
    "in progress": "investigation",
    "assigned": "filed",
    "pending": "lead",
    "started": "investigation",
    "结案": "closed",
    "立案": "filed",
}


def moment(value: Any) -> datetime:
    """A local time as ``02/17/2020 12:19:00 PM`` or ISO 8601."""
    text = str(value).strip()
    for shape in (
        "%m/%d/%Y %I:%M:%S %p",
        "%Y-%m-%dT%H:%M:%S.%f",
        "%Y-%m-%dT%H:%M:%S",
        "%Y-%m-%d %H:%M:%S",
        "%Y-%m-%d",
    ):
        try:
            return datetime.strptime(text, shape).replace(tzinfo=LOCAL)
        except ValueError:
            continue
    raise ValueError(f"“{value}” is no time")


def moment_day(value: Any) -> date:
    return moment(value).date()


def state(value: Any) -> str:
    try:
        return STATES[str(value).strip().lower()]
    except KeyError:
        raise ValueError(f"“{value}” is no known state") from None


def complete(row: dict[str, Any]) -> dict[str, Any]:
    return {
        **row,
        "filed": row.get("filed") or row["reported"].date(),
        "title": row.get("title") or row["category"],
    }


CASES = ImportMapping(
    columns=(
        Column("number", ("unique key", "unique_key", "number", "案号"), required=True),
        Column("department", ("department", "agency", "部门"), required=True, match="code"),
        Column("category", ("complaint type", "complaint_type", "category", "类别"), required=True),
        Column("title", ("descriptor", "title", "案由")),
        Column("state", ("status", "state", "状态"), state, required=True),
        Column("reported", ("created date", "created_date", "reported", "发现时间"), moment, required=True),
        Column("closed", ("closed date", "closed_date", "closed", "结案日期"), moment_day),
        Column("due", ("due date", "due_date", "due", "办理期限"), moment_day),
        Column("address", ("incident address", "incident_address", "address", "发生地址")),
        Column("resolution", ("resolution description", "resolution_description", "resolution", "处理结果")),
    ),
    key=("number",),
    defaults={
        "procedure": "urban",
        "lead_source": "complaint",
        "party_kind": "none",
        "visibility": Audience.PUBLIC,
    },
    derive=complete,
)
