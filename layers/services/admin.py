from django.contrib import admin

from ..registry.admin import FeatureAdmin
from .models import Counter, ServiceItem


@admin.register(ServiceItem)
class ServiceItemAdmin(FeatureAdmin):
    list_display = ("code", "name", "department", "theme")
    search_fields = ("code", "name", "name_en")
    list_filter = ("theme", "audience")
    list_select_related = ("department",)


@admin.register(Counter)
class CounterAdmin(FeatureAdmin):
    list_display = ("name", "unit", "address")
    search_fields = ("name", "address")
    list_select_related = ("unit",)
    filter_horizontal = ("items",)
