"""The documents of a case: what is called for, what was made, drafts, and every reading in the log."""

import hashlib
from typing import Any, TypeVar

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect, JsonResponse
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.urls import reverse
from django.utils.formats import date_format
from django.utils.http import content_disposition_header
from django.utils.timezone import localtime
from django.utils.translation import gettext as _

from geoportal.cases.permissions import actor_of, get_case, record_case_reading
from geoportal.http import desk, door, wants_json
from layers.casework.access.actor import Actor, NotAllowed
from layers.casework.documents import issuance
from layers.casework.documents.rendering import TemplateFault
from layers.casework.evidence.content_store import file_path
from layers.casework.log.case_lock import StaleRevision
from layers.casework.models import Case, Document, Event
from layers.casework.procedures import DocumentKind
from layers.casework.procedures.versions import NoProcedure, procedure_of
from layers.errors import Conflict, InvalidInput, NotFound

from .case_file import case_file
from .location import location_of
from .pdf import document_renderer, render_document

PDF = "application/pdf"
Answer = TypeVar("Answer", bound=HttpResponseBase)


@desk
def documents(request: HttpRequest, pk: int) -> HttpResponseBase:
    case = get_case(request, pk)
    if request.method != "POST":
        return _page(request, case)
    try:
        made = _issue(request, case)
    except NotAllowed as problem:
        return _page(request, case, [str(refusal) for refusal in problem.refusals], 403)
    except StaleRevision as problem:
        case.refresh_from_db()
        return _page(request, case, [str(problem.sentence_for(actor_of(request).officer))], 409)
    if wants_json(request):
        return JsonResponse(_document_row(made, 1), status=201)
    back = (
        reverse("case", args=[pk])
        if request.POST.get("back") == "case"
        else reverse("case-documents", args=[pk])
    )
    return HttpResponseRedirect(f"{back}#document-{made.pk}")


@door
def document(request: HttpRequest, pk: int, document: int) -> HttpResponseBase:
    """The PDF as it was made, shown in the browser, or with ``?download=1`` to be kept."""
    case = get_case(request, pk)
    found = case.documents.filter(pk=document).first() if document < 2**63 else None
    if found is None:
        raise NotFound(_("There is no such document."))
    content = _intact_content(found)
    if content is None:
        raise Conflict(_("The file of this document is gone or was changed; tell the administrator."))
    is_kept = request.GET.get("download") == "1"
    if request.method == "GET":
        record_case_reading(request, case)
        issuance.record_reading(found, "downloaded" if is_kept else "read", actor_of(request))
    response = HttpResponse(content, content_type=PDF)
    return _private(response, f"{found.title} {found.number or case.number}.pdf", is_kept)


def _intact_content(document: Document) -> bytes | None:
    """The file if it is what was made."""
    try:
        content = file_path(document.sha256).read_bytes()
    except OSError:
        return None
    return content if hashlib.sha256(content).hexdigest() == document.sha256 else None


@door
def preview(request: HttpRequest, pk: int, code: str) -> HttpResponse:
    """What would be made now, marked as a draft and without a number."""
    case = get_case(request, pk)
    kind = _kind(case, code)
    paper = issuance.draft_document(case, kind, actor_of(request).name)
    try:
        printed = render_document(case, paper, location_of(case))
    except TemplateFault as problem:
        raise InvalidInput(_fault_text(problem)) from problem
    if request.method == "GET":
        record_case_reading(request, case)
    return _private(HttpResponse(printed.content, content_type=PDF), f"{kind.title.zh} 草稿.pdf", False)


@door
def file_pdf(request: HttpRequest, pk: int) -> HttpResponse:
    """The whole file as one PDF: cover, catalogue, documents, evidence."""
    case = get_case(request, pk)
    kept = list(case.documents.order_by("pk"))
    try:
        content = case_file(case, kept)
    except NoProcedure as problem:
        raise NotFound(_("This case follows no procedure; there are no documents of it.")) from problem
    except TemplateFault as problem:
        raise InvalidInput(_fault_text(problem)) from problem
    if request.method == "GET":
        record_case_reading(request, case)
        issuance.record_file_reading(case, actor_of(request), kept)
    response = HttpResponse(content, content_type=PDF)
    return _private(response, f"{case.number} 案卷.pdf", request.GET.get("download") == "1")


def documents_context(case: Case, actor: Actor, *, back: str = "") -> dict[str, Any]:
    """What ``cases/documents.html`` shows; ``back`` is "case" where it is part of the case's own page."""
    try:
        listed = issuance.document_statuses(case)
    except NoProcedure:
        listed = []
    rows = [_status_row(case, each) for each in listed]
    officer = actor.officer
    codes = {case.department.code, *case.joint}
    return {
        "case_pk": case.pk,
        "case_revision": case.revision,
        "back": back,
        "may_make": officer is not None and officer.department.code in codes,
        "wanting": [row for row in rows if row["wanting"]],
        "made": [row for row in rows if row["made"]],
        "others": [row for row in rows if not row["made"] and not row["wanting"]],
        "file": reverse("case-file", args=[case.pk]),
    }


def _status_row(case: Case, each: issuance.DocumentStatus) -> dict[str, Any]:
    same = _versions(each.issued)
    return {
        "code": each.kind.code,
        "title": str(each.kind.title),
        "after": [str(step.title) for step in each.steps],
        "wanting": each.is_outstanding,
        "may_be_made": each.may_be_issued,
        "made": [_document_row(made, same[made.pk]) for made in each.issued],
        "deliveries": [_delivery(case, event) for event in each.deliveries],
        "draft": reverse("case-document-draft", args=[case.pk, each.kind.code]),
    }


def _versions(made: tuple[Document, ...]) -> dict[int, int]:
    """Documents of one kind with the same number are versions of one; those without are counted through."""
    counts: dict[str, int] = {}
    found = {}
    for each in made:
        counts[each.number] = found[each.pk] = counts.get(each.number, 0) + 1
    return found


def _delivery(case: Case, event: Event) -> str:
    """By what way, on which day and to whom, as the step's form says it; else the step's own day."""
    step, given = procedure_of(case).steps[event.step], event.data.get("fields", {})
    how = step.delivers
    named = (how.method, how.on, how.signer) if how else ()
    asked = {each.name: each for each in step.fields}
    said = [asked[name].choices.get(str(given[name]), given[name]) for name in named if given.get(name)]
    return " · ".join(map(str, said)) or date_format(localtime(event.at), "SHORT_DATE_FORMAT")


def _document_row(made: Document, version: int) -> dict[str, Any]:
    return {
        "pk": made.pk,
        "title": made.title,
        "number": made.number,
        "version": version,
        "at": made.made_at,
        "by": made.officer.name if made.officer else "",
        "kilobytes": round(made.size / 1024),
        "sha256": made.sha256,
        "url": reverse("case-document", args=[made.case_id, made.pk]),
    }


def _issue(request: HttpRequest, case: Case) -> Document:
    code, revision = request.POST.get("code", ""), request.POST.get("revision", "")
    if revision and not (revision.isascii() and revision.isdigit() and len(revision) < 10):
        raise InvalidInput(_("The page is out of date; open it anew."))
    _kind(case, code)
    actor = actor_of(request)
    try:
        return issuance.issue_document(
            case.pk, code, actor, document_renderer(case), int(revision) if revision else None
        )
    except TemplateFault as problem:
        raise InvalidInput(_fault_text(problem)) from problem


def _kind(case: Case, code: str) -> DocumentKind:
    try:
        found = procedure_of(case).documents.get(code)
    except NoProcedure as problem:
        raise NotFound(_("This case follows no procedure; there are no documents of it.")) from problem
    if found is None:
        raise NotFound(_("The case's procedure knows no such document."))
    return found


def _fault_text(problem: TemplateFault) -> str:
    return _("The template “%(code)s” cannot be used: %(problem)s Tell the administrator.") % {
        "code": problem.code,
        "problem": problem.sentence,
    }


def _page(
    request: HttpRequest, case: Case, problems: list[str] | None = None, status: int = 200
) -> HttpResponse:
    if problems and wants_json(request):
        return JsonResponse({"error": " ".join(problems)}, status=status)
    content = documents_context(case, actor_of(request))
    if wants_json(request):
        return JsonResponse(content)
    content |= {"problems": problems or [], "number": case.number, "title": case.title}
    return render(request, "cases/documents_page.html", content, status=status)


def _private(response: Answer, name: str, is_kept: bool) -> Answer:
    """Personal data: nobody keeps a copy that was not asked for, and the browser takes it as a PDF only."""
    response["Content-Disposition"] = content_disposition_header(is_kept, name) or "inline"
    response["Cache-Control"] = "private, no-store"
    response["X-Content-Type-Options"] = "nosniff"
    return response
