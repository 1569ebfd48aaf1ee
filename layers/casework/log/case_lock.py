"""How a verb takes hold of a case: locked, at the revision that its actor saw, and telling the log by itself."""

from collections.abc import Iterator
from contextlib import contextmanager

from django.db import connection, transaction
from django.utils import timezone

from layers.casework.extension import save_extension
from layers.casework.models import Case, Event
from layers.errors import Conflict
from layers.registry.text import Text

from .imported_cases import record_import
from .log_triggers import VERB_SETTING


class StaleRevision(Conflict):
    """Somebody else acted since; ``events`` are what happened."""

    def __init__(self, case: Case, events: list[Event]) -> None:
        self.case, self.events = case, events
        super().__init__(
            Text(
                "该案件刚被他人办理，请查看后再试。",
                "Somebody else has just acted on this case; look at it and try again.",
            )
        )


@contextmanager
def lock_case(case_id: int, revision: int | None = None) -> Iterator[Case]:
    """The case, locked until the transaction ends; what the verb changes in it is saved with a new revision."""
    with transaction.atomic():
        case = check_revision(case_id, revision)
        silence_write_trigger()
        record_import(case)
        case.revision += 1
        case.last_action = timezone.now()
        yield case
        case.save()
        save_extension(case)


def check_revision(case_id: int, revision: int | None) -> Case:
    """The case, locked until the transaction ends, if nobody has acted since its actor saw it."""
    case = Case.objects.select_for_update(of=("self",)).get(pk=case_id)
    if revision is not None and case.revision != revision:
        raise StaleRevision(case, list(case.events.filter(data__revision__gt=revision)))
    return case


def silence_write_trigger() -> None:
    """For the rest of the transaction the database need not tell of changes to cases by itself."""
    with connection.cursor() as cursor:
        cursor.execute(f"SET LOCAL {VERB_SETTING} = 'verb'")
