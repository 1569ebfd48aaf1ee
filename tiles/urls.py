from django.urls import path, re_path

from .http import raster_views, vector_views

urlpatterns = [
    re_path(
        r"^tiles/(?P<names>[^/]+)/(?P<z>[^/]+)/(?P<x>[^/]+)/(?P<y>[^/]+)\.pbf$",
        vector_views.vector_tile,
        name="tile",
    ),
    re_path(
        r"^tiles/(?P<name>[^/]+)/(?P<z>[^/]+)/(?P<x>[^/]+)/(?P<y>[^/]+)\.png$",
        vector_views.heights_tile,
        name="heights-tile",
    ),
    path("tiles/<name>.heights.json", vector_views.heights_tilejson, name="heights-tilejson"),
    path("tiles/<names>.json", vector_views.tilejson, name="tilejson"),
    path("styles/<name>.json", vector_views.style, name="style"),
    path("mapproxy/<path:path>", raster_views.mapproxy),
    path("mapproxy/", raster_views.mapproxy, {"path": ""}, name="mapproxy"),
]
