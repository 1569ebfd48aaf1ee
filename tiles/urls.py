from django.urls import path, re_path

from . import views

urlpatterns = [
    re_path(
        r"^tiles/(?P<names>[^/]+)/(?P<z>[^/]+)/(?P<x>[^/]+)/(?P<y>[^/]+)\.pbf$",
        views.vector_tile,
        name="tile",
    ),
    re_path(
        r"^tiles/(?P<name>[^/]+)/(?P<z>[^/]+)/(?P<x>[^/]+)/(?P<y>[^/]+)\.png$",
        views.heights_tile,
        name="heights-tile",
    ),
    path("tiles/<name>.heights.json", views.heights_tilejson, name="heights-tilejson"),
    path("tiles/<names>.json", views.tilejson, name="tilejson"),
    path("styles/<name>.json", views.style, name="style"),
]
