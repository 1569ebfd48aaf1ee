"""The filling of the tile caches as a job, begun from the operations page."""

import os
from typing import Any

from layers.errors import PortalError
from layers.jobs.tasks import JobContext, job
from layers.registry.registration import public_layers
from layers.registry.text import Text
from layers.sentences.sentence import gettext as _

PAUSE = 1.0
"""Share of a tile's time to rest after it, since the portal serves meanwhile."""


def _explanation(problem: BaseException) -> str:
    return str(problem) if isinstance(problem, PortalError) else ""


@job(
    title=Text("预先绘制瓦片", "Drawing of tiles ahead"),
    queue="tiles",
    is_repeatable=True,
    explanation=_explanation,
)
def seed_tiles(context: JobContext, zooms: str) -> dict[str, Any]:
    """The public layers and the base map; what is current already is passed over."""
    from .seeding import Pace, SeedPlan, box_of, seed, zoom_range

    os.nice(10)  # whoever looks at a map goes first
    layers = [layer for layer in public_layers() if layer.has_geometry]
    plan = SeedPlan(layers=layers, zooms=zoom_range(zooms), area=box_of(layers))
    drawn = seed(plan, context.progress, Pace(pause=PAUSE))
    sentence = _("%(drawn)d tiles and meta-tiles drawn; all others were current.") % {"drawn": drawn}
    return {"drawn": drawn, "sentence": sentence}
