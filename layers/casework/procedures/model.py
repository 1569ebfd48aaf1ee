"""What a procedure is made of; read from YAML, never written by code."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property

from layers.casework.phases import Phase
from layers.registry.text import Text

from .conditions import Condition
from .fields import Field
from .money import MoneyStep, MoneyTerms
from .spans import Span
from .vocabulary import (
    Capability,
    EvidenceKind,
    GeometryKind,
    ObligedSide,
    OfferedMatters,
    PublicNames,
)

OPENED = "opened"  # stands for the opening of a case where a step is named


@dataclass(frozen=True)
class Mark:
    """A place in a procedure's text; lines count from 1."""

    file: str
    line: int


@dataclass(frozen=True)
class Role:
    """``credentials`` are kinds that must be held to act in it; ``outside``: by no officer, but by whoever holds a receipt."""

    code: str
    title: Text
    credentials: tuple[str, ...] = ()
    capabilities: frozenset[Capability] = frozenset()
    outside: bool = False


@dataclass(frozen=True)
class PartyRole:
    """As what somebody takes part in a case; ``kinds`` are codes of kinds of parties.

    Each procedure has one ``principal``, of whom the case's own columns tell. ``required`` is the state that is not
    entered before somebody is known in this role, "" for none.
    """

    code: str
    title: Text
    kinds: tuple[str, ...] = ("person", "organisation")
    principal: bool = False
    required: str = ""
    names: PublicNames = PublicNames.NOBODY


PARTY = PartyRole("party", Text("当事人", "Party"), principal=True, names=PublicNames.SURNAME)
"""Of a procedure that says nothing of parties."""


@dataclass(frozen=True)
class State:
    """``pending`` cases are on the pending register (挂账): no limit runs. A ``sealed`` file (已归档) takes nothing more."""

    code: str
    title: Text
    phase: Phase
    final: bool = False
    pending: bool = False
    sealed: bool = False


@dataclass(frozen=True)
class Need:
    """The step must have been taken if the condition holds."""

    step: str
    when: Condition
    basis: Text


@dataclass(frozen=True)
class EvidenceMinimum:
    """At least so many pieces, among them one of each kind; with ``since`` those alone count that came after the last
    of these steps."""

    least: int = 0
    kinds: tuple[EvidenceKind, ...] = ()
    since: tuple[str, ...] = ()


@dataclass(frozen=True)
class Consulting:
    """Departments by code that a step asks for their opinion, each with its time.

    Joined when all have answered, or ``some`` of them (0: all), or the time is over. Silence is none, unless
    ``silence_agrees``. ``by`` are the roles in which it is given there; () leaves it to every officer of theirs.
    """

    units: Mapping[str, Span]
    by: tuple[str, ...] = ()
    some: int = 0
    silence_agrees: bool = False


@dataclass(frozen=True)
class Subtask:
    """A case of another procedure that a step opens, of its ``category``.

    ``department`` is a code, the name of the step's field that names it, or "" for the case's own; ``fields`` are handed
    down as they are known, ``party``: the principal party too, ``subjects``: what the case is about, as far as cases of
    the other procedure can be. ``stops`` is the step of its own by which it ends when the case has ended first, "" for
    none.
    """

    procedure: str
    category: str = ""
    department: str = ""
    fields: tuple[str, ...] = ()
    party: bool = False
    subjects: bool = False
    stops: str = ""


@dataclass(frozen=True)
class Delivery:
    """Documents that reach the party by a step; all others are names of fields of its form, "" where it asks for none."""

    documents: tuple[str, ...]
    method: str = ""
    on: str = ""
    signer: str = ""


@dataclass(frozen=True)
class Step:
    """What somebody may do with a case.

    ``sources`` are the states it starts from, ``target`` the state it leads to (None: the same).
    ``officers`` persons with the roles' credentials must be named; ``voids`` are earlier steps that stand no longer
    afterwards; ``waits`` are deadlines that must not be running; ``awaits`` are steps whose consultation must be
    joined, or whose sub-tasks must have ended; ``papers`` are documents that must be made where a step called for them,
    or ``EVERY_PAPER``; ``within`` are deadlines that must not have run out on the day that a
    field of the form says, today where it is empty; ``notifies`` are roles, or "party" or "reporter". ``otherwise``
    says why the step is refused when ``when`` does not hold. ``named`` is the field that names who takes it, an officer
    or the responsible body whose staff does, "" where nobody is.
    """

    code: str
    title: Text
    sources: tuple[str, ...]
    target: str | None
    by: tuple[str, ...]
    basis: Text
    officers: int = 1
    after: tuple[str, ...] = ()
    needs: tuple[Need, ...] = ()
    when: Condition | None = None
    otherwise: Text | None = None
    waits: tuple[str, ...] = ()
    awaits: tuple[str, ...] = ()
    consults: Consulting | None = None
    opens: Subtask | None = None
    money: MoneyStep | None = None
    within: Mapping[str, str] = field(default_factory=dict)
    voids: tuple[str, ...] = ()
    documents: tuple[str, ...] = ()
    papers: tuple[str, ...] = ()
    delivers: Delivery | None = None
    evidence: EvidenceMinimum = EvidenceMinimum()
    fields: tuple[Field, ...] = ()
    pauses: tuple[str, ...] = ()
    resumes: tuple[str, ...] = ()
    notifies: tuple[str, ...] = ()
    field_ready: bool = False
    reason_required: bool = False
    marks: tuple[str, ...] = ()
    reopens: bool = False
    outcome: str = ""
    named: str = ""


@dataclass(frozen=True)
class Extension:
    """``by`` may grant the span at most ``most`` times, with a reason."""

    span: Span
    by: tuple[str, ...]
    most: int
    basis: Text


@dataclass(frozen=True)
class Expiry:
    """What comes when a limit has run out: a step that the clock takes, "" for none, and roles that are told."""

    step: str = ""
    notify: tuple[str, ...] = ()


@dataclass(frozen=True)
class Deadline:
    """A limit of the agency or the party.

    It starts with any of the steps ``starts`` ("opened": the case's opening), if ``when`` holds then, and
    ends with any of ``ends``; it counts from the day that the starting step's field ``counts_from`` says,
    such as that of a delivery, or "" from when the step is entered;
    ``warn`` is how long before the end to warn; ``roll``: a last day that is a holiday moves to the next
    working day. One that ``follows`` others begins when the last of those that still run has run out.
    """

    code: str
    title: Text
    basis: Text
    starts: tuple[str, ...]
    ends: tuple[str, ...]
    span: Span
    warn: Span
    when: Condition | None = None
    extensions: tuple[Extension, ...] = ()
    counts_from: str = ""
    follows: tuple[str, ...] = ()
    roll: bool = True
    of: ObligedSide = ObligedSide.AGENCY
    measures: tuple[str, ...] = ()
    then: Expiry = Expiry()


@dataclass(frozen=True)
class Separation:
    """Who took a step of ``first`` may take none of ``second``, and the reverse; "opened" is the finder."""

    first: tuple[str, ...]
    second: tuple[str, ...]
    reason: Text
    basis: Text


@dataclass(frozen=True)
class DocumentKind:
    """``number`` may use {office}, {year}, {serial} with a width; "" has no number.

    ``number_field`` is the field by which an officer may give the number, and that keeps it. ``by_hand``: it may be a
    numbered form that is filled in by hand on the spot, for which its number stands then.
    """

    code: str
    title: Text
    number: str
    template: str
    number_field: str = ""
    by_hand: bool = False


@dataclass(frozen=True)
class Flag:
    """A fact of the case that an officer states."""

    code: str
    title: Text


@dataclass(frozen=True)
class Route:
    """Within a feature of ``layer`` whose ``attribute`` is one of ``values``, ``department`` handles the matter."""

    layer: str
    attribute: str
    values: tuple[str, ...]
    department: str
    basis: Text


@dataclass(frozen=True)
class Category:
    """A kind of matter; ``limits`` override deadlines' spans; ``join_radius`` in metres, 0: never a duplicate.

    ``routes`` are looked at in their order, before ``department``.
    """

    code: str
    title: Text
    basis: Text
    group: Text | None = None
    department: str = ""
    join_radius: int = 200
    filing: Text | None = None
    closing: Text | None = None
    limits: Mapping[str, Span] = field(default_factory=dict)
    routes: tuple[Route, ...] = ()


@dataclass(frozen=True)
class Term:
    """Published for so many months, if the condition holds."""

    months: int
    when: Condition | None = None


@dataclass(frozen=True)
class Withdrawal:
    """What is public is taken back when ``when`` holds after a step, for this ``reason``, and not published again."""

    when: Condition
    reason: Text


EVERY_CASE = "all"
EVERY_PAPER = "all"


@dataclass(frozen=True)
class Publication:
    """``within`` is how long after the decision it must be public; ``lasts``: the first term that holds counts.

    A natural person's case is public at a cell only; ``generalise`` are roles of other parties in which a natural person
    makes it so too, or ``EVERY_CASE``. ``papers`` must be made, and the steps
    ``after`` which it comes be taken, before it is proposed.
    """

    when: Condition
    within: Span
    lasts: tuple[Term, ...]
    basis: Text
    withdraw: Withdrawal | None = None
    generalise: tuple[str, ...] = ()
    papers: tuple[str, ...] = ()
    after: tuple[str, ...] = ()


@dataclass(frozen=True)
class Place:
    """The case's geometry, the state that is not entered without it, and the layers around it that are kept."""

    geometry: GeometryKind
    required: str = ""
    overlays: tuple[str, ...] = ()


@dataclass(frozen=True)
class SubjectRule:
    """Of which layer a case may be about features, ``most`` of them; ``required`` is the state that is not entered before
    one is named, "" for none."""

    required: str = ""
    most: int = 50


@dataclass(frozen=True)
class FieldOpening:
    """Cases may be opened in the field, where it is called ``title``.

    ``matters``: all categories of the procedure are offered to everybody, or only those of the officer's own
    department, of all procedures of the family that do not offer all of theirs. ``party``: who it is is asked.
    """

    title: Text
    matters: OfferedMatters = OfferedMatters.ALL
    party: bool = False


@dataclass(frozen=True)
class Procedure:
    """``departments`` that use it, () means all; ``marks`` tell where each part was written.

    ``subjects`` are rules by layer; without any a case may be about features of all.
    ``root`` is the code of the text that it extends in the end, its own where it extends none.
    """

    code: str
    root: str
    version: int
    family: str
    title: Text
    basis: Text
    departments: tuple[str, ...]
    start: str
    credentials: Mapping[str, Text]
    roles: Mapping[str, Role]
    parties: Mapping[str, PartyRole]
    states: Mapping[str, State]
    steps: Mapping[str, Step]
    deadlines: Mapping[str, Deadline]
    separations: tuple[Separation, ...]
    documents: Mapping[str, DocumentKind]
    flags: Mapping[str, Flag]
    categories: Mapping[str, Category]
    conditions: Mapping[str, Condition]
    publication: Publication | None
    evidence: EvidenceMinimum
    place: Place
    subjects: Mapping[str, SubjectRule] = field(default_factory=dict)
    leads: tuple[str, ...] = ()
    money: MoneyTerms | None = None
    field_opening: FieldOpening | None = None
    marks: Mapping[tuple[str | int, ...], Mark] = field(default_factory=dict, compare=False, repr=False)

    def fields(self) -> Mapping[str, Field]:
        """All fields its forms ask for, by name."""
        return self._fields

    @cached_property
    def _fields(self) -> Mapping[str, Field]:
        return {each.name: each for step in self.steps.values() for each in step.fields}

    @property
    def principal(self) -> PartyRole:
        return next(role for role in self.parties.values() if role.principal)

    def mark(self, where: tuple[str | int, ...]) -> Mark:
        """Of a part of the text, or of the part that it lies in."""
        while where and where not in self.marks:
            where = where[:-1]
        return self.marks.get(where, Mark("", 1))

    def limit(self, deadline: str, category: str = "") -> Span:
        """The span of a deadline, the category's own where it has one."""
        own = self.categories[category].limits if category in self.categories else {}
        return own.get(deadline, self.deadlines[deadline].span)
