"""A sheet as PDF or PNG: what a child process does, with a text and pictures alone."""

from collections.abc import Mapping
from io import BytesIO

from layers.child_process.limits import Limits
from layers.child_process.work import run_limited

LIMITS = Limits(seconds=90, megabytes=1500)
DOTS = 150
"""To the inch, of a PNG."""


def printed(html: str, pictures: Mapping[str, tuple[bytes, str]], kind: str) -> bytes:
    return run_limited(LIMITS, write_png if kind == "png" else write, html, dict(pictures))


def write(html: str, pictures: Mapping[str, tuple[bytes, str]]) -> bytes:
    from geoportal.paper.weasyprint_page import write_pdf  # for the child alone

    return write_pdf(html, pictures)[0]


def write_png(html: str, pictures: Mapping[str, tuple[bytes, str]]) -> bytes:
    import pypdfium2  # for the child alone

    with pypdfium2.PdfDocument(write(html, pictures)) as document:
        picture = document[0].render(scale=DOTS / 72).to_pil()
    written = BytesIO()
    picture.save(written, "PNG", dpi=(DOTS, DOTS))
    return written.getvalue()
