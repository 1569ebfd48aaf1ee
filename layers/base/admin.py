from django.contrib import admin

from ..registry.admin import FeatureAdmin
from .models import Address, Building, Division, GridCell, LandUse, PointOfInterest, Road, Water


@admin.register(Division)
class DivisionAdmin(FeatureAdmin):
    list_display = ("code", "name", "level", "parent")
    search_fields = ("code", "name")
    list_filter = ("level",)
    raw_id_fields = ("parent",)
    list_select_related = ("parent",)


@admin.register(GridCell)
class GridCellAdmin(FeatureAdmin):
    list_display = ("code", "division", "area")
    search_fields = ("code",)
    raw_id_fields = ("division",)
    list_select_related = ("division",)


@admin.register(Road)
class RoadAdmin(FeatureAdmin):
    list_display = ("name", "road_class", "width", "one_way")
    search_fields = ("name",)
    list_filter = ("road_class", "one_way")


@admin.register(Water)
class WaterAdmin(FeatureAdmin):
    list_display = ("name", "kind")
    search_fields = ("name",)
    list_filter = ("kind",)


@admin.register(LandUse)
class LandUseAdmin(FeatureAdmin):
    list_display = ("name", "kind")
    search_fields = ("name",)
    list_filter = ("kind",)


@admin.register(Building)
class BuildingAdmin(FeatureAdmin):
    list_display = ("name", "address", "use", "storeys", "height")
    search_fields = ("name", "address")
    list_filter = ("use",)


@admin.register(PointOfInterest)
class PointOfInterestAdmin(FeatureAdmin):
    list_display = ("name", "theme", "category")
    search_fields = ("name",)
    list_filter = ("theme",)


@admin.register(Address)
class AddressAdmin(FeatureAdmin):
    list_display = ("full", "road", "number")
    search_fields = ("full",)
    raw_id_fields = ("division", "building")
