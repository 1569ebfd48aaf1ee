from django.contrib import admin

from layers.registry.admin import FeatureAdmin

from .models import Bench


@admin.register(Bench)
class BenchAdmin(FeatureAdmin):
    list_display = ("code", "material")
