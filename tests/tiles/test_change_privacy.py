"""An attacker listens to every change: it tells of rows that they see, and of nothing else."""

import random
from collections.abc import Callable
from math import floor
from typing import Any

import pytest
from django.db import connection

from layers.agencies.models import Department
from layers.base.models import Division, GridCell
from layers.enforcement.models import EnforcementCase, PenaltyDecision
from layers.foodsafety.models import Inspection, Premises
from layers.registry.access.layer_query import relation, viewer_cursor
from layers.registry.audience import Audience, Viewer
from layers.registry.declaration.layer import Layer
from layers.registry.registration import get_layer
from tests.district import LAT, LON, SmallDistrict, point
from tests.people import VIEWERS
from tests.tiles.passed_on import passed_on
from tiles.invalidation.change_feed import ChangedArea
from tiles.invalidation.synchronization import synchronize, worker_lock
from tiles.invalidation.triggers import FINE
from tiles.layer_state import state

pytestmark = pytest.mark.django_db(transaction=True)

Cell = tuple[int, int]
Rows = dict[int, tuple[Any, ...]]
CHANCE = random.Random()


def rows_of(layer: Layer, viewer: Viewer) -> Rows:
    """What a viewer reads of a layer by any door, the position last, by key."""
    names = [attribute.name for attribute in layer.attributes if attribute.audience <= viewer.audience]
    quoted = ", ".join(connection.ops.quote_name(name) for name in names)
    with viewer_cursor(viewer) as cursor:
        cursor.execute(
            f"SELECT id, {quoted}, source, is_generated, ST_X(ST_Centroid(geom_3857)), ST_Y(ST_Centroid(geom_3857)) "
            f"FROM {relation(layer, viewer)}"
        )
        return {row[0]: row[1:] for row in cursor.fetchall()}


def cell(row: tuple[Any, ...]) -> Cell:
    return floor(row[-2] / FINE), floor(row[-1] / FINE)


def different(before: Rows, after: Rows) -> set[int]:
    return {key for key in before.keys() | after.keys() if before.get(key) != after.get(key)}


def cells(keys: set[int], *states: Rows) -> set[Cell]:
    return {cell(rows[key]) for rows in states for key in keys if key in rows and rows[key][-1] is not None}


def told(change: ChangedArea) -> set[Cell]:
    west, south, east, north = change.box or (0.0, 0.0, -1.0, -1.0)
    return {
        (x, y)
        for x in range(floor(west / FINE), floor(east / FINE) + 1)
        for y in range(floor(south / FINE), floor(north / FINE) + 1)
    }


def one_of(model: Any, **where: Any) -> Any:
    return CHANCE.choice(list(model.objects.filter(**where).order_by("pk")))


def anywhere() -> Any:
    return point(LON + CHANCE.random() * 0.05, LAT + CHANCE.random() * 0.05)


def update(model: Any, **values: Any) -> Callable[[], object]:
    return lambda: model.objects.filter(pk=one_of(model).pk).update(**{k: v() for k, v in values.items()})


def update_all(model: Any, **values: Any) -> Callable[[], object]:
    return lambda: model.objects.update(**{k: v() for k, v in values.items()})


def word() -> str:
    return f"字{CHANCE.random()}"


def move(case: EnforcementCase) -> None:
    case.geom = anywhere()
    case.save()


def swap_codes() -> None:
    Department.objects.filter(code="UM").update(code="X")
    Department.objects.filter(code="PL").update(code="UM")
    Department.objects.filter(code="X").update(code="PL")


def decide(case: EnforcementCase) -> None:
    PenaltyDecision.objects.create(case_id=case.pk, decision_number=word(), fine=100)


def department() -> Department:
    return Department.objects.get(code=CHANCE.choice(["UM", "PL", "MS"]))


EDITS: dict[str, Callable[[], object]] = {
    "a word that all may read": update(EnforcementCase, title_public=word),
    "a word that all may read, of all": update_all(EnforcementCase, title_public=word),
    "a working title": update(EnforcementCase, title=word),
    "working titles, of all": update_all(EnforcementCase, title=word),
    "a word for the department": update(EnforcementCase, description=word),
    "a word for the department, of all": update_all(EnforcementCase, description=word),
    "a word for administrators, of all": update_all(
        EnforcementCase, party_id=lambda: str(CHANCE.randrange(10**9))
    ),
    "nothing, of all": update_all(EnforcementCase, category=lambda: "c"),
    "the visibility": update(EnforcementCase, visibility=lambda: CHANCE.choice([0, 1, 2, 3])),
    "the department": update(EnforcementCase, department=department),
    "who shares": update(EnforcementCase, joint=lambda: CHANCE.choice([[], ["PL"], ["UM", "MS"]])),
    "the place": lambda: move(one_of(EnforcementCase)),
    "the place of a hidden one": lambda: move(one_of(EnforcementCase, visibility__gte=2)),
    "the place of all": update_all(EnforcementCase, geom=anywhere),
    "a case less": lambda: one_of(EnforcementCase).delete(),
    "a number in the row beside": update(PenaltyDecision, decision_number=word),
    "a number in all rows beside": update_all(PenaltyDecision, decision_number=word),
    "for the department, in the rows beside": update_all(
        PenaltyDecision, fine=lambda: CHANCE.randrange(10**6)
    ),
    "a row beside more": lambda: decide(one_of(EnforcementCase, penaltydecision=None)),
    "a row beside less": lambda: one_of(PenaltyDecision).delete(),
    "the codes of departments": swap_codes,
    "the name of a department": update(Department, name=word),
    "the code of a grid cell": update(GridCell, code=lambda: str(CHANCE.randrange(10**9))),
    "the name of a village": update(Division, name=word),
    "findings": update(Inspection, findings=word),
    "inspectors": update_all(Inspection, inspectors=word),
    "an inspection's visibility": update(Inspection, visibility=lambda: CHANCE.choice([0, 2])),
    "an inspection's department": update_all(Inspection, department=department),
    "where premises are": update(Premises, geom=anywhere),
    "what premises are called": update_all(Premises, name=word),
    "the risk of premises": update_all(Premises, risk_score=lambda: CHANCE.randrange(100)),
}


@pytest.fixture
def district_of_many(committed_district: SmallDistrict) -> None:
    """Rows of every kind near each other, several in one cell of the scheme."""
    CHANCE.seed(5)
    for case in committed_district.cases:
        for _ in range(3):
            case.pk, case.number = None, f"{case.number}-{CHANCE.randrange(10**9)}"
            case.visibility, case.geom = CHANCE.choice([0, 0, 1, 2, 3]), anywhere()
            case.save(force_insert=True)
            if CHANCE.random() < 0.5:
                decide(case)


@pytest.mark.parametrize("what", EDITS)
def test_each_hears_of_what_they_see_differ_and_nothing_else(what: str, district_of_many: None) -> None:
    CHANCE.seed(what)
    for _ in range(3):
        with worker_lock(wait=True):
            synchronize()
        before = {name: View(name) for name in TABLES}
        EDITS[what]()
        with worker_lock(wait=True):
            batch = synchronize()
        for name in TABLES:
            old, new = before[name], View(name)
            changes = [change for change in batch.changes if change.layer == name]
            for viewer in VIEWERS.values():
                heard = [change for change in changes if change.is_seen_by(viewer)]
                heard_cells = set[Cell]().union(*map(told, heard))
                differing = different(old.seen[viewer], new.seen[viewer])
                must_hear = cells(differing, old.seen[viewer], new.seen[viewer])
                assert (old.versions[viewer] != new.versions[viewer]) == bool(heard)
                assert must_hear <= heard_cells, (name, viewer)
                if viewer.audience < Audience.DEPARTMENT:  # what the public sees differ all may hear
                    public = VIEWERS["public"]
                    shown = different(old.seen[public], new.seen[public])
                    must_hear |= cells(shown, old.seen[public], new.seen[public])
                    assert heard_cells == must_hear, (name, viewer)
                else:  # of rows that are theirs officers may hear without seeing a difference
                    touched = different(old.rows, new.rows)
                    theirs = touched & (old.seen[viewer].keys() | new.seen[viewer].keys())
                    assert heard_cells <= cells(theirs, old.rows, new.rows, old.open, new.open), (
                        name,
                        viewer,
                    )


class View:
    """A layer as each viewer sees it now, and as it is: every row with all that is joined, and its two places."""

    def __init__(self, name: str) -> None:
        self.seen = {viewer: rows_of(get_layer(name, viewer), viewer) for viewer in VIEWERS.values()}
        self.versions = {
            viewer: state(get_layer(name, viewer), viewer).version for viewer in VIEWERS.values()
        }
        with connection.cursor() as cursor:
            cursor.execute(TABLES[name])
            found = cursor.fetchall()
        self.rows: Rows = {key: (whole, x, y) for key, whole, x, y, _, _ in found}
        self.open: Rows = {key: (x, y) for key, _, _, _, x, y in found}


TABLES = {
    "enforcement-cases": """
        SELECT c.id, to_jsonb(c)::text || to_jsonb(d)::text || COALESCE(to_jsonb(v)::text, '') || COALESCE(to_jsonb(g)::text, '')
                || COALESCE(to_jsonb(p)::text, ''),
            ST_X(c.geom_3857), ST_Y(c.geom_3857), ST_X(c.public_geom_3857), ST_Y(c.public_geom_3857)
        FROM casework_case AS c JOIN agencies_department AS d ON d.id = c.department_id
        LEFT JOIN base_division AS v ON v.id = c.division_id LEFT JOIN base_gridcell AS g ON g.id = c.grid_cell_id
        LEFT JOIN enforcement_penaltydecision AS p ON p.case_id = c.id""",
    "food-inspections": """
        SELECT i.id, to_jsonb(i)::text || to_jsonb(d)::text || to_jsonb(p)::text,
            ST_X(p.geom_3857), ST_Y(p.geom_3857), ST_X(p.geom_3857), ST_Y(p.geom_3857)
        FROM foodsafety_inspection AS i JOIN agencies_department AS d ON d.id = i.department_id
        JOIN foodsafety_premises AS p ON p.id = i.premises_id""",
    "food-premises": """
        SELECT p.id, to_jsonb(p)::text || COALESCE(to_jsonb(v)::text, ''),
            ST_X(p.geom_3857), ST_Y(p.geom_3857), ST_X(p.geom_3857), ST_Y(p.geom_3857)
        FROM foodsafety_premises AS p LEFT JOIN base_division AS v ON v.id = p.division_id""",
    "village-sites": """
        SELECT s.id, to_jsonb(s)::text || to_jsonb(v)::text,
            ST_X(s.geom_3857), ST_Y(s.geom_3857), ST_X(s.geom_3857), ST_Y(s.geom_3857)
        FROM villages_villagesite AS s JOIN base_division AS v ON v.id = s.village_id""",
}


def test_what_is_passed_on_names_cells_and_no_positions(district_of_many: None) -> None:
    with worker_lock(wait=True):
        synchronize()
        EnforcementCase.objects.update(title="字")
        with passed_on() as heard:
            synchronize()
            message = "".join(heard())
    assert "enforcement-cases" in message
    for case in EnforcementCase.objects.all():
        assert str(round(case.geom_3857.x)) not in message
        assert str(round(case.geom_3857.y)) not in message


def test_versions_do_not_count_what_is_hidden(committed_district: SmallDistrict, settings: Any) -> None:
    """They are no numbers of a sequence that all changes share."""
    layer, public = get_layer("enforcement-cases", VIEWERS["public"]), VIEWERS["public"]
    shown, hidden = (EnforcementCase.objects.filter(visibility=level) for level in (0, 2))
    shown.update(title="字")
    before = state(layer, public).version
    for _ in range(5):
        hidden.update(title=word())
    assert state(layer, public).version == before
    with connection.cursor() as cursor:
        cursor.execute("SELECT sum(id), max(id), count(*) FROM tiles_change WHERE audience = 0")
        numbers = cursor.fetchone()
    assert before not in numbers
    settings.SECRET_KEY = "another"
    assert state(layer, public).version != before
