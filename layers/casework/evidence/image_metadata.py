"""What a picture says of itself, and a smaller one that says nothing of it. Content decides, not the name."""

import mimetypes
import struct
import warnings
from dataclasses import dataclass, field
from datetime import datetime
from io import BytesIO
from math import isfinite
from pathlib import Path
from typing import Any

from django.contrib.gis.geos import Point
from django.utils.timezone import get_default_timezone
from PIL import ExifTags, Image, ImageOps

from layers.child_process.answers import declare, declare_fields, expect
from layers.coordinates import STORE_SRID

Image.MAX_IMAGE_PIXELS = 200_000_000
SIDE = 1600
"""Longer side of the picture for screens, in pixels."""
MOST_WHOLE = 50_000_000
"""Pixels of a picture that must be unfolded whole to be made smaller; only JPEG that is not progressive need not."""
YEARS = range(1900, 2200)

SIGNS = (
    (0, b"%PDF-", "application/pdf"),
    (4, b"ftypheic", "image/heic"),
    (4, b"ftypheix", "image/heic"),
    (4, b"ftypmif1", "image/heif"),
    (4, b"ftypavif", "image/avif"),
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

BROKEN = (
    OSError,
    ValueError,
    SyntaxError,
    TypeError,
    LookupError,
    ArithmeticError,
    EOFError,
    struct.error,
    Image.DecompressionBombError,
    Image.DecompressionBombWarning,
)
"""What the library raises on files that are no pictures, or broken ones."""


@dataclass(frozen=True)
class ImageMetadata:
    """``taken`` with the picture's own zone, else local; ``position`` EPSG:4490, ``heading`` degrees from north."""

    media_type: str
    is_picture: bool = False
    """Whether it was opened, so that what it says of itself was read."""
    taken: datetime | None = None
    position: Point | None = None
    heading: float | None = None
    device: str = ""
    exif: dict[str, Any] = field(default_factory=dict)


declare(
    Point,
    lambda place: [place.x, place.y, place.srid],
    lambda of: Point(float(of[0]), float(of[1]), srid=expect(int, of[2])),
)
declare_fields(
    ImageMetadata,
    media_type=str,
    is_picture=bool,
    taken=datetime | None,
    position=Point | None,
    heading=float | None,
    device=str,
    exif=dict,
)


def read_metadata(path: Path) -> ImageMetadata:
    """Pictures are opened; other files are told apart by how they begin."""
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("error", Image.DecompressionBombWarning)
            with Image.open(path) as image:
                media_type = Image.MIME.get(image.format or "", "application/octet-stream")
                try:
                    return _exif_metadata(image, media_type)
                except BROKEN:  # what it says of itself cannot be read; it is a picture all the same
                    return ImageMetadata(media_type, is_picture=True)
    except BROKEN:
        return ImageMetadata(media_type_of(path))


def make_thumbnail(path: Path) -> bytes | None:
    """A JPEG of at most SIDE pixels, upright, without metadata; None if it cannot be drawn."""
    try:
        with Image.open(path) as image:
            by_lines = image.format in {"JPEG", "MPO"} and "progressive" not in image.info
            if not by_lines and image.width * image.height > MOST_WHOLE:
                return None
            image.draft("RGB", (SIDE, SIDE))
            upright = _upright(image).convert("RGB")
            upright.thumbnail((SIDE, SIDE))
            out = BytesIO()
            upright.save(out, "JPEG", quality=82)
            return out.getvalue()
    except BROKEN:
        return None


def _upright(image: Image.Image) -> Image.Image:
    try:
        return ImageOps.exif_transpose(image)
    except BROKEN:
        return image


def _exif_metadata(image: Image.Image, media_type: str) -> ImageMetadata:
    exif = image.getexif()
    taken = exif.get_ifd(ExifTags.IFD.Exif)
    place = exif.get_ifd(ExifTags.IFD.GPSInfo)
    tags = ExifTags.Base
    named = {
        ExifTags.TAGS.get(tag, str(tag)): _text(value, 200)
        for tag, value in {**exif, **taken}.items()
        if isinstance(value, str | int | float) or hasattr(value, "numerator")
    }
    return ImageMetadata(
        media_type=media_type,
        is_picture=True,
        taken=_moment(
            taken.get(tags.DateTimeOriginal) or exif.get(tags.DateTime), taken.get(tags.OffsetTimeOriginal)
        ),
        position=_position(place),
        heading=_heading(place.get(ExifTags.GPS.GPSImgDirection)),
        device=" ".join(_text(exif.get(tag, ""), 80) for tag in (tags.Make, tags.Model)).strip()[:160],
        exif=named,
    )


def _text(value: Any, most: int) -> str:
    """Cameras fill up their texts with signs that no database keeps."""
    return "".join(sign for sign in str(value)[: 2 * most] if sign.isprintable()).strip()[:most]


def _moment(text: Any, offset: Any) -> datetime | None:
    try:
        found = datetime.strptime(_text(text, 40), "%Y:%m:%d %H:%M:%S")
        if found.year not in YEARS:
            return None
        zone = _text(offset, 10) if offset else ""
        return (
            datetime.fromisoformat(f"{found.isoformat()}{zone}")
            if zone
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


def _heading(value: Any) -> float | None:
    try:
        found = float(value)
    except (TypeError, ValueError, ZeroDivisionError):
        return None
    return found if isfinite(found) and 0 <= found <= 360 else None


def media_type_of(path: Path) -> str:
    with path.open("rb") as file:
        head = file.read(16)
    return next((kind for at, sign, kind in SIGNS if head.startswith(sign, at)), "application/octet-stream")


def extension(media_type: str) -> str:
    return mimetypes.guess_extension(media_type) or ""
