"""Officers: their posts are the roles of the procedures in force."""

from datetime import timedelta
from typing import Any

from django import forms
from django.contrib import admin
from django.http import HttpRequest
from django.utils import timezone

from layers.casework.procedures.versions import read_version

from ...agencies.models import Officer
from ...registry.text import Text
from ..models import ProcedureVersion

SOON = timedelta(days=60)
"""How long before it ends a certificate is said to end soon."""


def posts_in_force() -> dict[str, Text]:
    """Role codes of the procedures in force with their titles; a code that several name has all its titles."""
    found: dict[str, list[Text]] = {}
    for kept in ProcedureVersion.objects.filter(is_current=True).order_by("code"):
        for role in read_version(kept.pk).roles.values():
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
            "posts",
            "certificate",
            "certificate_until",
            "is_qualified",
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

    def clean(self) -> dict[str, Any] | None:
        given = super().clean() or self.cleaned_data
        if given.get("certificate_until") and not given.get("certificate"):
            self.add_error(
                "certificate",
                str(
                    Text(
                        "填写了有效期，须填写执法证号。",
                        "A date until which it is valid needs the certificate's number.",
                    )
                ),
            )
        return given


@admin.register(Officer)
class OfficerAdmin(admin.ModelAdmin):  # type: ignore[type-arg]
    form = OfficerForm
    list_display = ("code", "name", "department", "held", "certified", "is_qualified", "is_active")
    list_filter = ("department", "is_active", "is_qualified")
    search_fields = ("code", "name", "certificate")
    list_select_related = ("department",)

    @admin.display(description=Text("岗位", "Posts"))
    def held(self, obj: Officer) -> str:
        return ", ".join(obj.posts)

    @admin.display(description=Text("执法证", "Certificate"))
    def certified(self, obj: Officer) -> str:
        today = timezone.localdate()
        if not obj.certificate:
            return "–"
        if not obj.is_certified(today):
            return str(Text(f"{obj.certificate_until} 已过期", f"expired {obj.certificate_until}"))
        if obj.certificate_until and obj.certificate_until - today <= SOON:
            return str(Text(f"{obj.certificate_until} 将到期", f"ends soon: {obj.certificate_until}"))
        return str(Text("有效", "valid"))

    def has_delete_permission(self, request: HttpRequest, obj: Officer | None = None) -> bool:
        """What an officer did stays named; somebody who leaves is no longer in service."""
        return False
