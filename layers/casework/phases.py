from django.db import models

from layers.registry.text import Text


class Phase(models.TextChoices):
    """How far a case is, whatever its procedure calls its states."""

    OPEN = "open", Text("在办", "Open")
    DECIDED = "decided", Text("已决定", "Decided")
    CLOSED = "closed", Text("已结", "Closed")
    DISMISSED = "dismissed", Text("不予立案", "Not filed")

    @property
    def is_end(self) -> bool:
        return self in {Phase.CLOSED, Phase.DISMISSED}
