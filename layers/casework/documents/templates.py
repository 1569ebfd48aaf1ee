"""Templates of documents: every version is kept, the newest of a code is used."""

from collections.abc import Mapping
from dataclasses import dataclass

from django.db import transaction

from layers.casework.models import DocumentTemplate
from layers.registry.text import Text

LAYOUT, FORM = "layout", "form"
"""What all documents share, and the form of documents that have no template of their own."""


@dataclass(frozen=True)
class TemplateText:
    title: Text
    text: str


def latest_template(code: str) -> DocumentTemplate | None:
    return DocumentTemplate.objects.filter(code=code).order_by("-version").first()


def template_source(code: str) -> str | None:
    """The text in use, for :func:`.rendering.render_template`."""
    found = latest_template(code)
    return found.text if found else None


def template_for(code: str) -> DocumentTemplate:
    """The template of a document, the common form if it has none of its own."""
    found = latest_template(code) or latest_template(FORM)
    if found is None:
        raise LookupError(f"There is neither a template {code!r} nor the common form.")
    return found


@transaction.atomic
def save_template(code: str, wording: TemplateText, by: str) -> DocumentTemplate:
    """A new version, unless the newest says the same."""
    known = DocumentTemplate.objects.select_for_update().filter(code=code).order_by("-version").first()
    if known and _is_same(known, wording):
        return known
    made = _next(known, code, wording, by)
    made.save()
    return made


@transaction.atomic
def ship_templates(wordings: Mapping[str, TemplateText], by: str) -> None:
    """Keep what a room ships, where a district has no version of its own yet."""
    versions = list(DocumentTemplate.objects.order_by("version"))
    own = {kept.code for kept in versions if kept.made_by != by}
    known = {kept.code: kept for kept in versions}
    DocumentTemplate.objects.bulk_create(
        _next(known.get(code), code, wording, by)
        for code, wording in wordings.items()
        if code not in own and not (code in known and _is_same(known[code], wording))
    )


def _is_same(kept: DocumentTemplate, wording: TemplateText) -> bool:
    title = wording.title
    return (kept.text, kept.title_zh, kept.title_en) == (wording.text, title.zh, title.en)


def _next(known: DocumentTemplate | None, code: str, wording: TemplateText, by: str) -> DocumentTemplate:
    return DocumentTemplate(
        code=code,
        version=(known.version if known else 0) + 1,
        title_zh=wording.title.zh,
        title_en=wording.title.en,
        text=wording.text,
        made_by=by,
    )
