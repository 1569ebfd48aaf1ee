"""What makes a proxy of :class:`Case` the cases of one family."""

from typing import Any, ClassVar

from django.db import models


class FamilyManager(models.Manager[Any]):
    def get_queryset(self) -> "models.QuerySet[Any]":
        family: str = self.model.FAMILY
        return super().get_queryset().filter(family=family)


class OfFamily(models.Model):
    """A base beside Case, before it: ``class Inspection(OfFamily, Case)`` with its ``FAMILY``, as a proxy."""

    FAMILY: ClassVar[str]
    objects: ClassVar[models.Manager[Any]] = FamilyManager()
    _default_manager: ClassVar[models.Manager[Any]]

    class Meta:
        abstract = True

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        if not args:
            kwargs.setdefault("family", self.FAMILY)
        super().__init__(*args, **kwargs)
