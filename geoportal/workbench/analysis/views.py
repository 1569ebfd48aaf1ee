"""The page of analyses: what is done with the answer of a question, previewed as table and map, taken away and kept."""

import json
from contextlib import suppress
from pathlib import Path
from typing import Any

import shapely
from django.http import HttpRequest, HttpResponseRedirect
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _

from geoportal.http import FORM, desk, parameters, viewer_of
from geoportal.take_away.about import described
from geoportal.take_away.request import read_request
from geoportal.take_away.views import file_response, offer
from geoportal.workbench import query_store
from geoportal.workbench.page import layers_of, planner_of
from layers.errors import InvalidInput, PortalError
from layers.query.analysis.result import Result, run
from layers.query.analysis.travel import MODES
from layers.query.models import Sharing
from layers.query.scope import queryables
from layers.registry.access.export_log import record_export
from layers.registry.access.layer_query import LayerQuery
from layers.registry.registration import get_layer

from .cells import cell
from .recipe import FIELDS, OPERATIONS, Recipe
from .result_table import ResultTable
from .theme import FIELDS as THEME_FIELDS
from .theme import Painted, Theme, painted, theme_parts
from .travel_words import amounts

Json = dict[str, Any]
ROWS_SHOWN, SHAPES_SHOWN = 200, 1000


@desk
def analysis(request: HttpRequest) -> HttpResponseBase:
    planner_of(request)
    if request.method == "POST":
        try:
            return _post(request)
        except InvalidInput as problem:
            return _refused(request, problem)
    given = parameters(request, (FORM, "kept", *FIELDS, *THEME_FIELDS))
    if not given.get("layer"):
        return redirect("workbench")
    get_layer(given["layer"], viewer_of(request))
    if not given.get("do"):
        return _page(request, given, {})
    try:
        recipe = Recipe.of(given)
        if "other" in OPERATIONS[recipe.do].needs and not recipe.other:
            return _page(request, given, {})
        if "metres" in OPERATIONS[recipe.do].needs and not recipe.metres and recipe.do != "join":
            return _page(request, given, {})
        if "minutes" in OPERATIONS[recipe.do].needs and not recipe.minutes:
            return _page(request, given, {})
        if recipe.do == "features" and not recipe.by:
            return _page(request, given, {})
        return _page(request, given, _answer(request, recipe, Theme.of(given)))
    except PortalError as problem:
        return _page(request, given, {"problem": str(problem)}, problem.status)


def _page(request: HttpRequest, given: Json, more: Json, status: int = 200) -> HttpResponseBase:
    """The form, which no wrong word takes away."""
    viewer = viewer_of(request)
    layer = get_layer(given["layer"], viewer)
    do = OPERATIONS.get(given.get("do", ""))
    placed = [each for each in layers_of(viewer) if each.has_geometry]
    content = {
        "given": {name: given.get(name, "") for name in FIELDS},
        "layer_title": layer.title,
        "operations": [(name, each.title) for name, each in OPERATIONS.items()],
        "operation": do,
        "needs": (*do.needs, *do.takes) if do else (),
        "takes": do.takes if do else (),
        "placed_layers": placed,
        "modes": [(name, each.title) for name, each in MODES.items()],
        "amounts": [
            (each, found)
            for each in (placed if do and "sum" in do.takes else [])
            if (found := amounts(LayerQuery(each, viewer)))
        ],
        "properties": [(a.name, layer.label(a)) for a in queryables(LayerQuery(layer, viewer))],
        "sharings": Sharing.choices,
        **_kept(request, given.get("kept", "")),
        **more,
    }
    return render(request, "workbench/analysis/page.html", content, status=status)


def _kept(request: HttpRequest, pk: str) -> Json:
    who = planner_of(request).pk
    found = query_store.usable(who, int(pk)) if pk.isdecimal() and len(pk) < 19 else None
    return {"kept": found, "is_own": found is not None and found.owner_id == who}


def _answer(request: HttpRequest, recipe: Recipe, theme: Theme) -> Json:
    viewer = viewer_of(request)
    result = run(recipe.analysis(viewer), viewer)
    paint = painted(result, theme) if theme.theme else None
    columns, inside = result.analysis.columns, _inside(result)
    return {
        "recipe": recipe.said,
        "sentence": recipe.sentence(viewer),
        "headings": [each.label for each in columns],
        "rows": [
            [
                (column.label, cell(value, column.kind, column.words))
                for value, column in zip(row, columns, strict=True)
            ]
            for row in result.rows[:ROWS_SHOWN]
        ],
        "total": len(result.rows),
        "shown": min(len(result.rows), ROWS_SHOWN),
        "outside": None if inside is None else cell(max(0.0, 1 - inside), "share"),
        "overlap": inside is not None and inside > 1.0001,
        "map": {"features": _features(result, paint), "title": "title", "paint": {"default": "#2f6fa8"}},
        "shapes_shown": min(len(result.rows), SHAPES_SHOWN),
        **theme_parts(result, theme),
        **(paint.parts if paint else {}),
        **offer(has_geometry=True),
    }


def _inside(result: Result) -> float | None:
    """How much of the whole lies in the areas; nothing where there are no shares, or no whole to have a share of."""
    names = [each.name for each in result.analysis.columns]
    if "share" not in names:
        return None
    shares = [row[names.index("share")] for row in result.rows]
    return sum(shares) if all(isinstance(each, float) for each in shares) else None


def _features(result: Result, paint: Painted | None) -> Json:
    """The first of them, by their place in the table; circles stand on the surface of what they are of."""
    names = [each.name for each in result.analysis.columns]
    named = names.index("title") if "title" in names else 0
    shapes = shapely.from_wkb(result.shapes[:SHAPES_SHOWN])
    if paint and paint.radii:
        shapes = shapely.point_on_surface(shapes)
    found = [
        {
            "type": "Feature",
            "id": place,
            "properties": {"title": str(result.rows[place][named]), **_look(paint, place)},
            "geometry": None if shape is None else json.loads(shapely.to_geojson(shape)),
        }
        for place, shape in enumerate(shapes)
    ]
    return {"type": "FeatureCollection", "features": found}


def _look(paint: Painted | None, place: int) -> Json:
    if paint is None:
        return {}
    return {"color": paint.colors[place], **({"radius": paint.radii[place]} if paint.radii else {})}


def _refused(request: HttpRequest, problem: InvalidInput) -> HttpResponseBase:
    """The page again with its result and all that was typed."""
    given = request.POST.dict()
    more: Json = {}
    with suppress(PortalError):  # what is wrong is said anyhow
        more = _answer(request, Recipe.of(given), Theme.of(given))
    get_layer(given.get("layer", ""), viewer_of(request))
    return _page(request, given, {**more, "typed": given, "problem": str(problem)}, problem.status)


def _post(request: HttpRequest) -> HttpResponseBase:
    """Keeps the recipe, or gives the result as a file."""
    recipe = Recipe.of(request.POST.dict())
    viewer = viewer_of(request)
    action = request.POST.get("action")
    if action == "keep":
        recipe.analysis(viewer)
        said = {**recipe.said, **Theme.of(request.POST.dict()).said}
        question = query_store.keep_recipe(planner_of(request), recipe.layer, said, request.POST)
        return HttpResponseRedirect(reverse("stored-query", args=[question.pk]))
    if action != "export":
        raise InvalidInput(_("There is no such action."))
    return _file(request, recipe)


def _file(request: HttpRequest, recipe: Recipe) -> HttpResponseBase:
    viewer = viewer_of(request)
    asked = read_request(f"{recipe.layer}-{recipe.do}", request.POST)
    result = run(recipe.analysis(viewer), viewer)
    recipe_text = json.dumps(recipe.said, ensure_ascii=False)
    rows, sentence = len(result.rows), recipe.sentence(viewer)
    said = described(recipe.title, sentence, recipe_text, asked.where, rows, recipe.readings(viewer))

    def write(path: Path) -> None:
        asked.how.write(ResultTable(asked.layer, result, asked.where), path, said, asked.encoding)
        record_export(recipe.layer, viewer, sentence, asked.file_name, rows)

    return file_response(asked, write)
