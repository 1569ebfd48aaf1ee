"""A layer that was made of a file: its title, audience and colour, and taking it back."""

from typing import Any

from django.http import HttpRequest, HttpResponseRedirect, QueryDict
from django.http.response import HttpResponseBase
from django.urls import reverse
from django.utils.translation import gettext as _

from geoportal.http import administrators_only, answer, desk
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
        return HttpResponseRedirect(_act(request, found))
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
                {
                    "name": field["name"],
                    "heading": field.get("heading") or field["label"],
                    "label": field["label"],
                    "label_en": field.get("label_en", ""),
                    "kind": field["kind"],
                }
                for field in found.fields
            ],
            "title_field": found.title_field,
            "kinds": new_layer.kind_choices(),
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


def _act(request: HttpRequest, found: Dataset) -> str:
    """The address to go on at."""
    action, here = request.POST.get("action", ""), reverse("dataset", args=[found.name])
    if action == "withdraw":
        dataset_publication.withdraw(found.name)
        jobs.drop_dataset_later(found.name, dataset_publication.PATIENCE, request.user)
        return reverse("imports")
    if action == "save":
        _save(request.POST, found)
        return _amend(request, found) or here
    if action == "columns":
        return _correct(request, found) or here
    raise InvalidInput(_("There is no such action."))


def _amend(request: HttpRequest, found: Dataset) -> str:
    """Where more people will see it, the address of the job that has it so; an earlier one that waits is overtaken."""
    is_overtaken = jobs.cancel_republication(found, request.user)
    wanted = dataset_publication.amend(found)
    if wanted is None and not is_overtaken:
        return ""
    wanted = found.audience if wanted is None else wanted
    is_narrower = wanted == found.audience
    patience = dataset_publication.PATIENCE if is_narrower else 0
    job = jobs.republish_dataset_later(found, wanted, patience, request.user)
    return "" if is_narrower else reverse("job", args=[job.pk])


def _save(form: QueryDict, found: Dataset) -> None:
    found.audience = new_layer.audience_of(form.get("audience", ""))
    found.title = new_layer.text_of_form(form, "title", 80) or found.title
    found.title_en = new_layer.text_of_form(form, "title_en", 80)
    color = form.get("color", "").strip().lower()
    found.color = color if dataset_publication.COLOR.fullmatch(color) else found.color


def _correct(request: HttpRequest, found: Dataset) -> str:
    """Labels at once; what columns hold as a job, whose address is given."""
    form = request.POST
    for field in found.fields:
        label = new_layer.text_of_form(form, f"label-{field['name']}", 80)
        english = new_layer.text_of_form(form, f"label_en-{field['name']}", 80)
        field["heading"] = field.get("heading") or field["label"]
        field |= {"label": label or field["label"], "label_en": english or label or field["label"]}
    dataset_publication.amend(found)
    asked = {field["name"]: form.get(f"kind-{field['name']}", field["kind"]) for field in found.fields}
    kinds = {
        field["name"]: kind
        for field in found.fields
        if (kind := asked[field["name"]]) in new_layer.KINDS and kind != field["kind"]
    }
    title = form.get("title_field", found.title_field)
    if not kinds and title == found.title_field:
        return ""
    order = form.get("date_order", "")
    return reverse("job", args=[jobs.correct_dataset_later(found.name, kinds, title, order, request.user).pk])
