"""All cases that ever concerned a feature, as its viewer may see them."""

from collections.abc import Iterator

from layers.casework.access.permissions import department_cases
from layers.casework.case_types import case_layers
from layers.casework.models import GENERALISED, Case, Subject
from layers.registry.access.layer_query import LayerQuery, Row
from layers.registry.audience import Viewer
from layers.registry.declaration.layer import Layer

MOST = 100
"""Cases of a layer that are told, of those that the viewer sees: hidden ones take no room."""


def cases_about(layer: Layer, pk: int, viewer: Viewer) -> Iterator[tuple[Layer, list[Row]]]:
    """Rows of each layer of cases, the newest first.

    A case of a natural person, or one whose procedure says so, lies in a cell for the public; what it is about would tell
    its place, so it is told only to those who work on it.
    """
    about = Subject.objects.filter(layer=layer.name, feature=pk).order_by("-case_id")
    keys = list(about.values_list("case", flat=True))
    if not keys:
        return
    own = set(department_cases(viewer).filter(pk__in=keys).values_list("pk", flat=True))
    in_cells = set(Case.objects.filter(GENERALISED, pk__in=keys).values_list("pk", flat=True))
    for each in case_layers(viewer):
        rows = {row["id"]: row for row in LayerQuery(each, viewer).by_ids(keys)}
        shown = [rows[key] for key in keys if key in rows and (key in own or key not in in_cells)]
        if shown:
            yield each, shown[:MOST]
