from django.urls import path

from . import views

urlpatterns = [
    path("services/", views.services, name="services"),
    path("services/<int:pk>/", views.service, name="service"),
    path("food/", views.food, name="food"),
    path("food/<int:pk>/", views.premises, name="premises"),
]
