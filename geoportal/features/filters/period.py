"""Rows of a time or of a span of time, as RFC 3339 writes it."""

from datetime import datetime, time, timedelta

from django.utils import timezone
from django.utils.dateparse import parse_date, parse_datetime
from django.utils.translation import gettext as _

from layers.errors import InvalidInput
from layers.registry.access.layer_query import Condition, LayerQuery
from layers.registry.declaration.layer import Kind

OPEN = {"", ".."}
Moment = tuple[datetime, datetime]
"""Its beginning and its end, which a day has at its last microsecond."""


def period_conditions(reading: LayerQuery, text: str | None) -> list[Condition]:
    """By the attribute that is the layer's time; rows without a time match too."""
    if text is None:
        return []
    begin, end = _span(text)
    layer = reading.layer
    if layer.time not in {attribute.name for attribute in reading.attributes}:
        return []
    is_day = layer.kind(layer.attribute(layer.time)) == Kind.DATE
    return [
        Condition(
            f'"{layer.time}" IS NULL OR "{layer.time}" {sign} %s',
            (limit.date() if is_day else limit,),
        )
        for sign, limit in ((">=", begin), ("<=", end))
        if limit is not None
    ]


def _span(text: str) -> tuple[datetime | None, datetime | None]:
    parts = text.split("/")
    if len(parts) > 2 or (len(parts) == 1 and text in OPEN):
        raise _unreadable()
    moments = [None if part in OPEN else _moment(part) for part in parts]
    first, last = moments[0], moments[-1]
    begin, end = first[0] if first else None, last[1] if last else None
    if begin and end and begin > end:
        raise InvalidInput(_("“datetime” begins after it ends."))
    return begin, end


def _moment(text: str) -> Moment:
    try:
        day, moment = parse_date(text), parse_datetime(text)
    except ValueError:
        day = moment = None
    if day is not None:
        midnight = datetime.combine(day, time(), timezone.get_default_timezone())
        return midnight, midnight + timedelta(days=1, microseconds=-1)
    if moment is None or moment.tzinfo is None:
        raise _unreadable()
    try:
        local = timezone.localtime(moment, timezone.get_default_timezone())
    except OverflowError:
        raise _unreadable() from None
    return local, local


def _unreadable() -> InvalidInput:
    return InvalidInput(
        _(
            "“datetime” is a day or a time with its zone, or two with “/” between them of which one may be “..”; "
            "for example 2026-01-31, 2026-01-31T08:00:00Z or 2026-01-01/.."
        )
    )
