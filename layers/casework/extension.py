"""What a step's form may write to a case: attributes of every case and its principal party, and those that its family keeps besides."""

from collections.abc import Mapping, Sequence
from typing import Any

from django.core.exceptions import ObjectDoesNotExist
from django.db import models

from .case_types import case_type
from .principal import PRINCIPAL, principal_row, write_principal

CORE_ATTRIBUTES = frozenset({"title", "category", "description", "address", "resolution", *PRINCIPAL})


def extension_fields(family: str) -> Mapping[str, "models.Field[Any, Any]"]:
    """By name, none where the family keeps nothing besides."""
    model = case_type(family).extension
    return {} if model is None else {each.name: each for each in model._meta.fields if not each.primary_key}


def extension_of(case: Any) -> Any:
    """The case's own row, one that is not saved yet where nothing was written; None where the family has none."""
    model = case_type(case.family).extension
    if model is None:
        return None
    try:
        return getattr(case, _accessor(model))
    except ObjectDoesNotExist:
        return model(case=case)


def prefetch_extensions(cases: Sequence[Any]) -> None:
    """In one statement a family."""
    for family in {case.family for case in cases}:
        model = case_type(family).extension
        if model is not None:
            models.prefetch_related_objects(
                [case for case in cases if case.family == family], _accessor(model)
            )


def save_extension(case: Any) -> None:
    """What was written to the row since the case was read."""
    model = case_type(case.family).extension
    if model is not None and _accessor(model) in case._state.fields_cache:
        extension_of(case).save()


def case_attribute(case: Any, name: str) -> Any:
    """Of the case itself, its principal party or its row; raises AttributeError for what neither has."""
    return getattr(_holder(case, name), PRINCIPAL.get(name, name))


def write_attribute(case: Any, name: str, value: Any) -> None:
    if name in PRINCIPAL:
        write_principal(case, PRINCIPAL[name], value)
    else:
        setattr(_holder(case, name), name, value)


def attribute_field(case: Any, name: str) -> "models.Field[Any, Any]":
    found: models.Field[Any, Any] = _holder(case, name)._meta.get_field(PRINCIPAL.get(name, name))
    return found


def _holder(case: Any, name: str) -> Any:
    if name in PRINCIPAL:
        return principal_row(case)
    return case if name in CORE_ATTRIBUTES else extension_of(case)


def _accessor(model: type[models.Model]) -> str:
    return str(model._meta.get_field("case").remote_field.get_accessor_name())  # type: ignore[union-attr]
