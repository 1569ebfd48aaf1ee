"""The verbs of the desk: steps, notes, handling, limits, party and place."""

from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext as _

from geoportal.cases.formatting import ACTS, BY_HAND
from geoportal.features.feature_text import display_name, enumeration
from geoportal.http import viewer_of
from layers.casework.access.actor import Actor
from layers.casework.access.permissions import department_cases
from layers.casework.cases import assignment, delivery, parties, receipts, relations, transitions
from layers.casework.cases.effects import StepInput
from layers.casework.deadlines import extensions
from layers.casework.deadlines.extensions import extend_limit
from layers.casework.evidence import custody, pending_uploads
from layers.casework.evidence.custody import EvidenceItem, record_handling
from layers.casework.models import Case, EvidenceKind, Limit
from layers.casework.principal import PRINCIPAL
from layers.casework.procedures.versions import procedure_of
from layers.errors import InvalidInput

from . import form_data, subjects
from .action_view import FormPending, action_view
from .form_data import revision_of, text_field
from .pending_uploads import removed_upload, save_uploads, selected_uploads, step_uploads
from .receipts import issued_page


@action_view("step-{code}")
def take_step(request: HttpRequest, case: Case, actor: Actor, code: str) -> str:
    procedure = procedure_of(case)
    asked = procedure.steps.get(code)
    given = StepInput(
        fields=form_data.step_fields(request, asked) if asked else {},
        reason=text_field(request, "reason"),
        note=text_field(request, "note"),
        partner=form_data.selected_officer(request, "partner"),
    )
    files = step_uploads(request, case, actor, asked) if asked else {}
    transitions.take_step_with_files(case.pk, code, actor, given, files, revision_of(request))
    return _("Done: %(step)s.") % {"step": procedure.steps[code].title}


@action_view("note")
def add_note(request: HttpRequest, case: Case, actor: Actor) -> str:
    assignment.add_note(case.pk, text_field(request, "note"), actor)
    return _("The note is in the log.")


@action_view("handler")
def assign(request: HttpRequest, case: Case, actor: Actor) -> str:
    chosen = actor.officer if "take" in request.POST else form_data.selected_officer(request, "officer")
    if chosen is None:
        raise InvalidInput(_("Choose who is to handle the case."))
    assignment.assign(case.pk, chosen, actor, revision_of(request))
    return _("%(name)s handles the case now.") % {"name": chosen.name}


@action_view("department")
def hand_over(request: HttpRequest, case: Case, actor: Actor) -> str:
    chosen = form_data.selected_departments(request, "department")
    if len(chosen) != 1:
        raise InvalidInput(_("Choose the department that is to have the case."))
    assignment.hand_over(case.pk, chosen[0], text_field(request, "reason"), actor, revision_of(request))
    return _("Case %(number)s was handed over to %(department)s.") % {
        "number": case.number,
        "department": chosen[0].name,
    }


@action_view("joint")
def share(request: HttpRequest, case: Case, actor: Actor) -> str:
    chosen = form_data.selected_departments(request, "department")
    assignment.share(case.pk, chosen, text_field(request, "reason"), actor, revision_of(request))
    if not chosen:
        return _("The case is no longer joint.")
    return _("Joint with %(departments)s.") % {
        "departments": enumeration(display_name(each) for each in chosen)
    }


@action_view("join")
def join(request: HttpRequest, case: Case, actor: Actor) -> str:
    number = form_data.other_number(request)
    other = department_cases(viewer_of(request)).select_related("department").filter(number=number).first()
    if other is None:
        raise InvalidInput(
            _("Your department has no case with the number “%(number)s”.") % {"number": number}
        )
    assignment.join(case.pk, other, actor, text_field(request, "reason"), revision_of(request))
    return _("Joined to case %(number)s.") % {"number": other.number}


@action_view("position")
def correct_position(request: HttpRequest, case: Case, actor: Actor) -> str:
    assignment.correct_position(
        case.pk, form_data.point(request), text_field(request, "reason"), actor, revision_of(request)
    )
    return _("The position was corrected; the old one stays in the log.")


@action_view("area")
def draw_area(request: HttpRequest, case: Case, actor: Actor) -> str:
    assignment.draw_area(
        case.pk, form_data.outline(request), text_field(request, "reason"), actor, revision_of(request)
    )
    return _("The area is kept; an old one stays in the log.")


@action_view("party")
def correct_party(request: HttpRequest, case: Case, actor: Actor) -> str:
    given = {name: text_field(request, name, 200) for name in PRINCIPAL if name in request.POST}
    left = {"party_kind", "party_id", "party_phone"}
    party = {name: text for name, text in given.items() if text or name not in left}
    parties.correct_party(case.pk, party, text_field(request, "reason"), actor, revision_of(request))
    return _("The party was corrected; what it was stays in the log.")


@action_view("parties")
def add_party(request: HttpRequest, case: Case, actor: Actor) -> str:
    given = _party_fields(request)
    parties.add_party(case.pk, text_field(request, "role", 40), given, actor, revision_of(request))
    return _("“%(title)s” takes part in the case.") % {"title": given.get("name", "")}


@action_view("party-{party}")
def update_party(request: HttpRequest, case: Case, actor: Actor, party: int) -> str:
    """Or take the party away, where that button was pressed."""
    reason, revision = text_field(request, "reason"), revision_of(request)
    if "remove" in request.POST:
        parties.remove_party(case.pk, party, reason, actor, revision)
        return _("It was taken away; the log keeps that it was there.")
    given = {
        name: text for name, text in _party_fields(request).items() if text or name not in LEFT_WHERE_EMPTY
    }
    parties.update_party(case.pk, party, given, reason, actor, revision)
    return _("The party was corrected; what it was stays in the log.")


LEFT_WHERE_EMPTY = ("identity", "phone")
"""What the form does not show to everybody in full."""


def _party_fields(request: HttpRequest) -> dict[str, str]:
    return {name: text_field(request, name, 300) for name in parties.COLUMNS if name in request.POST}


@action_view("subject")
def add_subject(request: HttpRequest, case: Case, actor: Actor) -> str:
    layer, feature, title = subjects.chosen_subject(request)
    relations.add_subject(case.pk, layer.name, feature, title, actor, revision_of(request))
    return _("The case is about “%(title)s”.") % {"title": title}


@action_view("subject-{subject}")
def remove_subject(request: HttpRequest, case: Case, actor: Actor, subject: int) -> str:
    relations.remove_subject(case.pk, subject, actor, revision_of(request))
    return _("It was taken away; the log keeps that it was there.")


@action_view("relation")
def relate(request: HttpRequest, case: Case, actor: Actor) -> str:
    other, kind = subjects.related_case(request)
    relations.relate(case.pk, other, kind, actor, revision_of(request))
    return _("The cases are related.")


@action_view("relation-{relation}")
def unrelate(request: HttpRequest, case: Case, actor: Actor, relation: int) -> str:
    relations.unrelate(case.pk, relation, actor, revision_of(request))
    return _("The relation was taken away; the log keeps that it was there.")


@action_view("delivery-{notice}")
def record_delivery(request: HttpRequest, case: Case, actor: Actor, notice: int) -> str:
    delivery.record_delivery(case.pk, notice, text_field(request, "how", 300), actor, revision_of(request))
    return _("It stands in the log that they were told.")


@action_view("receipt")
def issue_receipt(request: HttpRequest, case: Case, actor: Actor) -> str | HttpResponse:
    role, revision = text_field(request, "role", 40), revision_of(request)
    if "revoke" in request.POST:
        receipts.revoke_receipt(case.pk, role, actor, revision)
        return _("The receipt is revoked.")
    if "renew" in request.POST:
        return issued_page(request, receipts.renew_secret(case.pk, role, actor, revision))
    return issued_page(request, receipts.issue_receipt(case.pk, role, actor, revision))


@action_view("extension-{limit}")
def extend(request: HttpRequest, case: Case, actor: Actor, limit: int) -> str:
    number = text_field(request, "number", 4)
    if not (number.isascii() and number.isdigit()):
        raise InvalidInput(_("Choose how the limit is to be extended."))
    try:
        extend_limit(case.pk, limit, int(number), text_field(request, "reason"), actor, revision_of(request))
    except Limit.DoesNotExist as problem:
        raise InvalidInput(_("This limit does not run any more.")) from problem
    return _("The limit was extended.")


@action_view("extension-request-{limit}")
def ask_extension(request: HttpRequest, case: Case, actor: Actor, limit: int) -> str:
    try:
        extensions.ask_extension(case.pk, limit, text_field(request, "reason"), actor, revision_of(request))
    except Limit.DoesNotExist as problem:
        raise InvalidInput(_("This limit does not run any more.")) from problem
    return _("Asked for more time; who may grant it is told.")


@action_view("evidence")
def add_evidence(request: HttpRequest, case: Case, actor: Actor) -> str:
    """What came with the form is kept before the form is looked at."""
    problems = save_uploads(request, case, actor)
    if gone := removed_upload(request, case, actor):
        pending_uploads.discard_upload(gone)
        raise FormPending(_("“%(name)s” is removed.") % {"name": gone.file_name})
    if problems:
        raise InvalidInput(" ".join(problems))
    files, kind = selected_uploads(request, case, actor), text_field(request, "kind", 20)
    if not files:
        raise InvalidInput(_("Choose a file."))
    if kind not in EvidenceKind.values:
        raise InvalidInput(_("Choose what kind of evidence it is."))
    piece = EvidenceItem(
        "", kind, text_field(request, "title", 160), partner=form_data.selected_officer(request, "partner")
    )
    for each in files:
        pending_uploads.promote_upload(each, piece, actor)
    return _("The evidence is kept: %(count)d file(s).") % {"count": len(files)}


@action_view("evidence")
def confirm_evidence(request: HttpRequest, case: Case, actor: Actor, piece: int) -> str:
    found = case.evidence.pieces().filter(pk=piece).first()
    if found is None:
        raise InvalidInput(_("There is no such evidence in this case."))
    custody.confirm_evidence(found, actor)
    return _("You confirmed the evidence as the second officer.")


@action_view("custody-{piece}")
def record_custody(request: HttpRequest, case: Case, actor: Actor, piece: int) -> str:
    act = text_field(request, "act", 20)
    found = case.evidence.pieces().filter(pk=piece).first()
    if found is None or act not in BY_HAND:
        raise InvalidInput(_("Choose what was done with which piece of evidence."))
    note = text_field(request, "note")
    if act == "explained" and not note:
        raise InvalidInput(_("Write the explanation as the note."))
    record_handling(found, act, actor, note)
    return _("In the custody log: %(act)s.") % {"act": ACTS[act]}
