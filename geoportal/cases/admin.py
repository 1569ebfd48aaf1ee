"""Templates of documents in the administration: new versions, tried on a case before they are kept."""

from typing import Any

from django import forms
from django.contrib import admin
from django.core.exceptions import PermissionDenied
from django.db import models
from django.http import HttpRequest, HttpResponse
from django.urls import URLPattern, path, reverse
from django.utils.translation import gettext as _

from layers.casework.admin.records import record_case_reading
from layers.casework.admin.versions import TextCheck, TextProblem, TextVersionAdmin, VersionForm
from layers.casework.case_types import case_types
from layers.casework.documents import templates
from layers.casework.documents.rendering import TemplateFault
from layers.casework.documents.templates import TemplateText
from layers.casework.models import DocumentTemplate
from layers.errors import Conflict, InvalidInput, NotFound
from layers.registry.text import Text

NO_CASE = Text(
    "尚无按程序办理的案件，模板未能试排。",
    "There is no case that follows a procedure, so the template was not tried.",
)


def families() -> list[tuple[str, Text]]:
    return [("", Text("所有类别", "All families")), *((each.family, each.title) for each in case_types())]


class TemplateForm(VersionForm):
    family = forms.ChoiceField(label=Text("类别", "Family"), choices=families, required=False)
    code = forms.SlugField(label=Text("代码", "Code"), max_length=40)
    title_zh = forms.CharField(label=Text("中文名称", "Chinese title"), max_length=80)
    title_en = forms.CharField(label=Text("英文名称", "English title"), max_length=120)

    field_order = ["based_on", "family", "code", "title_zh", "title_en", "text"]


@admin.register(DocumentTemplate)
class DocumentTemplateAdmin(TextVersionAdmin):
    list_display = ("code", "version", "name", "family_title", "made_at", "made_by")
    list_display_links = ("code", "version")
    search_fields = ("code", "title_zh", "title_en")
    list_filter = ("family", "made_by")
    version_form = TemplateForm

    @admin.display(description=Text("名称", "Title"))
    def name(self, obj: DocumentTemplate) -> str:
        return str(Text(obj.title_zh, obj.title_en))

    @admin.display(description=Text("类别", "Family"), ordering="family")
    def family_title(self, obj: DocumentTemplate) -> str:
        return str(dict(families()).get(obj.family, obj.family))

    def get_urls(self) -> list[URLPattern]:
        base = f"{self.opts.app_label}_{self.opts.model_name}"
        own = [
            path("try/", self.admin_site.admin_view(self.try_view), name=f"{base}_try"),
            path(
                "<int:pk>/specimen/", self.admin_site.admin_view(self.specimen_view), name=f"{base}_specimen"
            ),
        ]
        return [*own, *super().get_urls()]

    def versions_of(self, obj: DocumentTemplate) -> "models.QuerySet[DocumentTemplate]":
        return DocumentTemplate.objects.filter(family=obj.family, code=obj.code)

    def initial_values(self, start: DocumentTemplate | None) -> dict[str, Any]:
        if start is None:
            return {"text": '{% extends "form" %}\n'}
        return {
            "family": start.family,
            "code": start.code,
            "title_zh": start.title_zh,
            "title_en": start.title_en,
        }

    def page_context(self, obj: DocumentTemplate) -> dict[str, Any]:
        return {
            "facts": [
                (Text("名称", "Title"), Text(obj.title_zh, obj.title_en)),
                (Text("登记", "Kept"), f"{obj.made_at:%Y-%m-%d %H:%M} {obj.made_by}"),
            ],
            "specimen": reverse("admin:casework_documenttemplate_specimen", args=[obj.pk]),
        }

    def preview_url(self, start: DocumentTemplate | None) -> str:
        return reverse("admin:casework_documenttemplate_try")

    def check_text(self, given: dict[str, Any]) -> TextCheck:
        from .documents.template_preview import TemplateDraft, sample_case, template_problems  # see _specimen

        draft = TemplateDraft(given["family"], given["code"], given["text"])
        case = sample_case(draft.family, draft.code)
        newest = DocumentTemplate.objects.filter(family=draft.family, code=draft.code).first()
        if case is None:
            return TextCheck(warnings=[TextProblem(NO_CASE)], in_force=newest)
        lines = draft.text.splitlines()
        wrong = [
            TextProblem(said, line, "", lines[line - 1].strip()[:200] if 0 < line <= len(lines) else "")
            for line, said in template_problems(draft, case)
        ]
        return TextCheck(wrong, in_force=newest)

    def save_versions(self, given: dict[str, Any], by: str) -> list[models.Model]:
        wording = TemplateText(Text(given["title_zh"], given["title_en"]), given["text"])
        return [templates.save_template(given["family"], given["code"], wording, by)]

    def try_view(self, request: HttpRequest) -> HttpResponse:
        """A draft as a PDF, in a tab of its own, so that the form stays as it is."""
        if not self.has_add_permission(request):
            raise PermissionDenied
        form = TemplateForm(request.POST)
        if not form.is_valid():
            raise InvalidInput(_("Code, titles and content are needed to show the template."))
        given = form.cleaned_data
        return self._specimen(request, given["family"], given["code"], given["text"])

    def specimen_view(self, request: HttpRequest, pk: int) -> HttpResponse:
        found = self.get_object(request, str(pk))
        if found is None or not self.has_view_permission(request, found):
            raise NotFound(_("There is no such template."))
        return self._specimen(request, found.family, found.code, found.text)

    def _specimen(self, request: HttpRequest, family: str, code: str, text: str) -> HttpResponse:
        # What prints is large; imported with the administration it would slow the start of every process.
        from .documents.printer import ExternalContent
        from .documents.template_preview import TemplateDraft, sample_case, specimen

        case = sample_case(family, code)
        if case is None:
            raise Conflict(NO_CASE)
        record_case_reading(request, case)
        try:
            content = specimen(TemplateDraft(family, code, text), case)
        except (TemplateFault, ExternalContent) as problem:
            raise InvalidInput(str(problem)) from problem
        response = HttpResponse(content, content_type="application/pdf")
        response["Content-Disposition"] = f'inline; filename="{code}.pdf"'
        response["Cache-Control"] = "private, no-store"
        return response
