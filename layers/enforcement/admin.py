"""Cases in the administration: texts and place may be corrected, and say so in the log; all else goes by verbs."""

from typing import Any

from django.contrib import admin
from django.http import HttpRequest

from layers.casework.access.actor import Actor
from layers.casework.log.case_lock import lock_case
from layers.casework.log.event_log import Entry, append_event

from ..casework.models import EventKind
from ..registry.admin import FeatureAdmin
from .models import DiscretionGrade, EnforcementCase, Violation

CORRECTED = ("title", "category", "description", "address", "geom", "division", "grid_cell", "source")
"""What an administrator may put right."""


@admin.register(EnforcementCase)
class EnforcementCaseAdmin(FeatureAdmin):
    list_display = ("number", "title", "department", "state", "filed", "visibility")
    search_fields = ("number", "title")
    list_filter = ("department", "state", "visibility")
    raw_id_fields = ("division", "grid_cell")
    list_select_related = ("department",)

    def get_readonly_fields(
        self, request: HttpRequest, obj: EnforcementCase | None = None
    ) -> tuple[str, ...]:
        return tuple(
            field.name
            for field in EnforcementCase._meta.fields
            if field.editable and not field.primary_key and field.name not in CORRECTED
        )

    def has_add_permission(self, request: HttpRequest) -> bool:
        """Cases are opened by those who find them."""
        return False

    def has_delete_permission(self, request: HttpRequest, obj: EnforcementCase | None = None) -> bool:
        return False

    def save_model(self, request: HttpRequest, obj: EnforcementCase, form: Any, change: bool) -> None:
        """The case is held like by a verb, and its log keeps what was written, by whom, and what it was."""
        names = [name for name in form.changed_data if name in CORRECTED]
        if not names:
            return
        with lock_case(obj.pk) as case:
            changed = {name: [_plain(getattr(case, name)), _plain(getattr(obj, name))] for name in names}
            for name in names:
                setattr(case, name, getattr(obj, name))
            append_event(case, Actor(str(request.user)), Entry(EventKind.WRITTEN, data={"changed": changed}))


class GradeInline(admin.TabularInline):  # type: ignore[type-arg]
    model = DiscretionGrade
    fields = ("grade", "circumstances", "least", "most")
    extra = 0


@admin.register(Violation)
class ViolationAdmin(FeatureAdmin):
    list_display = ("code", "name", "department", "least", "most", "valid_from", "valid_until")
    search_fields = ("code", "name", "name_en", "penalised")
    list_filter = ("department",)
    list_select_related = ("department",)
    inlines = (GradeInline,)


@admin.register(DiscretionGrade)
class DiscretionGradeAdmin(FeatureAdmin):
    list_display = ("violation", "grade", "least", "most")
    search_fields = ("violation__code", "violation__name")
    list_filter = ("grade",)
    list_select_related = ("violation",)
    raw_id_fields = ("violation",)


def _plain(value: Any) -> str | None:
    return None if value is None else str(getattr(value, "ewkt", value))
