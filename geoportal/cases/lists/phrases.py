"""Phrases that an officer puts into forms: own ones, and those that who leads keeps for the department."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponseRedirect
from django.http.response import HttpResponseBase
from django.urls import reverse
from django.utils.translation import gettext as _

from geoportal.cases.case.form_data import text_field
from geoportal.cases.permissions import department_required, officer_of
from geoportal.http import answer, desk
from layers.agencies.models import Officer
from layers.casework.access.permissions import has_capability
from layers.casework.models import Phrase
from layers.casework.procedures import Capability
from layers.errors import InvalidInput

MOST = 200


@desk
@department_required
def phrases_page(request: HttpRequest) -> HttpResponseBase:
    officer = officer_of(request)
    if request.method == "POST":
        try:
            if officer is None:
                raise InvalidInput(_("No officer belongs to your account, so you can look but not act."))
            _change(request, officer)
        except InvalidInput as problem:
            messages.error(request, str(problem))
        return HttpResponseRedirect(reverse("case-phrases"))
    may_share = has_capability(officer, Capability.ASSIGN)
    rows = [
        {
            "id": each.pk,
            "text": each.text,
            "is_own": each.officer_id is not None,
            "may_remove": each.officer_id is not None or may_share,
        }
        for each in Phrase.objects.offered_to(officer)
    ]
    return answer(
        request, "cases/phrases.html", {"phrases": rows, "may_share": may_share, "acts": officer is not None}
    )


def _change(request: HttpRequest, officer: Officer) -> None:
    own = Phrase.objects.filter(officer=officer)
    shared = Phrase.objects.filter(officer=None, department=officer.department_id)
    may_share = has_capability(officer, Capability.ASSIGN)
    removed = text_field(request, "remove", 18)
    if removed:
        number = int(removed) if removed.isascii() and removed.isdigit() else 0
        gone = own.filter(pk=number).delete()[0] or (may_share and shared.filter(pk=number).delete()[0])
        if not gone:
            raise InvalidInput(_("There is no such phrase of yours."))
        return
    text = text_field(request, "text", 500)
    if not text:
        raise InvalidInput(_("Write the phrase first."))
    is_shared = request.POST.get("shared") == "on"
    if is_shared and not may_share:
        raise InvalidInput(_("Only who leads keeps phrases for the department."))
    if (shared if is_shared else own).count() >= MOST:
        raise InvalidInput(_("There are %(count)d phrases already; remove some first.") % {"count": MOST})
    Phrase.objects.get_or_create(
        department=officer.department, officer=None if is_shared else officer, text=text
    )
    messages.success(request, _("The phrase is kept."))
