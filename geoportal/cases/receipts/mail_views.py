"""Where the holder of a receipt says to which address news is to be sent, and where the links of letters lead."""

from django.conf import settings
from django.contrib import messages
from django.http import HttpRequest, HttpResponseRedirect
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.csrf import csrf_exempt

from geoportal.cases.case.form_data import text_field
from geoportal.cases.mail.letters import send_question
from geoportal.http import desk, site_of
from layers.casework.access.actor import NotAllowed
from layers.casework.cases import receipt_mail
from layers.errors import InvalidInput, NotFound
from layers.jobs.queue import enqueue

from . import sessions
from .views import forbid_storage, holder_page

LONGEST = 254


@desk
def own_mail(request: HttpRequest) -> HttpResponseBase:
    """Of the session's receipt: ask for news by e-mail, or want none any more."""
    found = sessions.receipt_of(request)
    if found is None or request.method != "POST":
        return HttpResponseRedirect(reverse("receipts"))
    if "end" in request.POST:
        receipt_mail.end_mail(found.pk)
        messages.success(request, _("No more letters are sent; the address is forgotten."))
        return HttpResponseRedirect(reverse("receipts"))
    try:
        if not settings.HAS_MAIL_SERVER:
            raise InvalidInput(_("This portal sends no e-mail."))
        email = text_field(request, "email", LONGEST, _("E-mail address"))
        address = receipt_mail.request_mail(found, email, site_of(request))
    except (NotAllowed, InvalidInput) as refused:
        return holder_page(request, found, [str(refused)], status=422)
    enqueue(send_question, address.pk)
    messages.success(
        request, _("A letter is on its way to you. News is sent when you have confirmed it there.")
    )
    return HttpResponseRedirect(reverse("receipts"))


@csrf_exempt  # what may be done follows from the key alone; mail programs end letters by a form of their own
@desk
def mail_link(request: HttpRequest, key: str) -> HttpResponseBase:
    """Confirms the address or ends the letters by a button; looking at it changes nothing."""
    found = receipt_mail.find_address(key)
    if found is None:
        raise NotFound(_("This link is not valid any more: no letters are sent by it."))
    if request.method != "POST":
        content = {"key": key, "is_confirmed": found.confirmed_at is not None}
        return forbid_storage(render(request, "receipts/mail.html", content))
    if "confirm" in request.POST:
        receipt_mail.confirm_address(found)
        said = _("The address is confirmed.")
    else:
        receipt_mail.end_mail(found.receipt_id)
        said = _("No more letters are sent; the address is forgotten.")
    return forbid_storage(render(request, "receipts/mail.html", {"said": said}))
