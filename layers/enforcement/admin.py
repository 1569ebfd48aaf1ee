from django.contrib import admin

from ..registry.admin import FeatureAdmin
from .models import EnforcementCase


@admin.register(EnforcementCase)
class EnforcementCaseAdmin(FeatureAdmin):
    list_display = ("number", "title", "department", "state", "filed", "visibility")
    search_fields = ("number", "title")
    list_filter = ("department", "state", "visibility")
    raw_id_fields = ("division", "grid_cell")
    list_select_related = ("department",)
