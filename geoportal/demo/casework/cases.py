"""2,000 enforcement cases of six departments over three years, walked through their procedures up to a day."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime, time, timedelta

import numpy as np
import shapely

from layers.agencies.models import Officer
from layers.casework.access.actor import THE_PORTAL, Actor
from layers.casework.cases.accounts import account_row
from layers.casework.extension import extension_of
from layers.casework.log.event_log import Entry, new_event
from layers.casework.models import Case, Event, EventKind, Publication, PublicationStatus
from layers.casework.publication import effects
from layers.casework.publication.masking import suggested_text
from layers.casework.publication.terms import publication_end
from layers.casework.rules.publication_terms import publication_months
from layers.registry.audience import Audience

from .case_histories import LOCAL, CaseHistory, case_history
from .case_plans import CasePlan, Site, case_plan
from .model_rows import Row, row_of
from .officers import Staff

COUNT = 2000
SHARES = {"UM": 0.62, "WS": 0.13, "HP": 0.06, "PL": 0.09, "LR": 0.06, "CA": 0.04}
RECENT = 0.12
"""Share of the cases that were found in the last six weeks, so that many are under way."""
RESTRICTED = 0.02
"""Share of those that are not public and that only the administration sees."""

Locate = Callable[[shapely.Point], tuple[int | None, int | None]]


@dataclass
class Docket:
    """Cases, and the rows that belong to them."""

    cases: list[Row] = field(default_factory=list)
    decisions: list[Row] = field(default_factory=list)
    accounts: list[Row] = field(default_factory=list)
    events: list[Row] = field(default_factory=list)
    limits: list[Row] = field(default_factory=list)
    publications: list[Row] = field(default_factory=list)


def rows(
    site: Site,
    locate: Locate,
    staffs: Mapping[str, Staff],
    now: datetime,
    random: np.random.Generator,
) -> Docket:
    codes, shares = list(SHARES), list(SHARES.values())
    docket = Docket()
    found = [_report_time(now, random) for _ in range(COUNT)]
    for number, reported in enumerate(sorted(found), 1):
        staff = staffs[str(random.choice(codes, p=shares))]
        plan = case_plan(number, staff.department, reported, site, random)
        _add(docket, plan, locate, case_history(plan, staff, now, random), staff, now, random)
    docket.events.sort(key=lambda event: event["at"])
    return docket


def _report_time(now: datetime, random: np.random.Generator) -> datetime:
    days = 42 if random.random() < RECENT else 1095
    day = now.astimezone(LOCAL) - timedelta(days=float(random.uniform(0, days)))
    return min(now, day.replace(hour=int(random.integers(8, 18)), minute=int(random.integers(0, 60))))


def _add(
    docket: Docket,
    plan: CasePlan,
    locate: Locate,
    history: CaseHistory,
    staff: Staff,
    now: datetime,
    random: np.random.Generator,
) -> None:
    case = history.case
    _name_officers(case, _events(history))
    publication = _publication(history, staff, now, len(docket.publications) + 1)
    if case.visibility != Audience.PUBLIC and random.random() < RESTRICTED:
        case.visibility = Audience.RESTRICTED
    if publication:
        docket.publications.append(row_of(publication))
    division, cell = locate(plan.place)
    docket.cases.append(row_of(case, geom=plan.place, division_id=division, grid_cell_id=cell))
    if extension_of(case).penalty:
        docket.decisions.append(row_of(extension_of(case)))
    if account := history.account:
        docket.accounts.append(row_of(account_row(case, account)))
    docket.events += [row_of(event) for event in _events(history)]
    docket.limits += [row_of(limit) for limit in history.rows.limits]


def _events(history: CaseHistory) -> list[Event]:
    return [each for each in history.rows.events if isinstance(each, Event)]


def _name_officers(case: Case, events: list[Event]) -> None:
    """The first second officer stays the case's."""
    case.partner = next((event.partner for event in events if event.partner), None)
    case.officers = "、".join(person.name for person in (case.handler, case.partner) if person)


def _publication(history: CaseHistory, staff: Staff, now: datetime, key: int) -> Publication | None:
    """What its rule publishes is public for so long; family planning never is."""
    case, at = history.case, history.rows.events[-1].at
    over = case.state in {"closed", "archived"} and staff.department.code != "HP"
    months = publication_months(history.procedure, history.facts) if over else None
    if not months or case.handler is None:
        return None
    publication = effects.proposal(case, suggested_text(case), case.handler, at)
    publication.pk, publication.reviewed_by = key, staff.by_post["publisher"][0]
    _log(history, publication, case.handler, at)
    until = publication_end(at, months)
    effects.publish(case, publication, at, until)
    _log(history, publication, publication.reviewed_by, at)
    if until <= now.astimezone(LOCAL).date():
        ended = datetime.combine(until, time(), LOCAL)
        effects.end(case, publication, PublicationStatus.EXPIRED, "公示期满", ended)
        _log(history, publication, None, ended)
    return publication


def _log(history: CaseHistory, publication: Publication, officer: Officer | None, at: datetime) -> None:
    case = history.case
    case.revision, case.last_action = case.revision + 1, at
    actor = Actor(officer.name, officer) if officer else THE_PORTAL
    data = {"status": str(publication.status), "publication": publication.pk, "reason": publication.reason}
    entry = Entry(EventKind.PUBLICATION, data={name: value for name, value in data.items() if value})
    history.rows.events.append(new_event(case, actor, entry, at))
