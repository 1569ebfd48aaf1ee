from django.contrib import admin

from .models import Import


@admin.register(Import)
class ImportAdmin(admin.ModelAdmin):  # type: ignore[type-arg]
    list_display = ("finished", "layer", "file_name", "counts")
    list_filter = ("layer",)
    readonly_fields = ("layer", "file_name", "sha256", "who", "counts", "report")
