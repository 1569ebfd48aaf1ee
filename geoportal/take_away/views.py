"""The door at which a layer or the answer of a question is taken away: small ones at once, large ones as a job."""

from collections.abc import Callable
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from django.http import FileResponse, HttpRequest, HttpResponseRedirect
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _

from geoportal.http import FORM, desk, parameters, viewer_of
from layers.errors import SignInRequired
from layers.registry.registration import get_layer

from .formats import ENCODINGS, FORMATS
from .jobs import begin
from .request import Request, read_request
from .systems import SYSTEMS

AT_ONCE = 20_000
"""Rows of a file that is made while one waits."""


@desk
def take_away(request: HttpRequest, name: str) -> HttpResponseBase:
    """The form, and by POST the file or the job that makes it."""
    if not request.user.is_authenticated:
        raise SignInRequired(_("Sign in to take data away in other formats."))
    viewer = viewer_of(request)
    layer = get_layer(name, viewer)
    if request.method != "POST":
        given = parameters(request, (FORM, "filter", "id"))
        chosen = {"asked_text": given.get("filter", ""), "keys": given.get("id", "")}
        content = {"layer": name, "layer_title": layer.title, **chosen, **offer(layer.has_geometry)}
        return render(request, "take_away/page.html", content)
    asked = read_request(name, request.POST)
    rows = asked.count(viewer)
    if rows > AT_ONCE:
        return HttpResponseRedirect(reverse("job", args=[begin(asked, request.user).pk]))
    return file_response(asked, lambda path: asked.write(viewer, path, rows, int))


def file_response(asked: Request, write: Callable[[Path], None]) -> FileResponse:
    """What ``write`` writes; the file goes from the disk when it was sent."""
    with TemporaryDirectory() as folder:
        path = Path(folder) / asked.kept_name
        write(path)
        return FileResponse(path.open("rb"), as_attachment=True, filename=asked.file_name)


def offer(has_geometry: bool) -> dict[str, Any]:
    """What the form lets one choose."""
    return {
        "formats": [
            (key, each.title) for key, each in FORMATS.items() if has_geometry or not each.needs_shapes
        ],
        "systems": [(key, each.title) for key, each in SYSTEMS.items()] if has_geometry else [],
        "encodings": ENCODINGS,
    }
