"""Templates of documents: every version is kept, the newest of a code is used.

They belong to a family of cases, or to all ("") where the family has none of that code.
"""

from collections.abc import Mapping
from dataclasses import dataclass

from django.db import connection, transaction

from layers.casework.models import DocumentTemplate
from layers.registry.text import Text

LAYOUT, FORM = "layout", "form"
"""What all documents share, and the form of documents that have no template of their own."""


@dataclass(frozen=True)
class TemplateText:
    title: Text
    text: str


def latest_template(family: str, code: str) -> DocumentTemplate | None:
    found = DocumentTemplate.objects.filter(code=code, family__in=("", family))
    return found.order_by("-family", "-version").first()


def template_texts(family: str) -> dict[str, str]:
    """The texts in use by their codes, for :func:`.rendering.render_template`."""
    kept = DocumentTemplate.objects.filter(family__in=("", family)).order_by("family", "version")
    return dict(kept.values_list("code", "text"))


def template_for(family: str, code: str) -> DocumentTemplate:
    """The template of a document, the common form if it has none of its own."""
    found = latest_template(family, code) or latest_template(family, FORM)
    if found is None:
        raise LookupError(f"There is neither a template {code!r} nor the common form.")
    return found


@transaction.atomic
def save_template(family: str, code: str, wording: TemplateText, by: str) -> DocumentTemplate:
    """A new version, unless the newest says the same."""
    with connection.cursor() as cursor:  # pages may lock no row of a table to which they only add
        cursor.execute("SELECT pg_advisory_xact_lock(hashtext(%s))", [f"template {family} {code}"])
    known = DocumentTemplate.objects.filter(family=family, code=code).order_by("-version").first()
    if known and _is_same(known, wording):
        return known
    made = _next(known, (family, code), wording, by)
    made.save()
    return made


@transaction.atomic
def ship_templates(family: str, wordings: Mapping[str, TemplateText], by: str) -> None:
    """Keep what comes with a room, where a district has no version of its own yet."""
    versions = list(DocumentTemplate.objects.filter(family=family).order_by("version"))
    own = {kept.code for kept in versions if kept.made_by != by}
    known = {kept.code: kept for kept in versions}
    DocumentTemplate.objects.bulk_create(
        _next(known.get(code), (family, code), wording, by)
        for code, wording in wordings.items()
        if code not in own and not (code in known and _is_same(known[code], wording))
    )


def _is_same(kept: DocumentTemplate, wording: TemplateText) -> bool:
    title = wording.title
    return (kept.text, kept.title_zh, kept.title_en) == (wording.text, title.zh, title.en)


def _next(
    known: DocumentTemplate | None, key: tuple[str, str], wording: TemplateText, by: str
) -> DocumentTemplate:
    family, code = key
    return DocumentTemplate(
        family=family,
        code=code,
        version=(known.version if known else 0) + 1,
        title_zh=wording.title.zh,
        title_en=wording.title.en,
        text=wording.text,
        made_by=by,
    )
