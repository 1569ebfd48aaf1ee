"""Reading layers as a viewer: the only way in which doors get rows.

Queries run under the audience's database role, so that a mistake in a door cannot show more than the views do.
Rows are dictionaries of the columns of the view; geometry is GeoJSON text in (longitude, latitude) degrees. A value
that no reader can show is an :class:`~.unreadable.Unreadable`.
"""

import logging
import re
from collections.abc import Collection, Iterator, Sequence
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass
from typing import Any

from django.db import (
    DataError,
    InternalError,
    NotSupportedError,
    ProgrammingError,
    connection,
    transaction,
)
from django.db.backends.utils import CursorWrapper
from psycopg2.errors import FeatureNotSupported, UndefinedTable

from layers.coordinates import STORE_SRID
from layers.errors import Unavailable

from ..audience import Audience, Viewer
from ..declaration.layer import Attribute, Layer
from ..registration import UnknownLayer, refresh_layers
from ..text import Text
from .access_log import record_reading
from .audience_views import OWN_SETTING, columns, parts
from .prepared_statements import execute_prepared, forget
from .unreadable import Unreadable, read_what_can_be, readable

Row = dict[str, Any]

BOX = "ST_XMin(geom) AS west, ST_YMin(geom) AS south, ST_XMax(geom) AS east, ST_YMax(geom) AS north"

POSITION = ("geometry", "lon", "lat", "west", "south", "east", "north", "distance")

ROW = "feature"
"""What conditions call the row, where a query within them has a row of its own."""

log = logging.getLogger(__name__)


class LayerWithdrawn(Unavailable):
    """A layer went, or was shown to fewer, after this process knew of it; by now the process knows."""

    def __init__(self) -> None:
        super().__init__(
            Text("图层刚刚有变动，请重试。", "The layers have changed at this moment; try again.")
        )


@contextmanager
def withdrawal_check() -> Iterator[None]:
    """Around statements over audience views; raises LayerWithdrawn where one is not there any more, or is another."""
    try:
        yield
    except (ProgrammingError, NotSupportedError) as problem:
        if not isinstance(problem.__cause__, UndefinedTable | FeatureNotSupported):
            raise
        log.warning("A layer was withdrawn while it was read: %s", problem)
        forget()
        refresh_layers(now=True)
        raise LayerWithdrawn from problem


_open: ContextVar[tuple[Viewer, CursorWrapper] | None] = ContextVar("open_reading", default=None)


@contextmanager
def viewer_cursor(viewer: Viewer) -> Iterator[CursorWrapper]:
    """A cursor that can read the views of this viewer's audience and nothing else."""
    known = _open.get()
    if known and known[0] != viewer:
        raise RuntimeError("Within a reading for one viewer nothing is read for another.")
    if known:
        yield known[1]  # what fails ends the whole transaction, and is looked at where that began
        return
    with withdrawal_check(), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(session_sql(viewer))
        yield cursor
        cursor.execute("RESET ROLE")


@contextmanager
def one_transaction(viewer: Viewer) -> Iterator[None]:
    """What is read for this viewer within the block is read in one transaction; nothing else is asked there."""
    with viewer_cursor(viewer) as cursor:
        token = _open.set((viewer, cursor))
        try:
            yield
        finally:
            _open.reset(token)


def session_sql(viewer: Viewer) -> str:
    """Statements that make the rest of the transaction this viewer's; for one-round-trip queries."""
    codes = ",".join(viewer.departments).replace("'", "''")
    return f"SET LOCAL ROLE {viewer.audience.role}; SET LOCAL {OWN_SETTING} = '{codes}'; "


def relation(layer: Layer, viewer: Viewer) -> str:
    """The quoted name of the view that this viewer reads the layer through."""
    if layer.audience > viewer.audience:
        raise UnknownLayer(layer.name)
    return f"{viewer.audience.schema}.{connection.ops.quote_name(layer.name)}"


def ask(
    viewer: Viewer, sql: str, params: Sequence[Any], *, is_prepared: bool = False
) -> tuple[list[str], list[tuple[Any, ...]]]:
    """Names of the columns and rows of a question over audience views.

    A value that cannot be computed with may be that of a row which the viewer does not see, for the database looks at
    rows in an order of its own; then the question is asked again over what they see alone.
    """
    try:
        return _ask_once(viewer, sql, params, is_prepared)
    except (DataError, InternalError):
        if _open.get():
            raise
    return _ask_once(viewer, VIEW.sub(r"(SELECT * FROM \g<0> OFFSET 0)", sql), params, False)


VIEW = re.compile(rf'\bfor_({"|".join(each.name.lower() for each in Audience)})\."[^"]+"')
"""A view's name; what is asked of a subquery with an offset is not looked at before the subquery's own conditions."""


def _ask_once(
    viewer: Viewer, sql: str, params: Sequence[Any], is_prepared: bool
) -> tuple[list[str], list[tuple[Any, ...]]]:
    with viewer_cursor(viewer) as cursor:
        read_what_can_be(cursor)
        if is_prepared:
            execute_prepared(cursor, sql, params)
        else:
            cursor.execute(sql, params)
        return [column.name for column in cursor.description], list(cursor.fetchall())


@dataclass(frozen=True)
class Expression:
    """SQL over a view's columns, with its parameters."""

    sql: str
    params: tuple[Any, ...] = ()


class Condition(Expression):
    """An expression that is true or false."""


@dataclass(frozen=True)
class LayerQuery:
    """One layer as one viewer sees it."""

    layer: Layer
    viewer: Viewer

    @property
    def attributes(self) -> tuple[Attribute, ...]:
        return columns(self.layer, self.viewer.audience)

    def rows(
        self,
        *conditions: Condition,
        order: str | Expression = "id",
        limit: int = 100,
        offset: int = 0,
        geometry: bool = True,
        outline: bool = True,
        extra: str | Expression = "",
        attributes: Collection[str] | None = None,
        is_prepared: bool = False,
    ) -> list[Row]:
        """``order`` is over the view's columns; ``geometry`` adds lon and lat, ``outline`` the GeoJSON, ``extra``
        columns; ``attributes`` names those that are wanted, else all. ``is_prepared`` for what is asked in the same
        words time and again: the database keeps its plan."""
        added = _expression(extra)
        chosen = ", ".join(filter(None, (self._columns(geometry, outline, attributes), added.sql)))
        first = self._first_rows(conditions, _expression(order), limit, offset)
        sql, params = f"SELECT {chosen} FROM {first.sql}", [*added.params, *first.params]
        names, values = ask(self.viewer, sql, params, is_prepared=is_prepared)
        found = [_readable_row(names, row) for row in values]
        record_reading(self.layer, self.viewer, self._chosen(attributes), found)
        return found

    def _first_rows(
        self, conditions: Sequence[Condition], order: Expression, limit: int, offset: int
    ) -> Expression:
        """What follows FROM."""
        where, ordered = _params(conditions), f" ORDER BY {order.sql} LIMIT %s"
        first = f"{_where(conditions)}{ordered}"
        # Of what is joined each part gives its first rows, in the order of an index, where all would have to be sorted.
        if parted := parts(self.layer, self.viewer.audience):
            each = " UNION ALL ".join(f"(SELECT * FROM {part} AS {ROW}{first})" for part in parted)
            of_parts = [*where, *order.params, limit + offset] * len(parted)
            return Expression(
                f"({each}) AS found{ordered} OFFSET %s", (*of_parts, *order.params, limit, offset)
            )
        name = f"{relation(self.layer, self.viewer)} AS {ROW}"
        return Expression(f"{name}{first} OFFSET %s", (*where, *order.params, limit, offset))

    def by_id(self, pk: int, attributes: Collection[str] | None = None) -> Row | None:
        if not -(2**63) <= pk < 2**63:
            return None
        wanted = Condition("id = %s", (pk,))
        found = self.rows(wanted, limit=1, extra=self._box, attributes=attributes, is_prepared=True)
        return next(iter(found), None)

    def by_ids(self, pks: Sequence[int]) -> list[Row]:
        """The rows of these keys that the viewer may see, for lists: no outlines, nothing personal."""
        wanted = Condition("id = ANY(%s)", (list(pks),))
        return self.rows(
            wanted,
            limit=len(pks),
            outline=False,
            extra=self._box,
            attributes=self.layer.impersonal,
            is_prepared=True,
        )

    @property
    def _box(self) -> str:
        """Columns west, south, east, north in degrees."""
        return BOX if self.layer.has_geometry else ""

    def count(self, *conditions: Condition) -> int:
        sql = f"SELECT count(*) FROM {relation(self.layer, self.viewer)} AS {ROW}{_where(conditions)}"
        _names, [[number]] = ask(self.viewer, sql, _params(conditions))
        return int(number)

    def extent(self) -> tuple[float, float, float, float] | None:
        """(west, south, east, north) in degrees, None where there is no geometry."""
        if not self.layer.has_geometry:
            return None
        box = "ST_Extent(geom)"
        sql = f"SELECT ST_XMin({box}), ST_YMin({box}), ST_XMax({box}), ST_YMax({box})"
        with viewer_cursor(self.viewer) as cursor:
            cursor.execute(f"{sql} FROM {relation(self.layer, self.viewer)}")
            west, south, east, north = cursor.fetchone()
        return None if west is None else (west, south, east, north)

    def _chosen(self, names: Collection[str] | None) -> list[Attribute]:
        return [a for a in self.attributes if names is None or a.name in names]

    def _columns(self, geometry: bool, outline: bool, attributes: Collection[str] | None = None) -> str:
        quote = connection.ops.quote_name
        names = ["id", *(a.name for a in self._chosen(attributes)), "source", "is_generated"]
        chosen = [quote(name) for name in names]
        if geometry and self.layer.has_geometry:
            chosen += ["ST_AsGeoJSON(ST_ForcePolygonCCW(geom), 7, 0) AS geometry"] if outline else []
            chosen += ["ST_X(ST_PointOnSurface(geom)) AS lon", "ST_Y(ST_PointOnSurface(geom)) AS lat"]
        return ", ".join(chosen)


def intersects_box(west: float, south: float, east: float, north: float) -> Condition:
    """Features that touch a box given in degrees."""
    return Condition(
        f"ST_Intersects(geom, ST_MakeEnvelope(%s, %s, %s, %s, {STORE_SRID}))", (west, south, east, north)
    )


def intersects_position(lon: float, lat: float) -> Condition:
    return Condition(f"ST_Intersects(geom, ST_SetSRID(ST_MakePoint(%s, %s), {STORE_SRID}))", (lon, lat))


def _readable_row(names: Sequence[str], values: Sequence[Any]) -> Row:
    """Without a place where that lies nowhere."""
    row = dict(zip(names, map(readable, values), strict=True))
    outline = row.get("geometry") or ""
    nowhere = "Infinity" in outline or "NaN" in outline
    if nowhere or any(isinstance(row.get(name), Unreadable) for name in POSITION):
        row |= {name: None for name in POSITION if name in row}
    return row


def _expression(given: str | Expression) -> Expression:
    return Expression(given) if isinstance(given, str) else given


def _where(conditions: Sequence[Condition]) -> str:
    return " WHERE " + " AND ".join(f"({c.sql})" for c in conditions) if conditions else ""


def _params(conditions: Sequence[Condition]) -> list[Any]:
    return [value for condition in conditions for value in condition.params]
