"""Templates and pages printed as PDF: what a child process does, with texts and pictures alone."""

import logging
from collections.abc import Mapping
from typing import Any

from PIL import ImageFile
from weasyprint import HTML
from weasyprint.text.fonts import FontConfiguration
from weasyprint.urls import URLFetcher, URLFetcherResponse

from layers.casework.documents.rendering import render_texts
from layers.registry.text import Text

OWN = "paper:"
"""The scheme of what templates may show: the case's map, the portal's mark, thumbnails of evidence."""
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

    def __reduce__(self) -> tuple[Any, ...]:
        return type(self), (self.addresses,)


def html_to_pdf(html: str, pictures: Pictures, *, strict: bool = False) -> bytes:
    """``strict`` raises ExternalContent where the page asked for what it was not given; else that is left out."""
    fetcher = PictureFetcher(pictures)
    page = HTML(string=html, base_url=f"{OWN}//", url_fetcher=fetcher)
    pdf: bytes = page.write_pdf(font_config=FontConfiguration(), optimize_images=False)
    if strict and fetcher.refused:
        raise ExternalContent(fetcher.refused)
    return pdf


def print_template(
    code: str, texts: Mapping[str, str], content: dict[str, Any], pictures: Pictures, *, strict: bool = False
) -> bytes:
    """A template of the texts as PDF; raises TemplateFault."""
    return html_to_pdf(render_texts(code, texts, content), pictures, strict=strict)
