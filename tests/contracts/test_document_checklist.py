"""The lawyer's checklist is current, and what the law wants on a document is on its template."""

from io import StringIO
from pathlib import Path
from typing import Any

import pytest
import yaml
from django.core.management import CommandError, call_command

from layers.casework import room_texts
from layers.casework.documents.checklist import document_checklists
from layers.enforcement.case_types import ENFORCEMENT

ROOT = Path(__file__).parents[2]
WANTED: dict[str, Any] = yaml.safe_load(
    (ENFORCEMENT.folder / "documents" / "requirements.yaml").read_text("utf-8")
)
TEXTS = {
    code: each.text
    for folder in (room_texts.COMMON_FORMS, ENFORCEMENT.folder / "documents")
    for code, each in room_texts.template_texts(folder).items()
}


def missing(code: str, text: str | None = None) -> list[str]:
    """Items of the law that the template of a document does not say."""
    procedures = [*room_texts.room_procedures(ENFORCEMENT.folder).values()]
    texts = TEXTS | ({code: text} if text is not None else {})
    [found] = [each for each in document_checklists(procedures, texts, WANTED) if each.kind.code == code]
    return [item.title.zh for item in found.items if item.missing]


def test_it_is_current() -> None:
    call_command("document_checklist", ROOT / "docs" / "documents.md", check=True, stdout=StringIO())


def test_one_that_is_not_current_says_by_what_it_is_made(tmp_path: Path) -> None:
    with pytest.raises(CommandError, match=r"run manage\.py document_checklist"):
        call_command("document_checklist", tmp_path / "old.md", check=True)


@pytest.mark.parametrize("code", sorted(WANTED))
def test_what_the_law_wants_is_said(code: str) -> None:
    assert missing(code) == []


@pytest.mark.parametrize(
    ("code", "part", "item"),
    [
        ("penalty_decision", "{{ parts.party_lines() }}", "（一）当事人的地址"),
        ("penalty_decision", '{{ case.description|lines or ""|fill }}', "（二）违反法律、法规、规章的事实"),
        ("penalty_decision", "{% for piece in evidence %}", "（二）证据"),
        ("penalty_decision", "处罚种类：{{ penalty.kind() }}", "（三）行政处罚的种类"),
        ("penalty_decision", "{{ penalty.violation() }}", "（三）行政处罚的依据"),
        ("penalty_decision", "十五日内", "（四）行政处罚的履行方式和期限"),
        ("penalty_decision", "{{ penalty.remedies() }}", "（五）申请行政复议、提起行政诉讼的途径和期限"),
        ("penalty_decision", "{{ parts.seal() }}", "行政机关的印章"),
        ("hearing_notice", "{{ given.hearing_place|fill }}", "（二）听证的地点"),
        ("demand", "你（单位）有权进行陈述和申辩。", "（四）陈述权和申辩权"),
    ],
)
def test_what_is_taken_out_of_a_template_is_missed(code: str, part: str, item: str) -> None:
    assert part in TEXTS[code]
    left = TEXTS[code].replace(part, "{% for piece in [] %}" if part.startswith("{% for") else "")
    assert item in missing(code, left)
