"""Which heading of which handbook explains a page: by the beginning of its address, the longest that fits."""

from django.urls import ResolverMatch, reverse

from layers.registry.audience import Audience

CHAPTERS = {
    "accounts/": ("citizen", "sign-in-and-look-after-your-account"),
    "admin/": ("administrator", "give-somebody-an-account"),
    "admin/accounts/": ("administrator", "give-somebody-an-account"),
    "admin/agencies/": ("administrator", "give-somebody-an-account"),
    "admin/casework/calendarday/": ("administrator", "keep-the-calendar"),
    "admin/casework/documenttemplate/": ("administrator", "change-a-form"),
    "admin/casework/procedureversion/": ("administrator", "change-a-procedure"),
    "cases/": ("citizen", "see-what-cases-were-published"),
    "cases/<int:pk>/": ("officer", "take-a-cases-next-step"),
    "cases/<int:pk>/documents/": ("officer", "add-evidence-and-make-documents"),
    "cases/<int:pk>/events/": ("officer", "read-a-case"),
    "cases/<int:pk>/evidence/": ("officer", "add-evidence-and-make-documents"),
    "cases/<int:pk>/receipt/": ("officer", "give-a-party-a-receipt"),
    "cases/board/": ("officer", "see-how-the-department-is-doing"),
    "cases/consultations/": ("officer", "answer-another-department"),
    "cases/days/": ("officer", "see-how-the-department-is-doing"),
    "cases/inbox/": ("officer", "start-the-day-in-your-inbox"),
    "cases/new/": ("officer", "open-a-case-at-the-desk"),
    "cases/notices/": ("officer", "start-the-day-in-your-inbox"),
    "cases/publications/": ("officer", "publish-a-case"),
    "cases/search/": ("officer", "find-older-cases"),
    "cases/statistics/": ("officer", "see-how-the-department-is-doing"),
    "embed/": ("citizen", "find-your-way-on-the-map"),
    "field/": ("officer", "record-a-case-on-the-spot"),
    "food/": ("citizen", "check-a-restaurant-or-a-shop"),
    "imports/": ("administrator", "bring-a-file-onto-the-map"),
    "imports/<int:pk>/rows/": ("administrator", "put-right-what-was-held-back"),
    "imports/layers/": ("administrator", "make-a-new-layer-of-a-file"),
    "jobs/": ("planner", "download-a-layer"),
    "layers/": ("citizen", "take-data-with-you"),
    "layers/<name>/export": ("planner", "take-a-result-away"),
    "ogc/": ("planner", "open-the-layers-in-qgis"),
    "operations/": ("operator", "see-how-it-is-doing"),
    "place/": ("citizen", "learn-what-is-around-a-place"),
    "receipts/": ("citizen", "follow-your-own-case"),
    "search/": ("citizen", "search-for-anything"),
    "services/": ("citizen", "find-where-to-hand-something-in"),
    "workbench/": ("planner", "ask-a-question-of-several-layers"),
    "workbench/analysis/": ("planner", "analyse-an-answer"),
}
MAP = ("citizen", "find-your-way-on-the-map")
OUTSIDE = {"cases/<int:pk>/": CHAPTERS["cases/"]}
"""For who belongs to no department, where that changes what a page shows."""


def chapter_of(route: str, audience: Audience) -> tuple[str, str] | None:
    """``route`` is an address as Django's patterns write it."""
    if not route:
        return MAP
    if route in OUTSIDE and audience < Audience.DEPARTMENT:
        return OUTSIDE[route]
    fitting = [beginning for beginning in CHAPTERS if route.startswith(beginning)]
    return CHAPTERS[max(fitting, key=len)] if fitting else None


def address_of(match: ResolverMatch | None, audience: Audience) -> str:
    """Without a chapter of its own a page is helped by the list of the handbooks."""
    chapter = chapter_of(match.route, audience) if match else None
    return f"{reverse('handbook', args=[chapter[0]])}#{chapter[1]}" if chapter else reverse("help")
