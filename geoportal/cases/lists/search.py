"""The history search: by place, party, text, time, state, category and department, as a list and on the map."""

from datetime import date
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.translation import gettext as _

from geoportal.cases.formatting import state_title
from geoportal.cases.permissions import department_required
from geoportal.cases.procedure_titles import procedures_known, procedures_of
from geoportal.cases.query_params import figure_cases, figure_context
from geoportal.features.extent import district_extent
from geoportal.features.feature_text import color, display_name, text_of
from geoportal.http import answer, decimals, door, number, page_links, viewer_of
from layers.agencies.models import Department
from layers.errors import InvalidInput
from layers.registry.access.layer_query import Row
from layers.registry.declaration.layer import Layer
from layers.registry.search.search_terms import normalize
from layers.registry.text import Text

from . import inbox_queries
from .search_queries import MOST_COUNTED, ON_A_PAGE, PARTY, CaseSearch, find_address, search_cases
from .subject_search import cases_about

LONGEST = 100
FARTHEST = 20_000
MOST_CORNERS = 200
NAMES = (
    "q",
    "party",
    "about",
    "near",
    "lon",
    "lat",
    "radius",
    "area",
    "since",
    "until",
    "state",
    "category",
    "department",
)
FEWEST_LETTERS = 3
Shown = dict[str, Any]
Categories = dict[str, Text]
"""Titles by how cases keep them: in Chinese."""


@door
@department_required
def search_page(request: HttpRequest) -> HttpResponse:
    typed = {name: request.GET.get(name, "").strip() for name in NAMES}
    content: Shown = {"typed": typed, "problem": "", "place": None, "asked": any(typed.values())}
    content |= {"figure": [], "kept": []}
    items: list[Shown] = []
    categories = _categories()
    try:
        wanted, place = _case_search(request, typed, categories)
        content["place"] = place
        page = number(request, "page", 1, 1, MOST_COUNTED // ON_A_PAGE)
        content |= figure_context(request, "page", *NAMES)
        content["asked"] = content["asked"] or bool(content["figure"])
        found = search_cases(wanted, viewer_of(request), page) if content["asked"] else None
    except InvalidInput as problem:
        content["problem"], found, page = str(problem), None, 1
    if found:
        procedures = procedures_of(row["id"] for row in found.rows)
        items = [
            _item(row, state_title(procedures.get(row["id"]), row["state"]), categories) for row in found.rows
        ]
    total = found.total if found else 0
    pages = max(1, -(-total // ON_A_PAGE))
    content |= {
        "items": items,
        "total": total,
        "most": total >= MOST_COUNTED,
        **page_links(request, page, pages),
        "choices": _choices(categories),
        "map": {
            "items": items,
            "place": content["place"],
            "typed": typed,
            "extent": district_extent(viewer_of(request)),
        },
    }
    response = answer(request, "cases/search.html", content)
    response.status_code = 400 if content["problem"] else 200
    return response


def _case_search(
    request: HttpRequest, typed: dict[str, str], categories: Categories
) -> tuple[CaseSearch, Shown | None]:
    for name in ("q", "party", "about", "near"):
        if len(typed[name]) > LONGEST:
            raise InvalidInput(_("A search can have at most %(count)d characters.") % {"count": LONGEST})
    place, words = _place(request, typed), tuple(normalize(typed["q"]).split())
    english = {title.en.lower(): zh for zh, title in categories.items()}
    column_values = {
        "state": typed["state"],
        "category": english.get(typed["category"].lower(), typed["category"]),
        "department_code": typed["department"],
    }
    wanted = CaseSearch(
        cases=figure_cases(request, viewer_of(request), "page", *NAMES),
        words=words,
        categories={word: _categories_by_word(word, categories) for word in words},
        party=typed["party"],
        about=cases_about(typed["about"], viewer_of(request)) if typed["about"] else None,
        here=(place["lon"], place["lat"]) if place else None,
        radius=place["radius"] if place else 0,
        area=_area(typed["area"]),
        since=_day(typed["since"]),
        until=_day(typed["until"]),
        exact={column: value for column, value in column_values.items() if value},
    )
    if wanted.since and wanted.until and wanted.until < wanted.since:
        raise InvalidInput(_("The time ends before it begins."))
    return wanted, place


def _place(request: HttpRequest, typed: dict[str, str]) -> Shown | None:
    radius = number(request, "radius", 200, 1, FARTHEST)
    if typed["lon"] or typed["lat"]:
        lon, lat = decimals(typed["lon"], "lon", 1)[0], decimals(typed["lat"], "lat", 1)[0]
        if abs(lon) > 180 or abs(lat) > 85:
            raise InvalidInput(_("Longitude lies between -180 and 180, latitude between -85 and 85."))
        return {"lon": lon, "lat": lat, "radius": radius, "name": ""}
    if typed["near"]:
        found = find_address(normalize(typed["near"]), viewer_of(request))
        if found is None:
            raise InvalidInput(_("No address “%(text)s” is known here.") % {"text": typed["near"]})
        return {"lon": found["lon"], "lat": found["lat"], "radius": radius, "name": found["name"]}
    return None


def _area(text: str) -> str:
    """Well-known text of a ring given as ``lon,lat,lon,lat,…``."""
    if not text:
        return ""
    count = text.count(",") + 1
    if count % 2 or not 6 <= count <= 2 * MOST_CORNERS:
        raise InvalidInput(
            _("An area has at least three corners: longitude and latitude of each, separated by commas.")
        )
    values = decimals(text, "area", count)
    corners = list(zip(values[::2], values[1::2], strict=True))
    if any(abs(lon) > 180 or abs(lat) > 85 for lon, lat in corners):
        raise InvalidInput(_("Longitude lies between -180 and 180, latitude between -85 and 85."))
    return "POLYGON((" + ", ".join(f"{lon!r} {lat!r}" for lon, lat in [*corners, corners[0]]) + "))"


def _day(text: str) -> date | None:
    if not text:
        return None
    try:
        return date.fromisoformat(text)
    except ValueError as problem:
        raise InvalidInput(
            _("“%(text)s” is no day; write it as 2026-11-24.") % {"text": text[:40]}
        ) from problem


def _item(row: Row, state: str, categories: Categories) -> Shown:
    layer: Layer = row["layer"]

    def text(name: str) -> str:
        return text_of(layer, layer.attribute(name), row) if name in row else ""

    return {
        "id": row["id"],
        "url": reverse("case", args=[row["id"]]),
        "title": row["title"],
        "number": row["number"],
        "department": text("department"),
        "category": str(categories.get(row["category"], row["category"])),
        "state": state,
        "when": text("reported") or text("filed"),
        "closed": text("closed"),
        "place": row["address"] or "",
        "party": row.get(PARTY) or "",
        "lon": row["lon"],
        "lat": row["lat"],
        "color": color(layer, row),
    }


def _categories() -> Categories:
    """Those of the procedures, so that none is told that only hidden cases have."""
    return {
        each.title.zh: each.title
        for _code, procedure in procedures_known()
        for each in procedure.categories.values()
    }


def _categories_by_word(word: str, categories: Categories) -> list[str]:
    """Of whose English title a word is this one, or begins with it."""
    begins = len(word) >= FEWEST_LETTERS
    return [
        zh
        for zh, title in categories.items()
        if any(part == word or (begins and part.startswith(word)) for part in normalize(title.en).split())
    ]


def _choices(categories: Categories) -> Shown:
    return {
        "states": [
            {"value": code, "title": state_title(procedure, code)}
            for code, procedure in inbox_queries.states_known()
        ],
        "categories": sorted({str(title) for title in categories.values()}),
        "departments": [
            {"value": each.code, "title": display_name(each)} for each in Department.objects.all()
        ],
    }
