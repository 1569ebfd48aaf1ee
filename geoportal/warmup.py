"""What a process that serves reads and makes before anybody asks, so that nobody waits for it."""

import logging
import threading
from collections.abc import Callable, Iterable

from django.conf import settings
from django.db import connection
from django.template.loader import get_template
from django.urls import reverse
from django.utils.translation import override

from layers.casework.procedures.versions import load_versions
from layers.registry.access.layer_query import LayerQuery
from layers.registry.audience import PUBLIC_VIEWER
from layers.registry.registration import layers_for
from tiles.raster import capabilities
from tiles.raster.app import wsgi_app

from .cases.documents.pdf import html_to_pdf
from .features.place_card import Spot, around
from .portal.search_query import Search, find

TRIAL = "<html><p>1</p></html>"

log = logging.getLogger(__name__)


TRIAL_WORDS = ("试样", "试样名")
"""Of two characters and of more, which are asked for in other words; nothing is called so, so that all ways are tried."""


def start_warming() -> None:
    """In a thread of its own, so that the process answers meanwhile."""
    threading.Thread(target=_warm_alone, daemon=True, name="warming").start()


def warm() -> None:
    """Pages, procedures, fonts and the raster map; what fails now is told to whoever asks for it."""
    _try(WAYS)


def warm_connection() -> None:
    """This thread's connection to the database: what it plans of searches and place cards."""
    _try(CONNECTION_WAYS)


def _try(ways: Iterable[Callable[[], None]]) -> None:
    for way in ways:
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


def _search() -> None:
    layers = layers_for(PUBLIC_VIEWER)
    for word in TRIAL_WORDS:
        list(find(Search(word, layers, PUBLIC_VIEWER, 1)))
    for layer in layers:
        if layer.searchable:
            LayerQuery(layer, PUBLIC_VIEWER).by_ids([0])


def _place() -> None:
    list(around(Spot(0, 0), PUBLIC_VIEWER))


CONNECTION_WAYS: tuple[Callable[[], None], ...] = (_search, _place)
WAYS: tuple[Callable[[], None], ...] = (_addresses, load_versions, _templates, _document, _map)
