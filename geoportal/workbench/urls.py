from django.urls import path

from .analysis.views import analysis
from .impact.views import impact
from .sheet.views import sheet
from .sketches.views import sketches
from .stored_query import stored
from .views import workbench

urlpatterns = [
    path("workbench/", workbench, name="workbench"),
    path("workbench/analysis/", analysis, name="analysis"),
    path("workbench/impact/", impact, name="impact"),
    path("workbench/sheet/", sheet, name="sheet"),
    path("workbench/sketches/", sketches, name="sketches"),
    path("workbench/<int:pk>/", stored, name="stored-query"),
]
