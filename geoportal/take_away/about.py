"""What a file says of itself: where it comes from, what was asked, when, and under which licence."""

from collections.abc import Sequence
from dataclasses import dataclass

from django.conf import settings
from django.utils import timezone
from django.utils.translation import gettext as _

from geoportal.features.layer_sizes import sizes
from layers.query.explanation import explain
from layers.query.nodes import Node
from layers.query.scope import Scope
from layers.query.text_form import to_text
from layers.registry.access.layer_query import LayerQuery
from layers.registry.text import one_language

from .systems import System


@dataclass(frozen=True)
class About:
    """``facts`` by English words that programs read, ``lines`` the same for people."""

    title: str
    facts: dict[str, str]
    lines: list[tuple[str, str]]

    @property
    def text(self) -> str:
        colon = _(": ")
        return "".join(f"{label}{colon}{value}\n" for label, value in self.lines)


def about(reading: LayerQuery, node: Node | None, system: System, rows: int) -> About:
    layer = reading.layer
    question = explain(layer, node, Scope(reading))
    condition = "" if node is None else to_text(node)
    return described(str(layer.title), question, condition, system, rows, [reading])


def described(
    title: str, question: str, condition: str, system: System, rows: int, readings: Sequence[LayerQuery]
) -> About:
    """``question`` is in words, ``condition`` what programs read; ``readings`` are the layers of which it is made."""
    layers = [reading.layer for reading in readings]
    measured = sizes(layers, readings[0].viewer)
    sources = dict.fromkeys(source for layer in layers for source in measured[layer.name].sources)
    known = [
        ("title", _("Title"), title),
        ("summary", _("Summary"), "; ".join(str(layer.summary) for layer in layers if layer.summary)),
        ("question", _("Question"), question),
        ("condition", _("Condition in CQL2"), condition),
        ("rows", _("Rows"), str(rows)),
        ("reference_system", _("Reference system"), str(system.title)),
        ("time", _("Time"), timezone.localtime().isoformat(timespec="seconds")),
        ("sources", _("Sources"), "; ".join(one_language(source) for source in sources)),
        ("licence", _("Licence"), settings.LICENCE),
    ]
    said = [(name, label, value) for name, label, value in known if value]
    return About(
        title,
        {name: value for name, _label, value in said},
        [(label, value) for _name, label, value in said],
    )
