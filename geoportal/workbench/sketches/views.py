"""The page on which shapes are drawn or typed, measured, and kept to be asked with."""

import json
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode

import shapely
from django.http import HttpRequest, HttpResponseRedirect
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from shapely.geometry.base import BaseGeometry

from geoportal.http import FORM, desk, parameters, viewer_of
from geoportal.workbench.page import layers_of, planner_of
from geoportal.workbench.rows import condition
from layers.errors import InvalidInput, TooManyRequests, Unavailable
from layers.query.nodes import Node, Scalar
from layers.query.text_form import to_text
from layers.registry.audience import Viewer

from . import records
from .figures import figures
from .positions import shape_of

Json = dict[str, Any]
FIELDS = ("shape", "metres", "as")


@dataclass(frozen=True)
class Drawn:
    """``as`` of the form is ``line`` where positions are not to be an area; ``metres`` is how far around the shape."""

    shape: BaseGeometry
    metres: float

    @classmethod
    def of(cls, given: Json) -> "Drawn":
        return cls(
            shape_of(given.get("shape", ""), is_line=given.get("as") == "line"),
            _number(given.get("metres", "")),
        )

    @classmethod
    def asked(cls, request: HttpRequest, given: Json) -> "Drawn | None":
        """By the number of one's own that is kept, or as it is typed; ``given`` takes the words of what is kept."""
        if given.get("sketch"):
            kept = records.sketch(planner_of(request).pk, given["sketch"])
            given |= records.words_of(kept)
            return cls(records.shape_of(kept), kept.metres)
        return cls.of(given) if given.get("shape") else None

    @property
    def condition(self) -> Node:
        return condition(self.shape, Scalar(int(self.metres) if self.metres.is_integer() else self.metres))


def drawn_condition(given: Json) -> Node:
    return Drawn.of(given).condition


def _number(text: str) -> float:
    try:
        found = float(text or 0)
    except ValueError:
        found = float("nan")
    if found != found:
        raise InvalidInput(_("“%(value)s” is no number.") % {"value": text[:40]})
    return found


@desk
def sketches(request: HttpRequest) -> HttpResponseBase:
    planner_of(request)
    if request.method == "POST":
        return _post(request)
    given: Json = parameters(request, (FORM, "sketch", *FIELDS))
    try:
        drawn = Drawn.asked(request, given)
        return _page(request, given, _shown(drawn, viewer_of(request)) if drawn else {})
    except InvalidInput as problem:
        return _page(request, given, {"problem": str(problem)}, problem.status)


def _page(request: HttpRequest, given: Json, more: Json, status: int = 200) -> HttpResponseBase:
    """The form, which no wrong word takes away."""
    content = {
        "given": given,
        "own": records.sketches(planner_of(request).pk),
        "placed_layers": [each for each in layers_of(viewer_of(request)) if each.has_geometry],
        "map": {"features": None},
        **more,
    }
    return render(request, "workbench/sketches.html", content, status=status)


def _shown(drawn: Drawn, viewer: Viewer) -> Json:
    return {
        **figures(drawn.shape, drawn.metres, viewer),
        "condition": to_text(drawn.condition),
        "map": {"features": json.loads(shapely.to_geojson(drawn.shape)), "metres": drawn.metres},
    }


def _post(request: HttpRequest) -> HttpResponseBase:
    owner, given, action = planner_of(request).pk, request.POST, request.POST.get("action")
    if action == "delete":
        records.sketch(owner, given.get("sketch", "")).delete()
        return HttpResponseRedirect(reverse("sketches"))
    if action == "measure":
        words = {name: given[name] for name in FIELDS if given.get(name)}
        return HttpResponseRedirect(f"{reverse('sketches')}?{urlencode(words)}")
    if action != "keep":
        raise InvalidInput(_("There is no such action."))
    shown: Json = {}
    try:
        drawn = Drawn.of(given.dict())
        shown = _shown(drawn, viewer_of(request))
        kept = records.keep(owner, given.get("title", ""), drawn.shape, drawn.metres)
    except (InvalidInput, Unavailable, TooManyRequests) as problem:
        return _page(request, given.dict(), {**shown, "problem": str(problem)}, problem.status)
    return HttpResponseRedirect(f"{reverse('sketches')}?sketch={kept.pk}")
