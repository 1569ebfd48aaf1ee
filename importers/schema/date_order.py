"""Whether day or month comes first in dates such as 03/04/2020."""

import re
from collections.abc import Iterable, Iterator

from importers.errors import ImporterError
from importers.sources.source import Source
from layers.sentences.sentence import gettext as _

from .encoded_column import encode
from .field_conversion import is_date
from .mapping import FieldMapping

SLASHED = re.compile(r"\s*(\d{1,2})/(\d{1,2})/\d{4}\b.*", re.DOTALL)
MONTHS = 12


def find(mapping: FieldMapping, source: Source, stated: str) -> str:
    """Stated, or as the first rows prove it; raises ImporterError where both can be read and nobody says it."""
    if stated:
        return stated
    columns = [
        heading
        for name, headings in mapping.headings.items()
        if name not in mapping.stated and is_date(mapping.model, name)
        for heading in headings
    ]
    for heading in columns:
        order = proven(heading, encode(source.sample.columns[heading]).values)
        if order is not None:
            return order
    return ""


def proven(heading: str, values: Iterable[object]) -> str | None:
    """None where no value has such a date; raises ImporterError where both can be read."""
    pairs = list(_pairs(values))
    if not pairs:
        return None
    if any(first > MONTHS for first, _second in pairs):
        return "day"
    if any(second > MONTHS for _first, second in pairs):
        return "month"
    raise ImporterError(
        _(
            "In “{heading}” a date such as {first}/{second} may begin with its day or its month; say which."
        ).format(heading=heading, first=pairs[0][0], second=pairs[0][1])
    )


def _pairs(values: Iterable[object]) -> Iterator[tuple[int, int]]:
    for value in values:
        match = SLASHED.fullmatch(value) if isinstance(value, str) else None
        if match:
            yield int(match[1]), int(match[2])
