"""What was entered, in words, where it is more than a text."""

from typing import Any

from layers.casework.procedures.fields import Field
from layers.casework.procedures.vocabulary import FieldKind
from layers.registry.text import Text

from .areas import area_words
from .checklists import checklist_words
from .references import NAMED_BY, reference_words


def field_words(field: Field, value: Any) -> Text | None:
    """None of plain values, and of what makes no sense for its kind."""
    if field.kind is FieldKind.CHECKLIST:
        return checklist_words(field, value)
    if field.kind is FieldKind.AREA:
        return area_words(value)
    return reference_words(field, value) if field.kind in NAMED_BY else None
