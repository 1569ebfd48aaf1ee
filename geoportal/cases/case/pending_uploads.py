"""Files that come to the desk are kept the moment they arrive, whatever becomes of the form they came with."""

from typing import Any
from uuid import UUID, uuid4

from django.conf import settings
from django.http import HttpRequest
from django.template.defaultfilters import filesizeformat
from django.utils.translation import gettext as _

from geoportal.cases.formatting import format_moment
from geoportal.upload_handlers import NO_ROOM
from layers.casework.access.actor import Actor, NotAllowed
from layers.casework.evidence import outside_files, pending_uploads
from layers.casework.models import Case, PendingUpload
from layers.casework.procedures import FieldKind, Step
from layers.errors import InvalidInput

MOST_BYTES = 500_000_000
ARRIVED = "geoportal.arrived"
"""Where a request keeps which files came with it."""
CAME_IN = "geoportal.came_in"
"""Where a request keeps the file that came in each field."""
NAMELESS = UUID(int=0)
WAITING = "waiting:"
"""What the choice of a file that is no evidence yet begins with."""
Shown = dict[str, Any]


def save_uploads(request: HttpRequest, case: Case, actor: Actor, field: str = "file") -> list[str]:
    """Keeps what came in a field of the form; why the others are not kept, in sentences."""
    if int(request.META.get("CONTENT_LENGTH") or 0) > settings.IMPORT_MAX_BYTES:
        return [_too_large(_("What was sent"), int(request.META["CONTENT_LENGTH"]))]
    problems, arrived = [], request.META.setdefault(ARRIVED, set())
    try:
        if NO_ROOM in request.META:
            raise OSError(request.META[NO_ROOM])
        for each in request.FILES.getlist(field):
            name, size = _name(str(each.name)), each.size or 0
            if not size:
                problems.append(_("“%(name)s” is empty; choose it again.") % {"name": name})
            elif size > (most := outside_files.MOST_BYTES if actor.outside else MOST_BYTES):
                problems.append(_too_large(f"“{name}”", size, most))
            else:
                kept = _keep(request, case, actor, name, each)
                arrived.add(kept.pk)
                request.META.setdefault(CAME_IN, {})[field] = kept
    except OSError:
        problems.append(_("The server has no room for the file; it was not kept. Tell the administrator."))
    except NotAllowed as refused:
        problems += map(str, refused.refusals)
    return problems


def _keep(request: HttpRequest, case: Case, actor: Actor, name: str, file: Any) -> PendingUpload:
    if actor.outside:
        return outside_files.save_outside_upload(case, actor, _form(request), name, file)
    return pending_uploads.save_upload(case, actor, _form(request), name, file.chunks())


def _too_large(what: str, size: int, most: int = MOST_BYTES) -> str:
    said = _("%(what)s has %(size)s and was not kept; at most %(most)s a file are taken.")
    return said % {"what": what, "size": filesizeformat(size), "most": filesizeformat(most)}


def step_uploads(request: HttpRequest, case: Case, actor: Actor, step: Step) -> dict[str, PendingUpload]:
    """Files that came with the step's form or are chosen among those that wait, by field; they are kept already."""
    asked = {each.name: f"field-{each.name}" for each in step.fields if each.kind is FieldKind.FILE}
    problems = [
        said for name in asked.values() for said in save_uploads(request, case, actor, f"{name}.file")
    ]
    if problems:
        raise InvalidInput(" ".join(problems))
    waiting = {f"{WAITING}{each.key}": each for each in pending_uploads.pending_uploads(case, actor)}
    came = request.META.get(CAME_IN, {})
    found = {
        name: came.get(f"{form}.file") or waiting.get(request.POST.get(form, ""))
        for name, form in asked.items()
    }
    return {name: each for name, each in found.items() if each}


def kept_entries(request: HttpRequest) -> dict[str, str]:
    """What the form's choices of files are, now that those that came are waiting."""
    came = request.META.get(CAME_IN, {})
    return {field.removesuffix(".file"): f"{WAITING}{each.key}" for field, each in came.items()}


def removed_upload(request: HttpRequest, case: Case, actor: Actor) -> PendingUpload | None:
    """The file that is to be removed."""
    asked = request.POST.get("remove")
    return next(
        (each for each in pending_uploads.pending_uploads(case, actor) if str(each.key) == asked), None
    )


def selected_uploads(request: HttpRequest, case: Case, actor: Actor) -> list[PendingUpload]:
    return [each for each in pending_uploads.pending_uploads(case, actor) if _is_selected(each, request)]


def upload_rows(request: HttpRequest, case: Case, actor: Actor) -> Shown:
    """What of the actor waits to become evidence of the case, and the name of the form that may take it."""
    files = pending_uploads.pending_uploads(case, actor)
    form = _form(request)
    return {
        "form": str(uuid4() if form == NAMELESS else form),
        "files": [
            {
                "key": str(each.key),
                "name": each.file_name,
                "size": each.size,
                "until": format_moment(each.until),
                "chosen": _is_selected(each, request),
            }
            for each in files
        ],
    }


def _is_selected(file: PendingUpload, request: HttpRequest) -> bool:
    """It came just now, or is ticked."""
    ticked: list[str] = request.POST.getlist("waiting")
    return file.pk in request.META.get(ARRIVED, ()) or str(file.key) in ticked


def _form(request: HttpRequest) -> UUID:
    """What the page called this form, so that what it sends twice is done once."""
    try:
        return UUID(request.POST.get("form", ""))
    except ValueError:
        return NAMELESS


def _name(name: str) -> str:
    return "".join(sign if sign.isprintable() else "_" for sign in name)[-160:] or "evidence"
