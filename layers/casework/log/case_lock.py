"""How a verb takes hold of a case: locked, at the revision that its actor saw, and telling the log by itself."""

from collections.abc import Iterator
from contextlib import contextmanager

from django.db import connection, transaction
from django.utils import timezone

from layers.agencies.models import Officer
from layers.casework.extension import save_extension
from layers.casework.models import Case, Event
from layers.casework.principal import save_principal
from layers.errors import Conflict
from layers.registry.text import Text

from .imported_cases import record_import
from .log_triggers import VERB_SETTING


class StaleRevision(Conflict):
    """The case was acted on since; ``events`` are what happened."""

    def __init__(self, case: Case, events: list[Event]) -> None:
        self.case, self.events = case, events
        super().__init__(self.sentence_for(None))

    def sentence_for(self, reader: Officer | None) -> Text:
        """Who was faster: others by their names, or the reader elsewhere."""
        others = dict.fromkeys(
            (each.who, each.who) if each.officer_id else _nobody(each)
            for each in self.events
            if reader is None or each.officer_id != reader.pk
        )
        if self.events and not others:
            return Text(
                "您本人已在别的窗口或设备上办理过本案，请查看后再试。",
                "You have acted on this case yourself meanwhile, in another window or on another device; look at it and try again.",
            )
        if not others:
            return Text(
                "本案刚有变动，请查看后再试。", "The case has just changed; look at it and try again."
            )
        zh, en = "、".join(each for each, _ in others), ", ".join(each for _, each in others)
        return Text(
            f"{zh}刚办理过本案，请查看后再试。",
            f"{en} acted on this case just now; look at it and try again.",
        )


def _nobody(event: Event) -> tuple[str, str]:
    """Whoever acted without being an officer: a party by receipt, or the portal itself."""
    return ("外部人员", "Somebody outside") if event.data.get("outside") else ("系统", "The portal")


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
        save_principal(case)


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
