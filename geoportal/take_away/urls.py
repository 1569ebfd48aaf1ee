from django.urls import path

from .views import take_away

urlpatterns = [path("layers/<name>/export", take_away, name="take-away")]
