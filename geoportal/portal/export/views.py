"""Downloads of a layer as this viewer may see it: GET streams it, POST begins a job that makes a file of it."""

from collections.abc import Callable, Generator, Iterator

from django.http import FileResponse, HttpRequest, HttpResponseRedirect, StreamingHttpResponse
from django.http.response import HttpResponseBase
from django.urls import reverse
from django.utils.translation import gettext as _

from geoportal.accounts.client_address import client_address, network_of
from geoportal.features.filters.area import area_conditions
from geoportal.features.filters.expression import TEXT, expression_conditions, read_expression
from geoportal.features.filters.period import period_conditions
from geoportal.features.filters.reference_systems import OGC
from geoportal.features.filters.values import value_conditions
from geoportal.http import desk, door, parameters, viewer_of
from geoportal.take_away.files import ExportFile
from layers.errors import InvalidInput, NotFound, SignInRequired
from layers.jobs.models import Job, JobState
from layers.query.explanation import explain
from layers.query.limits import check_cost, limits, timely
from layers.query.scope import Scope, queryables
from layers.registry.access.export_log import record_export
from layers.registry.access.layer_query import Condition, LayerQuery
from layers.registry.registration import get_layer

from . import jobs
from .formats import BATCH, FORMATS

SECONDS = 600
"""Of reading for a download that is streamed; what takes longer is a job, or is asked for in parts."""
PARAMETERS = ("id", "bbox", "bbox-crs", "crs", "datetime", "filter", "filter-lang", "filter-crs")
SAID = {"filter", "filter-lang", "crs"}
"""Parameters that the sentence of a question tells, or that choose nothing."""


def _export(suffix: str) -> Callable[[HttpRequest, str], HttpResponseBase]:
    @desk
    def export(request: HttpRequest, name: str) -> HttpResponseBase:
        viewer = viewer_of(request)
        layer = get_layer(name, viewer)
        if request.method == "POST":
            return _begin(request, name, suffix)
        form = FORMATS[suffix]
        query = LayerQuery(layer, viewer)
        chosen = _chosen(request, query)
        if "filter" in request.GET:
            with limits(
                viewer, network=network_of(client_address(request))
            ):  # what cannot be answered in time is told before the answer begins
                check_cost(query, chosen)
                query.count(*chosen)
        # So is a layer that is gone by now.
        query.rows(Condition("false"), limit=0)
        rows = Rows()
        content = timely(form.write(query, chosen, rows.add), SECONDS)
        if viewer.name:
            content = _recorded(content, query, rows, f"{name}.{suffix}", _question(request, query))
        response = StreamingHttpResponse(content, content_type=form.content_type)
        response["Content-Disposition"] = f'attachment; filename="{name}.{suffix}"'
        return response

    return export


geojson, table = _export("geojson"), _export("csv")


class Rows:
    """How many were sent."""

    count = 0

    def add(self, more: int) -> None:
        self.count += more


def _question(request: HttpRequest, query: LayerQuery) -> str:
    """In words, with what else the address chooses by."""
    text, language = request.GET.get("filter"), request.GET.get("filter-lang", TEXT)
    node = None if text is None else read_expression(text, language)
    others = [f"{name}={value}" for name, value in request.GET.items() if name not in SAID]
    return "; ".join([explain(query.layer, node, Scope(query)), *others])


def _recorded(
    content: Iterator[bytes], query: LayerQuery, rows: Rows, file: str, question: str
) -> Iterator[bytes]:
    """Told to the record when the last of it was sent, or when its reader left."""
    try:
        yield from content
    finally:
        if isinstance(content, Generator):
            content.close()  # what reads it ends before the record is written
        record_export(query.layer.name, query.viewer, question, file, rows.count)


def _begin(request: HttpRequest, name: str, suffix: str) -> HttpResponseRedirect:
    if not request.user.is_authenticated:
        raise SignInRequired(_("Sign in to have a file made; without that GET this address."))
    return HttpResponseRedirect(reverse("job", args=[jobs.begin(name, suffix, request.user).pk]))


@door
def file(request: HttpRequest, pk: int) -> FileResponse:
    """What a job made, for who began it and as long as they may see what they might then."""
    own = Job.objects.filter(owner_id=request.user.pk or 0, key__startswith="export:")
    job = own.select_related("task").filter(pk=pk).first()
    if job is None or job.state != JobState.DONE:
        raise NotFound(_("There is no such file, or it is not yours."))
    viewer, made = viewer_of(request), job.result
    get_layer(made["layer"], viewer)
    if made["viewer"] != viewer.key:
        raise NotFound(_("What you may see has changed since the file was made; have it made again."))
    try:
        found = ExportFile(request.user.pk or 0, made["file"], made["viewer"]).path.open("rb")
    except FileNotFoundError:
        raise NotFound(_("The file was kept for a day and is gone; have it made again.")) from None
    how = FORMATS.get(made["file"].rpartition(".")[2])
    return FileResponse(
        found, as_attachment=True, filename=made["label"], content_type=how.content_type if how else None
    )


def _chosen(request: HttpRequest, reading: LayerQuery) -> list[Condition]:
    """``?id=3,5`` asks for these features only; boxes, times and values as at the door of OGC API – Features."""
    given = parameters(request, [*PARAMETERS, *(attribute.name for attribute in queryables(reading))])
    if given.get("crs", OGC) != OGC:
        raise InvalidInput(
            _("Downloads are in longitude and latitude; “crs” is %(system)s alone.") % {"system": OGC}
        )
    return [
        *_keys(given.get("id", "")),
        *area_conditions(reading, given.get("bbox"), given.get("bbox-crs")),
        *period_conditions(reading, given.get("datetime")),
        *value_conditions(reading, given),
        *expression_conditions(
            reading, given.get("filter"), given.get("filter-lang"), given.get("filter-crs")
        ),
    ]


def _keys(text: str) -> list[Condition]:
    if not text:
        return []
    keys = text.split(",")
    if len(keys) > BATCH or not all(key.isascii() and key.isdigit() and len(key) < 19 for key in keys):
        raise InvalidInput(_("“id” names features by their numbers, separated by commas."))
    return [Condition("id = ANY(%s)", ([int(key) for key in keys],))]
