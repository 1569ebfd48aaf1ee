"""A lawyer's checklist of documents: what the law wants on each and where its template says it, when it is made and
delivered, and which limits count from that."""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from layers.casework.procedures import DocumentKind, Procedure, Step
from layers.casework.procedures.model import EVERY_PAPER
from layers.casework.procedures.spans import Span
from layers.registry.text import Text

from .template_text import Wording, template_wording

NAME = re.compile(r"[a-z][a-z_]*(\.[a-z_]+)?")


@dataclass(frozen=True)
class LawItem:
    """One item that a law wants; ``missing`` are values and words by which the template should say it and does not."""

    title: Text
    by: tuple[str, ...]
    missing: tuple[str, ...]


@dataclass(frozen=True)
class Checklist:
    """Of one kind of document; ``law`` is None where no law says what stands on it."""

    kind: DocumentKind
    law: Text | None
    items: tuple[LawItem, ...]
    lines: tuple[str, ...]


def document_checklists(
    procedures: Sequence[Procedure], texts: Mapping[str, str], wanted: Mapping[str, Any]
) -> list[Checklist]:
    """In the order in which the procedures declare their documents; ``wanted`` are items of laws by document."""
    kinds = {code: kind for procedure in reversed(procedures) for code, kind in procedure.documents.items()}
    order = dict.fromkeys(code for procedure in procedures for code in procedure.documents)
    return [_checklist(kinds[code], procedures, texts, wanted.get(code)) for code in order]


def checklist_page(found: Sequence[Checklist]) -> str:
    """As Markdown."""
    return "\n".join(line for each in found for line in _section(each)).rstrip() + "\n"


def _checklist(
    kind: DocumentKind, procedures: Sequence[Procedure], texts: Mapping[str, str], wanted: Any
) -> Checklist:
    said = template_wording(kind.template, texts)
    items = tuple(_item(each, said) for each in (wanted["items"] if wanted else ()))
    law = Text(wanted["law"]["zh"], wanted["law"]["en"]) if wanted else None
    own = [each for each in procedures if kind.code in each.documents]
    lines = tuple(line for procedure in own for line in _course(kind.code, procedure))
    return Checklist(kind, law, items, lines)


def _item(wanted: Mapping[str, Any], said: Wording) -> LawItem:
    by = tuple(str(each) for each in wanted["by"])
    missing = tuple(each for each in by if not _is_said(each, said))
    return LawItem(Text(wanted["zh"], wanted["en"]), by, missing)


def _is_said(what: str, said: Wording) -> bool:
    return what in said.names if NAME.fullmatch(what) else what in said.words


def _course(code: str, procedure: Procedure) -> Iterator[str]:
    """What a procedure says of the document: one line for each way in which it does."""
    steps = procedure.steps.values()
    home = f"{procedure.title.zh} {procedure.title.en}"
    for step in steps:
        if code in step.documents:
            yield f"{home}: called for by {_title(step)} — {step.basis.zh}"
        if step.delivers and code in step.delivers.documents:
            yield f"{home}: delivered by {_title(step)}; from then count {_limits(step, procedure) or 'no limits'}"
        if code in step.papers:
            yield f"{home}: {_title(step)} is not taken without it"
        if step.papers == (EVERY_PAPER,) and code not in step.documents:
            yield f"{home}: {_title(step)} is not taken without it where it was called for"
    if procedure.publication and code in procedure.publication.papers:
        yield f"{home}: nothing is published without it — {procedure.publication.basis.zh}"


def _limits(step: Step, procedure: Procedure) -> str:
    rules = [each for each in procedure.deadlines.values() if step.code in each.starts and not each.follows]
    return ", ".join(f"{each.title.zh} ({_span(each.span)}, {each.basis.zh})" for each in rules)


def _span(span: Span) -> str:
    unit = span.unit.replace("_", " ")
    return f"{span.length} {unit}{'s'[: span.length != 1]}"


def _title(step: Step) -> str:
    return f"“{step.title.zh}” {step.title.en}"


def _section(each: Checklist) -> Iterator[str]:
    number = f", `{each.kind.number}`" if each.kind.number else ", no number"
    yield f"## {each.kind.title.zh} {each.kind.title.en}"
    yield ""
    yield f"Template `{each.kind.template}`{number}."
    yield ""
    yield from (f"- {line}" for line in each.lines)
    yield ""
    if each.law:
        yield f"| {each.law.zh} {each.law.en} | said by | |"
        yield "| --- | --- | --- |"
        for item in each.items:
            by = ", ".join(f"`{what}`" if NAME.fullmatch(what) else f"“{what}”" for what in item.by)
            yield f"| {item.title.zh} {item.title.en} | {by} | {'missing' if item.missing else '✓'} |"
        yield ""
