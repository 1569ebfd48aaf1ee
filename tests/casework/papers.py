"""The documents that a case wants, made without a printer where what they say is not the subject."""

from layers.casework.access.actor import Actor
from layers.casework.documents.issuance import RenderedDocument, document_statuses, issue_document
from layers.casework.models import Case
from layers.casework.procedures.model import EVERY_PAPER
from layers.casework.procedures.versions import procedure_of

BLANK = RenderedDocument(b"%PDF-1.7\n", "form 1")


def make_papers(case: Case, actor: Actor, step: str = "") -> None:
    """Those that the step is not taken without; all that are wanting where none is named."""
    papers = procedure_of(case).steps[step].papers if step else (EVERY_PAPER,)
    while wanting := [
        each
        for each in document_statuses(case)
        if each.is_outstanding and (each.kind.code in papers or EVERY_PAPER in papers)
    ]:
        for each in wanting:
            issue_document(case.pk, each.kind.code, actor, lambda *_: BLANK)
