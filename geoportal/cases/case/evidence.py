"""Evidence as the case's page shows it, and the door through which an original leaves the store."""

from pathlib import PurePath
from typing import Any

from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.urls import reverse
from django.utils.http import content_disposition_header
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from geoportal.byte_ranges import range_response
from geoportal.cases.formatting import ACTS, format_moment
from geoportal.cases.permissions import actor_of, get_case
from geoportal.features.feature_text import enumeration
from geoportal.http import door
from layers.casework.cases.receipts import outside_roles
from layers.casework.evidence.content_store import file_path
from layers.casework.evidence.custody import record_viewing
from layers.casework.evidence.findings import finding_text
from layers.casework.models import Case, Event, EventKind, Evidence
from layers.casework.procedures.versions import NoProcedure
from layers.errors import NotFound

SHOWN_INSIDE = ("image/jpeg", "image/png", "image/webp", "image/gif", "video/", "audio/")
"""Kinds that a browser may show by itself; everything else is only ever downloaded."""
SORTS = (
    ("video/", gettext_lazy("Video")),
    ("audio/", gettext_lazy("Sound recording")),
    ("image/", gettext_lazy("Picture")),
    ("application/pdf", "PDF"),
)
PLAYS = "default-src 'none'; media-src 'self'; style-src 'unsafe-inline'; sandbox allow-same-origin"
"""The browser's own player asks for the recording again and again, in parts; nothing there can run."""
Shown = dict[str, Any]


def evidence_rows(case: Case, typed: Shown) -> list[Shown]:
    pieces = list(case.evidence.select_related("officer", "partner").order_by("pk"))
    smaller = {piece.original_id: piece.pk for piece in pieces if piece.original_id}
    custody: dict[int, list[Event]] = {}
    for event in case.events.filter(kind=EventKind.EVIDENCE).order_by("pk"):
        custody.setdefault(event.data.get("evidence", 0), []).append(event)
    senders = _senders(case)
    copies = {whole.copy_id for whole in pieces}
    ahead = {piece.pk: piece for piece in pieces if piece.pk in copies}
    return [
        {
            **_evidence_row(case, piece, smaller.get(piece.pk), custody.get(piece.pk, []), senders),
            "typed": typed.get(f"custody-{piece.pk}"),
            "copy": _copy_row(ahead.get(piece.copy_id or 0)),
        }
        for piece in pieces
        if not piece.original_id and piece.pk not in ahead
    ]


def _copy_row(copy: Evidence | None) -> Shown | None:
    """The reduced copy that came before the original."""
    if copy is None:
        return None
    address = reverse("case-evidence", args=[copy.case_id, copy.pk])
    return {
        "url": address,
        "size": copy.size,
        "received": format_moment(copy.received),
        "sha256": copy.sha256,
    }


def _senders(case: Case) -> dict[str, str]:
    """People outside, by their roles."""
    try:
        roles = outside_roles(case)
    except NoProcedure:
        return {}
    return {role.code: _("%(role)s, by receipt") % {"role": role.title} for role in roles}


def _evidence_row(
    case: Case, piece: Evidence, smaller: int | None, custody: list[Event], senders: dict[str, str]
) -> Shown:
    acts = {event.data.get("act") for event in custody}
    return {
        "id": piece.pk,
        "partner": piece.partner.name if piece.partner else "",
        "partner_id": piece.partner_id,
        "is_confirmed": "confirmed" in acts,
        "is_explained": "explained" in acts,
        "title": str(piece),
        "kind": piece.get_kind_display(),
        "file": piece.file_name,
        "media_type": piece.media_type,
        "what": str(next((word for start, word in SORTS if piece.media_type.startswith(start)), _("File"))),
        "size": piece.size,
        "captured": format_moment(piece.captured),
        "received": format_moment(piece.received),
        "lon": piece.position.x if piece.position else None,
        "lat": piece.position.y if piece.position else None,
        "accuracy": piece.accuracy and round(piece.accuracy),
        "device": piece.device,
        "officers": enumeration(person.name for person in (piece.officer, piece.partner) if person)
        or senders.get(piece.outside, ""),
        "findings": [str(finding_text(code)) for code in piece.findings],
        "sha256": piece.sha256,
        "original": reverse("case-evidence", args=[case.pk, piece.pk]),
        "thumbnail": reverse("case-evidence-smaller", args=[case.pk, smaller]) if smaller else None,
        "custody": [
            {
                "at": format_moment(event.at),
                "who": senders.get(event.data.get("outside", ""), event.who),
                "act": str(ACTS.get(event.data.get("act", ""), event.data.get("act", ""))),
                "note": event.data.get("note", ""),
            }
            for event in custody
        ],
    }


@door
def original(request: HttpRequest, pk: int, piece: int) -> HttpResponseBase:
    """The file as it was received; that it was handed out stands in the custody log before the first byte goes."""
    case = get_case(request, pk)
    found = _evidence(case, piece)
    response = _stream(request, found, found.file_name)
    if request.method == "GET" and response.status_code != 416:
        act = "viewed" if _is_inline(found) else "downloaded"
        record_viewing(found, act, actor_of(request), is_part="Range" in request.headers)
    return response


@door
def thumbnail(request: HttpRequest, pk: int, piece: int) -> HttpResponseBase:
    """The picture for screens; only derivatives are here."""
    found = _evidence(get_case(request, pk), piece)
    if found.original_id is None:
        raise NotFound(_("There is no such picture."))
    return _stream(request, found, f"{found.original_id}.jpg")


def _evidence(case: Case, piece: int) -> Evidence:
    found = case.evidence.select_related("case").filter(pk=piece).first()
    if found is None:
        raise NotFound(_("There is no such evidence in this case."))
    return found


def _is_inline(found: Evidence) -> bool:
    return found.media_type.startswith(SHOWN_INSIDE)


def _stream(request: HttpRequest, found: Evidence, name: str) -> HttpResponseBase:
    asked = request.headers.get("Range", "") if request.method == "GET" else ""
    try:
        response = range_response(file_path(found.sha256), asked)
    except OSError as problem:
        raise NotFound(
            _("The file of this evidence is not in the store; tell the administrator to run verify_evidence.")
        ) from problem
    inside = _is_inline(found)
    response["Content-Type"] = found.media_type if inside else "application/octet-stream"
    plain = PurePath(name.replace("\\", "/")).name or "evidence"
    response["Content-Disposition"] = (
        content_disposition_header(not inside, _safe_name(plain)) or "attachment"
    )
    response["Cache-Control"] = "private, no-store"
    response["X-Content-Type-Options"] = "nosniff"
    response["Content-Security-Policy"] = PLAYS if inside else "default-src 'none'; sandbox"
    return response


def _safe_name(name: str) -> str:
    """Without signs that break a header or hide what a file is."""
    return "".join(sign if sign.isprintable() and sign not in '"/\\' else "_" for sign in name)
