"""The registry as a MapProxy configuration: a cache and a layer per public layer, and the composed base map."""

import os
import re
import shutil
import tempfile
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit
from xml.sax.saxutils import escape

from django.conf import settings
from django.db import connection

from layers.errors import Unavailable
from layers.registry.declaration.layer import Geometry, Layer
from layers.registry.registration import public_layers
from layers.registry.text import Text

from .mapfile import META_BUFFER, font_list, fonts, label_names, map_file, shape_names
from .parameters import MAX_PIXELS

BASE_MAP, BASE_MAP_WEBP = "basemap", "basemap-webp"
BASE_MAPS = (BASE_MAP, BASE_MAP_WEBP)
"""One map in two formats: PNG, which every program reads, and the far smaller WebP of the portal's own pages."""
GRID = "webmercator"
SYSTEMS = ["EPSG:3857", "EPSG:4326", "CRS:84", "EPSG:4490", "EPSG:4549", "EPSG:4550"]
META_SIZE = [4, 4]
MAX_LEVELS = 21
NOT_IN_XML = re.compile("[^\t\n\r -\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
"""Characters that no document of XML 1.0 can hold, however they are written."""

Json = dict[str, Any]

SERVICES: Json = {
    "wmts": {"kvp": True, "restful": True},
    "tms": {"use_grid_names": True, "origin": "nw"},
    "wms": {
        "srs": SYSTEMS,
        "bbox_srs": SYSTEMS,
        "versions": ["1.1.1", "1.3.0"],
        "image_formats": ["image/png"],
        "max_output_pixels": [MAX_PIXELS, MAX_PIXELS],
        "md": {"title": "Geoportal"},
    },
}


class MapServerMissing(Unavailable):
    """The renderer is not installed."""


def drawn_layers() -> list[Layer]:
    return [layer for layer in public_layers() if layer.has_geometry]


def base_layers() -> list[Layer]:
    """The layers of the base map from the ground up: areas, then lines, then buildings, then outlines."""
    order = {Geometry.POLYGON: 0, Geometry.LINE: 1, Geometry.POINT: 3}

    def height(layer: Layer) -> int:
        look = layer.symbology
        if look and look.extrusion:
            return 2
        return 4 if look and look.opacity == 0 else order[layer.geometry]

    return sorted((layer for layer in drawn_layers() if layer.base_map), key=height)


def folder() -> Path:
    """One per database, so that a test never draws into another's cache."""
    return Path(settings.DATA) / "raster" / str(connection.settings_dict["NAME"])


def tiles_folder() -> Path:
    return folder() / "tiles"


def write_files() -> None:
    """The map file, its list of fonts and MapServer's own configuration, readable by this user only."""
    folder().mkdir(parents=True, exist_ok=True)
    _write(font_list(), fonts())
    _write(folder() / "geoportal.map", map_file(drawn_layers()))
    _write(folder() / "mapserver.conf", 'CONFIG\nENV\nMS_MAP_PATTERN "."\nEND\nEND\n')


def configuration() -> Json:
    layers = drawn_layers()
    base = base_layers()
    composed = [n for layer in base for n in shape_names(layer)] + [
        n for layer in base for n in label_names(layer)
    ]
    drawing = dict.fromkeys(BASE_MAPS, composed)
    drawing |= {layer.name: shape_names(layer) + label_names(layer) for layer in layers}
    titles = {BASE_MAP: "底图 / Base map", BASE_MAP_WEBP: "底图（WebP）/ Base map (WebP)"} | {
        layer.name: xml_text(f"{layer.title.zh} / {layer.title.en}") for layer in layers
    }
    return {
        "services": SERVICES,
        "layers": [
            {"name": name, "title": titles[name], _doors(name): [f"{name}_cache"]} for name in drawing
        ],
        "caches": {f"{name}_cache": _cache(name) for name in drawing},
        "sources": {
            f"{name}_source": _source(names, name not in BASE_MAPS) for name, names in drawing.items()
        },
        "grids": {GRID: {"base": "GLOBAL_WEBMERCATOR", "num_levels": MAX_LEVELS}},
        "globals": {
            "cache": {
                "base_dir": str(tiles_folder()),
                "lock_dir": str(folder() / "locks"),
                "tile_lock_dir": str(folder() / "tile_locks"),
                "concurrent_tile_creators": 1,
                "meta_size": META_SIZE,
                "meta_buffer": META_BUFFER,
            },
            "mapserver": {"binary": _binary(), "working_dir": str(folder())},
            "image": {"paletted": True},
        },
    }


def xml_text(text: str) -> str:
    """Text for elements and attributes of documents into which it is written as it is, like MapProxy's capabilities."""
    return escape(NOT_IN_XML.sub("", text), {'"': "&quot;", "'": "&apos;"})


def layers_of(cache_name: str) -> list[str]:
    """The names of the layers that a cache shows."""
    name = cache_name.removesuffix("_cache")
    return [layer.name for layer in base_layers()] if name in BASE_MAPS else [name]


def caches_of(layer_name: str) -> list[str]:
    """The caches that show a layer."""
    base = BASE_MAPS if layer_name in {layer.name for layer in base_layers()} else ()
    own = [layer_name] if layer_name in {layer.name for layer in drawn_layers()} else []
    return [f"{name}_cache" for name in (*base, *own)]


def _doors(name: str) -> str:
    """Maps in WebP are given as tiles alone: WMS draws any format it knows from the others."""
    return "tile_sources" if name == BASE_MAP_WEBP else "sources"


def _cache(name: str) -> Json:
    return {
        "grids": [GRID],
        "sources": [f"{name}_source"],
        "format": "image/webp" if name == BASE_MAP_WEBP else "image/png",
        "request_format": "image/png",
        "cache": _storage(name),
    }


def _storage(name: str) -> Json:
    if settings.RASTER_CACHE.startswith("redis://"):
        where = urlsplit(settings.RASTER_CACHE)
        return {
            "type": "redis",
            "host": where.hostname,
            "port": where.port or 6379,
            "db": int(where.path.strip("/") or 0),
            "prefix": f"geoportal-{folder().name}-{name}",
            "default_ttl": 0,
        } | ({"password": where.password} if where.password else {})
    return {"type": "file", "directory": str(tiles_folder() / name), "directory_layout": "tms"}


def _source(names: list[str], transparent: bool) -> Json:
    return {
        "type": "mapserver",
        "req": {
            "layers": ",".join(names),
            "map": str(folder() / "geoportal.map"),
            "transparent": transparent,
        },
        "supported_srs": ["EPSG:3857"],
    }


def _binary() -> str:
    found = shutil.which(
        "mapserv", path=os.pathsep.join([os.environ.get("PATH", ""), "/usr/bin", "/usr/lib/cgi-bin"])
    )
    if found is None:
        raise MapServerMissing(
            Text(
                "未安装 MapServer，请安装 Debian 软件包 cgi-mapserver。",
                "MapServer is not installed; install the Debian package cgi-mapserver.",
            )
        )
    return found


def _write(path: Path, text: str) -> None:
    """A whole file in the place of an older one at once, though several processes write it and MapServer reads."""
    with tempfile.TemporaryDirectory(dir=path.parent) as drafts:
        draft = Path(drafts, path.name)
        draft.touch(0o600)
        draft.write_text(text)
        draft.replace(path)
