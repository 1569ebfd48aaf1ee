"""The administration of a layer's model: a map in the form, the base map drawn by the portal itself."""

from typing import Any

from django.conf import settings
from django.contrib.gis.db.models import GeometryField
from django.db.models import Field, Model
from django.forms import Field as FormField
from django.http import HttpRequest, HttpResponse
from leaflet.admin import LeafletGeoAdmin

from .access.access_log import record_reading
from .audience import Viewer
from .registration import all_layers


class FeatureAdmin(LeafletGeoAdmin):  # type: ignore[misc]
    """Generated columns are kept by the database and do not appear."""

    list_per_page = 50
    show_full_result_count = False
    settings_overrides = {
        "TILES": [
            (
                "",
                f"{settings.PREFIX}/mapproxy/tiles/1.0.0/basemap-webp/webmercator/{{z}}/{{x}}/{{y}}.webp",
                {"maxNativeZoom": 18},
            )
        ],
        "DEFAULT_CENTER": (29.90, 121.85),
        "DEFAULT_ZOOM": 12,
        "RESET_VIEW": False,
        "ATTRIBUTION_PREFIX": "",
    }

    def render_change_form(
        self, request: HttpRequest, context: dict[str, Any], *args: Any, **kwargs: Any
    ) -> HttpResponse:
        """Whoever sees the form of a row sees its personal data."""
        row: Model | None = kwargs.get("obj")
        if row is not None:
            for layer in (layer for layer in all_layers() if layer.model is self.model):
                values = {name: value_at(row, layer.attribute(name).path) for name in layer.personal}
                record_reading(layer, Viewer.of(request.user), layer.attributes, [{"id": row.pk, **values}])
        return super().render_change_form(request, context, *args, **kwargs)  # type: ignore[no-any-return]

    def formfield_for_dbfield(
        self, db_field: "Field[Any, Any]", request: HttpRequest, **kwargs: Any
    ) -> FormField | None:
        found = super().formfield_for_dbfield(db_field, request, **kwargs)
        if isinstance(db_field, GeometryField) and found is not None:
            found.required = not db_field.null
        return found  # type: ignore[no-any-return]


def value_at(row: Model, path: str) -> Any:
    """The value at a path over foreign keys."""
    value: Any = row
    for step in path.split("__"):
        value = getattr(value, step, None)
    return value
