"""Procedures: read with their lines, checked with everything that is wrong, and kept as a new version."""

from typing import Any

from django import forms
from django.contrib import admin
from django.db import models
from django.http import HttpRequest

from layers.casework.procedures import Problem, Procedure, ProcedureError, read, unheld, versions

from ...agencies.models import Department, Officer
from ...registry.text import Text
from ..models import Case, ProcedureVersion
from .versions import Checked, Draft, Found, VersionedAdmin


class ProcedureDraft(Draft):
    renew = forms.BooleanField(
        label=Text("同时更新以它为基础的程序", "Renew the procedures that extend it as well"),
        help_text=Text(
            "不更新的，仍沿用其原来的基础文本。",
            "Those that are not renewed keep the text they extend as it was.",
        ),
        required=False,
    )


@admin.register(ProcedureVersion)
class ProcedureVersionAdmin(VersionedAdmin):
    list_display = ("code", "version", "name", "is_current", "running", "made_at", "made_by")
    list_display_links = ("code", "version")
    list_filter = ("is_current", "family", "code")
    search_fields = ("code", "title_zh", "title_en")
    draft = ProcedureDraft

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

    def newest_of(self, obj: ProcedureVersion) -> ProcedureVersion | None:
        return ProcedureVersion.objects.filter(code=obj.code, is_current=True).first()

    def shown(self, obj: ProcedureVersion) -> dict[str, Any]:
        return {
            "facts": [
                (Text("现行", "In force"), Text("是", "yes") if obj.is_current else Text("否", "no")),
                (Text("在办案件", "Running cases"), Case.objects.filter(version=obj, closed=None).count()),
                (Text("登记", "Kept"), f"{obj.made_at:%Y-%m-%d %H:%M} {obj.made_by}"),
                (Text("基础", "Extends"), "、".join(obj.bases) or "–"),
            ]
        }

    def checked(self, given: dict[str, Any]) -> Checked:
        text, known = given["text"], _texts_in_force()
        try:
            procedure = read(text, "", versions.bases_of(text, known))
        except ProcedureError as error:
            return Checked([_found(problem, text, known) for problem in error.problems])
        found = Checked(
            warnings=list(_unheld(procedure, text, known)),
            in_force=ProcedureVersion.objects.filter(code=procedure.code, is_current=True).first(),
        )
        if given["renew"]:
            for code, problems in _renewed_problems(procedure.code, text, known).items():
                found.problems += [
                    Found(problem.sentence, problem.line, problem.file or code) for problem in problems
                ]
        return found

    def kept(self, given: dict[str, Any], by: str) -> list[models.Model]:
        text, known = given["text"], _texts_in_force()
        first = versions.keep(text, versions.bases_of(text, known), by)
        made: list[models.Model] = [first]
        if given["renew"]:
            known[first.code] = text
            for code in _extending(first.code, known):
                made.append(versions.keep(known[code], versions.bases_of(known[code], known), by))
        return made


def _texts_in_force() -> dict[str, str]:
    return dict(ProcedureVersion.objects.filter(is_current=True).values_list("code", "text"))


def _extending(code: str, known: dict[str, str]) -> list[str]:
    """The procedures in force that extend this one, directly or through others."""
    return [
        other
        for other, text in sorted(known.items())
        if other != code and code in versions.bases_of(text, known)
    ]


def _renewed_problems(code: str, text: str, known: dict[str, str]) -> dict[str, tuple[Problem, ...]]:
    """By procedure that extends this one, what would be wrong with it."""
    texts, found = {**known, code: text}, {}
    for other in _extending(code, texts):
        try:
            read(texts[other], "", versions.bases_of(texts[other], texts))
        except ProcedureError as error:
            found[other] = error.problems
    return found


def _found(problem: Problem, text: str, known: dict[str, str]) -> Found:
    """With the line itself, of the text or of the base in which it stands."""
    lines = (known.get(problem.file, "") if problem.file else text).splitlines()
    said = lines[problem.line - 1].strip() if 0 < problem.line <= len(lines) else ""
    return Found(problem.sentence, problem.line, problem.file, said[:200])


def _unheld(procedure: Procedure, text: str, known: dict[str, str]) -> list[Found]:
    """Roles that nobody holds, in each department that the procedure is for."""
    departments = (
        Department.objects.filter(code__in=procedure.departments) if procedure.departments else _staffed()
    )
    found = []
    for department in departments:
        posts = Officer.objects.filter(department=department, is_active=True).values_list("posts", flat=True)
        for problem in unheld(procedure, {post for each in posts for post in each}):
            zh, en = problem.sentence.zh, problem.sentence.en
            name = department.name_en or department.name
            plain = _found(problem, text, known)
            sentence = Text(f"{department.name}：{zh}", f"{name}: {en}")
            found.append(Found(sentence, plain.line, plain.file, plain.said))
    return found


def _staffed() -> "models.QuerySet[Department]":
    return Department.objects.filter(staff__is_active=True).distinct()
