"""pygeoapi configured from the registry: a collection for every public layer."""

from typing import Any

from layers.registry.audience import PUBLIC_VIEWER
from layers.registry.layer import Layer
from layers.registry.reading import Reading
from layers.registry.registration import public_layers

Json = dict[str, Any]
PROVIDER = "geoportal.ogc.provider.LayerProvider"
WORLD = (-180.0, -90.0, 180.0, 90.0)


def configuration(url: str) -> Json:
    """``url`` is the absolute address of the door without a closing slash."""
    return {
        "server": {
            "bind": {"host": "127.0.0.1", "port": 0},
            "url": url,
            "mimetype": "application/json; charset=UTF-8",
            "encoding": "utf-8",
            "languages": ["zh-CN", "en-US"],
            "limits": {"default_items": 50, "max_items": 1000},
            "map": {"url": "", "attribution": ""},
            "gzip": False,
        },
        "logging": {"level": "ERROR"},
        "metadata": {
            "identification": {
                "title": {"zh": "一区一图", "en": "Geoportal"},
                "description": {"zh": "本区公开图层", "en": "The district's public layers"},
                "keywords": {"zh": ["地理信息"], "en": ["geodata"]},
                "keywords_type": "theme",
                "terms_of_service": "",
                "url": url,
            },
            "license": {"name": "see each feature's source", "url": url},
            "provider": {"name": "Geoportal", "url": url},
            "contact": {"name": "Geoportal", "url": url},
        },
        "resources": {layer.name: _collection(layer) for layer in public_layers()},
    }


def _collection(layer: Layer) -> Json:
    summary = layer.summary or layer.title
    return {
        "type": "collection",
        "title": {"zh": layer.title.zh, "en": layer.title.en},
        "description": {"zh": summary.zh, "en": summary.en},
        "keywords": {"zh": [layer.title.zh], "en": [layer.title.en]},
        "links": [],
        "extents": {"spatial": {"bbox": list(Reading(layer, PUBLIC_VIEWER).extent() or WORLD)}},
        "providers": [{"type": "feature", "name": PROVIDER, "data": layer.name, "id_field": "id"}],
    }
