"""The queries of the inbox: whose turn it is, what is due first; nothing personal is shown.

A page costs as many statements however many cases there are, and none of them counts further than
:data:`MOST_COUNTED`; nor can one turn pages further, but one can narrow the list.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime
from functools import cache, lru_cache
from typing import Any

from django.core.exceptions import EmptyResultSet
from django.db import connection
from django.db.models import F, Q, QuerySet
from django.utils import timezone

from geoportal.cases.procedure_titles import procedures_known
from layers.agencies.models import Officer
from layers.casework.access.permissions import department_cases
from layers.casework.calendar.district import district_calendar
from layers.casework.log.case_snapshots import CaseRows, case_rows, snapshot_at
from layers.casework.models import ACTIVE, Case, ProcedureVersion
from layers.casework.phases import Phase
from layers.casework.procedures import Procedure
from layers.casework.procedures.versions import read_version
from layers.casework.rules.case_snapshot import CaseSnapshot
from layers.casework.rules.steps.available_steps import actionable_states, ready_steps
from layers.registry.audience import Audience, Viewer

ON_A_PAGE = 50
MOST_COUNTED = 1000
BOXES = ("mine", "unassigned", "post", "joint", "all")
RELATED = ("handler", "department", "division")
COLUMNS = (
    "number",
    "title",
    "category",
    "state",
    "due",
    "closed",
    "last_action",
    "reported",
    "address",
    "joint",
    "version",
    "facts",
    "party_kind",
    "geom",
    "area",
    "handler__name",
    "department__code",
    "department__name",
    "department__name_en",
    "division__name",
)
OVER = (Phase.CLOSED, Phase.DISMISSED)


@dataclass(frozen=True)
class InboxRow:
    """``limit`` is the code of the limit that gives the case its due time, ``steps`` are titles."""

    case: Case
    procedure: Procedure | None
    limit: str
    standing: str
    steps: list[str]


@dataclass(frozen=True)
class InboxFilter:
    """Which box, and what it is narrowed to; ``due`` is "overdue", "soon" (see ``until``) or ""."""

    box: str
    state: str = ""
    department: str = ""
    words: tuple[str, ...] = ()
    due: str = ""
    until: datetime | None = None

    @property
    def is_set(self) -> bool:
        return bool(self.state or self.department or self.words or self.due)


def box_cases(viewer: Viewer, officer: Officer | None, box: str) -> "QuerySet[Case]":
    """The cases of one box; joined ones are dealt with where they were joined to."""
    own = department_cases(viewer)
    if box == "mine":
        return own.filter(Q(handler=officer) | Q(partner=officer), closed=None) if officer else own.none()
    if box == "unassigned":
        return _of_departments(own, viewer).filter(handler=None, closed=None)
    if box == "post":
        posts = officer.posts if officer else ()
        return own.filter(_actionable_q(posts, _versions_known()), joined_to=None)
    if box == "joint":
        shared = own.filter(closed=None).exclude(joint=[])
        return shared if viewer.audience == Audience.RESTRICTED else shared.filter(_joint_q(viewer))
    return own.filter(closed=None)


def _of_departments(own: "QuerySet[Case]", viewer: Viewer) -> "QuerySet[Case]":
    if viewer.audience == Audience.RESTRICTED:
        return own
    return own.filter(department__code__in=viewer.departments)


def _joint_q(viewer: Viewer) -> Q:
    return Q(joint__overlap=list(viewer.departments)) | Q(department__code__in=viewer.departments)


def _actionable_q(posts: Iterable[str], pks: Iterable[int]) -> Q:
    """Versions and states in which these posts bring a case forward; versions that agree share a condition.

    Cases that are open are told apart first, for they are few and have an index of their own.
    """
    versions: dict[tuple[frozenset[str], bool], list[int]] = {}
    for pk in pks:
        procedure = read_version(pk)
        states = actionable_states(procedure, posts)
        over = {state for state in states if procedure.states[state].phase in OVER}
        versions.setdefault((states - over, True), []).append(pk)
        versions.setdefault((frozenset(over), False), []).append(pk)
    still, closed = Q(pk__in=()), Q(pk__in=())
    for (states, is_open), pks in versions.items():
        if states and is_open:
            still |= Q(version__in=pks, state__in=sorted(states))
        elif states:
            closed |= Q(version__in=pks, state__in=sorted(states))
    return (Q(closed=None) & still) | closed


def filter_cases(cases: "QuerySet[Case]", asked: InboxFilter) -> "QuerySet[Case]":
    if asked.state:
        cases = cases.filter(state=asked.state)
    if asked.department:
        cases = cases.filter(department__code=asked.department)
    for word in asked.words:
        cases = cases.filter(search_text__contains=word)
    if asked.due == "overdue":
        cases = cases.filter(due__lt=timezone.now())
    elif asked.due == "soon":
        cases = cases.filter(due__lt=asked.until)
    return cases


def count_up_to(cases: "QuerySet[Case]") -> int:
    """How many, but no more than :data:`MOST_COUNTED`."""
    return cases.order_by().values("pk")[:MOST_COUNTED].count()


def box_counts(viewer: Viewer, officer: Officer | None) -> dict[str, int]:
    """How many are in each box, in one statement."""
    posts = tuple(officer.posts if officer else ())
    sql, params = _counting(viewer, officer, posts, _versions_known(), MOST_COUNTED)
    with connection.cursor() as cursor:
        cursor.execute(sql, params)
        return dict(zip(BOXES, map(int, cursor.fetchone()), strict=True))


@lru_cache(maxsize=256)
def _counting(
    viewer: Viewer, officer: Officer | None, posts: tuple[str, ...], versions: tuple[int, ...], most: int
) -> tuple[str, list[Any]]:
    """The statement and its values, which take as long to put together as the database takes to answer."""
    parts: list[str] = []
    params: list[Any] = []
    for box in BOXES:
        few = box_cases(viewer, officer, box).order_by().values("pk")[:most]
        try:
            sql, values = few.query.sql_with_params()
        except EmptyResultSet:
            sql, values = "SELECT 1 WHERE false", ()
        parts.append(f"(SELECT count(*) FROM ({sql}) AS box)")
        params += values
    return "SELECT " + ", ".join(parts), params


def _versions_known() -> tuple[int, ...]:
    return tuple(ProcedureVersion.objects.order_by("pk").values_list("pk", flat=True))


def page_rows(cases: "QuerySet[Case]", number: int, posts: frozenset[str]) -> list[InboxRow]:
    """Overdue first, then what is due soonest; each with its limits' standing and the steps of these posts."""
    first = (number - 1) * ON_A_PAGE
    ordered = cases.order_by(F("due").asc(nulls_last=True), "pk").select_related(*RELATED).only(*COLUMNS)
    found = list(ordered[first : first + ON_A_PAGE])
    rows, now, calendar = case_rows(found), timezone.now(), cache(district_calendar)
    snapshots = {
        case.pk: snapshot_at(read_version(case.version_id), case, rows[case.pk], now, calendar)
        for case in found
        if case.version_id
    }
    return [_page_row(case, rows[case.pk], snapshots.get(case.pk), now, posts) for case in found]


def _page_row(
    case: Case, rows: CaseRows, snapshot: CaseSnapshot | None, now: datetime, posts: frozenset[str]
) -> InboxRow:
    active = [limit for limit in rows.limits if limit.status in ACTIVE]
    nearest = next((limit for limit in active if limit.due == case.due), None)
    late = case.due is not None and case.due < now
    return InboxRow(
        case,
        snapshot.procedure if snapshot else None,
        limit=nearest.code if nearest else "",
        standing=nearest.status_at(now) if nearest else ("overdue" if late else ""),
        steps=_step_titles(snapshot, posts) if snapshot else [],
    )


def _step_titles(snapshot: CaseSnapshot, posts: frozenset[str]) -> list[str]:
    """Of the steps that the case is ready for and that one of these posts may take."""
    ready = ready_steps(snapshot)
    return [str(step.title) for step in ready if posts & set(step.by) and not step.reopens]


def states_known() -> Iterator[tuple[str, Procedure]]:
    """Every state of the procedures in force, with one that has it, for the filter."""
    seen: set[str] = set()
    for _code, procedure in procedures_known():
        for state in procedure.states:
            if state not in seen:
                seen.add(state)
                yield state, procedure
