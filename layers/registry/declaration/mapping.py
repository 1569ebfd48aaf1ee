"""How the columns of a delivered file become the fields of a layer's model."""

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any


@dataclass(frozen=True)
class Column:
    """One model field and the headings under which files deliver it (compared without case or surrounding space).

    Of several headings in one file the first counts, or with ``first_filled`` the first that a row fills.
    ``convert`` turns a delivered value into the field's, or raises ValueError with a sentence; without it the
    model field decides. ``match`` makes the field a foreign key found by that field of the other model, and
    ``create`` are the fields, each given the delivered value, of one that the operator wants added when unknown.
    With ``is_exact`` the headings come from a file: spelled as here, and otherwise only where nobody else has that spelling.
    A name that is no model field is for ``derive``, which takes it out of the row; ``title`` is what people call it.
    """

    name: str
    headings: tuple[str, ...] = ()
    convert: Callable[[Any], Any] | None = None
    required: bool = False
    first_filled: bool = False
    match: str = ""
    create: tuple[str, ...] = ()
    title: str = ""
    is_exact: bool = False


@dataclass(frozen=True)
class ImportMapping:
    """``key`` names the fields that identify a row across deliveries; ``source`` and ``geom`` may be among them.

    ``identifier`` names a text field that, where the file fills it and repeats no value, identifies a row among
    those of its source instead. ``defaults`` fill fields that the file does not deliver, with a value or what a
    function gives when an import begins. ``derive`` is given the fields ``derived_from`` of a row, as far as they
    are filled, and returns those the row has in their place, or raises ValueError. ``positionless`` lets rows
    without a position in. ``worked_on`` names a whole-number field that is above zero once a row is worked on here:
    from then on deliveries leave it as it is.
    """

    columns: tuple[Column, ...]
    key: tuple[str, ...] = ("source", "geom")
    identifier: str = ""
    defaults: dict[str, Any] = field(default_factory=dict)
    derive: Callable[[dict[str, Any]], dict[str, Any]] | None = None
    derived_from: tuple[str, ...] = ()
    positionless: bool = False
    worked_on: str = ""
