"""Texts of which every version is kept: looked at with line numbers, compared, and changed by a new version."""

from abc import abstractmethod
from collections.abc import Iterable
from dataclasses import dataclass, field
from difflib import unified_diff
from typing import Any

from django import forms
from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.db import models, transaction
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse

from ...registry.text import Text

MOST_CHARACTERS = 200_000


@dataclass(frozen=True)
class TextProblem:
    """Something that is wrong with a text, or looks so. ``line`` counts from 1, 0 where there is none."""

    sentence: Text
    line: int = 0
    file: str = ""
    line_text: str = ""
    """The line itself."""


@dataclass
class TextCheck:
    """``in_force`` is the version that the text would take the place of; ``objection`` stands for what a real case has
    against it, which whoever keeps it must have seen."""

    problems: list[TextProblem] = field(default_factory=list)
    warnings: list[TextProblem] = field(default_factory=list)
    in_force: models.Model | None = None
    objection: str = ""
    content: dict[str, Any] = field(default_factory=dict)
    """More for the page."""


class VersionForm(forms.Form):
    """``based_on`` is the version that its author saw in force, so that nobody's is replaced unseen; ``tried`` the
    objection that was shown."""

    based_on = forms.CharField(required=False, widget=forms.HiddenInput)
    tried = forms.CharField(required=False, widget=forms.HiddenInput)
    text = forms.CharField(
        label=Text("内容", "Content"),
        max_length=MOST_CHARACTERS,
        strip=False,
        widget=forms.Textarea(attrs={"rows": 32, "spellcheck": "false", "class": "version-text"}),
    )

    def clean_text(self) -> str:
        """As files have it: lines end with a line feed."""
        text: str = self.cleaned_data["text"].replace("\r\n", "\n").replace("\r", "\n")
        return text if text.endswith("\n") else text + "\n"


class TextVersionAdmin(admin.ModelAdmin):  # type: ignore[type-arg]
    """Nothing is changed or removed; adding checks a text, compares it and keeps it as a new version."""

    version_form: type[VersionForm] = VersionForm

    def has_change_permission(self, request: HttpRequest, obj: models.Model | None = None) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: models.Model | None = None) -> bool:
        return False

    # what each kind of text answers

    def initial_values(self, start: Any | None) -> dict[str, Any]:
        """What a new draft begins with, besides its text."""
        return {}

    @abstractmethod
    def check_text(self, given: dict[str, Any]) -> TextCheck:
        """What is wrong with a draft, and what it would change."""

    @abstractmethod
    def save_versions(self, given: dict[str, Any], by: str) -> list[models.Model]:
        """The versions that a draft was kept as."""

    def versions_of(self, obj: Any) -> "models.QuerySet[Any]":
        """All versions of the same text."""
        found: models.QuerySet[Any] = type(obj)._default_manager.filter(code=obj.code)
        return found

    def current_version(self, obj: Any) -> Any:
        """The version in use of the same text."""
        return self.versions_of(obj).order_by("-version").first()

    def page_context(self, obj: Any) -> dict[str, Any]:
        """More for the page of one version."""
        return {}

    # pages

    def change_view(
        self, request: HttpRequest, object_id: str, form_url: str = "", extra_context: Any = None
    ) -> HttpResponse:
        obj = self.get_object(request, object_id)
        if obj is None or not self.has_view_permission(request, obj):
            if obj is None:
                return self._get_obj_does_not_exist_redirect(request, self.opts, object_id)  # type: ignore[attr-defined,no-any-return]
            raise PermissionDenied
        newest = self.current_version(obj)
        content = {
            "title": str(obj),
            "lines": obj.text.splitlines(),
            "others": self.versions_of(obj).order_by("-version"),
            "newest": newest,
            "difference": version_diff(obj, newest) if newest and newest.pk != obj.pk else [],
            "may_add": self.has_add_permission(request),
            **self.page_context(obj),
        }
        return self._page(request, "admin/casework/version.html", content, obj)

    def add_view(self, request: HttpRequest, form_url: str = "", extra_context: Any = None) -> HttpResponse:
        if not self.has_add_permission(request):
            raise PermissionDenied
        start = self._base_version(request)
        if request.method != "POST":
            form = self.version_form(initial=self._form_values(start))
            return self._form_page(request, form, None, start)
        form = self.version_form(request.POST)
        if not form.is_valid():
            return self._form_page(request, form, None, start)
        found = self.check_text(form.cleaned_data)
        seen = form.cleaned_data["based_on"]
        is_newer = found.in_force is not None and bool(seen) and seen != str(found.in_force.pk)
        if is_newer:
            found.problems.insert(0, TextProblem(NEWER_VERSION))
        if "_keep" in request.POST and not found.problems:
            if found.objection in {"", form.cleaned_data["tried"]}:
                return self._save(request, form.cleaned_data)
            found.warnings.insert(0, TextProblem(TRIED))
        again = request.POST.copy()
        again["based_on"] = str(found.in_force.pk) if found.in_force else ""
        again["tried"] = found.objection
        form = self.version_form(again)
        form.is_valid()
        return self._form_page(request, form, found, start)

    @transaction.atomic
    def _save(self, request: HttpRequest, given: dict[str, Any]) -> HttpResponseRedirect:
        made = self.save_versions(given, str(request.user))
        for each in made:
            self.log_addition(request, each, [{"added": {}}])
        names = ", ".join(str(each) for each in made)
        self.message_user(
            request, Text(f"已保存，现行版本：{names}。", f"Kept and in force: {names}."), messages.SUCCESS
        )
        return HttpResponseRedirect(reverse(self._url_name("change"), args=[made[0].pk]))

    def _base_version(self, request: HttpRequest) -> Any | None:
        wanted = request.GET.get("from", "")
        return self.get_object(request, wanted) if wanted.isascii() and wanted.isdigit() else None

    def _form_values(self, start: Any | None) -> dict[str, Any]:
        if start is None:
            return self.initial_values(None)
        newest = self.current_version(start)
        return {"text": start.text, "based_on": newest.pk if newest else "", **self.initial_values(start)}

    def _form_page(
        self, request: HttpRequest, form: VersionForm, found: TextCheck | None, start: Any | None
    ) -> HttpResponse:
        text = form.cleaned_data.get("text", "") if form.is_bound and form.is_valid() else ""
        content = {
            "title": Text("新版本", "New version"),
            "form": form,
            "checked": found,
            "start": start,
            "difference": list(diff_lines(found.in_force, text)) if found and found.in_force else [],
            "tries": self.preview_url(start),
            **(found.content if found else {}),
        }
        return self._page(request, "admin/casework/new_version.html", content, None)

    def preview_url(self, start: Any | None) -> str:
        """The address to which a draft can be sent to be looked at, "" for none."""
        return ""

    def _page(
        self, request: HttpRequest, template: str, content: dict[str, Any], obj: Any | None
    ) -> HttpResponse:
        known = {
            **self.admin_site.each_context(request),
            "opts": self.opts,
            "original": obj,
            "list_address": reverse(self._url_name("changelist")),
            "add_address": reverse(self._url_name("add")),
            "change_name": self._url_name("change"),
        }
        return render(request, template, known | content)

    def _url_name(self, page: str) -> str:
        return f"{self.admin_site.name}:{self.opts.app_label}_{self.opts.model_name}_{page}"


NEWER_VERSION = Text(
    "其间另有人保存了新版本；下面与该版本比较。确认后请再次保存。",
    "Somebody has kept a newer version since; it is the one compared with below. Keep yours again if that is meant.",
)


TRIED = Text(
    "用真实案件的副本试办，有步骤办不下去，见下。确认无误后请再次保存。",
    "A copy of a real case does not go through all its steps, as is shown below. Keep it again if that is meant.",
)


def version_diff(before: Any, after: Any) -> list[tuple[str, str]]:
    return list(diff_lines(before, after.text, after))


def diff_lines(before: Any, text: str, after: Any | None = None) -> Iterable[tuple[str, str]]:
    """Lines of a unified comparison as (kind, line): "add", "del", "at" or ""."""
    kinds = {"+": "add", "-": "del", "@": "at"}
    lines = unified_diff(
        before.text.splitlines(),
        text.splitlines(),
        str(before),
        str(after or Text("草稿", "draft")),
        lineterm="",
    )
    for line in lines:
        yield kinds.get(line[:1], ""), line
