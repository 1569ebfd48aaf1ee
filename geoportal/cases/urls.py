from django.urls import path

from . import documents, views

urlpatterns = [
    path("cases/", views.cases, name="cases"),
    path("cases/<int:pk>/", views.case, name="case"),
    path("cases/<int:pk>/documents/", documents.documents, name="case-documents"),
    path("cases/<int:pk>/documents/<int:document>.pdf", documents.document, name="case-document"),
    path("cases/<int:pk>/documents/<slug:code>/draft.pdf", documents.preview, name="case-document-draft"),
    path("cases/<int:pk>/file.pdf", documents.whole_file, name="case-file"),
]
