"""Pictures read and made smaller by a child process; one that costs too much is kept as a file like any other."""

from pathlib import Path

from layers.child_process.limits import Limits
from layers.child_process.work import preload, run_limited
from layers.errors import TooCostly

from . import image_metadata
from . import placeless_picture as copying
from .image_metadata import ImageMetadata

LIMITS = Limits(seconds=30, megabytes=700)
"""More than a picture of MOST_WHOLE pixels takes: where memory ends JPEG comes out black, and no error tells it."""

preload(copying.__name__)


def read_metadata(path: Path) -> ImageMetadata:
    try:
        return run_limited(LIMITS, image_metadata.read_metadata, path)
    except TooCostly:
        return ImageMetadata(image_metadata.media_type_of(path))


def make_thumbnail(path: Path) -> bytes | None:
    try:
        return run_limited(LIMITS, image_metadata.make_thumbnail, path)
    except TooCostly:
        return None


def placeless_picture(path: Path) -> bytes | None:
    """The picture without the place where it was taken; None if it cannot be drawn."""
    try:
        return run_limited(LIMITS, copying.placeless_picture, path)
    except TooCostly:
        return None
