"""Search over every searchable layer, in Chinese, pinyin, initials and English.

Each layer's rows carry ``search_text``: wordings in lower case, their pinyin and its initials, kept by the
database. All words of a query must occur in it; without any hit, similar texts are taken.
"""

import unicodedata
from collections.abc import Sequence
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext as _

from geoportal.negotiation import BadInput, answer, decimals, door, number, viewer_of
from layers.registry.audience import Viewer
from layers.registry.layer import Layer
from layers.registry.reading import Reading, Row, reading_as, relation
from layers.registry.registration import get_layers, layers_for

from .describing import color, subtitle, title

LONGEST = 100
USEFULNESS = (
    "service-items",
    "services",
    "divisions",
    "villages",
    "units",
    "pois",
    "food-premises",
    "village-sites",
    "roads",
    "addresses",
    "buildings",
    "water",
    "enforcement-cases",
)


@door
def search(request: HttpRequest) -> HttpResponse:
    query = normalised(request.GET.get("q", ""))
    limit = number(request, "limit", 20, 1, 100)
    viewer = viewer_of(request)
    names = [name for name in request.GET.get("layers", "").split(",") if name]
    layers = get_layers(names, viewer) if names else layers_for(viewer)
    box = request.GET.get("bbox", "")
    near = decimals(box, "bbox", 4) if box else None
    results = find(query, layers, viewer, limit, near) if query else []
    return answer(
        request,
        "portal/search.html",
        {"query": request.GET.get("q", ""), "total": len(results), "results": results},
    )


def normalised(text: str) -> str:
    """Half-width, lower case, single spaces; refuses what is too long to be a search."""
    text = " ".join(unicodedata.normalize("NFKC", text).lower().replace("，", " ").replace("。", " ").split())
    if len(text) > LONGEST:
        raise BadInput(_("A search can have at most %(count)d characters.") % {"count": LONGEST})
    return text.encode("utf-8", "ignore").decode()


def find(
    query: str, layers: Sequence[Layer], viewer: Viewer, limit: int, near: list[float] | None = None
) -> list[dict[str, Any]]:
    """The best features for a normalised query; ``near`` is a box in degrees whose middle breaks ties."""
    searched = [layer for layer in layers if layer.searchable]
    hits = _hits(query, searched, viewer, limit, near, similar=False)
    if not hits and len(query) > 2:
        hits = _hits(query, searched, viewer, limit, near, similar=True)
    by_name = {layer.name: layer for layer in searched}
    rows = _rows(hits, by_name, viewer)
    return [_result(by_name[name], rows[name, pk]) for name, pk in hits if (name, pk) in rows]


def _hits(
    query: str,
    layers: Sequence[Layer],
    viewer: Viewer,
    limit: int,
    near: list[float] | None,
    *,
    similar: bool,
) -> list[tuple[str, int]]:
    words = query.split()
    patterns = [f"%{_escaped(word)}%" for word in words]
    parts: list[str] = []
    params: list[str | int] = []
    for layer in layers:
        condition = "search_text %% %s" if similar else " AND ".join(["search_text LIKE %s"] * len(words))
        wanted = [query] if similar else patterns
        place = _distance(layer, near)
        parts.append(
            f"(SELECT '{layer.name}' AS layer, id, {_score()} AS score, {_order(layer)} AS rank, {place} AS away, "
            f"length(search_text) AS long FROM {relation(layer, viewer)} WHERE {condition} "
            "ORDER BY score DESC, away, long, id LIMIT %s)"
        )
        params += [*_score_params(query), *wanted, limit]
    if not parts:
        return []
    sql = " UNION ALL ".join(parts) + " ORDER BY score DESC, rank, away, long, id LIMIT %s"
    with reading_as(viewer) as cursor:
        cursor.execute("SET LOCAL statement_timeout = '5s'")
        cursor.execute(sql, [*params, limit])
        return [(layer, pk) for layer, pk, *_rest in cursor.fetchall()]


def _score() -> str:
    """Exact wording, then beginning of the text, then of a later wording, then anywhere."""
    return (
        "CASE WHEN search_text = %s OR search_text LIKE %s THEN 4 WHEN search_text LIKE %s THEN 3 "
        "WHEN search_text LIKE %s THEN 2 ELSE similarity(search_text, %s) END"
    )


def _score_params(query: str) -> list[str]:
    escaped = _escaped(query)
    return [query, f"{escaped} %", f"{escaped}%", f"%| {escaped}%", query]


def _order(layer: Layer) -> int:
    return USEFULNESS.index(layer.name) if layer.name in USEFULNESS else len(USEFULNESS)


def _distance(layer: Layer, near: list[float] | None) -> str:
    if near is None or not layer.has_geometry:
        return "0::float8"
    lon, lat = (near[0] + near[2]) / 2, (near[1] + near[3]) / 2
    return f"COALESCE(ST_Distance(geom, ST_SetSRID(ST_MakePoint({lon!r}, {lat!r}), ST_SRID(geom))), 1e3)"


def _escaped(text: str) -> str:
    return text.replace("\\", "\\\\").replace("%", "\\%").replace("_", "\\_")


def _rows(
    hits: list[tuple[str, int]], layers: dict[str, Layer], viewer: Viewer
) -> dict[tuple[str, int], Row]:
    found = {}
    for name in {hit for hit, _pk in hits}:
        ids = [pk for hit, pk in hits if hit == name]
        for row in Reading(layers[name], viewer).by_ids(ids):
            found[name, row["id"]] = row
    return found


def _result(layer: Layer, row: Row) -> dict[str, Any]:
    return {
        "layer": layer.name,
        "layer_title": str(layer.title),
        "id": row["id"],
        "title": title(layer, row),
        "subtitle": subtitle(layer, row),
        "lon": row.get("lon"),
        "lat": row.get("lat"),
        "color": color(layer, row),
        "url": layer.page.format(id=row["id"]) if layer.page else None,
        "place": f"/place/{layer.name}/{row['id']}/",
    }
