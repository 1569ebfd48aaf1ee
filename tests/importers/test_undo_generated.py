"""Imports, corrections by hand and undos in any order leave the rows that a replay in plain Python leaves."""

import json
from collections.abc import Iterator
from copy import deepcopy
from dataclasses import dataclass, field
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import pytest
import shapely
from hypothesis import given, settings
from hypothesis import strategies as st

from importers.errors import ImporterError
from importers.layer_import import undo_import
from importers.models import Import, PriorVersion, RowOrigin
from layers.base.models import Building
from tests.effort import tries
from tests.importers.making import layer, load

pytestmark = pytest.mark.django_db(transaction=True)

KEYS = "abcd"
SHAPES = {key: shapely.box(121.84 + n / 500, 29.90, 121.841 + n / 500, 29.901) for n, key in enumerate(KEYS)}
NAMES = st.sampled_from(["甲", "乙"])
DELIVERIES = st.tuples(
    st.just("deliver"), st.dictionaries(st.sampled_from(KEYS), NAMES, min_size=1, max_size=3), st.booleans()
)
UNDOS = st.tuples(st.just("undo"), st.integers(0, 2))
"""Of which import, counted from the last."""
CORRECTIONS = st.tuples(st.just("correct"), st.sampled_from(KEYS), st.integers(1, 9))
CREATIONS = st.tuples(st.just("create"), st.sampled_from(KEYS))
REMOVALS = st.tuples(st.just("remove"), st.sampled_from(KEYS))
STEPS = st.lists(DELIVERIES | DELIVERIES | UNDOS | UNDOS | CORRECTIONS | CREATIONS | REMOVALS, max_size=9)


@dataclass
class Row:
    name: str = ""
    storeys: int | None = None
    author: int | None = None
    """The import that wrote it; None where that was a person."""


@dataclass
class Delivery:
    found_unchanged: bool = False
    wrote: set[str] = field(default_factory=set)
    before: dict[str, Row | None] = field(default_factory=dict)
    is_undone: bool = False


class Replay:
    """Rows by their key and the deliveries, the first first."""

    def __init__(self) -> None:
        self.rows: dict[str, Row] = {}
        self.deliveries: list[Delivery] = []

    def deliver(self, names: dict[str, str], *, removing: bool) -> None:
        number, made = len(self.deliveries), Delivery()
        absent = set(self.rows) - set(names) if removing else set()
        for key, name in names.items():
            stored = self.rows.get(key)
            if stored and stored.name == name:
                made.found_unchanged = True
                continue
            made.wrote.add(key)
            made.before[key] = stored
            self.rows[key] = Row(name, stored.storeys if stored else None, number)
        for key in absent:
            made.before[key] = self.rows.pop(key)
        self.deliveries.append(made)

    def may_undo(self, number: int) -> bool:
        made = self.deliveries[number]
        later = [each for each in self.deliveries[number + 1 :] if not each.is_undone]
        changed = (row for each in later for row in each.before.values() if row)
        return (
            not made.is_undone
            and not any(each.found_unchanged for each in later)
            and not any(row.author == number for row in changed)
            and all(key in self.rows and self.rows[key].author == number for key in made.wrote)
            and not any(key in self.rows for key in set(made.before) - made.wrote)
        )

    def undo(self, number: int) -> None:
        made = self.deliveries[number]
        made.is_undone = True
        for key, row in made.before.items():
            self.rows.pop(key, None)
            if row:
                self.rows[key] = row

    def listed(self) -> list[tuple[str, str, int | None]]:
        return sorted((key, row.name, row.storeys) for key, row in self.rows.items())


class Portal:
    """The same in the database."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.imports: list[Import] = []

    def deliver(self, names: dict[str, str], *, removing: bool) -> None:
        features = [
            {
                "type": "Feature",
                "properties": {"id": key, "name": name},
                "geometry": shapely.geometry.mapping(SHAPES[key]),
            }
            for key, name in names.items()
        ]
        path = self.folder / f"{len(self.imports)}.geojson"
        path.write_text(json.dumps({"type": "FeatureCollection", "features": features}))
        report = load(path, source="survey", remove_absent=removing)
        assert report.import_id is not None
        self.imports.append(Import.objects.get(pk=report.import_id))

    def undo(self, number: int) -> bool:
        try:
            undo_import(self.imports[number], layer("buildings"))
        except ImporterError:
            return False
        return True

    @staticmethod
    def listed() -> list[Any]:
        return list(Building.objects.order_by("external_id").values_list("external_id", "name", "storeys"))


@pytest.fixture(autouse=True)
def clean() -> Iterator[None]:
    yield
    forget()


def forget() -> None:
    for model in (Building, PriorVersion, RowOrigin, Import):
        model._default_manager.all().delete()


def take(step: tuple[Any, ...], replay: Replay, portal: Portal) -> None:
    match step:
        case "deliver", names, removing:
            replay.deliver(names, removing=removing)
            portal.deliver(names, removing=removing)
        case "undo", back if back < len(replay.deliveries):
            number = len(replay.deliveries) - 1 - back
            before, expected = deepcopy(replay.listed()), replay.may_undo(number)
            assert portal.undo(number) is expected
            if expected:
                replay.undo(number)
            else:
                assert portal.listed() == before
        case "correct", key, storeys if key in replay.rows:
            replay.rows[key] = Row(replay.rows[key].name, storeys)
            Building.objects.filter(external_id=key).update(storeys=storeys)
        case "create", key if key not in replay.rows:
            replay.rows[key] = Row()
            shape = shapely.multipolygons([SHAPES[key]]).wkt
            Building.objects.create(external_id=key, source="survey", geom=shape, is_generated=False)
        case "remove", key:
            replay.rows.pop(key, None)
            Building.objects.filter(external_id=key).delete()


@settings(max_examples=tries(80), deadline=None)
@given(STEPS)
def test_any_order_of_steps(steps: list[tuple[Any, ...]]) -> None:
    forget()
    replay = Replay()
    with TemporaryDirectory() as folder:
        portal = Portal(Path(folder))
        for step in steps:
            take(step, replay, portal)
            assert portal.listed() == replay.listed(), step
