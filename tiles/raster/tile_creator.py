"""MapProxy's caches keep a picture only if nothing it shows changed while it was drawn."""

from collections.abc import Iterable
from functools import partial
from http import HTTPStatus
from typing import Any

from mapproxy.cache.tile_creator import TileCreator
from mapproxy.config.loader import ProxyConfiguration
from mapproxy.exception import RequestError
from mapproxy.source import SourceError

from tiles.cache.cache_guard import ConnectionLost, guarded_write, snapshot
from tiles.cache.tile_files import has_room

from .configuration import layers_of
from .webp import encode


def guard_caches(config: ProxyConfiguration) -> None:
    for name, cache in config.caches.items():
        for _grid, _extent, manager in cache.caches():
            manager.tile_creator_class = partial(GuardedTileCreator, layer_names=layers_of(name))
            if manager.format == "webp":
                manager.pre_store_filter = [encode]


class GuardedTileCreator(TileCreator):  # type: ignore[misc]
    """Draws for one request; MapProxy asks it for one picture after the other."""

    def __init__(self, *args: Any, layer_names: list[str], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.layer_names = layer_names
        self.cache: Any = _GuardedCache(self.cache, self)

    def _query_sources(self, query: Any) -> Any:
        self.snapshot, self.box = snapshot(), query.bbox
        try:
            return super()._query_sources(query)
        except SourceError as problem:  # MapProxy would answer as it answers a request without sense
            raise RequestError(str(problem), status=HTTPStatus.BAD_GATEWAY) from problem


class _GuardedCache:
    """A cache that stores what its creator drew last, if that is still true."""

    def __init__(self, cache: Any, creator: GuardedTileCreator) -> None:
        self._cache, self._creator = cache, creator

    def __getattr__(self, name: str) -> Any:
        return getattr(self._cache, name)

    def store_tile(self, tile: Any, dimensions: Any = None) -> bool:
        return self.store_tiles([tile], dimensions)

    def store_tiles(self, tiles: Iterable[Any], dimensions: Any = None) -> bool:
        creator = self._creator
        kept = list(tiles)
        try:
            with guarded_write(creator.snapshot, creator.layer_names, creator.box) as current:
                return current and has_room() and bool(self._cache.store_tiles(kept, dimensions=dimensions))
        except ConnectionLost:
            self._cache.remove_tiles(kept)
            return False
