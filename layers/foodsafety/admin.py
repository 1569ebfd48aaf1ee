from django.contrib import admin

from ..registry.admin import FeatureAdmin
from .models import Inspection, Premises


@admin.register(Premises)
class PremisesAdmin(FeatureAdmin):
    list_display = ("establishment_id", "name", "sector", "grade")
    search_fields = ("establishment_id", "name")
    list_filter = ("sector", "grade", "risk_grade")
    raw_id_fields = ("division",)


@admin.register(Inspection)
class InspectionAdmin(FeatureAdmin):
    list_display = ("number", "premises", "date", "result", "visibility")
    search_fields = ("number",)
    list_filter = ("result", "kind", "visibility")
    raw_id_fields = ("premises",)
    list_select_related = ("premises",)
