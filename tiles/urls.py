from django.urls import path, re_path

from . import views

urlpatterns = [
    re_path(
        r"^tiles/(?P<names>[^/]+)/(?P<z>[^/]+)/(?P<x>[^/]+)/(?P<y>[^/]+)\.pbf$",
        views.vector_tile,
        name="tile",
    ),
    path("tiles/<names>.json", views.tilejson, name="tilejson"),
    path("styles/<name>.json", views.style, name="style"),
]
