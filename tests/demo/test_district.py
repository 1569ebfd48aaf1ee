"""The demo district: real facts, the promised numbers, a lawful plane, and nobody's data."""

import hashlib
import itertools
import json
from collections import Counter as Counting
from datetime import date
from typing import Any

import numpy as np
import pytest
import shapely
from stdnum.cn import ric, uscc

from geoportal.demo import facts
from geoportal.demo.casework.officers import BODIES, credential_kinds
from geoportal.demo.district import SEED, District, build
from geoportal.demo.geography import divisions, projection
from layers.agencies.models import Department, Officer, Unit
from layers.base.models import Address, Building, Division, GridCell, PointOfInterest, Road, Water
from layers.base.rules import division_code_errors
from layers.casework.models import Account, Event, Limit
from layers.casework.procedures import Facts
from layers.casework.procedures.money import EntryKind
from layers.casework.rules.case_snapshot import CaseDates, CaseSnapshot, procedure_account
from layers.casework.rules.credentials import Credentials
from layers.casework.rules.money.entries import MoneyEntry, MoneyRecord, added_entries
from layers.casework.rules.step_records import StepRecord, steps_in_force
from layers.casework.rules.steps.step_attempt import StepAttempt
from layers.casework.rules.steps.step_rules import step_refusals
from layers.enforcement.models import DiscretionGrade, EnforcementCase, PenaltyDecision, Violation
from layers.foodsafety.models import Inspection, Premises
from layers.services.models import Counter, ServiceItem
from layers.villages.models import VillageSite
from tests import effort
from tests.room_texts import shipped_procedures


def test_the_numbers_are_as_promised(made: District) -> None:
    counts = {model.__name__: len(rows) for model, rows in made.tables.items()}
    assert counts["Unit"] == 79
    assert counts["EnforcementCase"] == 2000
    assert counts["Premises"] == 3000
    assert counts["Inspection"] == 12000
    assert counts["ServiceItem"] == 400
    assert counts["Counter"] == 120
    kinds = [row["kind"] for row in made.tables[VillageSite]]
    assert (kinds.count("network"), kinds.count("education")) == (215, 243)
    assert sum(row["is_demonstration"] for row in made.tables[VillageSite]) == 21
    assert sum(1 for row in made.tables[Building] if row["address"]) >= 15_000
    assert {row["theme"] for row in made.tables[PointOfInterest]} == {
        "food",
        "housing",
        "transport",
        "travel",
        "shopping",
        "leisure",
        "medical",
        "learning",
    }
    assert len(made.tables[Address]) > 15_000


def test_the_same_seed_makes_the_same_district(made: District) -> None:
    again = divisions.divide(np.random.default_rng(SEED))
    areas = {row["code"]: row["geom"] for row in made.tables[Division]}
    assert areas == {facts.DISTRICT_CODE: again.district, **again.upper, **again.villages}
    if effort.LONG:
        assert digest(build()) == digest(made)


def digest(district: District) -> str:
    text = [
        repr([sorted((k, str(v)) for k, v in row.items()) for row in rows])
        for rows in district.tables.values()
    ]
    return hashlib.sha256("".join(text).encode()).hexdigest()


def test_divisions_tile_the_real_boundary(made: District) -> None:
    boundary = projection.metres(facts.boundary())
    for levels, parts in ((("subdistrict", "zone"), 12), (("village", "community"), 232)):
        areas = [row["geom"] for row in made.tables[Division] if row["level"] in levels]
        assert len(areas) == parts
        assert all(area.is_valid for area in areas)
        assert shapely.coverage_is_valid(np.array(areas, dtype=object))
        assert sum(area.area for area in areas) == pytest.approx(boundary.area, rel=1e-9)
        assert shapely.union_all(areas).symmetric_difference(boundary).area < 1


def test_the_boundary_is_no_longer_in_gcj02() -> None:
    centre = facts.boundary().centroid
    assert facts.boundary().bounds[0] == pytest.approx(121.6486, abs=1e-3)
    assert centre.y == pytest.approx(29.86, abs=0.03)


def test_codes_follow_their_hierarchy(made: District) -> None:
    ids = {row["id"]: row["code"] for row in made.tables[Division]}
    for row in made.tables[Division]:
        assert division_code_errors(row["code"], row["level"], ids.get(row["parent_id"], "")) == []
    for cell in made.tables[GridCell]:
        assert len(cell["code"]) == 15
        assert cell["code"][:12] == ids[cell["division_id"]]


def test_no_building_stands_on_another_or_in_water_or_on_a_street(made: District) -> None:
    shapes = np.array([row["geom"] for row in made.tables[Building]], dtype=object)
    tree = shapely.STRtree(shapes)
    first, second = tree.query(shapes, predicate="overlaps")
    assert len(first[first < second]) == 0
    sea_and_rivers = np.array(
        [row["geom"] for row in made.tables[Water] if row["kind"] != "pond"], dtype=object
    )
    assert len(tree.query(sea_and_rivers, predicate="intersects")[0]) == 0
    streets = np.array([row["geom"] for row in made.tables[Road]], dtype=object)
    assert len(tree.query(streets, predicate="intersects")[0]) == 0


def test_what_is_generated_says_so(made: District) -> None:
    for model, rows in made.tables.items():
        if any(field.name == "is_generated" for field in model._meta.fields):
            is_fact = model in (Violation, DiscretionGrade)
            assert all(row["source"] and row["is_generated"] != is_fact for row in rows), model


def test_no_number_can_be_anybody_s(made: District) -> None:
    for case in made.tables[EnforcementCase]:
        assert not case["party_id"] or not ric.is_valid(case["party_id"])
    assert not any(uscc.is_valid(row["credit_code"]) for row in made.tables[Premises])
    assert all("0000" in row["phone"] for row in made.tables[Unit])


def test_cases_keep_the_law_s_limits(made: District) -> None:
    decisions = {row["case_id"]: row for row in made.tables[Limit] if row["code"] == "decision"}
    fines = {row["case_id"]: row["fine"] for row in made.tables[PenaltyDecision]}
    for case in made.tables[EnforcementCase]:
        if case["procedure"] == "simple" and fines.get(case["id"]):
            assert fines[case["id"]] <= (200 if case["party_kind"] == "person" else 3000)
        if case["visibility"] == 0:
            assert case["state"] in {"closed", "archived"}
            assert case["party_name"] not in case["summary_public"] or case["party_kind"] != "person"
        if case["procedure"] == "ordinary" and case["filed"]:
            assert (decisions[case["id"]]["due"].date() - case["filed"]).days == 90


def test_every_case_was_walked_lawfully(made: District) -> None:
    """Held against the same rules that refuse an officer's step."""
    officers = {row["id"]: row for row in made.tables[Officer]}
    cases = {row["id"]: row for row in made.tables[EnforcementCase]}
    departments = {row["id"]: row["code"].lower() for row in made.tables[Department]}
    taken: dict[int, list[StepRecord]] = {}
    fields: dict[int, dict[str, Any]] = {}
    days: dict[int, dict[str, date]] = {}
    entries: dict[int, tuple[MoneyEntry, ...]] = {}
    payments = {row["case_id"]: row for row in made.tables[Limit] if row["code"] == "payment"}
    for event in made.tables[Event]:
        case = cases[event["case_id"]]
        code = case["procedure"]
        procedure = shipped_procedures()[
            code if code != "ordinary" else f"ordinary-{departments[case['department_id']]}"
        ]
        history = taken.setdefault(case["id"], [])
        known = fields.setdefault(case["id"], {})
        when = days.setdefault(case["id"], {})
        booked = entries.setdefault(case["id"], ())
        given = json.loads(event["data"]).get("fields", {})
        if event["kind"] == "step" and case["id"] % 10 == 0:
            flags = frozenset(name for name, value in known.items() if value is True)
            limits = {"payment": payments[case["id"]]} if case["id"] in payments else {}
            dues, starts = (
                {code: row[moment].date() for code, row in limits.items()} for moment in ("due", "started")
            )
            dates = CaseDates(event["at"].date(), when, dues, starts)
            money = procedure_account(procedure, booked, dates).states
            facts = Facts(flags, steps_in_force(procedure, history), known, case["party_kind"], money=money)
            actor, partner = (officers.get(event[name]) for name in ("officer_id", "partner_id"))
            snapshot = CaseSnapshot(procedure, event["before"], facts, history, dates=dates, entries=booked)
            assert not step_refusals(
                StepAttempt(
                    snapshot,
                    procedure.steps[event["step"]],
                    as_actor(actor),
                    as_actor(partner) if partner else None,
                    given,
                    json.loads(event["data"]).get("reason", ""),
                )
            ), (case["number"], event["step"])
        when[event["step"]] = event["at"].date()
        record = MoneyRecord(event["step"], event["at"].date(), given)
        entries[case["id"]] = (*booked, *added_entries(procedure, booked, record))
        known |= given
        people = tuple(event[name] for name in ("officer_id", "partner_id") if event[name])
        history.append(StepRecord(event["step"], people))
    assert len(taken) == 2000
    kinds = Counting(each.kind for booked in entries.values() for each in booked)
    assert kinds[EntryKind.DEFERRED] >= 10
    rows = made.tables[Account]
    assert any(row["paid"] > row["decided"] for row in rows)  # with what was added for being late
    assert any(row["owed"] and row["due"] for row in rows)


def as_actor(officer: Any) -> Credentials:
    posts = frozenset(officer["posts"].strip("{}").split(","))
    body = next((code for number, code, *_ in BODIES if number == officer["body_id"]), "")
    return Credentials(officer["id"], posts, credential_kinds(posts), body=body)


def test_services_and_inspections_belong_together(made: District) -> None:
    names = {row["name_en"] for row in made.tables[ServiceItem]}
    assert "Renew resident ID card" in names
    offered = {row["serviceitem_id"] for row in made.tables[Counter.items.through]}
    assert offered == {row["id"] for row in made.tables[ServiceItem]}
    assert {row["premises_id"] for row in made.tables[Inspection]} == {
        row["id"] for row in made.tables[Premises]
    }


def test_roads_that_cross_share_a_vertex_and_railways_pass(made: District) -> None:
    rows = [row for row in made.tables[Road] if row["road_class"] != "railway"]
    lines = [row["geom"] for row in rows]
    crossings = 0
    for one, other in shapely.STRtree(lines).query(lines, predicate="intersects").T:
        if one >= other:
            continue
        shared = {tuple(xy) for xy in lines[one].coords} & {tuple(xy) for xy in lines[other].coords}
        places = shapely.get_coordinates(lines[one].intersection(lines[other]))
        if len(places):
            meeting = shapely.Point(places[0])
            assert min(shapely.Point(xy).distance(meeting) for xy in shared) < 0.02, (rows[one], rows[other])
            crossings += 1
    assert crossings > 400
    assert any(row["road_class"] == "railway" for row in made.tables[Road])


def test_a_handful_of_premises_has_no_position_and_not_the_first(made: District) -> None:
    unplaced = [row["id"] for row in made.tables[Premises] if row["geom"] is None]
    assert 3 <= len(unplaced) <= 10
    assert min(unplaced) > 100
    assert min(b - a for a, b in itertools.pairwise(unplaced)) > 100
