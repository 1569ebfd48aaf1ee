from django.urls import path

from . import catalogue, home, operations, place, search
from .export import views as export

urlpatterns = [
    path("", home.home, name="home"),
    path("embed/", home.embed, name="embed"),
    path("layers/", catalogue.layers, name="layers"),
    path("layers/<name>/export.geojson", export.geojson, name="export-geojson"),
    path("layers/<name>/export.csv", export.table, name="export-csv"),
    path("exports/<int:pk>/", export.file, name="export-file"),
    path("operations/", operations.operations, name="operations"),
    path("search/", search.search, name="search"),
    path("place/", place.at_position, name="place"),
    path("place/<name>/<pk>/", place.of_feature, name="feature"),
]
