"""The import page: send a file, see what is in it, map its columns, try, load, read what was wrong."""

import json
from collections.abc import Iterable
from dataclasses import replace
from typing import Any

from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect, StreamingHttpResponse
from django.http.response import HttpResponseBase
from django.urls import reverse
from django.utils.translation import gettext as _

from geoportal.features.job_status import status
from geoportal.http import administrators_only, answer, desk, door, number, page_links, viewer_of
from importers.examination import refusal
from importers.history import delivery_profile, record, report_files
from importers.layer_import import undo_import
from importers.models import Import, RowIssue, State
from importers.options import ImportOptions
from importers.pipeline import held_rows
from layers.datasets import sync
from layers.datasets.models import Dataset
from layers.errors import InvalidInput, NotFound
from layers.jobs import liveness
from layers.jobs.models import Job
from layers.registry.declaration.layer import Layer
from layers.registry.registration import get_layer, is_registered, layers_for

from . import dataset_page, jobs, new_layer, uploads
from .last_answers import own_sender, senders
from .preview import inspect

ON_A_PAGE = 50
MOST_PLACES = 2000
TONES = {
    State.LOADED: "good",
    State.TRIED: "info",
    State.RUNNING: "info",
    State.STOPPED: "fair",
    State.FAILED: "bad",
}
DECIDED = {"look", "try", "load"}


@desk
def imports(request: HttpRequest) -> HttpResponseBase:
    """All imports, and the form to send a file."""
    administrators_only(request)
    takers = [layer for layer in layers_for(viewer_of(request)) if layer.imports or layer.heights]
    if request.method == "POST":
        return _received(request, {layer.name: layer for layer in takers})
    page = Paginator(Import.objects.select_related("who"), ON_A_PAGE).get_page(
        number(request, "page", 1, 1, 10**6)
    )
    return answer(
        request,
        "imports/list.html",
        {
            "imports": _summaries(page.object_list),
            "layers": [{"name": layer.name, "title": str(layer.title)} for layer in takers],
            "chosen": request.GET.get("layer", ""),
            "new": delivery_profile.NEW,
            "senders": senders(),
            "sender": own_sender(request),
            "datasets": dataset_page.listed(),
            **page_links(request, page.number, page.paginator.num_pages),
        },
    )


@desk
def one(request: HttpRequest, pk: int) -> HttpResponseBase:
    """One import: what is to be decided while it waits, its progress while it runs, its report afterwards."""
    imported, layer = _found(request, pk)
    if request.method == "POST":
        _act(request, imported, layer)
        return _see(imported) if imported.pk else HttpResponseRedirect(reverse("imports"))
    job = _job_of(imported)
    content: dict[str, Any] = _summary(imported, job)
    is_running = content["state"] == State.RUNNING
    content |= {
        "title": _title(imported, layer),
        "takes_heights": bool(layer and layer.heights),
        "dataset": reverse("dataset", args=[imported.layer]) if _is_dataset(imported) else "",
        "job": status(job) if job else None,
        "workers": liveness.living(),
        "editable": _is_to_be_decided(imported) and not is_running,
        "kept": uploads.is_here(imported) and not is_running,
        "held": imported.rows.filter(is_held=True).count(),
    }
    if imported.state != State.WAITING and not is_running:
        content |= _reported(request, imported, layer)
    if content["editable"] and imported.proposal:
        content["inspected"] = new_layer.inspect(imported)
    elif content["editable"] and layer:
        content["inspected"] = inspect(imported, layer)
    content |= {"options": imported.options, "proposal": imported.proposal}
    return answer(request, "imports/one.html", content)


@door
def places(request: HttpRequest, pk: int) -> HttpResponse:
    """GeoJSON of the noted rows that have a place."""
    imported, _layer = _found(request, pk)
    rows = imported.rows.filter(place__isnull=False)[:MOST_PLACES]
    features = [
        {
            "type": "Feature",
            "id": row.pk,
            "geometry": json.loads(row.place.geojson),
            "properties": {"row": row.row, "name": str(row), "held": row.is_held, "wrong": _wrong(row)},
        }
        for row in rows
        if row.place
    ]
    return HttpResponse(
        json.dumps({"type": "FeatureCollection", "features": features}), content_type="application/geo+json"
    )


@door
def report(request: HttpRequest, pk: int, kind: str) -> HttpResponseBase:
    imported, _layer = _found(request, pk)
    name = f"import-{imported.pk}-report.{kind}"
    if kind == "csv":
        response: HttpResponseBase = StreamingHttpResponse(
            report_files.as_csv(imported), content_type="text/csv"
        )
    elif kind == "gpkg":
        response = HttpResponse(
            report_files.as_geopackage(imported), content_type="application/geopackage+sqlite3"
        )
    else:
        raise NotFound(_("The report is there as csv and as gpkg."))
    response["Content-Disposition"] = f'attachment; filename="{name}"'
    return response


@desk
def row(request: HttpRequest, pk: int, row: int) -> HttpResponseBase:
    """A row that was held back, to be put right."""
    imported, layer = _found(request, pk)
    found = imported.rows.filter(pk=row, is_held=True).first()
    if found is None:
        raise NotFound(_("There is no such row, or it is no longer held back."))
    if request.method == "POST":
        given = {name: request.POST[name] for name in found.values if name in request.POST}
        held_rows.correct(
            found, {name: text for name, text in given.items() if text != _cell(found.values[name])}
        )
        return _see(imported)
    return answer(
        request,
        "imports/row.html",
        {
            "import": imported.pk,
            "title": _title(imported, layer),
            "name": str(found),
            "problems": found.problems,
            "wrong_fields": [problem["field"] for problem in found.problems],
            "values": [{"name": name, "value": _cell(value)} for name, value in found.values.items()],
        },
    )


def _received(request: HttpRequest, takers: dict[str, Layer]) -> HttpResponseBase:
    sent = uploads.sent_file(request)
    chosen = request.POST.get("layer", "")
    if chosen not in takers and chosen != delivery_profile.NEW:
        raise InvalidInput(_("Choose the layer that the file is for."))
    file_name = uploads.name_of(str(sent.name))
    sender = request.POST.get("sender", "")
    delivery_profile.department_of(sender)
    proposal = new_layer.initial_proposal(file_name) if chosen == delivery_profile.NEW else {}
    imported = Import.objects.create(
        layer=proposal.get("name", chosen),
        proposal=proposal,
        options={"sender": sender} if sender else {},
        file_name=file_name,
        source=request.POST.get("source", "").strip()[:200],
        who_id=request.user.pk,
        state=State.WAITING,
    )
    path = uploads.keep(imported, sent)
    if problem := refusal(path):
        record.refuse(imported.layer, path, request.user, imported, problem)
        uploads.forget(imported)
    return _see(imported)


def _act(request: HttpRequest, imported: Import, layer: Layer | None) -> None:
    action = request.POST.get("action", "")
    if imported.state == State.RUNNING or _job_of(imported):
        raise InvalidInput(_("The import is running; wait until it has ended."))
    if action in DECIDED and not _is_to_be_decided(imported):
        raise InvalidInput(_("The file is no longer here; send it again."))
    if action in DECIDED and imported.proposal:
        _make(request, imported, action)
    elif action in DECIDED and layer:
        _decide(request, imported, [column.name for column in layer.imports.columns] if layer.imports else [])
        if action != "look":
            jobs.begin(imported, action, request.user)
    elif action == "retry" and layer:
        jobs.begin(imported, jobs.RETRY, request.user)
    elif action == "undo" and layer:
        undo_import(imported, layer)
    elif action == "forget":
        uploads.forget(imported)
        if imported.state == State.WAITING:
            imported.delete()  # nothing was done with it
    else:
        raise InvalidInput(_("There is no such action."))


def _make(request: HttpRequest, imported: Import, action: str) -> None:
    """What is still to be decided is said on the page instead of being tried."""
    new_layer.decide(request, imported)
    _decide(request, imported, [])
    if action != "look" and not new_layer.inspect(imported)["problem"]:
        jobs.begin(imported, action, request.user)


def _decide(request: HttpRequest, imported: Import, names: Iterable[str]) -> None:
    """Keep what the form says; ``names`` are the layer's fields."""
    options = ImportOptions.from_form(request.POST, names)
    delivery_profile.department_of(options.sender)
    imported.options = replace(options, source=options.source[:180] or imported.source).as_json()
    imported.save(update_fields=["options"])


def _reported(request: HttpRequest, imported: Import, layer: Layer | None) -> dict[str, Any]:
    rows = Paginator(imported.rows.order_by("-is_held", "row"), ON_A_PAGE)
    page = rows.get_page(number(request, "page", 1, 1, 10**6))
    return {
        "counts": imported.counts,
        "report": {name: imported.report.get(name) for name in ("notes", "source_crs", "bounds", "refused")},
        "rows": [
            {
                "pk": each.pk,
                "name": str(each),
                "held": each.is_held,
                "problems": each.problems,
                "url": reverse("import-row", args=[imported.pk, each.pk]),
            }
            for each in page
        ],
        "has_places": imported.rows.filter(place__isnull=False).exists(),
        "noted": rows.count,
        "many": imported.row_groups.exists(),
        **page_links(request, page.number, rows.num_pages),
        "on_map": _on_map(imported, layer),
    }


def _on_map(imported: Import, layer: Layer | None) -> str:
    """The map where the imported rows lie."""
    bounds = imported.report.get("bounds")
    if imported.state != State.LOADED or not bounds or not is_registered(imported.layer):
        return ""
    lon, lat = (bounds[0] + bounds[2]) / 2, (bounds[1] + bounds[3]) / 2
    span = max(bounds[2] - bounds[0], bounds[3] - bounds[1])
    zoom = next(z for z in range(17, 0, -1) if span <= 360 / 2**z * 3 or z == 1)
    view = "3d" if layer and layer.heights else "2d"
    return f"{reverse('home')}#map={zoom}/{lat:.5f}/{lon:.5f}&view={view}&layers={imported.layer}"


def _summaries(imports: Iterable[Import]) -> list[dict[str, Any]]:
    listed = list(imports)
    known = Job.objects.active().newest_of(imported.job_key for imported in listed)
    return [_summary(imported, known.get(imported.job_key)) for imported in listed]


def _summary(imported: Import, job: Job | None) -> dict[str, Any]:
    """While a job is under way the import is, whatever its record says of an earlier attempt."""
    state = State.RUNNING if job else State(imported.state)
    return {
        "pk": imported.pk,
        "url": reverse("import", args=[imported.pk]),
        "layer": imported.layer,
        "file": imported.file_name,
        "source": imported.source,
        "who": imported.who.get_username() if imported.who else "",
        "state": state,
        "state_title": str(job.state.label if job else state.label),
        "tone": TONES.get(state, ""),
        "reason": "" if job else imported.reason,
        "started": imported.started,
        "finished": imported.finished,
        "counts": imported.counts,
    }


def _found(request: HttpRequest, pk: int) -> tuple[Import, Layer | None]:
    """Without its layer where that is not made yet or was withdrawn."""
    administrators_only(request)
    imported = Import.objects.select_related("who").filter(pk=pk).first()
    if imported is None:
        raise NotFound(_("There is no such import."))
    if imported.proposal and imported.state == State.LOADED:
        sync.refresh(now=True)  # another process made the layer
    waits = imported.proposal and imported.state not in {State.LOADED, State.UNDONE}
    if waits or not is_registered(imported.layer):
        return imported, None
    return imported, get_layer(imported.layer, viewer_of(request))


def _job_of(imported: Import) -> Job | None:
    """The one that is under way."""
    return Job.objects.active().newest_of([imported.job_key]).get(imported.job_key)


def _is_to_be_decided(imported: Import) -> bool:
    return uploads.is_here(imported) and imported.state not in {State.LOADED, State.UNDONE}


def _title(imported: Import, layer: Layer | None) -> str:
    return str(layer.title) if layer else imported.proposal.get("title") or imported.layer


def _is_dataset(imported: Import) -> bool:
    known_by = Dataset.objects.filter(name=imported.layer, is_published=True)
    return imported.state == State.LOADED and known_by.exists()


def _wrong(row: RowIssue) -> str:
    return _("; ").join(problem["wrong"] for problem in row.problems)


def _cell(value: Any) -> str:
    return "" if value is None else str(value)


def _see(imported: Import) -> HttpResponseRedirect:
    return HttpResponseRedirect(reverse("import", args=[imported.pk]))
