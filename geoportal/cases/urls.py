from django.urls import path

from . import as_of, deeds, exhibits, inbox_page, publications, search_page, views

urlpatterns = [
    path("cases/", views.cases, name="cases"),
    path("cases/inbox/", inbox_page.inbox_page, name="case-inbox"),
    path("cases/search/", search_page.search_page, name="case-search"),
    path("cases/publications/", publications.queue, name="case-publications"),
    path("cases/publications/<int:pk>/", publications.review, name="case-review"),
    path("cases/<int:pk>/", views.case, name="case"),
    path("cases/<int:pk>/events/<int:event>/", as_of.as_of, name="case-as-of"),
    path("cases/<int:pk>/steps/<str:code>/", deeds.step, name="case-step"),
    path("cases/<int:pk>/notes/", deeds.note, name="case-note"),
    path("cases/<int:pk>/handler/", deeds.assign, name="case-handler"),
    path("cases/<int:pk>/department/", deeds.hand_over, name="case-hand-over"),
    path("cases/<int:pk>/joint/", deeds.share, name="case-joint"),
    path("cases/<int:pk>/join/", deeds.join, name="case-join"),
    path("cases/<int:pk>/position/", deeds.move, name="case-position"),
    path("cases/<int:pk>/party/", deeds.name_party, name="case-party"),
    path("cases/<int:pk>/limits/<int:limit>/", deeds.extend, name="case-extension"),
    path("cases/<int:pk>/evidence/", deeds.add, name="case-add-evidence"),
    path("cases/<int:pk>/evidence/<int:piece>/", exhibits.original, name="case-evidence"),
    path("cases/<int:pk>/evidence/<int:piece>/smaller/", exhibits.smaller, name="case-evidence-smaller"),
    path("cases/<int:pk>/evidence/<int:piece>/custody/", deeds.handle, name="case-custody"),
    path("cases/<int:pk>/publication/", publications.propose, name="case-publication"),
    path("cases/<int:pk>/withdrawal/", publications.withdraw, name="case-withdrawal"),
]
