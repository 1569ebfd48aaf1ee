"""Photographs made for tests, with what a telephone writes into them."""

from datetime import datetime
from io import BytesIO
from typing import Any

from PIL import ExifTags, Image
from PIL.TiffImagePlugin import IFDRational

LOCAL_OFFSET = "+08:00"


def photograph(
    taken: datetime | None = None,
    position: tuple[float, float] | None = None,
    heading: float | None = None,
    size: tuple[int, int] = (800, 600),
    color: str = "#7a8b5c",
) -> bytes:
    """A JPEG; ``position`` is (longitude, latitude), ``taken`` is written in Shanghai's time with its offset."""
    exif = Image.Exif()
    exif[ExifTags.Base.Make], exif[ExifTags.Base.Model] = "Demo", "Phone 9"
    if taken:
        from layers.casework.calendar.working_calendar import local

        inner = exif.get_ifd(ExifTags.IFD.Exif)
        inner[ExifTags.Base.DateTimeOriginal] = local(taken).strftime("%Y:%m:%d %H:%M:%S")
        inner[ExifTags.Base.OffsetTimeOriginal] = LOCAL_OFFSET
    if position:
        place = exif.get_ifd(ExifTags.IFD.GPSInfo)
        lon, lat = position
        place[ExifTags.GPS.GPSLatitudeRef], place[ExifTags.GPS.GPSLongitudeRef] = "N", "E"
        place[ExifTags.GPS.GPSLatitude], place[ExifTags.GPS.GPSLongitude] = _dms(lat), _dms(lon)
        if heading is not None:
            place[ExifTags.GPS.GPSImgDirection] = IFDRational(round(heading * 100), 100)
    out = BytesIO()
    Image.new("RGB", size, color).save(out, "JPEG", exif=exif)
    return out.getvalue()


def _dms(degrees: float) -> tuple[Any, ...]:
    whole = int(degrees)
    minutes = int((degrees - whole) * 60)
    seconds = ((degrees - whole) * 60 - minutes) * 60
    return (IFDRational(whole, 1), IFDRational(minutes, 1), IFDRational(round(seconds * 10_000), 10_000))
