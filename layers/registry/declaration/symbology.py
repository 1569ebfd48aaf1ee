"""How a layer looks: one declaration from which the 2D, 3D and raster styles are made.

Colours are ``#rrggbb``, widths and radii CSS pixels, zooms those of 256-pixel tiles (Leaflet, MapProxy);
MapLibre's are one less.
"""

from dataclasses import dataclass


@dataclass(frozen=True)
class Category:
    """Features whose ``attribute`` equals ``value``."""

    value: str | int
    color: str


@dataclass(frozen=True)
class ByCategory:
    attribute: str
    categories: tuple[Category, ...]
    default: str


@dataclass(frozen=True)
class ByStep:
    """``default`` below the first threshold, then each colour from its threshold on."""

    attribute: str
    steps: tuple[tuple[float, str], ...]
    default: str


Color = str | ByCategory | ByStep
Size = float | tuple[tuple[int, float], ...]
"""A constant, or (zoom, pixels) stops with linear interpolation between them."""


@dataclass(frozen=True)
class Label:
    """``max_zooms`` are those of 256-pixel tiles up to which features are named, by their value of ``by``."""

    attribute: str
    min_zoom: int = 15
    size: Size = 12
    color: str = "#3b3a36"
    halo: str = "#ffffff"
    by: str = ""
    max_zooms: tuple[tuple[str, int], ...] = ()


@dataclass(frozen=True)
class Extrusion:
    """Height in metres above ground, from an attribute of the tile."""

    attribute: str
    default: float = 3.0
    min_zoom: int = 14


@dataclass(frozen=True)
class Symbology:
    """``width_factors`` scale the width by the value of the attribute that a :class:`ByCategory` colour names."""

    color: Color
    outline: str | None = None
    width: Size = 1.0
    width_factors: tuple[tuple[str, float], ...] = ()
    radius: Size = 5.0
    opacity: float = 1.0
    dash: tuple[float, ...] = ()
    label: Label | None = None
    extrusion: Extrusion | None = None


def colors(color: Color) -> list[tuple[str | float | None, str]]:
    """(value or threshold, colour) pairs for a legend; None stands for every other value."""
    if isinstance(color, ByCategory):
        pairs: list[tuple[str | float | None, str]] = [(c.value, c.color) for c in color.categories]
        return [*pairs, (None, color.default)]
    if isinstance(color, ByStep):
        return [(None, color.default), *color.steps]
    return [(None, color)]
