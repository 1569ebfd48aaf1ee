"""From when and until when a case's decision can be public."""

from datetime import date, datetime

from dateutil.relativedelta import relativedelta
from django.utils import timezone

from layers.casework.calendar.due_dates import due_time
from layers.casework.calendar.working_calendar import WorkingCalendar
from layers.casework.models import Case, EventKind
from layers.casework.phases import Phase
from layers.casework.procedures import Procedure


def expired_on(procedure: Procedure, case: Case, months: int) -> date | None:
    """The last day on which the decision could be public, if that has passed.

    Counted from its first publication, lest taking it back and proposing it again give it more time; from the
    decision where it never was public.
    """
    since = first_publication(procedure, case) or _decision_time(procedure, case)
    last = publication_end(since, months) if since else None
    return last if last and last < timezone.localdate() else None


def publication_end(since: datetime, months: int) -> date:
    end: date = timezone.localdate(since) + relativedelta(months=months)
    return end


def first_publication(procedure: Procedure, case: Case) -> datetime | None:
    """When the decision, not an earlier one that was revoked, was first made public."""
    decided, public = _decision_time(procedure, case), case.publications.filter(published_at__isnull=False)
    if decided:
        public = public.filter(published_at__gte=decided)
    return public.order_by("published_at").values_list("published_at", flat=True).first()


def publication_due(procedure: Procedure, case: Case, calendar: WorkingCalendar) -> datetime | None:
    """The last moment by which the decision must be public; None where nothing was decided here."""
    decided = _decision_time(procedure, case)
    if procedure.publication is None or decided is None:
        return None
    return due_time(decided, procedure.publication.within, calendar)


def _decision_time(procedure: Procedure, case: Case) -> datetime | None:
    """When the case was last decided; None where that was elsewhere."""
    phases = {code: state.phase for code, state in procedure.states.items()}
    deciding = [
        step.code
        for step in procedure.steps.values()
        if step.target
        and phases[step.target] in {Phase.DECIDED, Phase.CLOSED}
        and any(phases[source] is Phase.OPEN for source in step.sources)
    ]
    taken = case.events.filter(kind=EventKind.STEP, step__in=deciding).order_by("pk").last()
    return taken.at if taken else None
