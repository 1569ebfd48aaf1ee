"""A thematic map of a result: its rows coloured or sized by one column, with the legend and how the values are spread."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from math import isfinite, sqrt
from typing import Any

import shapely
from django.utils import formats
from django.utils.translation import gettext as _

from geoportal.workbench.sketches.measures import ELLIPSOID
from layers.query.analysis.result import Column, Result
from layers.query.errors import InvalidQuery
from layers.registry.declaration.layer import Geometry

from .cells import cell
from .classification import FEWEST, METHODS, MOST, class_of, spread, upper_bounds
from .ramps import CATEGORIES, NOTHING, RAMPS, REST, colors

Json = dict[str, Any]
SQUARE_KILOMETRE = "km2"
LEAST_RADIUS, MOST_RADIUS = 3.0, 24.0
"""Of circles, in pixels."""
NUMERIC = {"number", "value", "metres", "area", "share"}
TOTALS = {"count", "sum", "measure", "area"}


@dataclass(frozen=True)
class Theme:
    """``theme`` names the column, ``per`` one that it is divided by or ``km2`` for the area of each row; ``style`` is
    ``fill`` or ``circle``."""

    theme: str = ""
    per: str = ""
    method: str = "natural"
    classes: str = "5"
    breaks: str = ""
    ramp: str = "blue"
    style: str = "fill"

    @classmethod
    def of(cls, given: Mapping[str, str]) -> "Theme":
        words = {name: str(given.get(name, "")).strip() for name in FIELDS}
        found = cls(**{name: word for name, word in words.items() if word})
        for name, allowed in (("method", METHODS), ("ramp", RAMPS), ("style", ("fill", "circle"))):
            if getattr(found, name) not in allowed:
                raise InvalidQuery(
                    _("“%(name)s” is one of: %(allowed)s.") % {"name": name, "allowed": ", ".join(allowed)}
                )
        return found

    @property
    def said(self) -> dict[str, str]:
        return {name: word for name, word in asdict(self).items() if word} if self.theme else {}

    @property
    def count(self) -> int:
        if not (
            self.classes.isascii() and self.classes.isdigit() and FEWEST <= int(self.classes[:3]) <= MOST
        ):
            raise InvalidQuery(
                _("A map has %(least)d to %(most)d classes.") % {"least": FEWEST, "most": MOST}
            )
        return int(self.classes)


FIELDS = tuple(asdict(Theme()))


@dataclass(frozen=True)
class Painted:
    """Of each row its colour and, for circles, its radius in pixels; ``parts`` are what the page shows beside them."""

    colors: list[str]
    radii: list[float] | None
    parts: Json


def theme_parts(result: Result, theme: Theme) -> Json:
    """What the form offers."""
    columns = [each for each in result.analysis.columns if each.name not in {"id", "other_id"}]
    return {
        "theme": theme,
        "theme_words": theme.said,
        "theme_columns": [(each.name, each.label) for each in columns],
        "theme_divisors": [(each.name, each.label) for each in columns if each.kind in NUMERIC],
        "has_areas": result.analysis.geometry == Geometry.POLYGON,
        "methods": METHODS.items(),
        "ramps": [(name, title) for name, (title, _stops) in RAMPS.items()],
        "class_counts": [str(count) for count in range(FEWEST, MOST + 1)],
    }


def column(result: Result, name: str) -> tuple[int, Column]:
    for place, found in enumerate(result.analysis.columns):
        if found.name == name:
            return place, found
    names = ", ".join(each.name for each in result.analysis.columns)
    raise InvalidQuery(_("“%(name)s” is one of: %(allowed)s.") % {"name": name[:60], "allowed": names})


def painted(result: Result, theme: Theme) -> Painted:
    place, chosen = column(result, theme.theme)
    values = [row[place] for row in result.rows]
    if chosen.kind not in NUMERIC:
        words = [None if value is None else cell(value, chosen.kind, chosen.words) for value in values]
        return _categories(words, str(chosen.label))
    numbers = _numbers(values)
    if theme.per:
        numbers = _divided(numbers, result, theme.per)
    known = [number for number in numbers if number is not None]
    if not known:
        raise InvalidQuery(_("The column has no values to be mapped."))
    bounds = upper_bounds(known, theme.method, theme.count, theme.breaks)
    ramp = colors(theme.ramp, len(bounds))
    found = [NOTHING if number is None else ramp[class_of(number, bounds)] for number in numbers]
    totals = chosen.name in TOTALS and not theme.per and theme.style == "fill"
    parts = {
        "legend_title": _title(result, chosen, theme),
        "legend": _legend(known, bounds, ramp, len(numbers) - len(known)),
        "bars": _bars(known, bounds, ramp),
        "warns_of_totals": totals and result.analysis.geometry == Geometry.POLYGON,
    }
    return Painted(found, _radii(numbers) if theme.style == "circle" else None, parts)


def _numbers(values: Sequence[Any]) -> list[float | None]:
    found: list[float | None] = []
    for value in values:
        number = float(value) if isinstance(value, int | float) or hasattr(value, "as_tuple") else None
        found.append(number if number is not None and isfinite(number) else None)
    return found


def _divided(numbers: list[float | None], result: Result, per: str) -> list[float | None]:
    if per == SQUARE_KILOMETRE:
        by: list[float | None] = [_square_kilometres(shape) for shape in result.shapes]
    else:
        place, known = column(result, per)
        if known.kind not in NUMERIC:
            raise InvalidQuery(_("“%(name)s” is no number.") % {"name": known.label})
        by = _numbers([row[place] for row in result.rows])
    return [
        number / other if number is not None and other else None
        for number, other in zip(numbers, by, strict=True)
    ]


def _square_kilometres(shape: bytes | None) -> float | None:
    if shape is None:
        return None
    area, _around = ELLIPSOID.geometry_area_perimeter(shapely.from_wkb(shape))
    return abs(float(area)) / 1e6 or None


def _title(result: Result, chosen: Column, theme: Theme) -> str:
    if not theme.per:
        return str(chosen.label)
    by = "km²" if theme.per == SQUARE_KILOMETRE else str(column(result, theme.per)[1].label)
    return f"{chosen.label} / {by}"


def _legend(known: Sequence[float], bounds: Sequence[float], ramp: Sequence[str], without: int) -> list[Json]:
    counts = Counter(class_of(number, bounds) for number in known)
    low, found = min(known), []
    for place, (bound, color) in enumerate(zip(bounds, ramp, strict=True)):
        said = written(bound) if low == bound else f"{written(low)} – {written(bound)}"
        found.append({"color": color, "label": said, "count": counts[place]})
        low = bound
    if without:
        found.append({"color": NOTHING, "label": _("without a value"), "count": without})
    return found


def written(number: float) -> str:
    """With as many decimals as tell numbers of its size apart."""
    decimals = 0 if abs(number) >= 1000 or number == int(number) else 2 if abs(number) >= 1 else 4
    return formats.number_format(round(number, decimals), decimals, force_grouping=True)


def _bars(known: Sequence[float], bounds: Sequence[float], ramp: Sequence[str]) -> list[Json]:
    """Rectangles of a picture 240 wide and 60 high."""
    bars = spread(known)
    most, width = max(count for _low, _high, count in bars), 240 / len(bars)
    return [
        {
            "x": f"{place * width:.1f}",
            "y": f"{60 - 60 * count / most:.1f}",
            "width": f"{width - 1:.1f}",
            "height": f"{60 * count / most:.1f}",
            "color": ramp[_most_common(known, low, high, bounds)],
        }
        for place, (low, high, count) in enumerate(bars)
    ]


def _most_common(known: Sequence[float], low: float, high: float, bounds: Sequence[float]) -> int:
    """The class of most values of a bar."""
    inside = Counter(class_of(value, bounds) for value in known if low <= value <= high)
    return inside.most_common(1)[0][0] if inside else 0


def _categories(words: Sequence[str | None], title: str) -> Painted:
    """The most frequent ones have colours of their own."""
    counts = Counter(word for word in words if word is not None)
    shown = [word for word, _count in counts.most_common(len(CATEGORIES))]
    by_word = dict(zip(shown, CATEGORIES, strict=False))
    legend = [{"color": by_word[word], "label": word, "count": counts[word]} for word in shown]
    if rest := sum(counts.values()) - sum(counts[word] for word in shown):
        legend.append({"color": REST, "label": _("others"), "count": rest})
    if without := words.count(None):
        legend.append({"color": NOTHING, "label": _("without a value"), "count": without})
    found = [NOTHING if word is None else by_word.get(word, REST) for word in words]
    return Painted(found, None, {"legend_title": title, "legend": legend, "bars": []})


def _radii(numbers: Sequence[float | None]) -> list[float]:
    """Areas of circles are in proportion to the values."""
    most = max((abs(number) for number in numbers if number is not None), default=0) or 1.0
    return [
        LEAST_RADIUS if number is None else max(LEAST_RADIUS, MOST_RADIUS * sqrt(abs(number) / most))
        for number in numbers
    ]
