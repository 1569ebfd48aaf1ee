"""The administration of the case kernel: new versions of procedures, officers, the calendar; the rest is read."""

from . import calendar, officers, procedures, records

__all__ = ["calendar", "officers", "procedures", "records"]
