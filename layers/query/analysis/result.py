"""The answer of an analysis: its columns and rows, asked for as the viewer under the limits of questions."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from layers.errors import TooCostly
from layers.query.limits import limits
from layers.registry.access.layer_query import ask
from layers.registry.access.unreadable import readable
from layers.registry.audience import Viewer
from layers.registry.declaration.layer import Geometry
from layers.registry.text import Text

from .operand import Sql

MOST_ROWS = 20_000


@dataclass(frozen=True)
class Column:
    """``kind`` is text, number (whole), metres, area (square metres) or share (of 1); ``words`` are those for codes."""

    name: str
    label: object
    kind: str = "text"
    words: Mapping[str, object] = field(default_factory=dict)


@dataclass(frozen=True)
class Analysis:
    """``query`` selects the columns in their order and then the shape; ``geometry`` is that of the shapes."""

    columns: Sequence[Column]
    query: Sql
    geometry: Geometry


@dataclass(frozen=True)
class Result:
    """``rows`` hold the values of the columns, ``shapes`` WKB in degrees or None."""

    analysis: Analysis
    rows: list[tuple[Any, ...]]
    shapes: list[bytes | None]


def run(analysis: Analysis, viewer: Viewer) -> Result:
    sql = f"SELECT * FROM ({analysis.query.sql}) AS result LIMIT {MOST_ROWS + 1}"
    with limits(viewer):
        _names, found = ask(viewer, sql, analysis.query.params)
    if len(found) > MOST_ROWS:
        raise TooCostly(
            Text(
                "结果超过 %(most)d 行，请缩小范围或增加条件。",
                "The result has more than %(most)d rows; ask for a smaller area, or with more conditions.",
            )
            % {"most": MOST_ROWS}
        )
    shapes = [None if row[-1] is None else bytes(row[-1]) for row in found]
    return Result(analysis, [tuple(map(readable, row[:-1])) for row in found], shapes)
