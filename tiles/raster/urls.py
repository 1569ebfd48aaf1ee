from django.urls import path

from . import views

urlpatterns = [
    path("mapproxy/<path:path>", views.mapproxy),
    path("mapproxy/", views.mapproxy, {"path": ""}, name="mapproxy"),
]
