"""The district's calendar: the announced one with what was corrected here."""

from layers.casework.models import CalendarDay

from .working_calendar import WorkingCalendar


def district_calendar() -> WorkingCalendar:
    return WorkingCalendar(dict(CalendarDay.objects.values_list("day", "is_working")))
