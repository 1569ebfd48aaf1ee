"""What readers say of single values that cannot be taken as they are written."""

from django.utils.translation import gettext as _

from .source import Problem

SHOWN, KEPT = 80, 200
"""Letters of a value in a sentence, and beside it."""


def unread_letter(name: str, written: str) -> Problem:
    wrong = _("{name}: a letter of “{value}” cannot be read").format(name=name, value=written[:SHOWN])
    return Problem(wrong, name, written[:KEPT])


def absent_day(name: str, written: str) -> Problem:
    wrong = _("{name}: “{value}” is no day of the calendar").format(name=name, value=written[:SHOWN])
    return Problem(wrong, name, written[:KEPT])


def no_number(name: str, written: str) -> Problem:
    wrong = _("{name}: “{value}” is no number of its column").format(name=name, value=written[:SHOWN])
    return Problem(wrong, name, written[:KEPT])
