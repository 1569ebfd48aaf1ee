"""Officers, departments and evidence that a step's form names, looked up; what is not found stays for the rules to refuse."""

from collections.abc import Mapping
from dataclasses import replace
from typing import Any
from uuid import UUID

from django.db.models import Q, QuerySet

from layers.agencies.models import Department, Officer, ResponsibleBody
from layers.casework.models import Case, EventKind
from layers.casework.procedures import Field, FieldKind, Step

from .effects import StepInput


def with_references(case: Case, step: Step, given: StepInput, outside: str = "") -> StepInput:
    """Of what is named by its code or number all that the log keeps of it.

    Whoever acts in the role ``outside`` can name only files that came from that role.
    """
    found = {
        asked.name: _found(case, asked, given.fields[asked.name], outside)
        for asked in step.fields
        if asked.name in given.fields
    }
    return replace(given, fields={**given.fields, **found})


def _found(case: Case, asked: Field, value: Any, outside: str) -> Any:
    match asked.kind:
        case FieldKind.PERSON:
            return _officer(case, asked, reference_name(value, "code")) or str(value)
        case FieldKind.UNIT:
            return _department(reference_name(value, "code")) or str(value)
        case FieldKind.BODY:
            return _body(case, reference_name(value, "code")) or str(value)
        case FieldKind.FILE:
            return _evidence(case, reference_name(value, "evidence"), outside) or str(value)
        case _:
            return value


def reference_name(value: Any, key: str) -> str:
    return str(value.get(key, "") if isinstance(value, Mapping) else value).strip()


def named_officers(step: Step, given: Mapping[str, Any]) -> dict[str, int]:
    """Numbers of those who are named for a duty that is apart from others, by field."""
    codes = {
        each.name: given[each.name].get("code")
        for each in step.fields
        if each.apart and isinstance(given.get(each.name), Mapping)
    }
    known = dict(Officer.objects.filter(code__in=codes.values()).values_list("code", "pk")) if codes else {}
    return {name: known[code] for name, code in codes.items() if code in known}


def serving_officers(case: Case, asked: Field) -> "QuerySet[Officer]":
    """Whom the field may name: who serves where the case is handled, in one of the posts where it asks for any."""
    handling = [case.department.code, *case.joint]
    found = Officer.objects.filter(is_active=True, department__code__in=handling)
    return found.filter(posts__overlap=list(asked.posts)) if asked.posts else found


def _officer(case: Case, asked: Field, code: str) -> dict[str, Any] | None:
    officer = serving_officers(case, asked).select_related("department").filter(code=code).first()
    if officer is None:
        return None
    return {"code": officer.code, "name": officer.name, "department": officer.department.code}


def _department(code: str) -> dict[str, Any] | None:
    found = Department.objects.filter(code=code).first()
    return {"code": found.code, "name": found.name, "name_en": found.name_en} if found else None


def responsible_bodies(case: Case) -> "QuerySet[ResponsibleBody]":
    """To which the departments that handle the case may dispatch it."""
    handling = [case.department.code, *case.joint]
    return ResponsibleBody.objects.filter(is_active=True, department__code__in=handling)


def _body(case: Case, code: str) -> dict[str, Any] | None:
    found = responsible_bodies(case).filter(code=code).first()
    return {"code": found.code, "name": found.name, "name_en": found.name_en} if found else None


def _evidence(case: Case, name: str, outside: str) -> dict[str, Any] | None:
    """By its number, or by the key that the sender gave it."""
    pieces = case.evidence.filter(original=None, **({"outside": outside} if outside else {}))
    received = case.events.filter(kind=EventKind.EVIDENCE, data__act="received_again", data__key=name)
    if name.isascii() and name.isdigit() and len(name) < 18:
        found = pieces.filter(pk=int(name)).first()
    else:
        try:
            sent = Q(key=UUID(name)) | Q(pk__in=list(received.values_list("data__evidence", flat=True)))
            found = pieces.filter(sent).first()
        except ValueError:
            return None
    return {"evidence": found.pk, "title": str(found), "sha256": found.sha256} if found else None
