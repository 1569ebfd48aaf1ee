"""Officers: their posts are the roles of the procedures in force."""

from datetime import date, timedelta
from typing import Any

from django import forms
from django.contrib import admin
from django.db import models
from django.http import HttpRequest
from django.utils import timezone

from layers.casework.procedures.titles import credential_titles
from layers.casework.procedures.versions import read_version

from ...agencies.models import Credential, Officer
from ...registry.text import Text
from ..models import AssignmentRule, ProcedureVersion

SOON = timedelta(days=60)
"""How long before it ends a credential is said to end soon."""


def posts_in_force() -> dict[str, Text]:
    """Role codes of the procedures in force with their titles; a code that several name has all its titles."""
    found: dict[str, list[Text]] = {}
    for kept in ProcedureVersion.objects.filter(is_current=True).order_by("code"):
        for role in read_version(kept.pk).roles.values():
            if role.outside:
                continue
            titles = found.setdefault(role.code, [])
            if role.title not in titles:
                titles.append(role.title)
    return {
        code: Text("、".join(each.zh for each in titles), ", ".join(each.en for each in titles))
        for code, titles in sorted(found.items())
    }


class OfficerForm(forms.ModelForm):  # type: ignore[type-arg]
    posts = forms.MultipleChoiceField(
        label=Text("岗位", "Posts"), required=False, widget=forms.CheckboxSelectMultiple
    )

    class Meta:
        model = Officer
        fields = (
            "code",
            "name",
            "department",
            "body",
            "posts",
            "is_active",
        )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        known = posts_in_force()
        gone = Text("现行程序中已没有", "in no procedure in force")
        for code in self.instance.posts or ():
            known.setdefault(code, Text(f"〔{gone.zh}〕", f"[{gone.en}]"))
        self.fields["posts"].choices = [  # type: ignore[attr-defined]
            (code, Text(f"{title.zh}（{code}）", f"{title.en} ({code})")) for code, title in known.items()
        ]


class CredentialForm(forms.ModelForm):  # type: ignore[type-arg]
    kind = forms.ChoiceField(label=Text("种类", "Kind"))

    class Meta:
        model = Credential
        fields = ("kind", "number", "valid_until")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        known: dict[str, object] = dict(credential_titles())
        if self.instance.kind:
            known.setdefault(self.instance.kind, self.instance.kind)
        self.fields["kind"].choices = list(known.items())  # type: ignore[attr-defined]


class CredentialInline(admin.TabularInline):  # type: ignore[type-arg]
    model = Credential
    form = CredentialForm
    extra = 0


@admin.register(Officer)
class OfficerAdmin(admin.ModelAdmin):  # type: ignore[type-arg]
    form = OfficerForm
    list_display = ("code", "name", "department", "held", "entitled", "is_active")
    list_filter = ("department", "is_active")
    search_fields = ("code", "name", "credentials__number")
    inlines = (CredentialInline,)
    list_select_related = ("department",)

    @admin.display(description=Text("岗位", "Posts"))
    def held(self, obj: Officer) -> str:
        return ", ".join(obj.posts)

    def get_queryset(self, request: HttpRequest) -> "models.QuerySet[Officer]":
        return super().get_queryset(request).prefetch_related("credentials")

    @admin.display(description=Text("证件与资格", "Credentials"))
    def entitled(self, obj: Officer) -> str:
        titles, today = credential_titles(), timezone.localdate()
        return "; ".join(
            f"{titles.get(each.kind, each.kind)}: {_validity(each, today)}" for each in obj.credentials.all()
        )

    def has_delete_permission(self, request: HttpRequest, obj: Officer | None = None) -> bool:
        """What an officer did stays named; somebody who leaves is no longer in service."""
        return False


def _validity(credential: Credential, today: date) -> Text:
    until = credential.valid_until
    if not credential.is_valid(today):
        return Text(f"{until} 已过期", f"expired {until}")
    if until and until - today <= SOON:
        return Text(f"{until} 将到期", f"ends soon: {until}")
    return Text("有效", "valid")


@admin.register(AssignmentRule)
class AssignmentRuleAdmin(admin.ModelAdmin):  # type: ignore[type-arg]
    list_display = ("department", "order", "category", "grid_cell", "post", "body")
    list_filter = ("department",)
    list_select_related = ("department", "grid_cell", "body")
    raw_id_fields = ("grid_cell",)
