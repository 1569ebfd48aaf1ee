"""Where others are shown a person's case: whoever knows how cells are chosen, and all addresses, is left ten of them.

The attacker here holds the whole register of addresses and the division of a case into subdistricts, asks of each
address where a case before it would be shown, and counts for what is shown which addresses it can be.
"""

from collections import Counter, defaultdict
from collections.abc import Iterator
from typing import Any

import numpy as np
import pytest
from django.contrib.gis.geos import Point
from django.db import connection

from layers.base.models import Address, Division
from layers.casework.models import PartyKind
from layers.coordinates import STORE_SRID
from layers.enforcement.models import EnforcementCase
from tests.district import LAT, LON, SHOWN_AT, SmallDistrict, point, square

pytestmark = pytest.mark.django_db
K = 10
SIDE = 0.002


def make_register() -> None:
    """A town of thousands, villages of dozens, lonely farms, a hamlet over the border of a subdistrict, copies of rows."""
    random = np.random.default_rng(20261130)
    areas = [
        Division.objects.create(
            code=f"33020600{area}201",
            name=f"村{area}",
            level="village",
            geom=square(LON + 0.1 * area, LAT, 0.1),
        )
        for area in (3, 4)
    ]
    rows = []
    for area, division in zip((3, 4), areas, strict=True):
        west = LON + 0.1 * area
        places = [
            *random.normal((west + 0.03, LAT + 0.03), 0.004, (500, 2)),
            *(
                spot
                for at in random.uniform((west + 0.01, LAT + 0.01), (west + 0.09, LAT + 0.09), (12, 2))
                for spot in random.normal(at, 0.0007, (14, 2))
            ),
            *random.uniform((west, LAT), (west + 0.1, LAT + 0.1), (120, 2)),
            *random.uniform((LON + 0.399, LAT + 0.05), (LON + 0.401, LAT + 0.052), (8, 2)),
        ]
        for number, (lon, lat) in enumerate(places):
            if west <= lon <= west + 0.1 and LAT <= lat <= LAT + 0.1:
                rows.append(
                    Address(full=f"{division.name}{number}号", division=division, geom=point(lon, lat))
                )
    copies = [Address(full=row.full, division=row.division, geom=row.geom) for row in rows[-8:]] * 9
    Address.objects.bulk_create([*rows, *copies])


def shown() -> Iterator[tuple[str, str, tuple[float, float]]]:
    """(text, subdistrict, where a case at its door is shown) of addresses."""
    with connection.cursor() as cursor:
        cursor.execute(
            """SELECT DISTINCT ON (a."full") a."full", left(d.code, 9), ST_X(p), ST_Y(p)
            FROM base_address AS a JOIN base_division AS d ON d.id = a.division_id,
            LATERAL (SELECT base_public_position(a.geom, a.division_id) AS p) AS found ORDER BY a."full", a.id"""
        )
        for text, area, x, y in cursor.fetchall():
            yield text, area, (x, y)


def test_ten_addresses_are_left_of_each_cell_in_town_and_country() -> None:
    make_register()
    candidates: dict[tuple[str, tuple[float, float]], set[str]] = defaultdict(set)
    for text, area, cell in shown():
        candidates[area, cell].add(text)
    counts = [len(texts) for texts in candidates.values()]
    assert min(counts) >= K
    assert sum(counts) == Address.objects.values("full").distinct().count()
    smallest = [cell for _area, cell in candidates if is_centre(cell, SIDE)]
    assert len(smallest) > 20, "in town a cell stays as small as it was"
    assert len(smallest) < len(candidates), "in the country it grows"


def is_centre(cell: tuple[float, float], side: float) -> bool:
    return all(abs(part / side % 1 - 0.5) < 1e-6 for part in cell)


def cells() -> list[tuple[Any, ...]]:
    with connection.cursor() as cursor:
        cursor.execute("SELECT base_public_cells_make()")
        cursor.execute(
            "SELECT area, ST_AsText(place), ST_AsText(shown) FROM base_public_cell ORDER BY 1, 2, 3"
        )
        found: list[tuple[Any, ...]] = cursor.fetchall()
        return found


def test_the_choice_is_the_same_whatever_the_order_of_the_rows() -> None:
    make_register()
    before = cells()
    again = list(Address.objects.order_by("-pk"))
    Address.objects.all().delete()
    for row in again:
        row.pk = None
    Address.objects.bulk_create(again)
    assert cells() == before


def shown_at(case: EnforcementCase) -> tuple[float, ...]:
    assert case.public_geom
    return case.public_geom.coords


def test_a_case_is_shown_there_whoever_writes_it(district: SmallDistrict) -> None:
    case = next(case for case in district.cases if case.party_kind == PartyKind.PERSON)
    EnforcementCase.objects.filter(pk=case.pk).update(geom=Point(LON + 0.019, LAT + 0.017, srid=STORE_SRID))
    case.refresh_from_db()
    assert shown_at(case) == pytest.approx(SHOWN_AT)
    case.public_geom = case.geom
    case.save()
    case.refresh_from_db()
    assert shown_at(case) == pytest.approx(SHOWN_AT)
    EnforcementCase.objects.filter(pk=case.pk).update(party_kind=PartyKind.ORGANISATION)
    case.refresh_from_db()
    assert shown_at(case) == pytest.approx((LON + 0.019, LAT + 0.017))


def test_it_stays_where_it_was_shown_when_addresses_arrive(district: SmallDistrict) -> None:
    people = EnforcementCase.objects.filter(party_kind=PartyKind.PERSON)
    before = Counter(shown_at(case) for case in people)
    near = [Address(full=f"新{number}号", geom=point(LON + 0.0003, LAT + 0.0003)) for number in range(40)]
    Address.objects.bulk_create(near)
    for case in people:
        case.save()
    assert Counter(shown_at(case) for case in people.all()) == before


def test_while_too_few_addresses_are_known_it_is_shown_nowhere(district: SmallDistrict) -> None:
    kept = Address.objects.order_by("pk").first()
    assert kept
    texts = list(Address.objects.exclude(pk=kept.pk).values("full", "geom", "division_id"))
    Address.objects.exclude(pk=kept.pk).delete()
    people = EnforcementCase.objects.filter(party_kind=PartyKind.PERSON)
    people.update(geom=Point(LON + 0.004, LAT + 0.004, srid=STORE_SRID))
    assert not people.filter(public_geom__isnull=False).exists()
    Address.objects.bulk_create(Address(**row) for row in texts)
    assert people.count() == people.filter(public_geom__isnull=False).count() > 0
    for case in people:
        assert shown_at(case) == pytest.approx(SHOWN_AT)
