"""The base map as one picture, for pages that are printed: asked of MapProxy in this process."""

from collections.abc import Iterable
from concurrent.futures import ThreadPoolExecutor
from concurrent.futures import TimeoutError as TooSlow
from io import BytesIO, StringIO
from typing import Any
from urllib.parse import urlencode
from wsgiref.util import FileWrapper

from django.db import DatabaseError

from layers.coordinates import WEB_SRID
from layers.errors import Unavailable

from .invalidation.synchronization import ensure_synchronized
from .raster.app import WsgiApp, wsgi_app
from .raster.configuration import BASE_MAP, MapServerMissing
from .raster.mapfile import FontMissing

TIMEOUT = 8.0
"""Seconds after which whoever asked goes on without a map."""
PNG = b"\x89PNG"

Box = tuple[float, float, float, float]


class MapUnavailable(Unavailable):
    """The raster service does not answer, or not with a picture."""


def base_map(box: Box, width: int, height: int) -> bytes:
    """A PNG of the public base map; ``box`` in EPSG:3857 metres. Raises MapUnavailable."""
    try:
        ensure_synchronized()
        door = wsgi_app()
    except (FontMissing, MapServerMissing, DatabaseError, OSError) as problem:
        raise MapUnavailable(str(problem)) from problem
    crew = ThreadPoolExecutor(1, "base-map")
    try:
        found = crew.submit(_get_map, door, box, width, height).result(TIMEOUT)
    except (TooSlow, OSError, ValueError) as problem:
        raise MapUnavailable(f"{type(problem).__name__}: {problem}") from problem
    finally:
        crew.shutdown(wait=False)
    if not found.startswith(PNG):
        raise MapUnavailable(found[:200].decode(errors="replace"))
    return found


def _get_map(door: WsgiApp, box: Box, width: int, height: int) -> bytes:
    parts = door(_environ(box, width, height), lambda *_: None)
    try:
        return b"".join(parts)
    finally:
        if hasattr(parts, "close"):
            parts.close()


def _environ(box: Box, width: int, height: int) -> dict[str, Any]:
    asked = {
        "SERVICE": "WMS",
        "VERSION": "1.3.0",
        "REQUEST": "GetMap",
        "LAYERS": BASE_MAP,
        "STYLES": "",
        "CRS": f"EPSG:{WEB_SRID}",
        "BBOX": ",".join(f"{edge:.3f}" for edge in box),
        "WIDTH": str(width),
        "HEIGHT": str(height),
        "FORMAT": "image/png",
        "EXCEPTIONS": "XML",
    }
    return {
        "REQUEST_METHOD": "GET",
        "SCRIPT_NAME": "/mapproxy",
        "PATH_INFO": "/service",
        "QUERY_STRING": urlencode(asked),
        "SERVER_NAME": "localhost",
        "SERVER_PORT": "80",
        "wsgi.url_scheme": "http",
        "wsgi.input": BytesIO(),
        "wsgi.errors": StringIO(),  # MapProxy logs what it writes there
        "wsgi.file_wrapper": FileWrapper,  # without one MapProxy leaves kept files open
        "mapproxy.authorize": _only_the_base_map,
    }


def _only_the_base_map(service: str, layers: Iterable[str] = (), **kwargs: Any) -> dict[str, Any]:
    """The base map is composed of public layers only; nothing else was asked for."""
    return {"authorized": "partial", "layers": {name: {"map": True} for name in layers if name == BASE_MAP}}
