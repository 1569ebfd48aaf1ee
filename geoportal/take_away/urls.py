from django.urls import path

from .export_log import export_log
from .views import take_away

urlpatterns = [
    path("layers/<name>/export", take_away, name="take-away"),
    path("exports/", export_log, name="export-log"),
]
