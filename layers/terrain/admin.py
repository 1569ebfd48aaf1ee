from django.contrib import admin

from ..registry.admin import FeatureAdmin
from .models import Terrain


@admin.register(Terrain)
class TerrainAdmin(FeatureAdmin):
    list_display = ("name", "source", "resolution", "lowest", "highest", "vertical_datum", "replaced_by")
    search_fields = ("name", "source")
    readonly_fields = ("resolution", "zoom", "lowest", "highest", "delivered_crs")
