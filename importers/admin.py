from django.contrib import admin
from django.http import HttpRequest

from .models import Import


@admin.register(Import)
class ImportAdmin(admin.ModelAdmin):  # type: ignore[type-arg]
    """A record: nobody writes it by hand."""

    list_display = ("started", "layer", "file_name", "state", "who", "counts")
    list_filter = ("layer", "state")
    search_fields = ("file_name", "sha256")
    readonly_fields = (
        "layer",
        "file_name",
        "sha256",
        "source",
        "who",
        "state",
        "reason",
        "options",
        "proposal",
        "started",
        "finished",
        "counts",
        "report",
    )

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False
