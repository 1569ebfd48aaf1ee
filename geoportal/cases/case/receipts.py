"""The receipts of a case as its departments see them, and the page that shows a secret once."""

from typing import Any

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import render
from django.urls import reverse

from geoportal.cases.formatting import format_moment
from geoportal.http import site_of, wants_json
from layers.casework.cases.receipts import IssuedReceipt, outside_roles, receipts_in_force
from layers.casework.models import Case
from layers.casework.procedures.versions import procedure_of

Shown = dict[str, Any]


def receipt_rows(case: Case) -> list[Shown]:
    """Each role outside with the receipt that is in force for it."""
    issued = {each.role: each for each in receipts_in_force().filter(case=case).select_related("issued_by")}
    return [
        {
            "role": role.code,
            "title": str(role.title),
            "number": grouped(issued[role.code].number) if role.code in issued else "",
            "at": format_moment(issued[role.code].issued_at) if role.code in issued else "",
            "by": issued[role.code].issued_by.name if role.code in issued else "",
        }
        for role in outside_roles(case)
    ]


def issued_page(request: HttpRequest, issued: IssuedReceipt) -> HttpResponse:
    """Shown in answer to the form alone: neither the address nor anything that is kept holds the secret."""
    case, receipt = issued.receipt.case, issued.receipt
    content = {
        "number": grouped(receipt.number),
        "secret": grouped(issued.secret, "-"),
        "role": str(procedure_of(case).roles[receipt.role].title),
        "case": {"id": case.pk, "number": case.number},
        "address": site_of(request) + reverse("receipts"),
    }
    response = (
        JsonResponse(content) if wants_json(request) else render(request, "receipts/issued.html", content)
    )
    response["Cache-Control"] = "no-store"
    return response


def grouped(signs: str, between: str = " ") -> str:
    return between.join(signs[start : start + 4] for start in range(0, len(signs), 4))
