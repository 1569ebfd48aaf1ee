"""Mapping of historical requests and cases.

Rows are the department's until it publishes them: the importer's --visibility public does that for open data.
"""

from collections.abc import Callable
from typing import Any

from django.utils.translation import gettext as _

from ..casework.models import CaseState, PartyKind
from ..registry.mapping import Column, ImportMapping
from ..registry.values import citizen_number, credit_code, day, moment, one_of, words_of

STATES = {
    "open": "filed",
    "in progress": "investigation",
    "assigned": "filed",
    "pending": "lead",
    "started": "investigation",
    **words_of(CaseState.choices),
}


def party(row: dict[str, Any]) -> dict[str, Any]:
    """A citizen's identity number or an organisation's credit code; where the kind is not said, whichever it is."""
    number, kind = row.get("party_id"), row.get("party_kind")
    if kind == PartyKind.NONE and number:
        raise ValueError(_("a case without a party has no identity number of one"))
    if not number:
        return {}
    if kind is None:
        kind = PartyKind.PERSON if _is(citizen_number, number) else PartyKind.ORGANISATION
    check = citizen_number if kind == PartyKind.PERSON else credit_code
    return {"party_kind": kind, "party_id": check(number)}


def _is(check: Callable[[str], str], number: str) -> bool:
    try:
        check(number)
    except ValueError:
        return False
    return True


def complete(row: dict[str, Any]) -> dict[str, Any]:
    return {
        "party_kind": PartyKind.NONE,
        **row,
        **party(row),
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
        Column("party_kind", ("party_kind", "当事人类型"), one_of(words_of(PartyKind.choices))),
        Column("party_name", ("party_name", "当事人", "当事人名称")),
        Column("party_id", ("party_id", "证件号码", "身份证号", "统一社会信用代码")),
        Column("visibility", ("visibility", "可见范围")),
    ),
    key=("number",),
    defaults={"procedure": "urban", "lead_source": "complaint"},
    derive=complete,
    derived_from=("reported", "filed", "category", "title", "party_kind", "party_id"),
    positionless=True,
)
