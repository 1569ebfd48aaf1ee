"""An analysis as its address says it: which operation, on the answer of which question, with what."""

from collections.abc import Callable, Mapping
from dataclasses import asdict, dataclass
from urllib.parse import urlencode

from django.urls import reverse
from django.utils.translation import gettext as _

from layers.coordinates import Position
from layers.errors import InvalidInput
from layers.query.analysis import clusters, operations, service_area
from layers.query.analysis.operand import Operand
from layers.query.analysis.result import Analysis
from layers.query.compiler import compile_condition
from layers.query.explanation import explain
from layers.query.limits import check_cost, limits
from layers.query.scope import Scope
from layers.query.text_form import from_text
from layers.registry.access.layer_query import LayerQuery
from layers.registry.audience import Viewer
from layers.registry.declaration.layer import Attribute
from layers.registry.registration import get_layer
from layers.registry.text import Text

from .travel_words import amount_label, amount_of, minutes_of, mode_of, place_of


@dataclass(frozen=True)
class Recipe:
    """``filter`` and ``where`` are CQL2 on ``layer`` and on ``other``, empty for all rows; ``by`` is a column of the
    first layer, ``sum`` a number of the other; ``minutes`` are separated by commas, ``place`` is one to set out from
    instead of the first layer's features; ``least`` features make a cluster."""

    do: str
    layer: str
    filter: str = ""
    other: str = ""
    where: str = ""
    metres: str = ""
    by: str = ""
    mode: str = ""
    minutes: str = ""
    place: str = ""
    sum: str = ""
    least: str = ""

    @classmethod
    def of(cls, given: Mapping[str, str]) -> "Recipe":
        found = cls(**{name: str(given.get(name, "")).strip() for name in FIELDS})
        if found.do not in OPERATIONS:
            raise InvalidInput(
                _("“%(name)s” is one of: %(allowed)s.") % {"name": "do", "allowed": ", ".join(OPERATIONS)}
            )
        return found

    @property
    def said(self) -> dict[str, str]:
        """What it needs and has."""
        operation = OPERATIONS[self.do]
        needed = {"do", "layer", "filter", *operation.needs, *operation.takes}
        return {name: value for name, value in asdict(self).items() if value and name in needed}

    @property
    def address(self) -> str:
        return f"{reverse('analysis')}?{urlencode(self.said)}"

    @property
    def title(self) -> str:
        return str(OPERATIONS[self.do].title)

    def analysis(self, viewer: Viewer) -> Analysis:
        first = operand(self.layer, self.filter, viewer)
        return OPERATIONS[self.do].make(self, first, viewer)

    def sentence(self, viewer: Viewer) -> str:
        """What is done with what, in words."""
        words = {
            "first": _explained(self.layer, self.filter, viewer),
            "metres": self.metres or "0",
            "least": self.least,
        }
        if self.other:
            words["other"] = _explained(self.other, self.where, viewer)
        if self.by:
            reading = LayerQuery(get_layer(self.layer, viewer), viewer)
            words["by"] = str(reading.layer.label(Scope(reading).attribute(self.by)))
        if self.mode:
            words |= self._journey(words, viewer)
        operation = OPERATIONS[self.do]
        return str(
            (operation.sentence_by if self.by and operation.sentence_by else operation.sentence) % words
        )

    def _journey(self, words: Mapping[str, str], viewer: Viewer) -> dict[str, str]:
        counted = str(COUNTED % words) if self.other else ""
        if self.other and self.sum:
            reading = LayerQuery(get_layer(self.other, viewer), viewer)
            counted = str(SUMMED % {**words, "of": amount_label(reading, self.sum)})
        return {
            "mode": str(mode_of(self.mode).title),
            "minutes": ", ".join(f"{each:g}" for each in minutes_of(self.minutes)),
            "begin": str(FROM_PLACE % {"place": self.place}) if self.place else words["first"],
            "counted": counted,
        }

    def readings(self, viewer: Viewer) -> list[LayerQuery]:
        names = [self.layer, *([self.said["other"]] if "other" in self.said else [])]
        names += ["roads"] if self.mode else []
        return [LayerQuery(get_layer(name, viewer), viewer) for name in dict.fromkeys(names)]

    @property
    def distance(self) -> float:
        try:
            found = float(self.metres)
        except ValueError:
            found = float("nan")
        if found != found:
            raise InvalidInput(_("“%(value)s” is no number.") % {"value": self.metres[:40]})
        return found

    @property
    def fewest(self) -> int:
        if not (self.least.isascii() and self.least.isdigit() and len(self.least) < 9):
            raise InvalidInput(_("“%(value)s” is no number.") % {"value": self.least[:40]})
        return int(self.least)


FIELDS = tuple(asdict(Recipe("", "")))


@dataclass(frozen=True)
class Operation:
    """``needs`` are the fields of a recipe that it asks for beside the first layer, ``takes`` those that may be empty."""

    title: Text
    sentence: Text
    needs: tuple[str, ...]
    make: Callable[[Recipe, Operand, Viewer], Analysis]
    sentence_by: Text | None = None
    takes: tuple[str, ...] = ()


def operand(layer: str, text: str, viewer: Viewer) -> Operand:
    reading = LayerQuery(get_layer(layer, viewer), viewer)
    conditions = [compile_condition(from_text(text), reading)] if text else []
    with limits(viewer):
        check_cost(reading, conditions)
    return Operand(reading, conditions)


def _explained(layer: str, text: str, viewer: Viewer) -> str:
    reading = LayerQuery(get_layer(layer, viewer), viewer)
    said = explain(reading.layer, from_text(text) if text else None, Scope(reading))
    return said.rstrip("。.")


def _other(recipe: Recipe, viewer: Viewer) -> Operand:
    return operand(recipe.other, recipe.where, viewer)


def _by(recipe: Recipe, first: Operand) -> Attribute | None:
    return Scope(first.reading).attribute(recipe.by) if recipe.by else None


def _begin(recipe: Recipe, first: Operand) -> Operand | Position:
    return place_of(recipe.place) if recipe.place else first


def _service_area(recipe: Recipe, first: Operand, viewer: Viewer) -> Analysis:
    amount = amount_of(_other(recipe, viewer), recipe.sum) if recipe.other else None
    mode, minutes = mode_of(recipe.mode), minutes_of(recipe.minutes)
    return service_area.service_area(_begin(recipe, first), mode, minutes, viewer, amount)


def _gaps(recipe: Recipe, first: Operand, viewer: Viewer) -> Analysis:
    mode, minutes = mode_of(recipe.mode), minutes_of(recipe.minutes)
    return service_area.gaps(_begin(recipe, first), mode, minutes, viewer, _other(recipe, viewer))


FROM_PLACE = Text("位置%(place)s", "the place %(place)s")
COUNTED = Text("，及其中的%(other)s", ", and how much of %(other)s lies there")
SUMMED = Text("，及其中%(other)s的%(of)s", ", and how much “%(of)s” of %(other)s lies there")
TWO = ("other", "where")
JOURNEY = ("mode", "minutes")
OPERATIONS: dict[str, Operation] = {
    "features": Operation(
        Text("要素及其字段", "Features with a property"),
        Text("%(first)s，各带字段“%(by)s”。", "%(first)s, each with its “%(by)s”."),
        ("by",),
        lambda recipe, first, viewer: operations.features(first, Scope(first.reading).attribute(recipe.by)),
    ),
    "summary": Operation(
        Text("分区汇总", "Summarise by area"),
        Text("按%(other)s汇总：%(first)s。", "For each area (%(other)s): how much of %(first)s."),
        (*TWO, "by"),
        lambda recipe, first, viewer: operations.summary(first, _other(recipe, viewer), _by(recipe, first)),
        Text(
            "按%(other)s和%(by)s汇总：%(first)s。",
            "For each area (%(other)s) and each “%(by)s”: how much of %(first)s.",
        ),
    ),
    "buffer": Operation(
        Text("缓冲区", "Buffer"),
        Text("%(first)s：各自周围%(metres)s米的范围。", "%(first)s: all within %(metres)s m of each."),
        ("metres",),
        lambda recipe, first, viewer: operations.buffer(first, recipe.distance, dissolved=False),
    ),
    "zone": Operation(
        Text("缓冲区（合并）", "Buffer, dissolved"),
        Text("%(first)s：周围%(metres)s米的合并范围。", "%(first)s: all within %(metres)s m, as one area."),
        ("metres",),
        lambda recipe, first, viewer: operations.buffer(first, recipe.distance, dissolved=True),
    ),
    "intersection": Operation(
        Text("叠加：相交", "Overlay: intersect"),
        Text("%(first)s与%(other)s的相交部分。", "What %(first)s share with %(other)s."),
        TWO,
        lambda recipe, first, viewer: operations.intersection(first, _other(recipe, viewer)),
    ),
    "difference": Operation(
        Text("叠加：擦除", "Overlay: difference"),
        Text("%(first)s中不在%(other)s内的部分。", "What of %(first)s lies in none of %(other)s."),
        TWO,
        lambda recipe, first, viewer: operations.difference(first, _other(recipe, viewer)),
    ),
    "union": Operation(
        Text("叠加：联合", "Overlay: union"),
        Text(
            "%(first)s与%(other)s互相分割的各部分。",
            "The pieces into which %(first)s and %(other)s cut each other.",
        ),
        TWO,
        lambda recipe, first, viewer: operations.union(first, _other(recipe, viewer)),
    ),
    "join": Operation(
        Text("空间连接", "Spatial join"),
        Text(
            "%(first)s，连接%(metres)s米以内的%(other)s。",
            "%(first)s, each with %(other)s within %(metres)s m of it.",
        ),
        (*TWO, "metres"),
        lambda recipe, first, viewer: operations.join(
            first, _other(recipe, viewer), recipe.distance if recipe.metres else 0
        ),
    ),
    "nearest": Operation(
        Text("最近要素与距离", "Nearest, with distance"),
        Text("%(first)s，各自最近的%(other)s。", "%(first)s, each with the nearest of %(other)s."),
        TWO,
        lambda recipe, first, viewer: operations.nearest(first, _other(recipe, viewer)),
    ),
    "clusters": Operation(
        Text("集聚区（DBSCAN）", "Clusters (DBSCAN)"),
        Text(
            "%(first)s的集聚区：%(metres)s米以内至少%(least)s个。",
            "Clusters of %(first)s: at least %(least)s within %(metres)s m.",
        ),
        ("metres", "least"),
        lambda recipe, first, viewer: clusters.clusters(first, recipe.distance, recipe.fewest),
    ),
    "service": Operation(
        Text("服务范围（沿道路）", "Service area along roads"),
        Text(
            "从%(begin)s出发，%(mode)s%(minutes)s分钟可达的范围%(counted)s。",
            "What is reached %(mode)s in %(minutes)s minutes from %(begin)s%(counted)s.",
        ),
        JOURNEY,
        _service_area,
        takes=("place", *TWO, "sum"),
    ),
    "gaps": Operation(
        Text("服务盲区", "Coverage gaps"),
        Text(
            "从%(begin)s出发，%(mode)s%(minutes)s分钟到不了的%(other)s。",
            "%(other)s not reached %(mode)s in %(minutes)s minutes from %(begin)s.",
        ),
        (*JOURNEY, *TWO),
        _gaps,
        takes=("place",),
    ),
}
