"""Documents as PDF: the template's wording, the case's map, Chinese fonts, and nothing from outside."""

import logging
from collections.abc import Callable, Mapping
from typing import Any

from django.conf import settings
from PIL import ImageFile
from weasyprint import HTML
from weasyprint.text.fonts import FontConfiguration
from weasyprint.urls import URLFetcher, URLFetcherResponse

from layers.casework.documents import templates
from layers.casework.documents.document_context import document_context
from layers.casework.documents.draft import DocumentDraft
from layers.casework.documents.issuance import RenderedDocument
from layers.casework.documents.rendering import render_template
from layers.casework.models import Case
from layers.registry.text import Text

from .location import Location, location_of

OWN = "paper:"
"""The scheme of what templates may show: the case's map, the portal's mark, thumbnails of evidence."""
MAP, MARK = "map.png", "mark.svg"

ImageFile.LOAD_TRUNCATED_IMAGES = False  # WeasyPrint lets the whole process take pictures that break off
logging.getLogger("weasyprint").setLevel(logging.ERROR)  # it warns of every CSS word it does not know

Pictures = Mapping[str, tuple[bytes, str]]
"""Content and media type by name."""


class PictureFetcher(URLFetcher):  # type: ignore[misc]
    """Serves the pictures that were handed over; notes and refuses everything else, files and the network alike."""

    def __init__(self, pictures: Pictures) -> None:
        super().__init__(allowed_protocols=(), allow_redirects=False)
        self.pictures = pictures
        self.refused: list[str] = []

    def fetch(self, url: str, headers: Any = None) -> URLFetcherResponse:
        name = url.removeprefix(OWN)
        if url.startswith(OWN) and name in self.pictures:
            content, kind = self.pictures[name]
            return URLFetcherResponse(url, content, {"Content-Type": kind})
        self.refused.append(url[:200])
        raise ValueError("documents show nothing from elsewhere")


class ExternalContent(ValueError):
    """The template asks for something from elsewhere."""

    def __init__(self, addresses: list[str]) -> None:
        self.addresses = addresses
        self.sentence = Text(
            f"模板引用了外部内容，已拒绝：{'、'.join(addresses)}",
            f"The template refers to something from elsewhere: {', '.join(addresses)}",
        )
        super().__init__(str(self.sentence))


def html_to_pdf(html: str, pictures: Pictures, *, strict: bool = False) -> bytes:
    """``strict`` raises Refused where the page asked for what it was not given; else that is left out."""
    fetcher = PictureFetcher(pictures)
    page = HTML(string=html, base_url=f"{OWN}//", url_fetcher=fetcher)
    pdf: bytes = page.write_pdf(font_config=FontConfiguration(), optimize_images=False)
    if strict and fetcher.refused:
        raise ExternalContent(fetcher.refused)
    return pdf


def document_renderer(case: Case) -> Callable[[Case, DocumentDraft], RenderedDocument]:
    """Draws the map at once, so that nobody waits for it while the case is held."""
    location = location_of(case)

    def printed(held: Case, paper: DocumentDraft) -> RenderedDocument:
        return render_document(held, paper, location)

    return printed


def render_document(case: Case, paper: DocumentDraft, location: Location | None) -> RenderedDocument:
    chosen = templates.template_for(case.family, paper.kind.template)
    layout = templates.latest_template(case.family, templates.LAYOUT)
    source = templates.template_source(case.family)
    html = render_template(chosen.code, source, template_context(case, paper, location))
    return RenderedDocument(
        html_to_pdf(html, pictures_of(location)),
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
