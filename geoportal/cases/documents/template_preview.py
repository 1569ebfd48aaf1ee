"""Templates tried on a real case before they are kept: every wording that uses them must still come out."""

from layers.casework.documents import templates
from layers.casework.documents.draft import DocumentDraft
from layers.casework.documents.issuance import draft_document
from layers.casework.documents.rendering import Source, TemplateFault, render_template
from layers.casework.models import Case, DocumentTemplate
from layers.casework.procedures import DocumentKind
from layers.casework.procedures.versions import procedure_of
from layers.registry.text import Text

from .location import Location, location_of
from .pdf import ExternalContent, html_to_pdf, pictures_of, template_context


def sample_case(code: str) -> Case | None:
    """The newest case that was brought through a step asking for such a document, else the newest of any."""
    followed = Case.objects.exclude(version=None).select_related("department", "division", "grid_cell")
    asked = followed.filter(events__data__documents__contains=[code]).order_by("-pk").first()
    return asked or followed.order_by("-touched", "-pk").first()


def specimen_draft(case: Case, code: str) -> DocumentDraft:
    kind = next((each for each in procedure_of(case).documents.values() if each.template == code), None)
    if kind is None:
        known = templates.latest_template(code)
        title = Text(known.title_zh, known.title_en) if known else Text("文书样张", "Specimen")
        kind = DocumentKind(code, title, "", code)
    return draft_document(case, kind, "")


def specimen(code: str, text: str, case: Case) -> bytes:
    """The template as a PDF on a case; raises BadWording, or Refused for what it wants from elsewhere."""
    location = location_of(case)
    html = render_template(
        code, _source(code, text), template_context(case, specimen_draft(case, code), location)
    )
    return html_to_pdf(html, pictures_of(location), strict=True)


def template_problems(code: str, text: str, case: Case) -> list[tuple[int, Text]]:
    """(line, sentence) of all that is wrong with the template and with those that build on it."""
    found: list[tuple[int, Text]] = []
    try:
        specimen(code, text, case)
    except TemplateFault as problem:
        return [(problem.line if problem.code == code else 0, problem.sentence)]
    except ExternalContent as problem:
        found.append((0, problem.sentence))
    for other in _others(code):
        try:
            render_template(
                other, _source(code, text), template_context(case, specimen_draft(case, other), _NOWHERE)
            )
        except TemplateFault as problem:
            where = Text(f"模板“{other}”：{problem.sentence.zh}", f"Template {other}: {problem.sentence.en}")
            found.append((0, where))
    return found


_NOWHERE: Location | None = None
"""Whether a wording comes out does not depend on the picture."""


def _others(code: str) -> list[str]:
    """Templates whose text names this one."""
    known = (
        DocumentTemplate.objects.exclude(code=code).values_list("code", flat=True).distinct().order_by("code")
    )
    naming = {f'"{code}"', f"'{code}'"}
    texts = {other: templates.template_source(other) or "" for other in known}
    direct = {other for other, text in texts.items() if any(name in text for name in naming)}
    further = {other for other, text in texts.items() if any(f'"{name}"' in text for name in direct)}
    return sorted(direct | further)


def _source(code: str, text: str) -> Source:
    return lambda asked: text if asked == code else templates.template_source(asked)
