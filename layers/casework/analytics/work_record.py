"""The daily work record: an officer's day as the log has it, and what the officer adds to it afterwards."""

from collections import Counter, defaultdict
from collections.abc import Collection, Iterable, Mapping
from datetime import date, timedelta

from django.db.models import Count, Q, QuerySet
from django.db.models.functions import TruncDate
from django.utils import timezone

from layers.agencies.models import Officer
from layers.casework.access.actor import Actor, NotAllowed
from layers.casework.access.permissions import has_capability
from layers.casework.models import DayCorrection, Event
from layers.casework.procedures import Capability
from layers.registry.text import Text

from .filters import start_of_day

MAX_CHARACTERS = 4000


def day_events(officer: Officer, first: date, last: date) -> "QuerySet[Event]":
    """What somebody did or helped to do, from a day to a day, in the order in which it happened."""
    own = Q(officer=officer) | Q(partner=officer)
    period = Q(at__gte=start_of_day(first), at__lt=start_of_day(last + timedelta(days=1)))
    return Event.objects.filter(own & period).select_related("case", "case__version").order_by("at", "pk")


def counts_by_kind(events: "QuerySet[Event]") -> dict[str, int]:
    rows = events.order_by().values("kind").annotate(number=Count("pk"))
    return {row["kind"]: int(row["number"]) for row in rows}


def day_corrections(officer: Officer, first: date, last: date) -> "QuerySet[DayCorrection]":
    return DayCorrection.objects.filter(officer=officer, day__gte=first, day__lte=last).order_by("pk")


def week_days(day: date) -> list[date]:
    """Monday to Sunday."""
    monday = day - timedelta(days=day.weekday())
    return [monday + timedelta(days=n) for n in range(7)]


Week = Mapping[date, Counter[str]]


def week_counts(officers: Collection[Officer], days: list[date]) -> Mapping[int, Week]:
    """Numbers of events by officer, day and kind; an event of two counts for both."""
    keys = [officer.pk for officer in officers]
    period = Q(at__gte=start_of_day(days[0]), at__lt=start_of_day(days[-1] + timedelta(days=1)))
    own = Q(officer__in=keys) | Q(partner__in=keys)
    found: dict[int, dict[date, Counter[str]]] = defaultdict(lambda: defaultdict(Counter))
    rows = Event.objects.filter(own & period).values("officer_id", "partner_id", "kind", day=TruncDate("at"))
    for row in rows.annotate(number=Count("pk")):
        for key in {row["officer_id"], row["partner_id"]} & set(keys):
            found[key][row["day"]][row["kind"]] += row["number"]
    return found


def readable_officers(reader: Officer | None) -> "QuerySet[Officer]":
    """Whose records somebody may read: the own one, and who leads those of the department."""
    if reader is None:
        return Officer.objects.none()
    if has_capability(reader, Capability.SUPERVISE):
        return Officer.objects.filter(department=reader.department_id).order_by("code")
    return Officer.objects.filter(pk=reader.pk)


def add_correction(
    officer: Officer, day: date, text: str, actor: Actor, event: int | None = None
) -> DayCorrection:
    """Add to the record of a day, about one of its events or the day as a whole. Raises NotAllowed."""
    refusals = list(_refusals(officer, day, text, actor))
    found = None
    if event is not None:
        found = day_events(officer, day, day).filter(pk=event).first()
        if found is None:
            refusals.append(Text("当日没有这项记录。", "The day has no such entry."))
    if refusals:
        raise NotAllowed(*refusals)
    return DayCorrection.objects.create(officer=officer, day=day, event=found, text=text.strip())


def _refusals(officer: Officer, day: date, text: str, actor: Actor) -> Iterable[Text]:
    if actor.officer is None or actor.officer.pk != officer.pk:
        yield Text("只有本人可以更正自己的工作日志。", "Only the officer may correct the own record.")
    if day > timezone.localdate():
        yield Text("不能更正将来的日期。", "A day to come cannot be corrected.")
    if not text.strip():
        yield Text("须写明更正内容。", "Say what is to be added.")
    elif len(text) > MAX_CHARACTERS:
        yield Text(
            f"更正内容不得超过 {MAX_CHARACTERS} 字。", f"At most {MAX_CHARACTERS} characters are kept."
        )
