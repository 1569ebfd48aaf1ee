"""The verbs of the desk: steps, notes, handling, limits, party and place."""

from django.http import HttpRequest
from django.utils.translation import gettext as _

from geoportal.cases.formatting import ACTS, BY_HAND
from geoportal.http import viewer_of
from layers.casework.cases import assignment
from layers.casework.cases.access import own_cases
from layers.casework.cases.actor import Acting
from layers.casework.cases.transitions import Given, take_step
from layers.casework.deadlines import limits
from layers.casework.evidence import pending_uploads
from layers.casework.evidence.custody import Piece, record_handling
from layers.casework.models import Case, EvidenceKind, Limit
from layers.casework.procedures.versions import procedure_of
from layers.errors import InvalidInput

from . import form_parsing
from .action_view import Unfinished, deed
from .form_parsing import revision_of, words
from .pending_uploads import chosen, keep_sent, unwanted


@deed("step-{code}")
def step(request: HttpRequest, case: Case, acting: Acting, code: str) -> str:
    procedure = procedure_of(case)
    asked = procedure.steps.get(code)
    given = Given(
        fields=form_parsing.given_fields(request, asked) if asked else {},
        reason=words(request, "reason"),
        note=words(request, "note"),
        partner=form_parsing.officer(request, "partner"),
    )
    take_step(case.pk, code, acting, given, revision=revision_of(request))
    return _("Done: %(step)s.") % {"step": procedure.steps[code].title}


@deed("note")
def note(request: HttpRequest, case: Case, acting: Acting) -> str:
    assignment.note(case.pk, words(request, "note"), acting)
    return _("The note is in the log.")


@deed("handler")
def assign(request: HttpRequest, case: Case, acting: Acting) -> str:
    chosen = acting.officer if "take" in request.POST else form_parsing.officer(request, "officer")
    if chosen is None:
        raise InvalidInput(_("Choose who is to handle the case."))
    assignment.assign(case.pk, chosen, acting, revision_of(request))
    return _("%(name)s handles the case now.") % {"name": chosen.name}


@deed("department")
def hand_over(request: HttpRequest, case: Case, acting: Acting) -> str:
    chosen = form_parsing.departments(request, "department")
    if len(chosen) != 1:
        raise InvalidInput(_("Choose the department that is to have the case."))
    assignment.hand_over(case.pk, chosen[0], words(request, "reason"), acting, revision_of(request))
    return _("Case %(number)s was handed over to %(department)s.") % {
        "number": case.number,
        "department": chosen[0].name,
    }


@deed("joint")
def share(request: HttpRequest, case: Case, acting: Acting) -> str:
    chosen = form_parsing.departments(request, "department")
    assignment.share(case.pk, chosen, words(request, "reason"), acting, revision_of(request))
    if not chosen:
        return _("The case is no longer joint.")
    return _("Joint with %(departments)s.") % {"departments": "、".join(each.name for each in chosen)}


@deed("join")
def join(request: HttpRequest, case: Case, acting: Acting) -> str:
    number = words(request, "number", 60)
    other = own_cases(viewer_of(request)).select_related("department").filter(number=number).first()
    if other is None:
        raise InvalidInput(
            _("Your department has no case with the number “%(number)s”.") % {"number": number}
        )
    assignment.join(case.pk, other, acting, words(request, "reason"), revision_of(request))
    return _("Joined to case %(number)s.") % {"number": other.number}


@deed("position")
def move(request: HttpRequest, case: Case, acting: Acting) -> str:
    assignment.move(
        case.pk, form_parsing.position(request), words(request, "reason"), acting, revision_of(request)
    )
    return _("The position was corrected; the old one stays in the log.")


@deed("party")
def name_party(request: HttpRequest, case: Case, acting: Acting) -> str:
    given = {name: words(request, name, 200) for name in assignment.PARTY if name in request.POST}
    party = {name: text for name, text in given.items() if text or name == "party_name"}
    assignment.name_party(case.pk, party, words(request, "reason"), acting, revision_of(request))
    return _("The party was corrected; what it was stays in the log.")


@deed("extension-{limit}")
def extend(request: HttpRequest, case: Case, acting: Acting, limit: int) -> str:
    number = words(request, "number", 4)
    if not (number.isascii() and number.isdigit()):
        raise InvalidInput(_("Choose how the limit is to be extended."))
    try:
        limits.extend(case.pk, limit, int(number), words(request, "reason"), acting, revision_of(request))
    except Limit.DoesNotExist as problem:
        raise InvalidInput(_("This limit does not run any more.")) from problem
    return _("The limit was extended.")


@deed("evidence")
def add(request: HttpRequest, case: Case, acting: Acting) -> str:
    """What came with the form is kept before the form is looked at."""
    problems = keep_sent(request, case, acting)
    if gone := unwanted(request, case, acting):
        pending_uploads.drop(gone)
        raise Unfinished(_("“%(name)s” is removed.") % {"name": gone.file_name})
    if problems:
        raise InvalidInput(" ".join(problems))
    files, kind = chosen(request, case, acting), words(request, "kind", 20)
    if not files:
        raise InvalidInput(_("Choose a file."))
    if kind not in EvidenceKind.values:
        raise InvalidInput(_("Choose what kind of evidence it is."))
    piece = Piece("", kind, words(request, "title", 160), partner=form_parsing.officer(request, "partner"))
    for each in files:
        pending_uploads.go_on(each, piece, acting)
    return _("The evidence is kept: %(count)d file(s).") % {"count": len(files)}


@deed("custody-{piece}")
def handle(request: HttpRequest, case: Case, acting: Acting, piece: int) -> str:
    act = words(request, "act", 20)
    found = case.evidence.filter(pk=piece, original=None).first()
    if found is None or act not in BY_HAND:
        raise InvalidInput(_("Choose what was done with which piece of evidence."))
    record_handling(found, act, acting, words(request, "note"))
    return _("In the custody log: %(act)s.") % {"act": ACTS[act]}
