from django.contrib import admin

from ..registry.admin import FeatureAdmin
from .models import VillageSite


@admin.register(VillageSite)
class VillageSiteAdmin(FeatureAdmin):
    list_display = ("code", "name", "kind", "status", "village")
    search_fields = ("code", "name")
    list_filter = ("kind", "status", "is_demonstration")
    raw_id_fields = ("village",)
    list_select_related = ("village",)
