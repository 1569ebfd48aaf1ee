from django.urls import path

from . import dataset_page, profile_pages, views

urlpatterns = [
    path("imports/", views.imports, name="imports"),
    path("imports/layers/<slug:name>/", dataset_page.dataset, name="dataset"),
    path("imports/profiles/", profile_pages.profiles, name="delivery-profiles"),
    path("imports/profiles/<int:pk>/", profile_pages.profile, name="delivery-profile"),
    path("imports/profiles/<int:pk>.yaml", profile_pages.text, name="delivery-profile-text"),
    path("imports/<int:pk>/", views.one, name="import"),
    path("imports/<int:pk>/rows.geojson", views.places, name="import-places"),
    path("imports/<int:pk>/report.<str:kind>", views.report, name="import-report"),
    path("imports/<int:pk>/rows/<int:row>/", views.row, name="import-row"),
]
