from django.urls import path

from .analysis.views import analysis
from .stored_query import stored
from .views import workbench

urlpatterns = [
    path("workbench/", workbench, name="workbench"),
    path("workbench/analysis/", analysis, name="analysis"),
    path("workbench/<int:pk>/", stored, name="stored-query"),
]
