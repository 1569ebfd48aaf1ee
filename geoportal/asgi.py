"""The whole portal as one ASGI application: kept tiles and pictures and the change stream first, then Django in threads."""

import os

from django.conf import settings
from django.core.wsgi import get_wsgi_application

from importers.slim_process import exclude_pandas

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "geoportal.settings")
exclude_pandas()
pages = get_wsgi_application()

from geoportal.accounts.client_address import host_of, nearest_stranger  # noqa: E402  Django must be set up first
from geoportal.accounts.sessions import SessionViewers  # noqa: E402  Django must be set up first
from geoportal.launch.readiness import tell_ready  # noqa: E402
from geoportal.prefix import PrefixMiddleware  # noqa: E402
from geoportal.slow_clients import PageThreads  # noqa: E402
from geoportal.warmup import start_warming, warm_connection  # noqa: E402
from layers.datasets.sync import keep_looking  # noqa: E402
from tiles.http.asgi_raster import RasterMiddleware  # noqa: E402
from tiles.http.asgi_tiles import TileMiddleware  # noqa: E402
from tiles.http.other_origins import OtherOriginsMiddleware  # noqa: E402
from tiles.stream.asgi import ChangeStream  # noqa: E402


def asking_host(peer: str, forwarded: str) -> str:
    return host_of(nearest_stranger(peer, forwarded))


keep_looking()
start_warming()
viewers = SessionViewers()
threads = PageThreads(pages, viewers, prepare=warm_connection)
kept_first = RasterMiddleware(TileMiddleware(ChangeStream(threads, viewers), viewers, asking_host))
application = PrefixMiddleware(OtherOriginsMiddleware(kept_first), settings.PREFIX)
tell_ready()
