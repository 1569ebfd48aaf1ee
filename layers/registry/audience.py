"""The one visibility rule: who asks, and which rows, columns and geometry precision they get.

The rule is written here once as data; :mod:`layers.registry.access.audience_views` turns it into database views, one
schema and one role per audience, and every door reads those views through :mod:`layers.registry.access.layer_query`.
"""

import re
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Protocol, runtime_checkable

from django.db import models

from .text import Text

DEPARTMENT_CODE = r"^[A-Z][A-Z0-9]{0,15}\Z"
"""Codes of departments are joined to lists for the database and name folders of caches, so they hold nothing else."""


class Audience(models.IntegerChoices):
    """Ordered: a higher audience sees all that a lower one sees."""

    PUBLIC = 0, Text("公开", "Public")
    SIGNED_IN = 1, Text("登录可见", "Signed in")
    DEPARTMENT = 2, Text("部门", "Department")
    RESTRICTED = 3, Text("受限", "Restricted")

    @property
    def schema(self) -> str:
        return f"for_{self.name.lower()}"

    @property
    def role(self) -> str:
        return f"geoportal_{self.name.lower()}"


@runtime_checkable
class Person(Protocol):
    """What the rule needs to know of a signed-in user."""

    is_active: bool

    @property
    def audience(self) -> Audience: ...
    def department_codes(self) -> Iterable[str]: ...


@dataclass(frozen=True)
class Viewer:
    """Who asks: an audience, and for departments' officers the codes of their departments."""

    audience: Audience = Audience.PUBLIC
    departments: tuple[str, ...] = field(default=())
    name: str = field(default="", compare=False)
    """Who it is, for the record of personal data that was read; viewers that see the same are equal."""

    def __post_init__(self) -> None:
        for code in self.departments:
            if not re.fullmatch(DEPARTMENT_CODE, code):
                raise ValueError(f"{code!r} is no code of a department")

    @classmethod
    def of(cls, user: object) -> "Viewer":
        if not isinstance(user, Person) or not user.is_active:
            return PUBLIC_VIEWER
        audience = user.audience
        codes = tuple(sorted(user.department_codes())) if audience == Audience.DEPARTMENT else ()
        return cls(audience, codes, str(getattr(user, "username", "")))

    @property
    def key(self) -> str:
        """Names this viewer's share of a cache; equal keys see equal data."""
        return "-".join((self.audience.name.lower(), *self.departments))


PUBLIC_VIEWER = Viewer()
