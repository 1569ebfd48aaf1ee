"""The page of a project: what it would touch, all that is known, and what is not known, on one page to be printed."""

import json
from typing import Any

import shapely
from django.core.files.uploadedfile import UploadedFile
from django.db import connection
from django.http import HttpRequest, HttpResponseRedirect
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from shapely.geometry.base import BaseGeometry

from geoportal.http import FORM, desk, parameters, viewer_of
from geoportal.upload_handlers import NO_ROOM
from geoportal.workbench.page import planner_of
from geoportal.workbench.sketches import records
from geoportal.workbench.sketches.figures import figures
from geoportal.workbench.sketches.measures import measures
from geoportal.workbench.sketches.views import FIELDS, Drawn
from layers.coordinates import STORE_SRID
from layers.errors import InvalidInput, TooManyRequests, Unavailable
from layers.query.errors import InvalidQuery
from layers.query.json_form import shape_node
from layers.query.limits import limits
from layers.registry.audience import Viewer

from .conflicts import findings
from .project_file import outline_of
from .sections import parts

Json = dict[str, Any]
SECONDS = 30


@desk
def impact(request: HttpRequest) -> HttpResponseBase:
    planner_of(request)
    if request.method == "POST":
        return _received(request)
    given: Json = parameters(request, (FORM, "sketch", *FIELDS))
    try:
        drawn = Drawn.asked(request, given)
        return _page(request, given, _report(drawn, viewer_of(request)) if drawn else {})
    except (InvalidInput, Unavailable, TooManyRequests) as problem:
        return _page(request, given, {"problem": str(problem)}, problem.status)


def _page(request: HttpRequest, given: Json, more: Json, status: int = 200) -> HttpResponseBase:
    content = {"given": given, "own": records.sketches(planner_of(request).pk), **more}
    return render(request, "workbench/impact.html", content, status=status)


def _report(drawn: Drawn, viewer: Viewer) -> Json:
    area = measures(drawn.shape, drawn.metres, viewer).area
    if not area:
        raise InvalidQuery(
            _("A project is an area: draw one, or say how many metres around a line belong to it.")
        )
    shown = {
        **figures(drawn.shape, drawn.metres, viewer),
        "made_at": timezone.now(),
        "map": {"features": json.loads(shapely.to_geojson(drawn.shape)), "metres": drawn.metres},
    }
    with limits(viewer, SECONDS):
        shape = _whole(drawn)
        return {**shown, **parts(viewer, shape, area), "findings": findings(viewer, shape, area)}


def _whole(drawn: Drawn) -> BaseGeometry:
    """With all that lies around it."""
    if not drawn.metres:
        return drawn.shape
    wide = f"ST_Buffer(ST_GeomFromWKB(%s, {STORE_SRID})::geography, %s, 'quad_segs=32')::geometry"
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT ST_AsBinary({wide})", [shapely.to_wkb(drawn.shape), drawn.metres])
        return shapely.from_wkb(bytes(cursor.fetchone()[0]))


def _received(request: HttpRequest) -> HttpResponseBase:
    """A file becomes a shape of one's own."""
    sent = request.FILES.get("file")
    try:
        if NO_ROOM in request.META:
            raise InvalidInput(request.META[NO_ROOM])
        if not isinstance(sent, UploadedFile):
            raise InvalidInput(_("Choose a file."))
        title = "".join(sign for sign in (sent.name or "") if sign.isprintable())[:120]
        kept = records.keep(planner_of(request).pk, title, shape_node(outline_of(sent)).geometry, 0)
    except InvalidInput as problem:
        return _page(request, {}, {"problem": str(problem)}, problem.status)
    return HttpResponseRedirect(f"{reverse('impact')}?sketch={kept.pk}")
