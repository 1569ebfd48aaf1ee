"""Rows that a condition in CQL2 chooses, as text or JSON, its shapes in any of the reference systems."""

import json
from typing import Any

import numpy as np
import shapely
from django.utils.translation import gettext as _
from numpy.typing import NDArray
from shapely.geometry import box

from layers.errors import InvalidInput
from layers.query.compiler import compile_condition
from layers.query.json_form import from_json
from layers.query.nodes import Box, Node, Shape, replaced
from layers.query.text_form import LONGEST, from_text
from layers.registry.access.layer_query import Condition, LayerQuery

from .reference_systems import CRS84, OGC, ReferenceSystem, reference_system

Positions = NDArray[Any]
TEXT, JSON = "cql2-text", "cql2-json"
PIECES = 16
"""Of each side of a box in metres, which is bent in degrees."""


def expression_conditions(
    reading: LayerQuery, text: str | None, language: str | None, system: str | None
) -> list[Condition]:
    """``text`` is the condition, ``language`` how it is written, ``system`` the address of its reference system."""
    if text is None:
        if language is not None or system is not None:
            raise InvalidInput(
                _("“filter-lang” and “filter-crs” say how “filter” is meant; give that as well.")
            )
        return []
    node = read_expression(text, language or TEXT)
    chosen = reference_system("filter-crs", system if system is not None else OGC)
    return [compile_condition(replaced(node, lambda each: _placed(each, chosen)), reading)]


def read_expression(text: str, language: str) -> Node:
    if language == TEXT:
        return from_text(text)
    if language != JSON:
        raise InvalidInput(
            _("“%(name)s” is one of: %(allowed)s.") % {"name": "filter-lang", "allowed": f"{TEXT}, {JSON}"}
        )
    try:
        document = json.loads(text[: LONGEST + 1])
    except (ValueError, RecursionError):
        raise InvalidInput(
            _("“filter” is no JSON, or has more than %(most)d characters.") % {"most": LONGEST}
        ) from None
    return from_json(document)


def _placed(node: Node, system: ReferenceSystem) -> Node:
    """Shapes in longitude and latitude."""
    if system == CRS84 or not isinstance(node, Shape | Box):
        return node
    if isinstance(node, Box):
        sides = (node.west, node.south, node.east, node.north)
        if not system.metric:
            return Box(*(sides[index] for index in (1, 0, 3, 2)))
        corners = box(*sides)
        geometry = shapely.segmentize(corners, max(corners.length / 4 / PIECES, 1e-6))
    else:
        geometry = node.geometry
    return Shape(shapely.transform(geometry, lambda positions: _degrees(positions, system)))


def _degrees(positions: Positions, system: ReferenceSystem) -> Positions:
    if system.north_first:
        positions = positions[:, ::-1]
    if system.metric:
        positions = system.positions_in_degrees(positions)
    if not np.isfinite(positions).all():
        raise InvalidInput(_("A shape of “filter” lies where its reference system says nothing."))
    return positions
