"""Mapping of historical requests and cases onto the loop of digital urban management.

Rows are the department's until it publishes them: the importer's --visibility public does that for open data.
Once somebody works on a case here, later deliveries leave it alone.
"""

import json
from functools import cache
from typing import Any

from layers.casework.phases import Phase
from layers.casework.procedures import Procedure, State
from layers.casework.procedures.versions import version_in_force
from layers.casework.room_texts import room_procedures
from layers.casework.rules.party_values import identity_number, kind_of_number, telephone
from layers.sentences.sentence import gettext as _

from ..casework.models import PartyKind
from ..registry.declaration.mapping import Column, ImportMapping
from ..registry.declaration.values import day, moment, one_of, words_of
from .case_types import ENFORCEMENT
from .models import EnforcementCase

LOOP = "urban"

STATES = {
    "open": "filed",
    "assigned": "dispatched",
    "in progress": "handling",
    "started": "handling",
    "pending": "lead",
}
"""States of the loop by words of other systems: who it is with is what tells them apart."""

CATEGORIES = {
    "dirty condition": "exposed_garbage",
    "dirty conditions": "exposed_garbage",
    "sanitation condition": "exposed_garbage",
    "missed collection": "exposed_garbage",
    "street condition": "collapsed_road",
    "street light condition": "street_lamp",
    "damaged tree": "fallen_tree",
    "overgrown tree/branches": "street_tree",
    "dead/dying tree": "street_tree",
    "graffiti": "illegal_advertisement",
    "illegal posting": "illegal_advertisement",
    "illegal parking": "parking",
    "sewer": "burst_pipe",
    "water system": "burst_pipe",
    "noise - construction": "night_work",
    "vendor enforcement": "street_stall",
}
"""Types of complaint of other systems by the loop's categories; the others keep their own name."""


def _procedures() -> dict[str, Procedure]:
    return room_procedures(ENFORCEMENT.folder)


@cache
def _states() -> dict[str, State]:
    """The states of all procedures by code, the loop's own first: cases of the ordinary procedure come as well."""
    return {code: state for each in _procedures().values() for code, state in each.states.items()} | dict(
        _procedures()[LOOP].states
    )


@cache
def _state_words() -> dict[str, str]:
    titled = [(code, state.title) for each in _procedures().values() for code, state in each.states.items()]
    return words_of(titled) | STATES


def state(value: Any) -> Any:
    return one_of(_state_words())(value)


@cache
def _categories() -> dict[str, str]:
    """Words by codes of the loop's categories: those of other systems, its own codes and both its titles."""
    own = _procedures()[LOOP].categories.values()
    return CATEGORIES | words_of((category.code, category.title) for category in own)


def party(row: dict[str, Any]) -> dict[str, Any]:
    """A person's identity number or an organisation's credit code; where the kind is not said, whichever it is."""
    number, kind = row.get("party_id"), row.get("party_kind")
    if not number:
        return {}
    kept = identity_number(kind or "", number)
    return {"party_kind": kind or kind_of_number(kept), "party_id": kept}


def complete_row(row: dict[str, Any]) -> dict[str, Any]:
    """Closed is what has a closing day and a state that says so; a lead is not filed yet."""
    phase = _states()[row["state"]].phase
    is_closed = phase.is_end
    if is_closed and not row.get("closed"):
        raise ValueError(_("it is closed, but the day is not said"))
    is_filed = row["state"] != _procedures()[LOOP].start and phase != Phase.DISMISSED
    code = _categories().get(row["category"].strip().lower(), "")
    return {
        "party_kind": PartyKind.NONE,
        **row,
        **party(row),
        "phase": phase.value,
        "filed": (row.get("filed") or row["reported"].date()) if is_filed else None,
        "closed": row["closed"] if is_closed else None,
        "title": row.get("title") or row["category"],
        "title_public": row.get("title") or "",
        "category": _procedures()[LOOP].categories[code].title.zh if code else row["category"],
        "facts": json.dumps({"category": code} if code else {}),
    }


def urban_version() -> int:
    """The version that imported cases run by once somebody works on them."""
    return version_in_force(LOOP).pk


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
        Column("state", ("status", "state", "状态"), state, required=True),
        Column("reported", ("created date", "created_date", "reported", "发现时间"), moment, required=True),
        Column("filed", ("filed", "立案日期"), day),
        Column("closed", ("closed date", "closed_date", "closed", "结案日期"), day),
        Column("due", ("due date", "due_date", "due", "办理期限"), moment),
        Column("address", ("incident address", "incident_address", "address", "发生地址")),
        Column("resolution", ("resolution description", "resolution_description", "resolution", "处理结果")),
        Column("party_kind", ("party_kind", "当事人类型"), one_of(words_of(PartyKind.choices))),
        Column("party_name", ("party_name", "当事人", "当事人名称")),
        Column("party_id", ("party_id", "证件号码", "身份证号", "统一社会信用代码")),
        Column("party_phone", ("party_phone", "当事人电话"), telephone),
        Column("visibility", ("visibility", "可见范围")),
    ),
    key=("number",),
    defaults={
        "procedure": LOOP,
        "version": urban_version,
        "family": EnforcementCase.FAMILY,
        "lead_source": "complaint",
    },
    derive=complete_row,
    derived_from=("reported", "filed", "closed", "category", "title", "state", "party_kind", "party_id"),
    positionless=True,
    worked_on="revision",
)
