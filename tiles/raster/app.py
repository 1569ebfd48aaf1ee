"""MapProxy in this process, made from the registry when it is first needed."""

import os
import threading
from collections.abc import Callable, Iterable
from typing import Any

from mapproxy.config.loader import ProxyConfiguration
from mapproxy.wsgiapp import MapProxyApp

from layers.registry import registration

from . import configuration
from .tile_creator import keep_only_what_is_true

WsgiApp = Callable[[dict[str, Any], Callable[..., Any]], Iterable[bytes]]

_lock = threading.Lock()
_made: dict[str, tuple[ProxyConfiguration, WsgiApp]] = {}
_made_of: dict[str, int] = {}
"""The version of the registry that each was made of."""


def loaded() -> ProxyConfiguration:
    return _current()[0]


def app() -> WsgiApp:
    return _current()[1]


def forget() -> None:
    """Drop what was made, after the registry changed."""
    _made.clear()


def _current() -> tuple[ProxyConfiguration, WsgiApp]:
    version = registration.version()
    key = str(configuration.folder())
    with _lock:
        if _made_of.get(key) != version:
            _made.pop(key, None)
            _made_of[key] = version
        if key not in _made:
            configuration.write_files()
            os.environ["MAPSERVER_CONFIG_FILE"] = str(configuration.folder() / "mapserver.conf")
            settings = configuration.configuration()
            config = ProxyConfiguration(settings, conf_base_dir=key, seed=False)
            keep_only_what_is_true(config)
            _made[key] = config, MapProxyApp(config.configured_services(), config.base_config)
        return _made[key]
