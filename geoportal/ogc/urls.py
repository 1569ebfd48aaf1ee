from django.urls import path

from . import views

urlpatterns = [
    path("ogc", views.landing),  # QGIS follows no redirect from an address that lacks the last stroke
    path("ogc/", views.landing, name="ogc"),
    path("ogc/openapi", views.openapi, name="ogc-openapi"),
    path("ogc/conformance", views.conformance, name="ogc-conformance"),
    path("ogc/collections", views.collections, name="ogc-collections"),
    path("ogc/collections/<name>", views.collection, name="ogc-collection"),
    path("ogc/collections/<name>/queryables", views.queryables, name="ogc-queryables"),
    path("ogc/collections/<name>/schema", views.schema, name="ogc-schema"),
    path("ogc/collections/<name>/items", views.items, name="ogc-items"),
    path("ogc/collections/<name>/items/<pk>", views.item, name="ogc-item"),
]
