"""How people travel along roads: speeds by the class of road, in kilometres an hour.

Speeds are those of planning practice for a district in the day, signals and turning included; people on foot and on
bicycles are not on motorways and expressways, and go against no one-way street on a bicycle.
"""

from collections.abc import Mapping
from dataclasses import dataclass

from layers.registry.text import Text

WALKING = 5.0
STREETS = ("primary", "secondary", "tertiary", "residential", "service", "path")


@dataclass(frozen=True)
class Mode:
    title: Text
    speeds: Mapping[str, float]
    is_bound: bool
    """By the direction of one-way streets."""


MODES = {
    "walk": Mode(Text("步行", "on foot"), dict.fromkeys(STREETS, WALKING), False),
    "bicycle": Mode(Text("骑行", "by bicycle"), {**dict.fromkeys(STREETS, 14.0), "path": 8.0}, True),
    "car": Mode(
        Text("驾车", "by car"),
        {
            "motorway": 80.0,
            "trunk": 55.0,
            "primary": 40.0,
            "secondary": 35.0,
            "tertiary": 28.0,
            "residential": 20.0,
            "service": 12.0,
        },
        True,
    ),
}
