"""Templates and pages printed as PDF: what a child process does, with texts and pictures alone."""

from collections.abc import Mapping
from typing import Any

from layers.casework.documents.rendering import render_texts
from layers.child_process.answers import declare, expect
from layers.registry.text import Text

Pictures = Mapping[str, tuple[bytes, str]]
"""Content and media type by name."""


class ExternalContent(ValueError):
    """The template asks for something from elsewhere."""

    def __init__(self, addresses: list[str]) -> None:
        self.addresses = addresses
        self.sentence = Text(
            f"模板引用了外部内容，已拒绝：{'、'.join(addresses)}",
            f"The template refers to something from elsewhere: {', '.join(addresses)}",
        )
        super().__init__(str(self.sentence))


declare(
    ExternalContent,
    lambda problem: problem.addresses,
    lambda said: ExternalContent([expect(str, each) for each in expect(list, said)]),
)


def html_to_pdf(html: str, pictures: Pictures, *, strict: bool = False) -> bytes:
    """``strict`` raises ExternalContent where the page asked for what it was not given; else that is left out."""
    from geoportal.paper.weasyprint_page import (
        write_pdf,  # for the child alone: WeasyPrint takes a second and its fonts
    )

    pdf, refused = write_pdf(html, pictures)
    if strict and refused:
        raise ExternalContent(refused)
    return pdf


def print_template(
    code: str, texts: Mapping[str, str], content: dict[str, Any], pictures: Pictures, *, strict: bool = False
) -> bytes:
    """A template of the texts as PDF; raises TemplateFault."""
    return html_to_pdf(render_texts(code, texts, content), pictures, strict=strict)
