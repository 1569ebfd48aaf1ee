"""Cases that began elsewhere: the first verb on one tells so in the log, before anything else is said of it.

What came with the case - its state, its days, its due time - is written down as it was when we took it over. No
limit of ours runs yet; the due time that came with the case stays until one does.
"""

from typing import Any

from django.utils import timezone

from layers.casework.models import Case, Event, EventKind
from layers.casework.procedures import OPENED


def record_import(case: Case) -> Event | None:
    """The event by which the log of a case from elsewhere begins; None where it has begun already.

    The case must be held.
    """
    if case.revision or case.events.filter(kind=EventKind.OPENED).exists():
        return None
    return Event.objects.create(
        case=case,
        kind=EventKind.OPENED,
        step=OPENED,
        after=case.state,
        who=(case.source or "import")[:150],
        at=timezone.now(),
        data={"elsewhere": _source_data(case), "revision": 0},
    )


def _source_data(case: Case) -> dict[str, Any]:
    days = {name: getattr(case, name) for name in ("reported", "filed", "due", "closed")}
    known = {"source": case.source, "number": case.number, "state": case.state, "resolution": case.resolution}
    return {**known, **{name: value.isoformat() for name, value in days.items() if value}}
