"""What is kept of cases, to be looked at only: changes go through the verbs, which leave their events."""

from typing import Any, ClassVar

from django.contrib import admin
from django.db import models
from django.http import HttpRequest, HttpResponse

from layers.casework.case_types import case_type
from layers.casework.models import Case, Document, Event, Evidence, Limit, Publication
from layers.casework.parties import parties_of
from layers.registry.audience import Viewer
from layers.registry.models import AccessLogEntry


class RecordAdmin(admin.ModelAdmin):  # type: ignore[type-arg]
    """Nothing is added, changed or removed here; every page that shows a case's matter is on record."""

    list_per_page = 50
    show_full_result_count = False
    list_select_related: ClassVar[tuple[str, ...]] = ("case",)
    search_fields: ClassVar[tuple[str, ...]] = ("case__number",)

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: models.Model | None = None) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: models.Model | None = None) -> bool:
        return False

    def change_view(
        self, request: HttpRequest, object_id: str, form_url: str = "", extra_context: Any = None
    ) -> HttpResponse:
        found = self.get_object(request, object_id)
        if found is not None:
            record_case_reading(request, found.case)
        return super().change_view(request, object_id, form_url, extra_context)


def record_case_reading(request: HttpRequest, case: Case) -> None:
    """The record of personal data that was read; what concerns nobody is not on it."""
    if parties_of(case):
        viewer = Viewer.of(request.user)
        AccessLogEntry.objects.create(
            layer=case_type(case.family).layer, rows=[case.pk], who=viewer.name or viewer.key
        )


@admin.register(Limit)
class LimitAdmin(RecordAdmin):
    list_display = ("case", "code", "started", "due", "warn", "ended", "status")
    list_filter = ("status", "code")
    date_hierarchy = "started"


@admin.register(Event)
class EventAdmin(RecordAdmin):
    list_display = ("at", "case", "kind", "step", "who", "before", "after")
    list_filter = ("kind",)
    search_fields = ("case__number", "who")
    date_hierarchy = "at"
    ordering = ("-pk",)


@admin.register(Evidence)
class EvidenceAdmin(RecordAdmin):
    list_display = ("case", "kind", "title", "media_type", "size", "received", "officer")
    list_filter = ("kind", "media_type")
    list_select_related = ("case", "officer")


@admin.register(Document)
class DocumentAdmin(RecordAdmin):
    list_display = ("case", "title", "number", "made_at", "officer", "template")
    list_filter = ("code",)
    search_fields = ("case__number", "number")
    list_select_related = ("case", "officer")


@admin.register(Publication)
class PublicationAdmin(RecordAdmin):
    list_display = ("case", "status", "title", "proposed_by", "reviewed_by", "published_at", "until")
    list_filter = ("status",)
    list_select_related = ("case", "proposed_by", "reviewed_by")
