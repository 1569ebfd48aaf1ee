"""A layer that is declared anew is a change too: its symbology, audience, attributes or the form of its tiles."""

import hashlib
from collections.abc import Iterator

from layers.registry.access.audience_views import definition
from layers.registry.audience import PUBLIC_VIEWER, Audience, Viewer
from layers.registry.declaration.layer import Layer
from layers.registry.registration import all_layers
from tiles.models import LayerFingerprint
from tiles.scheme import MAX_ZOOM, Tile
from tiles.vector.mvt import tile_sql

from .triggers import record_change_everywhere


def record_new_declarations() -> None:
    """Record a change of every layer whose tiles are no longer what they were; safe to repeat."""
    known = dict(LayerFingerprint.objects.values_list("layer", "fingerprint"))
    current = {layer.name: fingerprint(layer) for layer in all_layers()}
    for name in known.keys() | current.keys():
        if known.get(name) != current.get(name):
            record_change_everywhere(name)
            LayerFingerprint.objects.filter(layer=name).delete()
    LayerFingerprint.objects.bulk_create(
        (
            LayerFingerprint(layer=name, fingerprint=made)
            for name, made in current.items()
            if made != known.get(name)
        ),
        ignore_conflicts=True,
    )


def fingerprint(layer: Layer) -> str:
    return hashlib.sha256("\n".join(_fingerprint_parts(layer)).encode()).hexdigest()


def _fingerprint_parts(layer: Layer) -> Iterator[str]:
    yield repr((layer.symbology, layer.base_map))
    for audience in Audience:
        if layer.audience <= audience:
            yield definition(layer, audience)
    if layer.has_geometry:
        for viewer in (PUBLIC_VIEWER, Viewer(Audience.RESTRICTED)):
            if layer.audience <= viewer.audience:
                yield from (tile_sql([layer], Tile(z, 0, 0), viewer) for z in range(MAX_ZOOM + 1))
