"""A value that cannot be computed with tells nobody of a row that they do not see."""

import pytest
from django.db import DataError, transaction

from layers.query.analysis import operations
from layers.query.analysis.operand import Operand
from layers.query.analysis.result import run
from layers.query.errors import InvalidQuery
from layers.query.figures import bars
from layers.query.limits import limits
from layers.registry.access.layer_query import ROW, Condition, LayerQuery, relation, viewer_cursor
from layers.registry.audience import Audience
from layers.registry.registration import get_layer
from tests.district import SmallDistrict
from tests.people import VIEWERS

pytestmark = pytest.mark.django_db


def test_a_fault_of_a_hidden_row_is_none(district: SmallDistrict) -> None:
    """Whose a case is stands in another table, so the database looks at the question before."""
    viewer = VIEWERS["officer"]
    reading = LayerQuery(get_layer("enforcement-cases", viewer), viewer)
    seen = {row["id"] for row in reading.rows(limit=100)}
    others = [case for case in district.cases if case.pk not in seen]
    hidden = next(case.pk for case in others if case.visibility == Audience.DEPARTMENT)

    def fails_at(pk: int) -> Condition:
        return Condition(f"1 / ({ROW}.id - %s) IS NOT NULL", (pk,))

    asked = f"SELECT count(*) FROM {relation(reading.layer, viewer)} AS {ROW} WHERE 1 / ({ROW}.id - {hidden}) IS NOT NULL"
    with pytest.raises(DataError), transaction.atomic(), viewer_cursor(viewer) as cursor:
        cursor.execute(asked)
    assert reading.count(fails_at(hidden)) == len(seen)
    assert {row["id"] for row in reading.rows(fails_at(hidden), limit=100)} == seen
    category = next(each for each in reading.layer.attributes if each.name == "category")
    assert sum(bar.count for bar in bars(reading, category, [fails_at(hidden)])) == len(seen)
    around = operations.buffer(Operand(reading, [fails_at(hidden)]), 1, dissolved=False)
    assert {row[0] for row in run(around, viewer).rows} == {
        row["id"] for row in reading.rows(Condition("geom IS NOT NULL"), limit=100)
    }
    with pytest.raises(DataError):
        reading.count(fails_at(next(iter(seen))))
    with pytest.raises(InvalidQuery), limits(viewer):
        reading.count(fails_at(next(iter(seen))))
