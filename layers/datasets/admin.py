from django.contrib import admin
from django.http import HttpRequest

from .models import Dataset


@admin.register(Dataset)
class DatasetAdmin(admin.ModelAdmin):  # type: ignore[type-arg]
    """A record: the import page and the command publish, change and withdraw datasets, which moves every door."""

    list_display = ("name", "title", "geometry", "audience", "source", "published")
    search_fields = ("name", "title", "title_en")
    readonly_fields = [field.name for field in Dataset._meta.fields]

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Dataset | None = None) -> bool:
        return False
