from django.urls import path

from . import views

urlpatterns = [
    path("workbench/", views.workbench, name="workbench"),
    path("workbench/<int:pk>/", views.stored, name="stored-query"),
]
