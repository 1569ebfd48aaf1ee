"""Files that people send, kept beside the caches until they are loaded."""

import os
import shutil
import time
from pathlib import Path, PurePath
from typing import Any

from django.conf import settings
from django.core.files.uploadedfile import UploadedFile
from django.http import HttpRequest
from django.utils.translation import gettext as _

from geoportal.upload_handlers import NO_ROOM
from importers.models import Import
from importers.pipeline.disk_space import explanation
from layers.errors import InvalidInput

LONGEST_NAME = 200  # bytes
KEPT = 30 * 24 * 3600  # seconds


def sent_file(request: HttpRequest) -> "UploadedFile[Any]":
    if int(request.META.get("CONTENT_LENGTH") or 0) > settings.IMPORT_MAX_BYTES:
        raise InvalidInput(
            _(
                "The file is larger than the %(size)d MB that are taken here; deliver it in parts, or ask whoever runs the portal to import it there."
            )
            % {"size": settings.IMPORT_MAX_BYTES // 1_000_000}
        )
    found = request.FILES.get("file")
    if NO_ROOM in request.META:
        raise InvalidInput(request.META[NO_ROOM])
    if not isinstance(found, UploadedFile) or not found.name:
        raise InvalidInput(_("Choose a file."))
    return found


def name_of(sent: str) -> str:
    """With its endings, but no longer than a folder takes, which counts a Chinese character as three."""
    name = PurePath(sent).name
    ending = "".join(PurePath(name).suffixes[-2:])[-40:]
    beginning = name.removesuffix(ending).encode()[: LONGEST_NAME - len(ending.encode())]
    return beginning.decode(errors="ignore") + ending


def keep(imported: Import, sent: "UploadedFile[Any]") -> Path:
    path = file_of(imported)
    try:
        path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        with open(path, "wb", opener=_private) as file:
            for piece in sent.chunks():
                file.write(piece)
    except OSError as problem:
        forget(imported)
        imported.delete()
        raise InvalidInput(explanation(problem)) from problem
    return path


def _private(path: str, flags: int) -> int:
    """For open: nobody else on this machine reads what was sent."""
    return os.open(path, flags, 0o600)


def folder(imported: Import) -> Path:
    return Path(settings.DATA) / "uploads" / str(imported.pk)


def file_of(imported: Import) -> Path:
    return folder(imported) / PurePath(imported.file_name).name


def is_here(imported: Import) -> bool:
    return file_of(imported).is_file()


def forget_old(**kwargs: Any) -> None:
    """Remove files that nobody decided about for a month."""
    limit = time.time() - KEPT
    for place in (Path(settings.DATA) / "uploads").glob("*"):
        if place.stat().st_mtime < limit:
            shutil.rmtree(place, ignore_errors=True)


def forget(imported: Import) -> None:
    shutil.rmtree(folder(imported), ignore_errors=True)
