"""The whole portal as one ASGI application: the change stream and kept tiles first, then Django in threads."""

import os
from typing import Any, cast

from a2wsgi import WSGIMiddleware

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "geoportal.settings")

from geoportal.accounts.sessions import viewer_of_session
from geoportal.wsgi import application as pages
from tiles.changes.door import ChangeStream
from tiles.front import OwnTiles, PublicTiles

THREADS = 4

in_threads: Any = WSGIMiddleware(cast(Any, OwnTiles(pages, viewer_of_session)), workers=THREADS)
application = PublicTiles(ChangeStream(in_threads, viewer_of_session))
