"""Documents as PDF: the template's wording, the case's map, Chinese fonts, and nothing from outside.

They are printed by a child process: templates are an administrator's, and so is what they cost.
"""

from collections.abc import Callable
from typing import Any

from django.conf import settings

from layers.casework.documents import templates
from layers.casework.documents.document_context import document_context
from layers.casework.documents.draft import DocumentDraft
from layers.casework.documents.issuance import RenderedDocument
from layers.casework.models import Case
from layers.child_process.limits import Limits
from layers.child_process.work import preload, run_limited

from . import printer
from .location import Location, location_of
from .printer import Pictures

MAP, MARK = "map.png", "mark.svg"
LIMITS = Limits(seconds=60, megabytes=700)

preload(f"{__package__}.printer_trial")


def html_to_pdf(html: str, pictures: Pictures, *, strict: bool = False) -> bytes:
    """``strict`` raises ExternalContent where the page asked for what it was not given; else that is left out."""
    return run_limited(LIMITS, printer.html_to_pdf, html, pictures, strict=strict)


def print_template(
    code: str, texts: dict[str, str], content: dict[str, Any], pictures: Pictures, *, strict: bool = False
) -> bytes:
    """A template of the texts; raises TemplateFault, TooCostly and, where ``strict``, ExternalContent."""
    return run_limited(LIMITS, printer.print_template, code, texts, content, pictures, strict=strict)


def document_renderer(case: Case) -> Callable[[Case, DocumentDraft], RenderedDocument]:
    """Draws the map at once, so that nobody waits for it while the case is held."""
    location = location_of(case)

    def printed(held: Case, paper: DocumentDraft) -> RenderedDocument:
        return render_document(held, paper, location)

    return printed


def render_document(case: Case, paper: DocumentDraft, location: Location | None) -> RenderedDocument:
    chosen = templates.template_for(case.family, paper.kind.template)
    layout = templates.latest_template(case.family, templates.LAYOUT)
    texts = templates.template_texts(case.family)
    content = template_context(case, paper, location)
    return RenderedDocument(
        print_template(chosen.code, texts, content, pictures_of(location)),
        f"{chosen.code} {chosen.version}, layout {layout.version if layout else 0}",
    )


def template_context(case: Case, paper: DocumentDraft, location: Location | None) -> dict[str, Any]:
    return document_context(case, paper) | {"map": location and _map(location)}


def _map(location: Location) -> dict[str, Any]:
    """What the layout draws over the picture."""
    return {
        "is_drawn": location.picture is not None,
        "lon": f"{location.lon:.6f}",
        "lat": f"{location.lat:.6f}",
        "pin": [round(share * 100, 2) for share in location.pin],
        "outline": location.outline,
        "bar": location.bar,
        "bar_share": round(location.bar_share * 100, 2),
        "scale": location.scale,
        "source": location.source,
    }


def pictures_of(location: Location | None) -> dict[str, tuple[bytes, str]]:
    mark = (settings.ASSETS / "icon.svg").read_bytes()
    found = {MARK: (mark, "image/svg+xml")}
    if location and location.picture:
        found[MAP] = (location.picture, "image/png")
    return found
