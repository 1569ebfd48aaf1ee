from typing import Any

from django.contrib import admin
from django.contrib.auth.admin import UserAdmin
from django.contrib.auth.forms import UserChangeForm

from layers.registry.text import Text

from .models import User


class AccountForm(UserChangeForm[User]):
    def clean(self) -> dict[str, Any]:
        given = super().clean() or {}
        if given.get("officer") and given.get("departments"):
            self.add_error(
                "departments",
                Text(
                    "执法人员的部门以其执法人员信息为准，请在此留空。",
                    "An officer's department is that of the officer's record; leave this empty.",
                ),
            )
        return given


@admin.register(User)
class AccountAdmin(UserAdmin):  # type: ignore[type-arg]
    form = AccountForm
    list_display = ("username", "role", "is_active", "last_login")
    list_filter = ("role", "is_active", "departments")
    filter_horizontal = ("departments", "groups", "user_permissions")
    fieldsets = (
        *(UserAdmin.fieldsets or ()),
        (Text("角色与部门", "Role and departments"), {"fields": ("role", "departments", "officer")}),
    )
