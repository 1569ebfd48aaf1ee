"""A picture written anew, without the place where it was taken."""

import warnings
from io import BytesIO
from pathlib import Path

from PIL import ExifTags, Image

from .image_metadata import BROKEN, MOST_WHOLE


def placeless_picture(path: Path) -> bytes | None:
    """The picture with nothing else than when it was taken and which way is up; None if it cannot be drawn."""
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("error", Image.DecompressionBombWarning)
            with Image.open(path, formats=["JPEG", "PNG"]) as image:
                if image.width * image.height > MOST_WHOLE:
                    return None
                image.load()
                return _written_anew(image)
    except BROKEN:
        return None


def _written_anew(image: Image.Image) -> bytes:
    known, kept = image.getexif(), Image.Exif()
    for tag in (ExifTags.Base.Orientation, ExifTags.Base.DateTime):
        if tag in known:
            kept[tag] = known[tag]
    moments, inner = known.get_ifd(ExifTags.IFD.Exif), kept.get_ifd(ExifTags.IFD.Exif)
    for tag in (ExifTags.Base.DateTimeOriginal, ExifTags.Base.OffsetTimeOriginal):
        if tag in moments:
            inner[tag] = moments[tag]
    # Whatever else the file says, such as XMP and comments, would be written with it.
    image.info = {name: image.info[name] for name in ("icc_profile", "transparency") if name in image.info}
    out = BytesIO()
    if image.format == "PNG":
        image.save(out, "PNG", exif=kept)
    else:
        quality = "keep" if image.format == "JPEG" else 95
        image.save(out, "JPEG", quality=quality, exif=kept, icc_profile=image.info.get("icc_profile"))
    return out.getvalue()
