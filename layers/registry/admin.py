"""The administration of a layer's model: a map in the form, the base map drawn by the portal itself."""

from typing import Any

from django.contrib.gis.db.models import GeometryField
from django.db.models import Field
from django.forms import Field as FormField
from django.http import HttpRequest
from leaflet.admin import LeafletGeoAdmin


class FeatureAdmin(LeafletGeoAdmin):  # type: ignore[misc]
    """Generated columns are kept by the database and do not appear."""

    list_per_page = 50
    show_full_result_count = False
    settings_overrides = {
        "TILES": [("", "/mapproxy/tiles/1.0.0/basemap/webmercator/{z}/{x}/{y}.png", {"maxNativeZoom": 18})],
        "DEFAULT_CENTER": (29.90, 121.85),
        "DEFAULT_ZOOM": 12,
        "RESET_VIEW": False,
        "ATTRIBUTION_PREFIX": "",
    }

    def formfield_for_dbfield(
        self, db_field: "Field[Any, Any]", request: HttpRequest, **kwargs: Any
    ) -> FormField | None:
        found = super().formfield_for_dbfield(db_field, request, **kwargs)
        if isinstance(db_field, GeometryField) and found is not None:
            found.required = not db_field.null
        return found  # type: ignore[no-any-return]
