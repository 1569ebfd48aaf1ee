"""A layer that was made of a file: its title, audience and colour, and taking it back."""

from typing import Any

from django.http import HttpRequest, HttpResponseRedirect
from django.http.response import HttpResponseBase
from django.urls import reverse
from django.utils.translation import gettext as _

from geoportal.http import administrators_only, answer, desk
from layers.datasets.declaration import label_of
from layers.datasets.models import Dataset
from layers.errors import InvalidInput, NotFound
from layers.registry.audience import Audience
from layers.registry.text import Text

from . import dataset_publication, jobs, new_layer


@desk
def dataset(request: HttpRequest, name: str) -> HttpResponseBase:
    administrators_only(request)
    found = Dataset.objects.filter(name=name, is_published=True).first()
    if found is None:
        raise NotFound(_("No dataset is named %(name)s.") % {"name": name})
    if request.method == "POST":
        _act(request, found)
        away = request.POST.get("action") == "withdraw"
        return HttpResponseRedirect(reverse("imports") if away else reverse("dataset", args=[name]))
    return answer(
        request,
        "imports/dataset.html",
        {
            "name": found.name,
            "heading": str(Text(found.title, found.title_en or found.title)),
            "title": found.title,
            "title_en": found.title_en,
            "audience": found.audience,
            "audiences": new_layer.audiences(),
            "color": found.color,
            "source": found.source,
            "fields": [
                {"label": str(label_of(field)), "kind": str(new_layer.KINDS[field["kind"]])}
                for field in found.fields
            ],
            "on_map": f"{reverse('home')}#layers={found.name}",
        },
    )


def listed() -> list[dict[str, Any]]:
    return [
        {
            "name": each.name,
            "title": str(Text(each.title, each.title_en or each.title)),
            "url": reverse("dataset", args=[each.name]),
            "audience": str(Audience(each.audience).label),
        }
        for each in Dataset.objects.filter(is_published=True)
    ]


def _act(request: HttpRequest, found: Dataset) -> None:
    action, form = request.POST.get("action", ""), request.POST
    if action == "withdraw":
        dataset_publication.withdraw(found.name)
        jobs.drop_dataset_later(found.name, dataset_publication.PATIENCE, request.user)
        return
    if action != "save":
        raise InvalidInput(_("There is no such action."))
    found.audience = new_layer.audience_of(form.get("audience", ""))
    found.title = form.get("title", "").strip().replace("\x00", "")[:80] or found.title
    found.title_en = form.get("title_en", "").strip().replace("\x00", "")[:80]
    color = form.get("color", "").strip().lower()
    found.color = color if dataset_publication.COLOR.fullmatch(color) else found.color
    if dataset_publication.amend(found):
        jobs.republish_dataset_later(found.name, dataset_publication.PATIENCE, request.user)
