"""What a picture says of itself, and a smaller one that says nothing of it. Content decides, not the name."""

import mimetypes
import warnings
from dataclasses import dataclass, field
from datetime import datetime
from io import BytesIO
from pathlib import Path
from typing import Any

from django.contrib.gis.geos import Point
from django.utils.timezone import get_default_timezone
from PIL import ExifTags, Image, ImageOps, UnidentifiedImageError

from ..coordinates import STORE_SRID

Image.MAX_IMAGE_PIXELS = 200_000_000
SIDE = 1600
"""Longer side of the picture for screens, in pixels."""

SIGNS = (
    (0, b"%PDF-", "application/pdf"),
    (4, b"ftypheic", "image/heic"),
    (4, b"ftypheix", "image/heic"),
    (4, b"ftypmif1", "image/heif"),
    (4, b"ftypqt  ", "video/quicktime"),
    (4, b"ftyp3gp", "video/3gpp"),
    (4, b"ftypM4A ", "audio/mp4"),
    (4, b"ftyp", "video/mp4"),
    (0, b"\x1aE\xdf\xa3", "video/webm"),
    (8, b"AVI ", "video/x-msvideo"),
    (8, b"WAVE", "audio/wav"),
    (0, b"OggS", "audio/ogg"),
    (0, b"ID3", "audio/mpeg"),
    (0, b"PK\x03\x04", "application/zip"),
)
"""Where a file has which bytes, and what it is then; the first that fits counts."""


@dataclass(frozen=True)
class Picture:
    """``taken`` with the picture's own zone, else local; ``position`` EPSG:4490, ``heading`` degrees from north."""

    media_type: str
    is_picture: bool = False
    """Whether it was opened, so that what it says of itself was read."""
    taken: datetime | None = None
    position: Point | None = None
    heading: float | None = None
    device: str = ""
    exif: dict[str, Any] = field(default_factory=dict)


def look(path: Path) -> Picture:
    """Pictures are opened; other files are told apart by how they begin."""
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("error", Image.DecompressionBombWarning)
            with Image.open(path) as image:
                return _described(image)
    except (
        UnidentifiedImageError,
        OSError,
        ValueError,
        Image.DecompressionBombError,
        Image.DecompressionBombWarning,
        SyntaxError,
    ):
        return Picture(_media_type(path))


def smaller(path: Path) -> bytes | None:
    """A JPEG of at most SIDE pixels, upright, without metadata; None if it cannot be drawn."""
    try:
        with Image.open(path) as image:
            image.draft("RGB", (SIDE, SIDE))
            upright = ImageOps.exif_transpose(image).convert("RGB")
            upright.thumbnail((SIDE, SIDE))
            out = BytesIO()
            upright.save(out, "JPEG", quality=82)
            return out.getvalue()
    except (OSError, ValueError, Image.DecompressionBombError):
        return None


def _described(image: Image.Image) -> Picture:
    exif = image.getexif()
    taken = exif.get_ifd(ExifTags.IFD.Exif)
    place = exif.get_ifd(ExifTags.IFD.GPSInfo)
    tags = ExifTags.Base
    named = {
        ExifTags.TAGS.get(tag, str(tag)): str(value)[:200]
        for tag, value in {**exif, **taken}.items()
        if isinstance(value, str | int | float) or hasattr(value, "numerator")
    }
    return Picture(
        media_type=Image.MIME.get(image.format or "", "application/octet-stream"),
        is_picture=True,
        taken=_moment(
            taken.get(tags.DateTimeOriginal) or exif.get(tags.DateTime), taken.get(tags.OffsetTimeOriginal)
        ),
        position=_position(place),
        heading=_number(place.get(ExifTags.GPS.GPSImgDirection)),
        device=" ".join(str(exif.get(tag, "")).strip("\0 ") for tag in (tags.Make, tags.Model)).strip()[:160],
        exif=named,
    )


def _moment(text: Any, offset: Any) -> datetime | None:
    try:
        found = datetime.strptime(str(text).strip("\0 "), "%Y:%m:%d %H:%M:%S")
        return (
            datetime.fromisoformat(f"{found.isoformat()}{offset}")
            if offset
            else found.replace(tzinfo=get_default_timezone())
        )
    except ValueError:
        return None


def _position(place: Any) -> Point | None:
    try:
        lat, lon = (_degrees(place[tag]) for tag in (ExifTags.GPS.GPSLatitude, ExifTags.GPS.GPSLongitude))
    except (KeyError, TypeError, ValueError, ZeroDivisionError):
        return None
    lat = -lat if str(place.get(ExifTags.GPS.GPSLatitudeRef, "N")).startswith("S") else lat
    lon = -lon if str(place.get(ExifTags.GPS.GPSLongitudeRef, "E")).startswith("W") else lon
    return Point(lon, lat, srid=STORE_SRID) if abs(lat) <= 90 and abs(lon) <= 180 else None


def _degrees(parts: Any) -> float:
    degrees, minutes, seconds = (float(part) for part in parts)
    return degrees + minutes / 60 + seconds / 3600


def _number(value: Any) -> float | None:
    try:
        return float(value)
    except (TypeError, ValueError, ZeroDivisionError):
        return None


def _media_type(path: Path) -> str:
    with path.open("rb") as file:
        head = file.read(16)
    return next((kind for at, sign, kind in SIGNS if head.startswith(sign, at)), "application/octet-stream")


def extension(media_type: str) -> str:
    return mimetypes.guess_extension(media_type) or ""
