"""A kept tile as an HTTP answer, the same at every door that hands it out."""

from dataclasses import dataclass

from tiles.asgi import Send
from tiles.cache.gzip_tile import GzipTile

CONTENT_TYPE = "application/vnd.mapbox-vector-tile"
Headers = list[tuple[str, str]]


@dataclass(frozen=True)
class TileResponse:
    status: int
    headers: Headers
    body: bytes


def cache_headers(*, public: bool) -> Headers:
    """Kept copies are asked for again each time: a withdrawn tile must not outlive its withdrawal."""
    return [
        ("Cache-Control", f"{'public' if public else 'private'}, no-cache"),
        ("Vary", "Cookie, Accept-Encoding"),
        ("X-Content-Type-Options", "nosniff"),
    ]


def tile_response(
    tile: GzipTile, *, public: bool, accepted: str, known: str, content_type: str = CONTENT_TYPE
) -> TileResponse:
    """``accepted`` and ``known`` are the request's Accept-Encoding and If-None-Match."""
    headers = [("ETag", tile.etag), *cache_headers(public=public)]
    if tile.empty:
        return TileResponse(204, headers, b"")
    if tile.etag in known or known.strip() == "*":
        return TileResponse(304, headers, b"")
    headers.append(("Content-Type", content_type))
    body = tile.data
    if "gzip" in encodings(accepted):
        headers.append(("Content-Encoding", "gzip"))
    else:
        body = tile.content
    return TileResponse(200, [*headers, ("Content-Length", str(len(body)))], body)


async def send_response(send: Send, response: TileResponse, method: str) -> None:
    """As an ASGI application's answer; without a body to HEAD."""
    headers = [(name.lower().encode(), value.encode()) for name, value in response.headers]
    await send({"type": "http.response.start", "status": response.status, "headers": headers})
    await send({"type": "http.response.body", "body": response.body if method == "GET" else b""})


def encodings(accepted: str) -> set[str]:
    """Those that the client does not refuse with a weight of nought."""
    found = set()
    for part in accepted.lower().split(","):
        name, _, weight = part.partition(";")
        if weight.replace(" ", "") not in {"q=0", "q=0.0", "q=0.00", "q=0.000"}:
            found.add(name.strip())
    return found
