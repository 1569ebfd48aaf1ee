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
class Found:
    """Something that is wrong with a text, or looks so. ``line`` counts from 1, 0 where there is none."""

    sentence: Text
    line: int = 0
    file: str = ""
    said: str = ""
    """The line itself."""


@dataclass
class Checked:
    """``in_force`` is the version that the text would take the place of."""

    problems: list[Found] = field(default_factory=list)
    warnings: list[Found] = field(default_factory=list)
    in_force: models.Model | None = None


class Draft(forms.Form):
    """``based_on`` is the version that its author saw in force, so that nobody's is replaced unseen."""

    based_on = forms.CharField(required=False, widget=forms.HiddenInput)
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


class VersionedAdmin(admin.ModelAdmin):  # type: ignore[type-arg]
    """Nothing is changed or removed; adding checks a text, compares it and keeps it as a new version."""

    draft: type[Draft] = Draft

    def has_change_permission(self, request: HttpRequest, obj: models.Model | None = None) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: models.Model | None = None) -> bool:
        return False

    # what each kind of text answers

    def started(self, start: Any | None) -> dict[str, Any]:
        """What a new draft begins with, besides its text."""
        return {}

    @abstractmethod
    def checked(self, given: dict[str, Any]) -> Checked:
        """What is wrong with a draft, and what it would change."""

    @abstractmethod
    def kept(self, given: dict[str, Any], by: str) -> list[models.Model]:
        """The versions that a draft was kept as."""

    @abstractmethod
    def newest_of(self, obj: Any) -> Any:
        """The version in use of the same code."""

    def shown(self, obj: Any) -> dict[str, Any]:
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
        newest = self.newest_of(obj)
        content = {
            "title": str(obj),
            "lines": obj.text.splitlines(),
            "others": type(obj)._default_manager.filter(code=obj.code).order_by("-version"),
            "newest": newest,
            "difference": difference(obj, newest) if newest and newest.pk != obj.pk else [],
            "may_add": self.has_add_permission(request),
            **self.shown(obj),
        }
        return self._page(request, "admin/casework/version.html", content, obj)

    def add_view(self, request: HttpRequest, form_url: str = "", extra_context: Any = None) -> HttpResponse:
        if not self.has_add_permission(request):
            raise PermissionDenied
        start = self._start(request)
        if request.method != "POST":
            form = self.draft(initial=self._initial(start))
            return self._draft_page(request, form, None, start)
        form = self.draft(request.POST)
        if not form.is_valid():
            return self._draft_page(request, form, None, start)
        found = self.checked(form.cleaned_data)
        seen = form.cleaned_data["based_on"]
        is_newer = found.in_force is not None and bool(seen) and seen != str(found.in_force.pk)
        if is_newer:
            found.problems.insert(0, Found(OVERTAKEN))
        if "_keep" in request.POST and not found.problems:
            return self._keep(request, form.cleaned_data)
        again = request.POST.copy()
        again["based_on"] = str(found.in_force.pk) if found.in_force else ""
        form = self.draft(again)
        form.is_valid()
        return self._draft_page(request, form, found, start)

    @transaction.atomic
    def _keep(self, request: HttpRequest, given: dict[str, Any]) -> HttpResponseRedirect:
        made = self.kept(given, str(request.user))
        for each in made:
            self.log_addition(request, each, [{"added": {}}])
        names = ", ".join(str(each) for each in made)
        self.message_user(
            request, Text(f"已保存，现行版本：{names}。", f"Kept and in force: {names}."), messages.SUCCESS
        )
        return HttpResponseRedirect(reverse(self._name("change"), args=[made[0].pk]))

    def _start(self, request: HttpRequest) -> Any | None:
        wanted = request.GET.get("from", "")
        return self.get_object(request, wanted) if wanted.isascii() and wanted.isdigit() else None

    def _initial(self, start: Any | None) -> dict[str, Any]:
        if start is None:
            return self.started(None)
        newest = self.newest_of(start)
        return {"text": start.text, "based_on": newest.pk if newest else "", **self.started(start)}

    def _draft_page(
        self, request: HttpRequest, form: Draft, found: Checked | None, start: Any | None
    ) -> HttpResponse:
        text = form.cleaned_data.get("text", "") if form.is_bound and form.is_valid() else ""
        content = {
            "title": Text("新版本", "New version"),
            "form": form,
            "checked": found,
            "start": start,
            "difference": list(compared(found.in_force, text)) if found and found.in_force else [],
            "tries": self.tries(start),
        }
        return self._page(request, "admin/casework/new_version.html", content, None)

    def tries(self, start: Any | None) -> str:
        """The address to which a draft can be sent to be looked at, "" for none."""
        return ""

    def _page(
        self, request: HttpRequest, template: str, content: dict[str, Any], obj: Any | None
    ) -> HttpResponse:
        known = {
            **self.admin_site.each_context(request),
            "opts": self.opts,
            "original": obj,
            "list_address": reverse(self._name("changelist")),
            "add_address": reverse(self._name("add")),
            "change_name": self._name("change"),
        }
        return render(request, template, known | content)

    def _name(self, page: str) -> str:
        return f"{self.admin_site.name}:{self.opts.app_label}_{self.opts.model_name}_{page}"


OVERTAKEN = Text(
    "其间另有人保存了新版本；下面与该版本比较。确认后请再次保存。",
    "Somebody has kept a newer version since; it is the one compared with below. Keep yours again if that is meant.",
)


def difference(before: Any, after: Any) -> list[tuple[str, str]]:
    return list(compared(before, after.text, after))


def compared(before: Any, text: str, after: Any | None = None) -> Iterable[tuple[str, str]]:
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
