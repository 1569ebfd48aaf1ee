from django.urls import path

from . import views

urlpatterns = [
    path("help/", views.index, name="help"),
    path("help/<slug:name>/", views.one, name="handbook"),
    path("help/pictures/<slug:language>/<str:file>", views.picture, name="handbook-picture"),
]
