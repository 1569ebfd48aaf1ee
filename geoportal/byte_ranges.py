"""Parts of a file, so that a recording can be sought and players that insist on parts play it at all."""

from pathlib import Path

from django.http import FileResponse, HttpResponse
from django.http.response import HttpResponseBase
from whitenoise.responders import SlicedFile, StaticFile


def range_response(path: Path, asked: str) -> HttpResponseBase:
    """The file, or the one range of ``asked`` (a Range header); what cannot be read, or asks for several, is ignored."""
    size = path.stat().st_size
    try:
        first, last = StaticFile.parse_byte_range(asked)
    except ValueError:
        response: HttpResponseBase = FileResponse(path.open("rb"))
    else:
        start = max(first + size, 0) if first < 0 else first
        end = size - 1 if last is None else min(last, size - 1)
        if start > end:
            return HttpResponse(status=416, headers={"Content-Range": f"bytes */{size}"})
        response = FileResponse(SlicedFile(path.open("rb"), start, end), status=206)
        response["Content-Range"] = f"bytes {start}-{end}/{size}"
        response["Content-Length"] = str(end - start + 1)
    response["Accept-Ranges"] = "bytes"
    return response
