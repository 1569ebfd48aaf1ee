"""Finding features by their texts, one round trip over all layers.

Each layer's rows carry ``search_text``: wordings in lower case, each followed by its pinyin and initials, kept by
the database. All words of a query must occur in it. Where none does, the same sound is tried (a wrong character
mostly sounds right), then similar spellings.
"""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Any

from django.db import connection

from layers.registry.access.layer_query import Condition, LayerQuery, Row, relation, viewer_cursor
from layers.registry.access.prepared_statements import execute_prepared
from layers.registry.audience import Viewer
from layers.registry.declaration.layer import Geometry, Layer
from layers.registry.registration import layers_for, version
from layers.registry.search.search_terms import as_pinyin
from layers.registry.search.trigram import contains_word, escaped, is_indexed
from tiles.layer_state import states

TIMEOUT = "5s"
SIMILAR_ENOUGH = 0.35
SHORTEST_SIMILAR = 4
NEARLY_WHOLE = 3
"""So many characters more than the query's, a name is still nearly the query: 街道, Road."""


@dataclass(frozen=True)
class Search:
    """``query`` is normalised; ``near`` is the longitude and latitude that breaks ties."""

    query: str
    layers: Sequence[Layer]
    viewer: Viewer
    limit: int
    near: tuple[float, float] | None = None


Hit = tuple[Layer, int]
Grading = Callable[[Layer], Condition]


MOST_REMEMBERED = 2000

_remembered: dict[tuple[object, ...], list[Hit]] = {}
"""What was hit, by what was asked and the versions of the layers as they are for who asked; rows are read anew."""


def find(search: Search) -> Iterator[tuple[Layer, Row]]:
    """Layers and rows, best first."""
    # Inside a transaction there may be changes that no version counts yet.
    if connection.in_atomic_block:
        yield from _rows(search, _attempt(search))
        return
    # Versions are read before the rows: hits may be newer than their versions say but never older.
    key = _key(search)
    hits = _remembered.get(key)
    if hits is None:
        hits = _attempt(search)
        if len(_remembered) >= MOST_REMEMBERED:
            _remembered.clear()
        _remembered[key] = hits
    yield from _rows(search, hits)


def _key(search: Search) -> tuple[object, ...]:
    layers = [layer for layer in search.layers if layer.searchable]
    known = states(layers, search.viewer)
    versions = (version(), *((layer.name, known[layer.name].version) for layer in layers))
    database = connection.settings_dict["NAME"]
    return database, search.viewer.key, search.query, search.limit, search.near, versions


def _attempt(search: Search) -> list[Hit]:
    """By the words, else by their sound, else by similar spellings."""
    attempts = [partial(_containing, search, search.query.split())]
    sound = as_pinyin(search.query)
    if sound:
        attempts.append(partial(_containing, search, [sound]))
    spelling = sound or search.query
    # Numbers that differ in a digit are not alike but others.
    if len(spelling) >= SHORTEST_SIMILAR and not any(letter.isdigit() for letter in spelling):
        attempts.append(partial(_similar, search, spelling))
    for attempt in attempts:
        if hits := attempt():
            return hits
    return []


def _containing(search: Search, words: list[str]) -> list[Hit]:
    held = [contains_word("search_text", word) for word in words]
    condition = Condition(
        " AND ".join(each.sql for each in held), tuple(value for each in held for value in each.params)
    )
    is_common = len(words) == 1 and is_indexed(words[0])
    return _hits(search, condition, lambda layer: _grade(layer, " ".join(words)), is_common)


def _similar(search: Search, text: str) -> list[Hit]:
    grade = Condition("word_similarity(%s, search_text)", (text,))
    return _hits(search, Condition("%s <%% search_text", (text,)), lambda layer: grade, is_common=True)


def _hits(search: Search, wanted: Condition, grade_of: Grading, is_common: bool) -> list[Hit]:
    """``is_common`` says that an index answers whatever the value; such a question over all layers is planned once."""
    layers = [layer for layer in search.layers if layer.searchable]
    parts: list[str] = []
    params: list[Any] = []
    for number, layer in enumerate(layers):
        grade = grade_of(layer)
        away = _distance(layer, search.near)
        found = (
            f"SELECT {_once(layer)} {number} AS layer, id, {grade.sql} AS grade, "
            f"{layer.search_rank} AS search_rank, {away.sql} AS away, length(search_text) AS long "
            f"FROM {relation(layer, search.viewer)} WHERE {wanted.sql} ORDER BY {_once_order(layer)} away, id"
        )
        parts.append(f"(SELECT * FROM ({found}) AS found ORDER BY grade DESC, away, long, id LIMIT %s)")
        params += [*grade.params, *away.params, *wanted.params, search.limit]
    if not parts:
        return []
    sql = (
        f"SELECT * FROM ({' UNION ALL '.join(parts)}) AS found "
        "ORDER BY grade DESC, search_rank, away, long, layer, id LIMIT %s"
    )
    with viewer_cursor(search.viewer) as cursor:
        cursor.execute(
            f"SET LOCAL statement_timeout = '{TIMEOUT}'; SET LOCAL plan_cache_mode = force_generic_plan; "
            f"SET LOCAL pg_trgm.word_similarity_threshold = {SIMILAR_ENOUGH}"
        )
        is_prepared = is_common and search.layers == layers_for(search.viewer)
        if is_prepared:
            execute_prepared(cursor, sql, [*params, search.limit])
        else:
            cursor.execute(sql, [*params, search.limit])
        return [(layers[number], pk) for number, pk, *_ in cursor.fetchall()]


def _grade(layer: Layer, query: str) -> Condition:
    """5 the name itself, 4 nearly, 3 a name that begins with it, 2 a name that holds it, 1 a wording that begins
    with it, 0 anywhere, in letters also within pinyin."""
    part = escaped(query)
    whens: list[str] = []
    params: list[object] = []
    for grade, test, values in (
        (5, "{name} = %s", (query,)),
        (4, "({name} LIKE %s AND length({name}) <= %s)", (f"{part}%", len(query) + NEARLY_WHOLE)),
        (4, *_whole_pinyin(query)),
        (3, "{name} LIKE %s", (f"{part}%",)),
        (2, "{name} LIKE %s", (f"%{part}%",)),
        (1, "search_text LIKE %s OR search_text LIKE %s", (f"{part}%", f"% {part}%")),
    ):
        names = _names(layer) if "{name}" in test else [""]
        whens.append(f"WHEN {' OR '.join(test.format(name=name) for name in names)} THEN {grade}")
        params += list(values) * len(names)
    return Condition(f"(CASE {' '.join(whens)} ELSE 0 END)::float8", tuple(params))


def _whole_pinyin(query: str) -> tuple[str, tuple[str, ...]]:
    """A Chinese name whose pinyin is the query with at most two more syllables."""
    letters = query.replace(" ", "")
    if not (letters.isascii() and letters.isalnum()):
        return "false", ()
    return "search_text ~ %s", (rf"^[^|]*[^\x01-\x7f] {letters}[a-z]{{0,6}} ",)


def _names(layer: Layer) -> list[str]:
    """The columns that name a feature, in lower case."""
    known = {attribute.name for attribute in layer.attributes}
    wanted = (layer.title_attribute, f"{layer.title_attribute}_en")
    return [f"lower({connection.ops.quote_name(name)}::text)" for name in wanted if name in known]


def _once(layer: Layer) -> str:
    """A road is cut into many lines of one name: one of them, the nearest, stands for it."""
    return f"DISTINCT ON ({_names(layer)[0]})" if layer.geometry == Geometry.LINE else ""


def _once_order(layer: Layer) -> str:
    return f"{_names(layer)[0]}, " if layer.geometry == Geometry.LINE else ""


def _distance(layer: Layer, near: tuple[float, float] | None) -> Condition:
    """In degrees, which is enough to compare what lies close together."""
    if near is None or not layer.has_geometry:
        return Condition("0::float8")
    here = "ST_SetSRID(ST_MakePoint(%s, %s), ST_SRID(geom))"
    return Condition(f"COALESCE(ST_Distance(geom, {here}), 1e3)", near)


def _rows(search: Search, hits: list[Hit]) -> Iterator[tuple[Layer, Row]]:
    """Rows that went away since they were hit are left out."""
    wanted: dict[str, tuple[Layer, list[int]]] = {}
    for layer, pk in hits:
        wanted.setdefault(layer.name, (layer, []))[1].append(pk)
    found = {
        (name, row["id"]): row
        for name, (layer, pks) in wanted.items()
        for row in LayerQuery(layer, search.viewer).by_ids(pks)
    }
    for layer, pk in hits:
        if (layer.name, pk) in found:
            yield layer, found[layer.name, pk]
