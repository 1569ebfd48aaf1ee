"""Positions of a table that has addresses only: found in the district's own address layer, each with its quality."""

import unicodedata
from dataclasses import dataclass

import numpy as np
import shapely
from django.db import connection

from importers.geometry.validity import GeometryCheck
from importers.sources.source import Batch
from layers.base.models import Address
from layers.sentences.sentence import gettext as _

GOOD = 0.55
"""Share of three-letter pieces in common from which an address is taken for another."""


@dataclass(frozen=True)
class AddressColumn:
    """The column that holds them; positions come in the store's reference system."""

    heading: str
    crs: str = "EPSG:4490"
    swapped: bool = False

    @property
    def note(self) -> str:
        return _("positions found by the addresses in {heading}").format(heading=self.heading)

    def shapes(self, batch: Batch) -> GeometryCheck:
        cells = batch.columns[self.heading].to_pylist()
        wanted = ["" if cell is None else normalized_address(str(cell)) for cell in cells]
        found = _look_up(sorted({text for text in wanted if text}))
        checked = GeometryCheck(np.full(len(batch), None, dtype=object))
        for index, text in enumerate(wanted):
            if not text:
                continue
            if text not in found:
                checked.reject(index, _("the address is not known here"), str(cells[index]))
                continue
            full, quality, code = found[text]
            checked.shapes[index] = shapely.from_wkb(code)
            if quality < 1:
                wrong = _("the address is not exactly known")
                done = _("placed at {full} ({quality:.0%} alike)").format(full=full, quality=quality)
                checked.add_repair(index, wrong, done, str(cells[index]))
        return checked


def normalized_address(text: str) -> str:
    """An address without what writers vary: widths, spaces, the names of province and city before the district."""
    text = "".join(unicodedata.normalize("NFKC", text).split())
    for above in ("浙江省", "宁波市"):
        text = text.removeprefix(above)
    return text


def _look_up(texts: list[str]) -> dict[str, tuple[str, float, bytes]]:
    """For each address the stored one most like it, how much alike they are, and where it is."""
    table = Address._meta.db_table
    with connection.cursor() as cursor:
        cursor.execute("SELECT set_config('pg_trgm.similarity_threshold', %s, true)", [str(GOOD)])
        cursor.execute(
            f"SELECT DISTINCT ON (wanted) wanted, a.full, "
            f"CASE WHEN replace(a.full, ' ', '') = wanted THEN 1 ELSE least(0.99, similarity(a.full, wanted)) END AS alike, "
            f"ST_AsBinary(a.geom) FROM unnest(%s::text[]) AS wanted JOIN {table} AS a "
            f"ON (a.full %% wanted OR replace(a.full, ' ', '') = wanted) AND a.geom IS NOT NULL "
            f"AND {_numbers('a.full')} = {_numbers('wanted')} ORDER BY wanted, alike DESC, a.id",
            [texts],
        )
        return {wanted: (full, float(alike), bytes(code)) for wanted, full, alike, code in cursor.fetchall()}


def _numbers(text: str) -> str:
    """The numbers in an address; two that differ in one are different doors, however much else is alike."""
    return f"regexp_replace({text}, '[^0-9]+', ' ', 'g')"
