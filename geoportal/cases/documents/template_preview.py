"""Templates tried on a real case before they are kept: every wording that uses them must still come out."""

from dataclasses import dataclass

from layers.casework.documents import templates
from layers.casework.documents.draft import DocumentDraft
from layers.casework.documents.issuance import draft_document
from layers.casework.documents.rendering import TemplateFault, render_texts
from layers.casework.models import Case, DocumentTemplate
from layers.casework.procedures import DocumentKind
from layers.casework.procedures.versions import procedure_of
from layers.child_process.work import run_limited
from layers.errors import TooCostly
from layers.registry.text import Text

from .location import Location, location_of
from .pdf import LIMITS, pictures_of, print_template, template_context
from .printer import ExternalContent


@dataclass(frozen=True)
class TemplateDraft:
    """A text to be tried; ``family`` is "" for one of all families."""

    family: str
    code: str
    text: str

    def texts(self, family: str) -> dict[str, str]:
        """What the cases of a family would print by if it were kept."""
        latest = templates.latest_template(family, self.code)
        is_used = self.family == family or latest is None or latest.family == self.family
        return templates.template_texts(family) | ({self.code: self.text} if is_used else {})


def sample_case(family: str, code: str) -> Case | None:
    """The newest case that was brought through a step asking for such a document, else the newest of any."""
    followed = Case.objects.exclude(version=None).select_related("department", "division", "grid_cell")
    if family:
        followed = followed.filter(family=family)
    asked = followed.filter(events__data__documents__contains=[code]).order_by("-pk").first()
    return asked or followed.order_by("-last_action", "-pk").first()


def specimen_draft(case: Case, code: str) -> DocumentDraft:
    kind = next((each for each in procedure_of(case).documents.values() if each.template == code), None)
    if kind is None:
        known = templates.latest_template(case.family, code)
        title = Text(known.title_zh, known.title_en) if known else Text("文书样张", "Specimen")
        kind = DocumentKind(code, title, "", code)
    return draft_document(case, kind, "")


def specimen(draft: TemplateDraft, case: Case) -> bytes:
    """The template as a PDF on a case; raises TemplateFault, or ExternalContent for what it wants from elsewhere."""
    location = location_of(case)
    content = template_context(case, specimen_draft(case, draft.code), location)
    texts = draft.texts(case.family)
    return print_template(draft.code, texts, content, pictures_of(location), strict=True)


def template_problems(draft: TemplateDraft, case: Case) -> list[tuple[int, Text]]:
    """(line, sentence) of all that is wrong with the template and with those that build on it."""
    found: list[tuple[int, Text]] = []
    try:
        specimen(draft, case)
    except TemplateFault as problem:
        return [(problem.line if problem.code == draft.code else 0, problem.sentence)]
    except TooCostly:
        return [(0, TOO_COSTLY)]
    except ExternalContent as problem:
        found.append((0, problem.sentence))
    for family, code in _others(draft):
        other = case if family in ("", case.family) else sample_case(family, code)
        if other is None:
            continue
        content = template_context(other, specimen_draft(other, code), _NOWHERE)
        try:
            run_limited(LIMITS, render_texts, code, draft.texts(other.family), content)
        except TemplateFault as problem:
            where = Text(f"模板“{code}”：{problem.sentence.zh}", f"Template {code}: {problem.sentence.en}")
            found.append((0, where))
        except TooCostly:
            return [*found, (0, TOO_COSTLY)]
    return found


TOO_COSTLY = Text(
    "模板所需的时间或内存超出限度，已停止。",
    "The template takes more time or memory than there is for one, and was stopped.",
)


_NOWHERE: Location | None = None
"""Whether a wording comes out does not depend on the picture."""


def _others(draft: TemplateDraft) -> list[tuple[str, str]]:
    """Family and code of the templates whose text names this one."""
    kept = DocumentTemplate.objects.exclude(family=draft.family, code=draft.code)
    if draft.family:
        kept = kept.filter(family__in=("", draft.family))
    texts = {(each.family, each.code): each.text for each in kept.order_by("version")}
    naming = {f'"{draft.code}"', f"'{draft.code}'"}
    direct = {key for key, text in texts.items() if any(name in text for name in naming)}
    further = {key for key, text in texts.items() if any(f'"{code}"' in text for _, code in direct)}
    return sorted(direct | further)
