"""What is remembered of senders' deliveries: read, changed, forgotten, kept as a text file and taken from one."""

from typing import Any

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.http.response import HttpResponseBase
from django.urls import reverse
from django.utils.translation import gettext as _

from geoportal.http import administrators_only, answer, desk, door, viewer_of
from importers.history import delivery_profile, profile_text
from importers.models import DeliveryProfile
from importers.options import ImportOptions
from layers.errors import InvalidInput, NotFound
from layers.registry.declaration.layer import Layer
from layers.registry.registration import get_layer, is_registered

from . import new_layer, uploads
from .last_answers import sender_name
from .preview import layer_columns, reading_choices

MOST_LISTED = 500


@desk
def profiles(request: HttpRequest) -> HttpResponseBase:
    administrators_only(request)
    if request.method == "POST":
        try:
            text = uploads.sent_file(request).read(profile_text.MOST_BYTES).decode("utf-8-sig")
        except UnicodeDecodeError:
            raise InvalidInput(_("A profile is a text file in UTF-8.")) from None
        kept = delivery_profile.from_text(text, request.user)
        return HttpResponseRedirect(reverse("delivery-profile", args=[kept.pk]))
    found = DeliveryProfile.objects.select_related("department", "person")[:MOST_LISTED]
    return answer(request, "imports/profiles.html", {"profiles": [_summary(each) for each in found]})


@desk
def profile(request: HttpRequest, pk: int) -> HttpResponseBase:
    found = _found(request, pk)
    layer = get_layer(found.layer, viewer_of(request)) if is_registered(found.layer) else None
    if request.method == "POST":
        return _act(request, found, layer)
    content = {
        "profile": _summary(found),
        "source": "",
        "options": found.options,
        "proposal": found.proposal,
        "inspected": {
            **reading_choices(),
            "headings": found.headings,
            "columns": _columns(found, layer),
            "title_column": found.proposal.get("title_column", ""),
            "kinds": new_layer.kind_choices(),
        },
    }
    return answer(request, "imports/profile.html", content)


@door
def text(request: HttpRequest, pk: int) -> HttpResponse:
    """As a text file."""
    found = _found(request, pk)
    response = HttpResponse(delivery_profile.as_text(found), content_type="application/yaml; charset=utf-8")
    response["Content-Disposition"] = f'attachment; filename="delivery-profile-{found.pk}.yaml"'
    return response


def _found(request: HttpRequest, pk: int) -> DeliveryProfile:
    administrators_only(request)
    found = DeliveryProfile.objects.select_related("department", "person").filter(pk=pk).first()
    if found is None:
        raise NotFound(_("Nothing of this is remembered any more."))
    return found


def _act(request: HttpRequest, found: DeliveryProfile, layer: Layer | None) -> HttpResponseBase:
    action = request.POST.get("action", "")
    if action == "forget":
        found.delete()
        return HttpResponseRedirect(reverse("delivery-profiles"))
    if action != "save":
        raise InvalidInput(_("There is no such action."))
    names = [column.name for column in layer.imports.columns] if layer and layer.imports else []
    said = ImportOptions.from_form(request.POST, names).as_json()
    found.options = {name: said[name] for name in delivery_profile.ANSWERS if said[name]}
    if found.layer == delivery_profile.NEW:
        found.proposal = found.proposal | new_layer.columns_of_form(request.POST)
    found.save()
    return HttpResponseRedirect(reverse("delivery-profile", args=[found.pk]))


def _columns(found: DeliveryProfile, layer: Layer | None) -> list[dict[str, Any]]:
    if found.layer == delivery_profile.NEW:
        return new_layer.described_columns(found.headings, found.proposal.get("columns", {}), {})
    return layer_columns(layer, None, found.options) if layer else []


def _summary(found: DeliveryProfile) -> dict[str, Any]:
    is_new = found.layer == delivery_profile.NEW
    return {
        "url": reverse("delivery-profile", args=[found.pk]),
        "file": reverse("delivery-profile-text", args=[found.pk]),
        "sender": sender_name(found),
        "layer": _("a new layer") if is_new else found.layer,
        "is_new": is_new,
        "headings": found.headings,
        "used": found.used,
    }
