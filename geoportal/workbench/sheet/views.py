"""A result as a printed map: a sheet of paper at a true scale, with all that a map must say of itself."""

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from math import isfinite
from typing import Any

import numpy as np
import shapely
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.template.loader import render_to_string
from django.utils import timezone
from django.utils.translation import gettext as _

from geoportal.features.layer_sizes import sizes
from geoportal.http import FORM, desk, parameters, viewer_of
from geoportal.workbench.analysis.recipe import FIELDS as RECIPE_FIELDS
from geoportal.workbench.analysis.recipe import Recipe
from geoportal.workbench.analysis.theme import FIELDS as THEME_FIELDS
from geoportal.workbench.analysis.theme import Theme, painted
from geoportal.workbench.page import planner_of
from layers.errors import InvalidInput, PortalError
from layers.query.analysis.result import Result, run
from layers.registry.access.export_log import record_export
from layers.registry.audience import Viewer
from layers.registry.text import one_language
from tiles.static_map import MapUnavailable

from .ground_picture import ground_picture
from .outlines import drawn, in_plane
from .paper import FOOT, HEAD, MARGIN, SCALES, SIZES, Sheet, fitting
from .printer import printed

Json = dict[str, Any]
COLOR = "#2f6fa8"
TYPES = {"pdf": "application/pdf", "png": "image/png"}


@dataclass(frozen=True)
class Order:
    """``scale`` is the number of 1 : n or empty for the largest that fits, ``number`` that of the map's review."""

    paper: str = "A3"
    turned: str = "wide"
    scale: str = ""
    heading: str = ""
    number: str = ""
    file: str = "pdf"

    @classmethod
    def of(cls, given: Mapping[str, str]) -> "Order":
        words = {name: str(given.get(name, "")).strip() for name in ORDER_FIELDS}
        found = cls(**{name: word for name, word in words.items() if word})
        for name, allowed in (
            ("paper", [*SIZES]),
            ("turned", ["wide", "upright"]),
            ("file", [*TYPES]),
            ("scale", ["", *map(str, SCALES)]),
        ):
            if getattr(found, name) not in allowed:
                raise InvalidInput(
                    _("“%(name)s” is one of: %(allowed)s.")
                    % {"name": name, "allowed": ", ".join(filter(None, allowed))}
                )
        if max(len(found.heading), len(found.number)) > 120:
            raise InvalidInput(_("A title has at most 120 characters."))
        return found


ORDER_FIELDS = tuple(asdict(Order()))


@desk
def sheet(request: HttpRequest) -> HttpResponseBase:
    """The form on GET, the file on POST."""
    planner_of(request)
    if request.method != "POST":
        given = parameters(request, (FORM, *RECIPE_FIELDS, *THEME_FIELDS, *ORDER_FIELDS))
        return _form(request, given) if given.get("layer") else redirect("workbench")
    given = request.POST.dict()
    try:
        recipe, theme, order = Recipe.of(given), Theme.of(given), Order.of(given)
        content = _printed(recipe, theme, order, viewer_of(request))
    except PortalError as problem:
        return _form(request, given, str(problem), problem.status)
    response = HttpResponse(content, content_type=TYPES[order.file])
    response["Content-Disposition"] = f'attachment; filename="{recipe.layer}-{recipe.do}.{order.file}"'
    return response


def _form(request: HttpRequest, given: Json, problem: str = "", status: int = 200) -> HttpResponse:
    recipe = Recipe.of(given)
    content = {
        "recipe": recipe.said,
        "recipe_address": recipe.address,
        "sentence": recipe.sentence(viewer_of(request)),
        "theme_words": {name: given[name] for name in THEME_FIELDS if given.get(name)},
        "given": {**asdict(Order()), **{name: given[name] for name in ORDER_FIELDS if given.get(name)}},
        "papers": [*SIZES],
        "scales": [str(each) for each in SCALES],
        "problem": problem,
    }
    return render(request, "workbench/sheet_form.html", content, status=status)


def _printed(recipe: Recipe, theme: Theme, order: Order, viewer: Viewer) -> bytes:
    result = run(recipe.analysis(viewer), viewer)
    shapes = in_plane(result.shapes)
    bounds = shapely.total_bounds(np.array(shapes, dtype=object)).tolist() if shapes else []
    if not bounds or not all(map(isfinite, bounds)):
        raise InvalidInput(_("The result has nothing that lies on a map."))
    west, south, east, north = bounds
    page = fitting(order.paper, order.turned == "wide", (west, south, east, north), int(order.scale or 0))
    colors, radii, legend = _look(result, theme, recipe)
    ground, pictures = _ground(page)
    sentence = recipe.sentence(viewer)
    html = render_to_string(
        "workbench/sheet.html",
        {
            **_measures(page),
            "title": order.heading or recipe.title,
            "sentence": sentence,
            "number": order.number,
            "shapes": drawn(shapes, colors, radii, page),
            "has_ground": ground,
            "sources": _sources(recipe, viewer),
            "made_at": timezone.now(),
            "sheet": page,
            **legend,
        },
    )
    content = printed(html, pictures, order.file)
    record_export(
        recipe.layer, viewer, sentence, f"{recipe.layer}-{recipe.do}.{order.file}", len(result.rows)
    )
    return content


def _look(result: Result, theme: Theme, recipe: Recipe) -> tuple[list[str], list[float] | None, Json]:
    if theme.theme:
        paint = painted(result, theme)
        return paint.colors, paint.radii, paint.parts
    entry = {"color": COLOR, "label": recipe.title, "count": len(result.rows)}
    return [COLOR] * len(result.rows), None, {"legend_title": "", "legend": [entry]}


def _ground(page: Sheet) -> tuple[bool, dict[str, tuple[bytes, str]]]:
    """A map without ground is still a map."""
    try:
        return True, {"ground.jpg": (ground_picture(page), "image/jpeg")}
    except MapUnavailable:
        return False, {}


def _measures(page: Sheet) -> Json:
    """Millimetres, as CSS and SVG write them."""
    (width, height), (paper_width, paper_height) = page.frame, page.paper
    eastings, northings = page.grid()
    return {
        "frame": {"width": f"{width:.3f}", "height": f"{height:.3f}"},
        "paper": {"width": paper_width, "height": paper_height},
        "margins": {"margin": MARGIN, "head": HEAD, "foot": FOOT},
        "eastings": [{"at": f"{at:.3f}", "metres": metres} for at, metres in eastings],
        "northings": [{"at": f"{at:.3f}", "metres": metres} for at, metres in northings],
        "bar": {
            "metres": page.bar,
            "width": f"{page.bar * 1000 / page.scale:.3f}",
            "half": f"{page.bar * 500 / page.scale:.3f}",
        },
        "convergence": f"{page.convergence:+.2f}",
    }


def _sources(recipe: Recipe, viewer: Viewer) -> list[str]:
    layers = [reading.layer for reading in recipe.readings(viewer)]
    known = sizes(layers, viewer)
    named = dict.fromkeys(source for layer in layers for source in known[layer.name].sources)
    return [one_language(source) for source in named]
