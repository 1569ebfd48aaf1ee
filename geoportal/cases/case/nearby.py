"""What else happened at the spot of a case: cases within a hundred metres, by category."""

from typing import Any

from geoportal.cases.formatting import state_title
from geoportal.cases.procedure_titles import procedures_of
from layers.casework.case_types import case_layers
from layers.casework.log.map_snapshot import NEAR, NEAREST
from layers.casework.models import Case
from layers.registry.access.layer_query import Condition, Expression, LayerQuery
from layers.registry.audience import Viewer

REACH = 100.0
"""Metres."""
MOST = 200
SHOWN = 5
Shown = dict[str, Any]


def nearby_cases(case: Case, viewer: Viewer) -> list[Shown]:
    """Groups of cases as the viewer sees them, the largest first; protected ones lie where the public has them."""
    if case.geom is None:
        return []
    lon, lat = case.geom.x, case.geom.y
    rows = [
        row
        for layer in case_layers(viewer)
        for row in LayerQuery(layer, viewer).rows(
            Condition(NEAR, (lon, lat, REACH, lat)),
            Condition("id <> %s", (case.pk,)),
            order=Expression(NEAREST, (lon, lat)),
            limit=MOST,
            geometry=False,
            attributes=("title", "category", "state", "filed", "closed", "number"),
        )
    ]
    procedures = procedures_of([row["id"] for row in rows])
    groups: dict[str, list[Shown]] = {}
    for row in rows:
        groups.setdefault(row["category"] or "–", []).append(
            {
                "id": row["id"],
                "title": row["title"],
                "number": row["number"],
                "state": state_title(procedures.get(row["id"]), row["state"]),
                "filed": row["filed"],
            }
        )
    found = [
        {"category": name, "count": len(each), "cases": each[:SHOWN], "more": each[SHOWN:]}
        for name, each in groups.items()
    ]
    return sorted(found, key=lambda group: -len(group["cases"]) - len(group["more"]))
