from django.urls import path

from layers.registry.registration import list_pages

from . import views
from .analytics import board, statistics, work_record
from .case import actions, as_of, evidence
from .documents import pages
from .lists import bulk, calendar_feed, consultations, inbox, new_case, notices, phrases, publications, search
from .receipts import mail_views
from .receipts import views as receipts

LIST = "cases/"

urlpatterns = [
    *(
        path(LIST, views.cases, {"name": layer.name}, name="cases")
        for layer, page in list_pages()
        if page.path == LIST
    ),
    path("cases/inbox/", inbox.inbox_page, name="case-inbox"),
    path("cases/phrases/", phrases.phrases_page, name="case-phrases"),
    path("cases/inbox/bulk/", bulk.act_on_many, name="case-inbox-bulk"),
    path("cases/new/", new_case.new_case_page, name="case-new"),
    path("cases/consultations/<int:pk>/", consultations.consultation_page, name="case-consultation"),
    path("cases/notices/", notices.notices_page, name="case-notices"),
    path("cases/deadlines/<str:secret>.ics", calendar_feed.calendar, name="case-calendar"),
    path("cases/search/", search.search_page, name="case-search"),
    path("cases/publications/", publications.queue, name="case-publications"),
    path("cases/publications/<int:pk>/", publications.review, name="case-review"),
    path("cases/<int:pk>/", views.case, name="case"),
    path("cases/board/", board.board, name="board"),
    path("cases/board/grid.geojson", board.board_grid, name="board-grid"),
    path("cases/statistics/", statistics.statistics, name="statistics"),
    path("cases/statistics/areas.geojson", statistics.statistics_areas, name="statistics-areas"),
    path("cases/statistics/table.csv", statistics.statistics_table, name="statistics-table"),
    path("cases/days/", work_record.work_record, name="days"),
    path("cases/<int:pk>/events/<int:event>/", as_of.map_as_of, name="case-as-of"),
    path("cases/<int:pk>/steps/<str:code>/", actions.take_step, name="case-step"),
    path("cases/<int:pk>/notes/", actions.add_note, name="case-note"),
    path("cases/<int:pk>/handler/", actions.assign, name="case-handler"),
    path("cases/<int:pk>/department/", actions.hand_over, name="case-hand-over"),
    path("cases/<int:pk>/joint/", actions.share, name="case-joint"),
    path("cases/<int:pk>/join/", actions.join, name="case-join"),
    path("cases/<int:pk>/position/", actions.correct_position, name="case-position"),
    path("cases/<int:pk>/area/", actions.draw_area, name="case-area"),
    path("cases/<int:pk>/party/", actions.correct_party, name="case-party"),
    path("cases/<int:pk>/parties/", actions.add_party, name="case-parties"),
    path("cases/<int:pk>/parties/<int:party>/", actions.update_party, name="case-other-party"),
    path("cases/<int:pk>/limits/<int:limit>/", actions.extend, name="case-extension"),
    path("cases/<int:pk>/limits/<int:limit>/request/", actions.ask_extension, name="case-extension-request"),
    path("cases/<int:pk>/notices/<int:notice>/", actions.record_delivery, name="case-delivery"),
    path("cases/<int:pk>/receipt/", actions.issue_receipt, name="case-receipt"),
    path("cases/<int:pk>/subjects/", actions.add_subject, name="case-subject"),
    path("cases/<int:pk>/subjects/<int:subject>/", actions.remove_subject, name="case-subject-removal"),
    path("cases/<int:pk>/relations/", actions.relate, name="case-relation"),
    path("cases/<int:pk>/relations/<int:relation>/", actions.unrelate, name="case-relation-removal"),
    path("cases/<int:pk>/evidence/", actions.add_evidence, name="case-add-evidence"),
    path("cases/<int:pk>/evidence/<int:piece>/", evidence.original, name="case-evidence"),
    path("cases/<int:pk>/evidence/<int:piece>/smaller/", evidence.thumbnail, name="case-evidence-smaller"),
    path(
        "cases/<int:pk>/evidence/<int:piece>/confirmation/",
        actions.confirm_evidence,
        name="case-confirm-evidence",
    ),
    path("cases/<int:pk>/evidence/<int:piece>/custody/", actions.record_custody, name="case-custody"),
    path("cases/<int:pk>/publication/", publications.propose, name="case-publication"),
    path("cases/<int:pk>/withdrawal/", publications.withdraw, name="case-withdrawal"),
    path("receipts/", receipts.receipt, name="receipts"),
    path("receipts/steps/<str:code>/", receipts.take_step, name="receipt-step"),
    path("receipts/mail/", mail_views.own_mail, name="receipt-own-mail"),
    path("receipts/mail/<str:key>/", mail_views.mail_link, name="receipt-mail"),
    path("receipts/leave/", receipts.leave, name="receipt-leave"),
    path("cases/<int:pk>/documents/", pages.documents, name="case-documents"),
    path("cases/<int:pk>/documents/<int:document>.pdf", pages.document, name="case-document"),
    path("cases/<int:pk>/documents/<slug:code>/draft.pdf", pages.preview, name="case-document-draft"),
    path("cases/<int:pk>/file.pdf", pages.file_pdf, name="case-file"),
]
