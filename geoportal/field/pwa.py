"""The app shell: one page that names nobody, the service worker that keeps it, and the words of both languages.

The shell's version is a hash of everything in it, so that a phone never mixes files of two versions.
"""

import hashlib
import json
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import cast

from django.conf import settings
from django.contrib.staticfiles import finders
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.templatetags.static import static
from django.urls import get_script_prefix, reverse
from django.utils.translation import gettext as _
from django.utils.translation import override
from django.views.i18n import JSONCatalog

from geoportal.http import door
from layers.errors import NotFound, SignInRequired

from .auth import field_user

SHARED = (
    "vendor/exifreader/dist/exif-reader.js",
    "vendor/idb/build/index.js",
    "vendor/lit-html/directive-helpers.js",
    "vendor/lit-html/directive.js",
    "vendor/lit-html/directives/live.js",
    "vendor/lit-html/lit-html.js",
    "leaflet/leaflet.js",
    "leaflet/leaflet.css",
    "basemap/graticule.js",
    "basemap/markers.js",
    "basemap/small_map.js",
    "css/portal.css",
    "geography/coordinates.js",
    "geography/tile_grid.js",
    "http/client.js",
    "icon.svg",
)
LANGUAGES = ("zh-hans", "en")


@door
def page(request: HttpRequest) -> HttpResponseBase:
    """The shell itself is the same for everybody; who is no officer is told so before it is kept on a device."""
    try:
        field_user(request)
    except SignInRequired:
        return HttpResponseRedirect(f"{reverse('sign-in')}?next={reverse('field')}")
    response = render(request, "field/shell.html", {"version": version()})
    response["Cache-Control"] = "private, no-cache"
    return response


@door
def worker(request: HttpRequest) -> HttpResponseBase:
    """The service worker, told its version and what belongs to the shell."""
    told = {"version": version(), "shell": reverse("field"), "files": addresses()}
    told["tiles"] = f"{get_script_prefix()}mapproxy/tiles/"
    script = Path(_found("field/sw.js")).read_text("utf-8")
    response = HttpResponse(f"self.FIELD = {json.dumps(told)};\n{script}", content_type="text/javascript")
    response["Service-Worker-Allowed"] = reverse("field")
    response["Cache-Control"] = "no-cache"
    return response


@door
def manifest(request: HttpRequest) -> HttpResponseBase:
    icons = [
        {
            "src": static(f"field/icons/icon-{size}.png"),
            "sizes": f"{size}x{size}",
            "type": "image/png",
            "purpose": use,
        }
        for size in (192, 512)
        for use in ("any", "maskable")
    ]
    told = {
        "id": reverse("field"),
        "name": _("District field work"),
        "short_name": _("Field work"),
        "start_url": reverse("field"),
        "scope": reverse("field"),
        "display": "standalone",
        "background_color": "#f7f5f0",
        "theme_color": "#1f6f8b",
        "lang": request.LANGUAGE_CODE,
        "icons": icons,
    }
    return HttpResponse(json.dumps(told, ensure_ascii=False), content_type="application/manifest+json")


@door
def words(request: HttpRequest, language: str) -> HttpResponseBase:
    """The app's texts in one language, whatever the visitor's own is."""
    if language not in LANGUAGES:
        raise NotFound(_("The texts are there as zh-hans and en."))
    return _words(language)


def _words(language: str) -> HttpResponse:
    request = HttpRequest()
    request.method = "GET"
    with override(language):
        return cast(HttpResponse, JSONCatalog.as_view(packages=["geoportal.portal"])(request))


def addresses() -> list[str]:
    """Everything the app needs, beside the shell page."""
    own = [static(name) for name in _own_files()]
    spoken = [reverse("field-words", args=[language]) for language in LANGUAGES]
    return [*own, *map(static, SHARED), *spoken, reverse("field-manifest")]


def version() -> str:
    return _version() if not settings.DEBUG else _version.__wrapped__()


@cache
def _version() -> str:
    hashed = hashlib.sha256()
    for name in (*_own_files(), *SHARED, "field/sw.js"):
        hashed.update(Path(_found(name)).read_bytes())
    hashed.update((settings.ROOT / "geoportal" / "templates" / "field" / "shell.html").read_bytes())
    for language in LANGUAGES:
        hashed.update(_words(language).content)
    return hashed.hexdigest()[:16]


def _own_files() -> Iterator[str]:
    folder = settings.ASSETS / "field"
    for file in sorted(folder.rglob("*")):
        if file.is_file() and file.name != "sw.js":
            yield str(file.relative_to(settings.ASSETS))


def _found(name: str) -> str:
    found = finders.find(name)
    if not isinstance(found, str):
        raise NotFound(name)
    return found
