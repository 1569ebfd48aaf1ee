"""What every page's template knows."""

from django.http import HttpRequest
from django.urls import get_script_prefix

BASE_MAP = "mapproxy/tiles/1.0.0/basemap-webp/webmercator/{z}/{x}/{y}.webp"


def base_map(_: HttpRequest) -> dict[str, str]:
    """The address of the raster base map's tiles."""
    return {"base_map": get_script_prefix() + BASE_MAP}
