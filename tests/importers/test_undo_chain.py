"""Imports are undone one after the other, the last first, as long as nobody else changed their rows."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import shapely

from importers.errors import ImporterError
from importers.history.report import ImportReport
from importers.layer_import import undo_import
from importers.models import Import, State
from layers.base.models import Building
from tests.importers.making import HOUSE, NEIGHBOUR, layer, load, package

pytestmark = pytest.mark.django_db(transaction=True)

Rows = list[Any]


@pytest.fixture
def delivery(tmp_path: Path) -> Callable[..., Import]:
    """Loads rows of the survey: names by identifier."""

    def deliver(remove_absent: bool = False, **names: str) -> Import:
        shapes = [HOUSE, NEIGHBOUR, HOUSE, NEIGHBOUR][: len(names)]
        path = package(
            tmp_path / f"{'-'.join(names.values())}.gpkg",
            list(shapes),
            id=list(names),
            name=list(names.values()),
        )
        return record_of(load(path, source="survey", remove_absent=remove_absent))

    return deliver


def record_of(report: ImportReport) -> Import:
    assert report.import_id is not None
    return Import.objects.get(pk=report.import_id)


def rows() -> Rows:
    return list(Building.objects.order_by("pk").values())


def undo(imported: Import) -> None:
    undo_import(imported, layer("buildings"))
    imported.refresh_from_db()
    assert imported.state == State.UNDONE


def names() -> dict[str, str]:
    return dict(Building.objects.values_list("external_id", "name"))


def test_after_the_second_the_first_can_be_undone_too(delivery: Any) -> None:
    first = delivery(a="old", b="old")
    after_first = rows()
    undo(delivery(a="new", c="new", remove_absent=True))
    assert rows() == after_first
    undo(first)
    assert rows() == []


def test_many_are_undone_down_to_nothing(delivery: Any) -> None:
    states: list[Rows] = [[]]
    imports = []
    for number in range(4):
        imports.append(delivery(a=f"{number}", b="always", **{f"c{number}": "own"}))
        states.append(rows())
    for imported, state in zip(reversed(imports), reversed(states[:-1]), strict=True):
        undo(imported)
        assert rows() == state


def test_what_was_undone_is_loaded_again_and_undone_again(delivery: Any) -> None:
    first = delivery(a="old", b="old")
    for _ in range(3):
        undo(delivery(a="new"))
        assert names() == {"a": "old", "b": "old"}
    undo(first)
    assert rows() == []


def test_the_first_alone_waits_for_those_that_changed_its_rows(delivery: Any) -> None:
    first, second, third = delivery(a="1", b="1"), delivery(a="2"), delivery(b="3")
    with pytest.raises(ImporterError, match=r"undo those first, the last one first: 3\.gpkg .*, 2\.gpkg"):
        undo_import(first, layer("buildings"))
    undo(second)
    with pytest.raises(ImporterError, match=r"undo those first, the last one first: 3\.gpkg [^,]*\.$"):
        undo_import(first, layer("buildings"))
    undo(third)
    undo(first)
    assert rows() == []


def test_those_that_share_no_row_are_undone_in_any_order(delivery: Any) -> None:
    first, second = delivery(a="1"), delivery(b="2")
    undo(first)
    assert names() == {"b": "2"}
    undo(second)
    assert rows() == []


def test_rows_that_a_later_delivery_found_unchanged_stay_until_that_is_undone(delivery: Any) -> None:
    first, second = delivery(a="1", b="1"), delivery(a="1", c="2")
    before = rows()
    with pytest.raises(ImporterError, match=r"delivered them as they are; undo those first, .*: 1-2\.gpkg"):
        undo_import(first, layer("buildings"))
    assert rows() == before
    undo(second)
    undo(first)
    assert rows() == []


def test_a_file_that_was_loaded_twice_is_undone_from_the_last(delivery: Any) -> None:
    first, again = delivery(a="1", b="1"), delivery(a="1", b="1")
    with pytest.raises(ImporterError, match="delivered them as they are"):
        undo_import(first, layer("buildings"))
    undo(again)
    assert names() == {"a": "1", "b": "1"}
    undo(first)
    assert rows() == []


@pytest.mark.parametrize("edited_after", [1, 2])
def test_an_edit_in_between_is_never_taken_back(delivery: Any, edited_after: int) -> None:
    first = delivery(a="1", b="1")
    if edited_after == 1:
        Building.objects.filter(external_id="a").update(storeys=9)
    second = delivery(a="2", b="2")
    if edited_after == 2:
        Building.objects.filter(external_id="a").update(storeys=9)
        with pytest.raises(ImporterError, match="1 of its rows were changed"):
            undo_import(second, layer("buildings"))
    else:
        undo(second)
    assert Building.objects.get(external_id="a").storeys == 9
    with pytest.raises(ImporterError):
        undo_import(first, layer("buildings"))


def test_an_edit_after_an_undo_keeps_the_first(delivery: Any) -> None:
    first = delivery(a="1", b="1")
    undo(delivery(a="2"))
    Building.objects.filter(external_id="a").update(storeys=9)
    with pytest.raises(ImporterError, match="1 of its rows were changed"):
        undo_import(first, layer("buildings"))
    assert names() == {"a": "1", "b": "1"}


def test_an_edit_of_a_row_that_was_put_back_and_loaded_again_is_kept(delivery: Any) -> None:
    first = delivery(a="1")
    undo(delivery(a="2"))
    Building.objects.update(storeys=9)
    undo(delivery(a="3"))
    assert Building.objects.get().storeys == 9
    with pytest.raises(ImporterError, match="1 of its rows were changed"):
        undo_import(first, layer("buildings"))


def test_a_row_that_was_removed_and_put_back_is_still_the_first_s(delivery: Any) -> None:
    first = delivery(a="1", b="1")
    undo(delivery(a="1", remove_absent=True))
    assert names() == {"a": "1", "b": "1"}
    undo(first)
    assert rows() == []


def test_a_row_made_by_hand_is_put_back_for_nobody_to_undo(delivery: Any) -> None:
    Building.objects.create(external_id="a", source="survey", geom=shapely.multipolygons([HOUSE]).wkt)
    before = rows()
    first = delivery(b="1")
    undo(delivery(a="2", b="2"))
    undo(first)
    assert rows() == before
