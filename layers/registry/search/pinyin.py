"""The search text of many rows at once, as the trigger's SQL makes it of one.

What the two might write in different ways, letters outside ASCII that have a case, is left to the database.
"""

from collections.abc import Callable, Sequence

import pyarrow as pa
import pyarrow.compute as pc
from django.db import models

from .readings import reading

BETWEEN = pa.scalar(" | ")


def search_text(columns: Sequence[pa.Array]) -> pa.Array:
    """Row by row of text columns; null where the database has to make it."""
    found, known = _pieces(columns[0])
    for column in columns[1:]:
        piece, certain = _pieces(column)
        both = pc.binary_join_element_wise(found, piece, BETWEEN)
        found = pc.if_else(pc.equal(piece, ""), found, pc.if_else(pc.equal(found, ""), piece, both))
        known = pc.and_(known, certain)
    return pc.if_else(known, found, pa.scalar(None, pa.string()))


def can_be_made(fields: Sequence["models.Field[models.Model, models.Model]"]) -> bool:
    """Whether all are text, and empty where nobody delivers them."""
    return all(
        isinstance(field, models.CharField | models.TextField)
        and (not field.has_db_default() or getattr(field.db_default, "value", field.db_default) == "")
        for field in fields
    )


def _pieces(column: pa.Array) -> tuple[pa.Array, pa.Array]:
    """What each row's value adds, and whether it is certain."""
    encoded = column.dictionary_encode()
    words = encoded.dictionary.to_pylist()
    piece = _by_word(words, _piece, pa.string()).take(encoded.indices)
    certain = _by_word(words, _is_certain, pa.bool_()).take(encoded.indices)
    return piece.fill_null(""), certain.fill_null(True)


def _by_word(words: Sequence[str], make: Callable[[str], str | bool], kind: pa.DataType) -> pa.Array:
    return pa.array([make(word) for word in words], kind)


def _piece(wording: str) -> str:
    low = wording.lower()
    if wording.isascii():
        return low
    spoken = [reading(letter) for letter in low if letter != " "]
    return f"{low} {''.join(spoken)} {''.join(each[:1] for each in spoken)}"


def _is_certain(wording: str) -> bool:
    return wording.isascii() or all(
        letter.isascii() or letter == letter.lower() == letter.upper() for letter in wording
    )
