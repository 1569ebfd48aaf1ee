"""Procedures: read with their lines, checked with everything that is wrong, and kept as a new version."""

import logging
from collections.abc import Iterator, Sequence
from hashlib import sha256
from subprocess import SubprocessError
from typing import Any

from django import forms
from django.contrib import admin
from django.db import models
from django.http import HttpRequest

from layers.casework.access.actor import credentials_of
from layers.casework.procedures import (
    Problem,
    Procedure,
    ProcedureError,
    read_procedure,
    vacant_roles,
    versions,
)
from layers.casework.procedures.inheritance import base_texts
from layers.casework.procedures.loader import check_openings

from ...agencies.models import Department, Officer
from ...registry.text import Text
from ..models import Case, ProcedureVersion
from ..rules.credentials import Credentials
from ..rules.dead_ends import dead_ends
from .procedure_drawing import ProcedureDrawing
from .procedure_trial import running_cases, trial, trial_case
from .versions import TextCheck, TextProblem, TextVersionAdmin, VersionForm

logger = logging.getLogger(__name__)


class ProcedureForm(VersionForm):
    renew = forms.BooleanField(
        label=Text("同时更新以它为基础的程序", "Renew the procedures that extend it as well"),
        help_text=Text(
            "不更新的，仍沿用其原来的基础文本。",
            "Those that are not renewed keep the text they extend as it was.",
        ),
        required=False,
    )
    trial = forms.CharField(
        label=Text("试办案件的案号", "Number of a case to try it on"),
        help_text=Text(
            "核对时用该案件的副本重走一遍；空着则取近期办理最多的一件。",
            "Checking takes its history again on a copy; left empty, a recent case that went far is taken.",
        ),
        max_length=60,
        required=False,
    )


@admin.register(ProcedureVersion)
class ProcedureVersionAdmin(TextVersionAdmin):
    list_display = ("code", "version", "name", "is_current", "running", "made_at", "made_by")
    list_display_links = ("code", "version")
    list_filter = ("is_current", "family", "code")
    search_fields = ("code", "title_zh", "title_en")
    version_form = ProcedureForm

    @admin.display(description=Text("名称", "Title"))
    def name(self, obj: ProcedureVersion) -> str:
        return str(Text(obj.title_zh, obj.title_en))

    @admin.display(description=Text("在办案件", "Running cases"))
    def running(self, obj: ProcedureVersion) -> int:
        return int(obj.open_cases)  # type: ignore[attr-defined]

    def get_queryset(self, request: HttpRequest) -> "models.QuerySet[ProcedureVersion]":
        running = models.Count("case", filter=models.Q(case__closed=None))
        found: models.QuerySet[ProcedureVersion] = super().get_queryset(request).annotate(open_cases=running)
        return found

    def current_version(self, obj: ProcedureVersion) -> ProcedureVersion | None:
        return ProcedureVersion.objects.filter(code=obj.code, is_current=True).first()

    def page_context(self, obj: ProcedureVersion) -> dict[str, Any]:
        return {
            "facts": [
                (Text("现行", "In force"), Text("是", "yes") if obj.is_current else Text("否", "no")),
                (Text("在办案件", "Running cases"), Case.objects.filter(version=obj, closed=None).count()),
                (Text("登记", "Kept"), f"{obj.made_at:%Y-%m-%d %H:%M} {obj.made_by}"),
                (Text("基础", "Extends"), "、".join(obj.bases) or "–"),
            ],
            "drawing": _drawing(ProcedureDrawing(versions.read_version(obj.pk), own=obj.code)),
        }

    def check_text(self, given: dict[str, Any]) -> TextCheck:
        text, known = given["text"], _texts_in_force()
        try:
            procedure = read_procedure(text, "", base_texts(text, known))
            check_openings(procedure, versions.procedures_in_force())
        except ProcedureError as error:
            return TextCheck([_text_problem(problem, text, known) for problem in error.problems])
        found = TextCheck(
            warnings=_vacancies(procedure, text, known),
            in_force=ProcedureVersion.objects.filter(code=procedure.code, is_current=True).first(),
        )
        if given["renew"]:
            for code, problems in _dependent_problems(procedure.code, text, known).items():
                found.problems += [
                    TextProblem(problem.sentence, problem.line, problem.file or code) for problem in problems
                ]
        if not found.problems:
            found.content = self._content(procedure, found, given["trial"])
        return found

    def _content(self, procedure: Procedure, found: TextCheck, number: str) -> dict[str, Any]:
        """The drawing, what changes for the cases that run, and a trial."""
        in_force = found.in_force
        before = versions.read_version(in_force.pk) if isinstance(in_force, ProcedureVersion) else None
        case = trial_case(procedure, number)
        if number and case is None:
            wrong = Text(
                f"没有按此程序办理的案件“{number}”。", f"No case of this procedure has the number {number}."
            )
            found.warnings.append(TextProblem(wrong))
        tried = trial(case, procedure) if case else None
        if tried and (tried["refused"] or not tried["is_complete"]):
            found.objection = _objection(tried)
        return {
            "drawing": _drawing(ProcedureDrawing(procedure, before)),
            "is_compared": before is not None,
            "running": running_cases(in_force, procedure) if isinstance(in_force, ProcedureVersion) else [],
            "trial": tried,
        }

    def save_versions(self, given: dict[str, Any], by: str) -> list[models.Model]:
        text, known = given["text"], _texts_in_force()
        first = versions.save_version(text, base_texts(text, known), by)
        made: list[models.Model] = [first]
        if given["renew"]:
            known[first.code] = text
            for code in _dependent_codes(first.code, known):
                made.append(versions.save_version(known[code], base_texts(known[code], known), by))
        return made


def _objection(tried: dict[str, Any]) -> str:
    """What stands for the case and for all that was refused in it."""
    said = [[row["title"], row["refusals"]] for row in tried["steps"] if row["refusals"]]
    return sha256(repr((tried["number"], said)).encode()).hexdigest()


def _drawing(drawing: ProcedureDrawing) -> str:
    """Empty where Graphviz does not draw; the text says the same."""
    try:
        return drawing.svg()
    except (OSError, SubprocessError):
        logger.exception("a procedure was not drawn")
        return ""


def _texts_in_force() -> dict[str, str]:
    return dict(ProcedureVersion.objects.filter(is_current=True).values_list("code", "text"))


def _dependent_codes(code: str, known: dict[str, str]) -> list[str]:
    """The procedures in force that extend this one, directly or through others."""
    return [
        other for other, text in sorted(known.items()) if other != code and code in base_texts(text, known)
    ]


def _dependent_problems(code: str, text: str, known: dict[str, str]) -> dict[str, tuple[Problem, ...]]:
    """By procedure that extends this one, what would be wrong with it."""
    texts, found = {**known, code: text}, {}
    for other in _dependent_codes(code, texts):
        try:
            read_procedure(texts[other], "", base_texts(texts[other], texts))
        except ProcedureError as error:
            found[other] = error.problems
    return found


def _text_problem(problem: Problem, text: str, known: dict[str, str]) -> TextProblem:
    """With the line itself, of the text or of the base in which it stands."""
    lines = (known.get(problem.file, "") if problem.file else text).splitlines()
    said = lines[problem.line - 1].strip() if 0 < problem.line <= len(lines) else ""
    return TextProblem(problem.sentence, problem.line, problem.file, said[:200])


def _vacancies(procedure: Procedure, text: str, known: dict[str, str]) -> list[TextProblem]:
    """Roles that nobody holds and states that nobody leads a case out of, in each department that it is for."""
    departments = (
        Department.objects.filter(code__in=procedure.departments)
        if procedure.departments
        else _departments_with_staff()
    )
    found = []
    for department in departments:
        serving = Officer.objects.filter(department=department, is_active=True)
        staff = [credentials_of(each) for each in serving.prefetch_related("credentials")]
        name = department.name_en or department.name
        vacant = vacant_roles(procedure, {role for each in staff for role in each.roles})
        for problem in [*vacant, *_dead_ends(procedure, staff)]:
            zh, en = problem.sentence.zh, problem.sentence.en
            plain = _text_problem(problem, text, known)
            sentence = Text(f"{department.name}：{zh}", f"{name}: {en}")
            found.append(TextProblem(sentence, plain.line, plain.file, plain.line_text))
    return found


def _dead_ends(procedure: Procedure, staff: Sequence[Credentials]) -> Iterator[Problem]:
    for each in dead_ends(procedure, staff):
        titles = [procedure.steps[code].title for code in each.steps]
        state = procedure.states[each.state].title
        zh, en = "、".join(title.zh for title in titles), ", ".join(title.en for title in titles)
        yield Problem.at(
            procedure.mark(("states", each.state)),
            f"案件到了“{state.zh}”便无法办结：无人可办{zh or '此后的步骤'}。",
            f"A case does not come out of “{state.en}”: nobody can take {en or 'the steps that follow'}.",
        )


def _departments_with_staff() -> "models.QuerySet[Department]":
    return Department.objects.filter(staff__is_active=True).distinct()
