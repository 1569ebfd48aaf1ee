from django.urls import path

from .stored import stored
from .views import workbench

urlpatterns = [
    path("workbench/", workbench, name="workbench"),
    path("workbench/<int:pk>/", stored, name="stored-query"),
]
