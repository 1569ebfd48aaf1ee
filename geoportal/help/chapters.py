"""Which heading of which handbook explains a page: by the beginning of its address, the longest that fits."""

from django.urls import ResolverMatch, reverse

CHAPTERS = {
    "accounts/": ("citizen", "sign-in-and-look-after-your-account"),
    "cases/": ("citizen", "see-what-cases-were-published"),
    "embed/": ("citizen", "find-your-way-on-the-map"),
    "food/": ("citizen", "check-a-restaurant-or-a-shop"),
    "layers/": ("citizen", "take-data-with-you"),
    "place/": ("citizen", "learn-what-is-around-a-place"),
    "receipts/": ("citizen", "follow-your-own-case"),
    "search/": ("citizen", "search-for-anything"),
    "services/": ("citizen", "find-where-to-hand-something-in"),
}
MAP = ("citizen", "find-your-way-on-the-map")


def chapter_of(route: str) -> tuple[str, str] | None:
    """``route`` is an address as the table of doors writes it, without the first slash."""
    if not route:
        return MAP
    fitting = [beginning for beginning in CHAPTERS if route.startswith(beginning)]
    return CHAPTERS[max(fitting, key=len)] if fitting else None


def address_of(match: ResolverMatch | None) -> str:
    """Without a chapter of its own a page is helped by the list of the handbooks."""
    chapter = chapter_of(match.route) if match else None
    return f"{reverse('handbook', args=[chapter[0]])}#{chapter[1]}" if chapter else reverse("help")
