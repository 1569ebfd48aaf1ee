from django.urls import path

from . import views

urlpatterns = [
    path("ogc/", views.landing, name="ogc"),
    path("ogc/openapi", views.openapi),
    path("ogc/conformance", views.conformance),
    path("ogc/collections", views.collections),
    path("ogc/collections/<name>", views.collections),
    path("ogc/collections/<name>/queryables", views.queryables),
    path("ogc/collections/<name>/schema", views.schema),
    path("ogc/collections/<name>/items", views.items),
    path("ogc/collections/<name>/items/<pk>", views.item),
]
