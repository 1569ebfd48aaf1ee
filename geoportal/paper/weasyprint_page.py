"""A page through WeasyPrint, which sees the pictures it was given and nothing else."""

import logging
from collections.abc import Mapping
from typing import Any

from PIL import ImageFile
from weasyprint import HTML
from weasyprint.text.fonts import FontConfiguration
from weasyprint.urls import URLFetcher, URLFetcherResponse

OWN = "paper:"
"""The scheme of what templates may show: the case's map, the portal's mark, thumbnails of evidence."""
ImageFile.LOAD_TRUNCATED_IMAGES = False  # WeasyPrint lets the whole process take pictures that break off
logging.getLogger("weasyprint").setLevel(logging.ERROR)  # it warns of every CSS word it does not know


class PictureFetcher(URLFetcher):  # type: ignore[misc]
    """Serves the pictures that were handed over; notes and refuses everything else, files and the network alike."""

    def __init__(self, pictures: Mapping[str, tuple[bytes, str]]) -> None:
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


def write_pdf(html: str, pictures: Mapping[str, tuple[bytes, str]]) -> tuple[bytes, list[str]]:
    """The document, and the addresses that were refused to it."""
    fetcher = PictureFetcher(pictures)
    page = HTML(string=html, base_url=f"{OWN}//", url_fetcher=fetcher)
    return page.write_pdf(font_config=FontConfiguration(), optimize_images=False), fetcher.refused
