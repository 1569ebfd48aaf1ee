from django.contrib import admin
from django.contrib.auth.admin import UserAdmin

from layers.registry.text import Text

from .models import User


@admin.register(User)
class AccountAdmin(UserAdmin):  # type: ignore[type-arg]
    list_display = ("username", "role", "is_active", "last_login")
    list_filter = ("role", "is_active", "departments")
    filter_horizontal = ("departments", "groups", "user_permissions")
    fieldsets = (
        *(UserAdmin.fieldsets or ()),
        (Text("角色与部门", "Role and departments"), {"fields": ("role", "departments", "officer")}),
    )
