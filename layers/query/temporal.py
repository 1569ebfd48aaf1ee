"""Days, times and intervals: what they are in SQL, and the sixteen ways in which two can lie to each other."""

from datetime import date, datetime, timedelta

from django.conf import settings
from django.utils import timezone
from django.utils.dateparse import parse_date, parse_datetime

from layers.registry.text import Text

from .errors import InvalidQuery
from .fragments import Ends, Fragment, Type, fragment
from .nodes import Moment

FURTHEST = 36_525
"""Days from today."""
BEFORE, AFTER = "{a.end} < {b.begin}", "{a.begin} > {b.end}"
RELATIONS: dict[str, tuple[str, ...]] = {
    "t_after": (AFTER,),
    "t_before": (BEFORE,),
    "t_contains": ("{a.begin} < {b.begin}", "{a.end} > {b.end}"),
    "t_disjoint": (f"{BEFORE} OR {AFTER}",),
    "t_during": ("{a.begin} > {b.begin}", "{a.end} < {b.end}"),
    "t_equals": ("{a.begin} = {b.begin}", "{a.end} = {b.end}"),
    "t_finishedby": ("{a.begin} < {b.begin}", "{a.end} = {b.end}"),
    "t_finishes": ("{a.begin} > {b.begin}", "{a.end} = {b.end}"),
    "t_intersects": ("{a.begin} <= {b.end}", "{a.end} >= {b.begin}"),
    "t_meets": ("{a.end} = {b.begin}",),
    "t_metby": ("{a.begin} = {b.end}",),
    "t_overlappedby": ("{a.begin} > {b.begin}", "{a.begin} < {b.end}", "{a.end} > {b.end}"),
    "t_overlaps": ("{a.begin} < {b.begin}", "{a.end} > {b.begin}", "{a.end} < {b.end}"),
    "t_startedby": ("{a.begin} = {b.begin}", "{a.end} > {b.end}"),
    "t_starts": ("{a.begin} = {b.begin}", "{a.end} < {b.end}"),
}
MOMENTS = {Type.DATE, Type.TIME}


def moment(node: Moment) -> Fragment:
    """Its text as a day or a time with its zone."""
    return _day(node.text) if node.kind == "date" else _time(node.text)


def day_from_today(days: int) -> Fragment:
    """A day so many days from today in the district."""
    if abs(days) > FURTHEST:
        raise InvalidQuery(Text("天数过大。", "That is too many days."))
    return Fragment(Type.DATE, "%s::date", (timezone.localdate() + timedelta(days=days),))


def read_moment(text: str) -> Fragment | None:
    """Plain text as a day or a time, None where it is neither."""
    try:
        return _day(text) if len(text) == 10 else _time(text)
    except InvalidQuery:
        return None


def _day(text: str) -> Fragment:
    found: date | None
    try:
        found = parse_date(text)
    except ValueError:
        found = None
    if found is None:
        raise InvalidQuery(
            Text("“%(text)s”不是日期，请写成 2026-01-31。", "“%(text)s” is no day; write 2026-01-31.")
            % {"text": text[:40]}
        )
    return Fragment(Type.DATE, "%s::date", (found,))


def _time(text: str) -> Fragment:
    found: datetime | None
    try:
        found = parse_datetime(text)
    except ValueError:
        found = None
    if found is None or found.tzinfo is None or not 1 < found.year < 9999:
        raise InvalidQuery(
            Text(
                "“%(text)s”不是带时区的时间，请写成 2026-01-31T08:00:00Z。",
                "“%(text)s” is no time with its zone; write 2026-01-31T08:00:00Z.",
            )
            % {"text": text[:40]}
        )
    return Fragment(Type.TIME, "%s::timestamptz", (found,))


def compare(sign: str, left: Fragment, right: Fragment) -> Fragment:
    """A time beside a day is taken as the district's clock shows it."""
    if left.type != right.type:
        left, right = _local(left), _local(right)
    return fragment(Type.BOOLEAN, f"({{}} {sign} {{}})", left, right)


def _local(side: Fragment) -> Fragment:
    if side.type == Type.DATE:
        return side
    return Fragment(side.type, f"({side.sql} AT TIME ZONE %s)", (*side.params, settings.TIME_ZONE))


def relation(name: str, left: Ends, right: Ends) -> Fragment:
    """True where all that the relation asks for is; open ends lie before or after everything."""
    parts = [
        [_compared(each, left, right) for each in condition.split(" OR ")] for condition in RELATIONS[name]
    ]
    either = [fragment(Type.BOOLEAN, f"({' OR '.join(['{}'] * len(each))})", *each) for each in parts]
    return fragment(Type.BOOLEAN, f"({' AND '.join(['{}'] * len(either))})", *either)


def _compared(condition: str, left: Ends, right: Ends) -> Fragment:
    first, sign, second = condition.split(" ")
    sides = [_side(text, left, right) for text in (first, second)]
    (is_end_a, a), (is_end_b, b) = sides
    if a is None or b is None:
        low, high = _rank(is_end_a, a), _rank(is_end_b, b)
        return Fragment(Type.BOOLEAN, "true" if _ordered(low, sign, high) else "false")
    return compare(sign, a, b)


def _side(text: str, left: Ends, right: Ends) -> tuple[bool, Fragment | None]:
    ends = left if text.startswith("{a") else right
    is_end = text.endswith("end}")
    return is_end, ends.end if is_end else ends.begin


def _rank(is_end: bool, side: Fragment | None) -> int:
    """-1 before everything, 1 after everything, 0 somewhere between."""
    return 0 if side is not None else 1 if is_end else -1


def _ordered(low: int, sign: str, high: int) -> bool:
    return {"<": low < high, "<=": low <= high, ">": low > high, ">=": low >= high, "=": low == high}[sign]
