from django.contrib import admin

from ..registry.admin import FeatureAdmin
from .models import Department, ResponsibleBody, Unit


@admin.register(Department)
class DepartmentAdmin(admin.ModelAdmin):  # type: ignore[type-arg]
    list_display = ("code", "name", "name_en", "mark")
    search_fields = ("code", "name")


@admin.register(Unit)
class UnitAdmin(FeatureAdmin):
    list_display = ("name", "department", "address")
    search_fields = ("name", "address")
    list_filter = ("department",)
    list_select_related = ("department",)


@admin.register(ResponsibleBody)
class ResponsibleBodyAdmin(admin.ModelAdmin):  # type: ignore[type-arg]
    list_display = ("code", "name", "department", "is_active")
    search_fields = ("code", "name")
    list_filter = ("department", "is_active")
    list_select_related = ("department",)
