"""pygeoapi configured from the registry: a collection for every public layer."""

from typing import Any

from django.conf import settings
from django.utils.translation import get_language

from layers.registry.declaration.layer import Layer
from layers.registry.registration import public_layers
from layers.registry.text import Text

Json = dict[str, Any]
PROVIDER = "geoportal.ogc.provider.LayerProvider"
CRS = [
    "http://www.opengis.net/def/crs/OGC/1.3/CRS84",
    "http://www.opengis.net/def/crs/EPSG/0/4326",
    "http://www.opengis.net/def/crs/EPSG/0/4490",
    "http://www.opengis.net/def/crs/EPSG/0/4550",
    "http://www.opengis.net/def/crs/EPSG/0/3857",
]
WORLD = (-180.0, -90.0, 180.0, 90.0)


TITLE = Text("一区一图", "Geoportal")
DESCRIPTION = Text("本区公开图层", "The district's public layers")
KEYWORD = Text("地理信息", "geodata")


def configuration(url: str) -> Json:
    """``url`` is the absolute address of the door without a closing slash; extents are those of the world.

    Texts are in the active language.
    """
    language = get_language() or ""
    return {
        "server": {
            "bind": {"host": "127.0.0.1", "port": 0},
            "url": url,
            "mimetype": "application/json; charset=UTF-8",
            "encoding": "utf-8",
            "languages": ["en" if language.startswith("en") else "zh"],
            "limits": {"default_items": 50, "max_items": 1000},
            "map": {"url": "", "attribution": ""},
            "gzip": False,
        },
        "logging": {"level": "CRITICAL"},
        "metadata": {
            "identification": {
                "title": str(TITLE),
                "description": str(DESCRIPTION),
                "keywords": [str(KEYWORD)],
                "keywords_type": "theme",
                "terms_of_service": "",
                "url": url,
            },
            "license": {
                "name": settings.LICENCE or "see each feature's source",
                "url": settings.LICENCE if settings.LICENCE.startswith("https://") else url,
            },
            "provider": {"name": "Geoportal", "url": url},
            "contact": {"name": "Geoportal", "url": url},
        },
        "resources": {layer.name: _collection(layer) for layer in public_layers()},
    }


def _collection(layer: Layer) -> Json:
    return {
        "type": "collection",
        "title": str(layer.title),
        "description": str(layer.summary or layer.title),
        "keywords": [str(layer.group.title)],
        "links": [],
        "extents": {"spatial": {"bbox": list(WORLD)}},
        "providers": [
            {
                "type": "feature",
                "name": PROVIDER,
                "data": layer.name,
                "id_field": "id",
                "title_field": layer.title_attribute,
                "crs": CRS,
                "storage_crs": CRS[0],
            }
        ],
    }
