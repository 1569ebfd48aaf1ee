"""What the form of a step asks, and what must hold of it."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from layers.registry.text import Text

from .conditions import Condition
from .spans import Span
from .vocabulary import FieldKind


@dataclass(frozen=True)
class ChecklistRow:
    """What is looked at, and the points that passing it gives; ``key``: failing it weighs by itself (重点项)."""

    code: str
    title: Text
    points: int = 0
    key: bool = False


@dataclass(frozen=True)
class Check:
    """What must hold of a form that fills in the field; ``otherwise`` says why it is refused."""

    that: Condition
    otherwise: Text
    basis: Text


@dataclass(frozen=True)
class DayAfter:
    """The day must be later than that of another ``field`` by more than the span: of the same form, or of the forms of
    these ``steps``, which come after it; then today stands for that day until one of them says it."""

    field: str
    span: Span
    basis: Text
    steps: tuple[str, ...] = ()


@dataclass(frozen=True)
class NotBefore:
    """The day may be earlier neither than these steps, where they stand, nor than what these fields of the case say."""

    steps: tuple[str, ...] = ()
    fields: tuple[str, ...] = ()


@dataclass(frozen=True)
class Later:
    """Where ``when`` holds, what counts from the stated day counts from so many calendar days later."""

    when: Condition
    span: Span
    basis: Text


@dataclass(frozen=True)
class Field:
    """What a step's form asks; ``writes`` is the attribute that it fills, of the case or of what its family keeps besides, or "".

    ``past``: the day of what has happened, never one to come; ``future``: one to come. ``told``: the roles outside that read what was entered;
    ``masked``: it stands in no text for the public. Money is in yuan, with two decimals; ``least`` is 0 there
    where nothing is said. ``rows`` are those of a checklist, ``layer`` that of a feature, whose attributes ``keeps``
    stay in the log with it; ``matches`` names attributes that must be as a part of another field, ``violation.code``.
    ``checks`` must hold where it is filled in; a day may count ``later``, as that of an announcement does, must lie
    ``after`` another, and ``not_before`` what it follows, for which one that is left empty is today. An officer who is
    named must have one of the ``posts``, and have taken no step ``apart`` from which the duty is. ``own`` is the
    attribute of a feature with the code of its department, which must handle the case.
    """

    name: str
    title: Text
    kind: FieldKind
    choices: Mapping[str, Text] = field(default_factory=dict)
    required: bool = False
    required_when: Condition | None = None
    least: int | None = None
    writes: str = ""
    past: bool = False
    future: bool = False
    masked: bool = False
    told: tuple[str, ...] = ()
    rows: Mapping[str, ChecklistRow] = field(default_factory=dict)
    layer: str = ""
    keeps: tuple[str, ...] = ()
    matches: Mapping[str, str] = field(default_factory=dict)
    checks: tuple[Check, ...] = ()
    later: Later | None = None
    after: DayAfter | None = None
    not_before: NotBefore = NotBefore()
    posts: tuple[str, ...] = ()
    apart: tuple[str, ...] = ()
    own: str = ""
