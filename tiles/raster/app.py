"""MapProxy in this process, made from the registry when it is first needed."""

import os
import threading
from collections.abc import Callable, Iterable
from typing import Any

from mapproxy.config.loader import ProxyConfiguration
from mapproxy.wsgiapp import MapProxyApp

from layers.registry import registration

from . import configuration
from .tile_creator import guard_caches

WsgiApp = Callable[[dict[str, Any], Callable[..., Any]], Iterable[bytes]]

_lock = threading.Lock()
_apps: dict[str, tuple[ProxyConfiguration, WsgiApp]] = {}
_registry_versions: dict[str, int] = {}
"""The version of the registry that each was made of."""


def proxy_configuration() -> ProxyConfiguration:
    return _current()[0]


def wsgi_app() -> WsgiApp:
    return _current()[1]


def reset() -> None:
    """Drop what was made, after the registry changed."""
    _apps.clear()


def _current() -> tuple[ProxyConfiguration, WsgiApp]:
    version = registration.version()
    key = str(configuration.folder())
    with _lock:
        if _registry_versions.get(key) != version:
            _apps.pop(key, None)
            _registry_versions[key] = version
        if key not in _apps:
            configuration.write_files()
            os.environ["MAPSERVER_CONFIG_FILE"] = str(configuration.folder() / "mapserver.conf")
            settings = configuration.configuration()
            config = ProxyConfiguration(settings, conf_base_dir=key, seed=False)
            guard_caches(config)
            _apps[key] = config, MapProxyApp(config.configured_services(), config.base_config)
        return _apps[key]
