"""Staged rows meet stored ones: which are added, changed, left, taken away, and what is kept of those before."""

from collections.abc import Sequence
from typing import Any

import pyarrow as pa
import pytest
import shapely
from django.contrib.gis.geos import GEOSGeometry
from django.db import connection, transaction
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from importers.history.report import LoadResult
from importers.models import Import, PriorVersion
from importers.pipeline import insertion
from importers.pipeline.duplicates import Duplicates
from importers.pipeline.merge import Merge
from importers.pipeline.staging_table import GEOMETRY, KEY, LINE, SEARCH, StagingTable
from importers.schema.field_conversion import arrow_type, field_of
from layers.base.imports import BUILDINGS
from layers.base.models import Building
from layers.foodsafety.models import Inspection, Premises
from layers.registry.declaration.mapping import ImportMapping

pytestmark = pytest.mark.django_db

Row = dict[str, Any]
BY_NAME = ImportMapping((), key=("name",))
BY_SOURCE_AND_NAME = ImportMapping((), key=("source", "name"), identifier="external_id")
UNTIL_STOREYS = ImportMapping((), key=("source", "name"), worked_on="storeys")
FIELDS = ("name", "storeys", "external_id", GEOMETRY)


def house(east: float = 0, north: float = 0, start: int = 0) -> shapely.MultiPolygon:
    """A square of a thousandth of a degree, so many of them from the corner; the ring begins at vertex ``start``."""
    west, south = 121.8 + east / 1000, 29.9 + north / 1000
    corners = [(west, south), (west, south + 0.001), (west + 0.001, south + 0.001), (west + 0.001, south)]
    ring = corners[start:] + corners[:start]
    return shapely.MultiPolygon([shapely.Polygon([*ring, ring[0]])])


def row(name: str = "", identifier: str = "", storeys: int | None = None, **more: Any) -> Row:
    return {"name": name, "external_id": identifier, "storeys": storeys, GEOMETRY: house(), **more}


def staged(
    rows: Sequence[Row], rules: ImportMapping = BUILDINGS, names: Sequence[str] = FIELDS
) -> StagingTable:
    stage = StagingTable(Building, rules, "importers_staged_test")
    columns: dict[str, pa.Array] = {LINE: pa.array(range(1, len(rows) + 1), pa.int64())}
    for name in names:
        values = [each[name] for each in rows]
        if name == GEOMETRY:
            codes = [None if shape is None else shapely.to_wkb(shape, byte_order=1) for shape in values]
            columns[name] = pa.array(codes, pa.binary())
        else:
            columns[name] = pa.array(
                values, pa.string() if name == SEARCH else arrow_type(field_of(Building, name))
            )
    with connection.cursor() as cursor:
        stage.create(cursor, temporary=True)
        stage.copy(cursor, pa.RecordBatch.from_pydict(columns))
    return stage


def imported() -> Import:
    return Import.objects.create(layer="buildings", file_name="a.csv", started=timezone.now())


def merge(
    rows: Sequence[Row],
    rules: ImportMapping = BUILDINGS,
    names: Sequence[str] = FIELDS,
    *,
    source: str = "s",
    removing: bool = False,
    by_identifier: bool = True,
    record: Import | None = None,
) -> LoadResult:
    stage = staged(rows, rules, names)
    with connection.cursor() as cursor:
        if not by_identifier:
            stage.key_by_place(cursor)
        return Merge(cursor, stage, names, source, by_identifier=by_identifier).write(
            (record or imported()).pk, removing=removing
        )


def stored(name: str = "", identifier: str = "", **more: Any) -> Building:
    shape = more.pop("shape", house())
    place = GEOSGeometry(memoryview(shapely.to_wkb(shape)), srid=4490)
    values = {"source": "s", "use": "other", "geom": place, **more}
    with transaction.atomic():  # so that it carries another transaction's number than what the merge writes
        return Building.objects.create(name=name, external_id=identifier, **values)


def counts(result: LoadResult) -> dict[str, int]:
    names = ("added", "updated", "unchanged", "absent", "removed")
    return {name: getattr(result, name) for name in names if getattr(result, name)}


def asked(sql: str, *values: int | str) -> Any:
    with connection.cursor() as cursor:
        cursor.execute(sql, values)
        return cursor.fetchone()[0]


def test_new_rows_lie_in_the_order_of_their_place_and_say_where_they_come_from() -> None:
    rows = [
        row("甲", "a", 3, **{GEOMETRY: house(900, 900)}),
        row("乙", "b", **{GEOMETRY: house()}),
        row("丙", "c", **{GEOMETRY: house(5, 900)}),
        row("丁", "d", **{GEOMETRY: house()}),
    ]
    result = merge(rows, source="survey")
    assert counts(result) == {"added": 4}
    assert result.bounds == pytest.approx((121.8, 29.9, 122.701, 30.801))
    found = list(Building.objects.order_by("pk"))
    assert [each.pk for each in found] == asked(
        "SELECT array_agg(id ORDER BY geom, external_id) FROM base_building"
    )
    assert [each.external_id for each in found].index("b") + 1 == [each.external_id for each in found].index(
        "d"
    )
    assert result.added_rows == f"{{[{found[0].pk},{found[-1].pk + 1})}}"
    assert result.transaction == asked("SELECT min(xmin::text) FROM base_building")
    assert {(each.source, each.is_generated, each.use, each.name_en, each.address) for each in found} == {
        ("survey", False, "other", "", "")
    }
    first = Building.objects.get(external_id="a")
    assert (first.name, first.storeys, first.height) == ("甲", 3, None)
    assert "jia" in first.search_text
    assert not PriorVersion.objects.exists()


def test_rows_without_a_place_of_their_own_have_no_extent() -> None:
    stored("old", "a")
    result = merge([row("new", "a")], names=("name", "external_id"))
    assert result.bounds is None
    assert counts(result) == {"updated": 1}
    assert Building.objects.get().name == "new"


def test_a_staging_table_of_nothing_has_no_extent() -> None:
    assert merge([]).bounds is None


def test_what_differs_is_updated_and_what_was_is_kept() -> None:
    same = stored("same", "same", storeys=2, year_built=1990)
    named = stored("old", "named", height=9)
    placed = stored("", "placed")
    emptied = stored("", "emptied", storeys=4)
    filled = stored("", "filled")
    generated = stored("", "generated", is_generated=True)
    other = stored("", "same", source="other")
    gone = stored("", "gone")
    before = {each.pk: each for each in Building.objects.all()}
    record = imported()
    rows = [
        row("same", "same", 2),
        row("new", "named"),
        row("", "placed", **{GEOMETRY: house(start=2)}),
        row("", "emptied"),
        row("", "filled", 7),
        row("", "generated"),
        row("", "added"),
    ]
    result = merge(rows, record=record)
    assert counts(result) == {"added": 1, "updated": 5, "unchanged": 1, "absent": 1}
    after = {each.pk: each for each in Building.objects.all()}
    assert (after[same.pk].name, after[same.pk].storeys, after[same.pk].year_built) == ("same", 2, 1990)
    assert (after[named.pk].name, after[named.pk].height) == ("new", 9)
    assert after[placed.pk].geom.coords[0][0][0] == pytest.approx((121.801, 29.901))
    assert (after[emptied.pk].storeys, after[filled.pk].storeys) == (None, 7)
    assert after[generated.pk].is_generated is False
    assert after[other.pk].source == "other"
    assert gone.pk in after
    assert len(after) == 9
    kept = {each.row: each.content for each in PriorVersion.objects.filter(imported=record)}
    changed = {each.pk for each in (named, placed, emptied, filled, generated)}
    assert kept.keys() == changed
    for key, content in kept.items():
        assert content["id"] == key
        assert content["name"] == before[key].name
        assert GEOSGeometry(content["geom"]).equals_exact(before[key].geom)
        assert GEOSGeometry(content["geom"]).srid == 4490
    added = Building.objects.get(external_id="added").pk
    assert result.added_rows == f"{{[{added},{added + 1})}}"
    assert result.transaction == asked("SELECT xmin::text FROM base_building WHERE id = %s", named.pk)


def test_an_import_that_only_changes_rows_knows_its_transaction_and_one_that_changes_none_has_none() -> None:
    kept = stored("old", "a")
    PriorVersion.objects.create(imported=imported(), row=stored("", "b").pk, content={})
    changing = merge([row("new", "a"), row("", "b")])
    assert counts(changing) == {"updated": 1, "unchanged": 1}
    assert changing.transaction == asked("SELECT xmin::text FROM base_building WHERE id = %s", kept.pk)
    assert changing.added_rows == "{}"
    nothing = merge([row("new", "a"), row("", "b")])
    assert counts(nothing) == {"unchanged": 2}
    assert nothing.transaction == ""


def test_what_the_file_no_longer_has_is_taken_away_only_when_asked() -> None:
    here = stored("", "here")
    gone = stored("gone", "gone")
    other = stored("", "gone", source="other")
    record = imported()
    assert counts(merge([row("", "here")])) == {"unchanged": 1, "absent": 1}
    assert counts(merge([row("", "here")], removing=True, record=record)) == {
        "unchanged": 1,
        "absent": 1,
        "removed": 1,
    }
    assert set(Building.objects.values_list("pk", flat=True)) == {here.pk, other.pk}
    [kept] = PriorVersion.objects.filter(imported=record)
    assert (kept.row, kept.content["name"]) == (gone.pk, "gone")
    assert counts(merge([row("", "here")], removing=True)) == {"unchanged": 1}


def test_rows_of_a_key_without_source_are_those_of_every_source_and_none_is_absent() -> None:
    first = stored("甲", source="one")
    second = stored("乙", source="two")
    result = merge(
        [row("甲", storeys=5), row("丙")],
        BY_NAME,
        ("name", "storeys", GEOMETRY),
        source="three",
        removing=True,
    )
    assert counts(result) == {"added": 1, "updated": 1}
    first.refresh_from_db()
    second.refresh_from_db()
    assert (first.source, first.storeys, second.source) == ("three", 5, "two")
    assert counts(merge([row("甲", storeys=5)], BY_NAME, ("name", "storeys"), source="three")) == {
        "unchanged": 1
    }
    assert counts(merge([row("甲", storeys=5)], BY_NAME, ("name", "storeys"), source="four")) == {
        "updated": 1
    }


def test_of_stored_rows_with_one_key_the_first_is_met() -> None:
    first, second = stored("甲"), stored("甲")
    assert counts(merge([row("甲", storeys=5)], BY_SOURCE_AND_NAME)) == {"updated": 1, "absent": 1}
    first.refresh_from_db()
    second.refresh_from_db()
    assert (first.storeys, second.storeys) == (5, None)


def test_rows_that_are_worked_on_here_are_left_as_they_are() -> None:
    fresh = stored("fresh", storeys=0)
    busy = stored("busy", storeys=1)
    gone = stored("gone", storeys=0)
    gone_busy = stored("gone, busy", storeys=2)
    names = ("name", "year_built", GEOMETRY)
    rows = [row("fresh", year_built=1999), row("busy", year_built=1999)]
    result = merge(rows, UNTIL_STOREYS, names, removing=True)
    assert counts(result) == {"updated": 1, "unchanged": 1, "absent": 1, "removed": 1}
    assert dict(Building.objects.values_list("pk", "year_built")) == {
        fresh.pk: 1999,
        busy.pk: None,
        gone_busy.pk: None,
    }
    assert set(PriorVersion.objects.values_list("row", flat=True)) == {fresh.pk, gone.pk}


def test_an_identifier_that_repeats_tells_rows_apart_by_their_place() -> None:
    here, there = stored("", "0"), stored("", "0", shape=house(5))
    rows = [
        row("east", "0", **{GEOMETRY: house(5)}),
        row("corner", "0"),
        row("new", "0", **{GEOMETRY: house(9)}),
    ]
    assert counts(merge(rows, by_identifier=False)) == {"added": 1, "updated": 2}
    here.refresh_from_db()
    there.refresh_from_db()
    assert (here.name, there.name) == ("corner", "east")


def test_rows_with_an_identifier_are_met_by_it_and_others_by_their_place() -> None:
    named, placed = stored("", "a", shape=house(5)), stored("", "")
    rows = [row("by identifier", "a"), row("by place", "")]
    assert counts(merge(rows)) == {"updated": 2}
    named.refresh_from_db()
    placed.refresh_from_db()
    assert (named.name, placed.name) == ("by identifier", "by place")
    assert named.geom.extent == pytest.approx(house().bounds)


def test_search_text_that_is_staged_is_kept_and_made_where_none_is() -> None:
    names = (*FIELDS, SEARCH)
    rows = [row("甲", "a", search_text="as staged"), row("甲", "b", search_text=None)]
    merge(rows, names=names)
    found = dict(Building.objects.values_list("external_id", "search_text"))
    assert found["a"] == "as staged"
    assert "jia" in found["b"]
    assert asked("SELECT current_setting('geoportal.search_text_given')") == "no"
    merge([row("乙", "a", search_text="not of updates")], names=names)
    assert "yi" in Building.objects.get(external_id="a").search_text
    merge([row("丙", "c")])
    assert "bing" in Building.objects.get(external_id="c").search_text


def indexes() -> list[tuple[str, str]]:
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT indexname, indexdef FROM pg_indexes WHERE tablename = 'base_building' ORDER BY 1"
        )
        return list(cursor.fetchall())


def bulk(rows: int) -> tuple[LoadResult, set[str]]:
    """What came of so many new rows, and which indexes were dropped meanwhile."""
    start = Building.objects.count()
    new = [row("", f"n{start + n}") for n in range(rows)]
    with CaptureQueriesContext(connection) as queries:
        result = merge(new)
    words = [query["sql"].split() for query in queries]
    return result, {each[2] for each in words if each[:2] == ["DROP", "INDEX"]}


def test_many_new_rows_have_their_indexes_made_afterwards(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(insertion, "MANY", 8)
    before = indexes()
    with connection.cursor() as cursor:
        cursor.execute("DELETE FROM base_building")
        cursor.execute("ANALYZE base_building")
    result, dropped = bulk(8)
    assert dropped == {name for name, sql in before if "UNIQUE" not in sql}
    assert indexes() == before
    assert asked("SELECT reltuples FROM pg_class WHERE oid = 'base_building'::regclass") == 8
    keys = sorted(Building.objects.values_list("pk", flat=True))
    assert keys == list(range(keys[0], keys[0] + 8))
    assert result.added_rows == f"{{[{keys[0]},{keys[-1] + 1})}}"
    assert counts(result) == {"added": 8}
    assert asked(
        "SELECT count(*) FROM pg_locks WHERE relation = 'base_building'::regclass AND mode = 'AccessExclusiveLock' "
        "AND pid = pg_backend_pid()"
    )


def test_few_new_rows_are_written_beside_the_others(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(insertion, "MANY", 8)
    result, dropped = bulk(7)
    assert (counts(result), dropped) == ({"added": 7}, set())


@pytest.mark.parametrize(("there", "afterwards"), [(1, True), (2, False)])
def test_indexes_stay_where_many_rows_are_stored(
    there: int, afterwards: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(insertion, "MANY", 8)
    for number in range(there):
        stored("", f"x{number}", source="other")
    result, dropped = bulk(9)
    assert bool(dropped) is afterwards
    assert counts(result) == {"added": 9}


def test_of_many_rows_those_that_are_stored_are_not_added_again(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(insertion, "MANY", 8)
    stored("old", "n1")
    rows = [row("new", f"n{n}") for n in range(10)]
    assert counts(merge(rows)) == {"added": 9, "updated": 1}
    assert Building.objects.count() == 10


def repeats(rows: Sequence[Row], rules: ImportMapping = BUILDINGS) -> tuple[list[tuple[int, int]], bool]:
    stage = staged(rows, rules)
    with connection.cursor() as cursor:
        found = Duplicates(cursor, stage)
        return found.repeats(), found.by_identifier


def test_of_rows_with_one_key_the_last_is_kept() -> None:
    rows = [row("", "a"), row("", "b"), row("", "a"), row("", ""), row("", "a"), row("", "")]
    assert repeats(rows) == ([(1, 5), (3, 5), (4, 6)], True)
    assert repeats([row("", "a"), row("", "b")]) == ([], True)


def test_an_identifier_at_several_places_is_none() -> None:
    east = {GEOMETRY: house(5)}
    assert repeats([row("", "0"), row("", "0", **east)]) == ([], False)
    assert repeats([row("", "0"), row("", "0", **east), row("", "0")]) == ([(1, 3)], False)
    assert repeats([row("", "0"), row("", "1", **east), row("", "0")]) == ([(1, 3)], True)


def test_rows_without_an_identifier_do_not_make_it_none() -> None:
    rows = [row("甲"), row("甲", **{GEOMETRY: house(5)}), row("乙", "b")]
    assert repeats(rows, BY_SOURCE_AND_NAME) == ([(1, 2)], True)
    assert repeats(rows, BY_NAME) == ([(1, 2)], True)


def test_rows_that_share_their_geometry_are_told_with_the_first() -> None:
    turned = {GEOMETRY: house(start=1)}
    rows = [
        row("", "a", **{GEOMETRY: house(5)}),
        row("", "b"),
        row("", "c", **{GEOMETRY: None}),
        row("", "d", **turned),
        row("", "e"),
        row("", "f", **{GEOMETRY: None}),
        row("", "g", **{GEOMETRY: house(5)}),
        row("", "h"),
    ]
    stage = staged(rows)
    with connection.cursor() as cursor:
        found = Duplicates(cursor, stage)
        assert found.shared_geometries() == [(5, 2), (7, 1), (8, 2)]
        found.drop([])
        assert asked(f"SELECT count(*) FROM {stage.table}") == 8
        found.drop([2, 5])
        assert found.shared_geometries() == [(7, 1)]
        assert asked(f"SELECT array_agg({LINE} ORDER BY 1) FROM {stage.table}") == [1, 3, 4, 6, 7, 8]


def test_the_key_of_a_staged_row_is_that_of_the_stored_one() -> None:
    premises = Premises.objects.create(establishment_id="1", name="店", sector="catering")
    visit = Inspection.objects.create(
        premises=premises, number="1", kind="daily", date="2026-01-02", visibility=0, result="conform"
    )
    rules = ImportMapping((), key=("premises", "date", "score", "source"))
    stage = StagingTable(Inspection, rules, "importers_staged_test")
    with connection.cursor() as cursor:
        stage.create(cursor, temporary=True)
        cursor.execute(
            f"INSERT INTO {stage.table} (premises_id, date) VALUES (%s, '2026-01-02'), (%s, '2026-01-03'), "
            "(NULL, '2026-01-02')",
            [premises.pk, premises.pk],
        )
        stage.analyze(cursor)
        key = stage.key("t.", by_identifier=True)
        cursor.execute(
            f"SELECT s.date::text FROM {stage.table} AS s JOIN foodsafety_inspection AS t ON {key} = s.{KEY} "
            "WHERE t.id = %s",
            [visit.pk],
        )
        assert cursor.fetchall() == [("2026-01-02",)]


def test_the_parts_of_a_key_do_not_run_together() -> None:
    rules = ImportMapping((), key=("name", "address"))
    rows = [row("ab", address="c"), row("a", address="bc")]
    stage = staged(rows, rules, ("name", "address"))
    assert asked(f"SELECT count(DISTINCT {KEY}) FROM {stage.table}") == 2


def test_an_empty_batch_is_nothing() -> None:
    stage = staged([])
    assert asked(f"SELECT count(*) FROM {stage.table}") == 0
    assert asked("SELECT relpersistence FROM pg_class WHERE relname = %s", stage.table) == "t"
    with connection.cursor() as cursor:
        stage.create(cursor, temporary=False)
        cursor.execute(f"SELECT relpersistence FROM pg_class WHERE oid = '{stage.table}'::regclass")
        assert cursor.fetchone()[0] == "u"
