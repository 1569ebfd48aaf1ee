"""Who acts, and how a verb takes hold of a case: locked, at the revision that its actor saw."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

from django.db import connection, transaction
from django.utils import timezone

from layers.agencies.models import Officer
from layers.casework.log.log_triggers import VERB_SETTING
from layers.casework.models import Case, Event
from layers.casework.rules.step_rules import Credentials
from layers.errors import Conflict, Unprocessable
from layers.registry.text import Text

from .imported_cases import record_import


@dataclass(frozen=True)
class Actor:
    """A person at work; without an officer it is the portal itself or somebody who only reports."""

    name: str
    officer: Officer | None = None


THE_PORTAL = Actor("portal")


def credentials_of(officer: Officer) -> Credentials:
    return Credentials(
        id=officer.pk,
        roles=frozenset(officer.posts),
        certified=officer.is_certified(timezone.localdate()),
        qualified=officer.is_qualified,
    )


class NotAllowed(Unprocessable):
    """The rules do not allow it; ``refusals`` are sentences in both languages."""

    def __init__(self, *refusals: Text) -> None:
        self.refusals = refusals
        sentences = Text(" ".join(each.zh for each in refusals), " ".join(each.en for each in refusals))
        super().__init__(sentences, refusals=[{"zh": each.zh, "en": each.en} for each in refusals])


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
        case = Case.objects.select_for_update(of=("self",)).get(pk=case_id)
        if revision is not None and case.revision != revision:
            raise StaleRevision(case, list(case.events.filter(data__revision__gt=revision)))
        silence_write_trigger()
        record_import(case)
        case.revision += 1
        case.touched = timezone.now()
        yield case
        case.save()


def silence_write_trigger() -> None:
    """For the rest of the transaction the database need not tell of changes to cases by itself."""
    with connection.cursor() as cursor:
        cursor.execute(f"SET LOCAL {VERB_SETTING} = 'verb'")
