"""MapProxy as it comes, over the portal's configuration: for the benchmark of cached pictures."""

import django

django.setup()

from tiles.raster.app import wsgi_app  # noqa: E402  Django must be set up first

application = wsgi_app()
