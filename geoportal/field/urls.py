from django.urls import path

from . import api, pwa

urlpatterns = [
    path("field/", pwa.page, name="field"),
    path("field/sw.js", pwa.worker, name="field-worker"),
    path("field/manifest.webmanifest", pwa.manifest, name="field-manifest"),
    path("field/words/<str:language>.json", pwa.words, name="field-words"),
    path("field/api/token/", api.token, name="field-token"),
    path("field/api/kit/", api.kit, name="field-kit"),
    path("field/api/cases/", api.cases, name="field-cases"),
    path("field/api/cases/<int:pk>/", api.case, name="field-case"),
    path("field/api/suggestion/", api.suggestion, name="field-suggestion"),
    path("field/api/photos/<int:pk>/", api.picture, name="field-photo"),
    path("field/api/evidence/", api.evidence, name="field-evidence"),
    path("field/api/confirmations/", api.confirmations, name="field-confirmations"),
    path("field/api/steps/", api.steps, name="field-steps"),
    path("field/api/notes/", api.notes, name="field-notes"),
]
