"""The addresses that layers declare for their list pages; they come after all others, which they never cover."""

from django.urls import path

from layers.registry.registration import list_pages

from . import views

urlpatterns = [
    pattern
    for layer, page in list_pages()
    for pattern in (
        path(page.path, views.features, {"name": layer.name}),
        path(f"{page.path}<int:pk>/", views.feature, {"name": layer.name}),
    )
]
