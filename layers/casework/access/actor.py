"""Who acts on cases, with which roles and credentials, and how the rules refuse it."""

from dataclasses import dataclass
from datetime import date

from django.utils import timezone

from layers.agencies.models import Officer
from layers.casework.rules.credentials import Credentials
from layers.errors import Unprocessable
from layers.registry.text import Text


@dataclass(frozen=True)
class Actor:
    """A person at work; without an officer it is the portal itself, somebody who only reports, or who holds a receipt.

    ``outside`` is the code of the role in which the holder of a receipt acts; the ``clock`` takes the steps that limits
    name which ran out, and those by which sub-tasks end with their case.
    """

    name: str
    officer: Officer | None = None
    outside: str = ""
    clock: bool = False


THE_PORTAL = Actor("portal")
THE_CLOCK = Actor(THE_PORTAL.name, clock=True)
NOBODY = Credentials(id=0)


def credentials_of(officer: Officer, day: date | None = None) -> Credentials:
    """As they are today, or were on another day."""
    return Credentials(
        id=officer.pk,
        roles=frozenset(officer.posts),
        held=officer.held_credentials(day or timezone.localdate()),
        code=officer.code,
        body=officer.body.code if officer.body else "",
    )


def credentials_of_actor(actor: Actor) -> Credentials:
    """The officer's; of whoever acts by a receipt the role, and nothing else; none of the portal."""
    if actor.officer:
        return credentials_of(actor.officer)
    if actor.clock:
        return Credentials(id=0, clock=True)
    return Credentials(id=0, roles=frozenset({actor.outside}), outside=True) if actor.outside else NOBODY


class NotAllowed(Unprocessable):
    """The rules do not allow it; ``refusals`` are sentences in both languages."""

    def __init__(self, *refusals: Text) -> None:
        self.refusals = refusals
        sentences = Text(" ".join(each.zh for each in refusals), " ".join(each.en for each in refusals))
        super().__init__(sentences, refusals=[{"zh": each.zh, "en": each.en} for each in refusals])
