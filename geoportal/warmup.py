"""What a process that serves reads and makes before anybody asks, so that nobody waits for it."""

import logging
import threading
from collections.abc import Callable

from django.conf import settings
from django.db import connection
from django.template.loader import get_template
from django.urls import reverse
from django.utils.translation import override

from layers.casework.procedures.versions import load_versions
from tiles.raster import capabilities
from tiles.raster.app import wsgi_app

from .cases.documents.pdf import html_to_pdf

TRIAL = "<html><p>1</p></html>"

log = logging.getLogger(__name__)


def start_warming() -> None:
    """In a thread of its own, so that the process answers meanwhile."""
    threading.Thread(target=_warm_alone, daemon=True, name="warming").start()


def warm() -> None:
    """Pages, procedures, fonts and the raster map; what fails now is told to whoever asks for it."""
    for way in WAYS:
        try:
            way()
        except Exception as problem:  # noqa: BLE001 - the process serves without it
            log.warning("Not warmed: %s: %s", type(problem).__name__, problem)


def _warm_alone() -> None:
    try:
        warm()
    finally:
        connection.close()


def _addresses() -> None:
    for language, _ in settings.LANGUAGES:
        with override(language):
            reverse("case-search")


def _templates() -> None:
    folder = settings.ROOT / "geoportal" / "templates"
    for file in sorted(folder.rglob("*.html")):
        get_template(str(file.relative_to(folder)))


def _document() -> None:
    html_to_pdf(TRIAL, {})


def _map() -> None:
    wsgi_app()
    capabilities.prepare()


WAYS: tuple[Callable[[], None], ...] = (_addresses, load_versions, _templates, _document, _map)
