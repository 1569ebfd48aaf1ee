"""Reading what was typed at the desk; what makes no sense is said in a sentence and stays in the form."""

from collections.abc import Callable
from datetime import date
from functools import partial
from typing import Any

from django.contrib.gis.geos import MultiPolygon, Point, Polygon
from django.http import HttpRequest
from django.utils.translation import gettext as _

from geoportal.features.feature_reference import feature_reference
from geoportal.http import viewer_of
from layers.agencies.models import Department, Officer
from layers.casework.models import Case, Party
from layers.casework.principal import PRINCIPAL
from layers.casework.procedures import Field, FieldKind, Step
from layers.casework.procedures.conditions import amount
from layers.coordinates import STORE_SRID
from layers.errors import InvalidInput
from layers.registry.audience import Viewer

LONGEST = 20_000
MIN_CORNERS, MAX_CORNERS = 3, 500
MOST_NORTH = 85
"""Degrees of latitude to which the web map reaches."""


def text_field(request: HttpRequest, name: str, longest: int = LONGEST, title: str = "") -> str:
    """``title`` is what the page calls the field, where it is none of those of every page."""
    text: str = request.POST.get(name, "").strip()
    if "\x00" in text:
        raise InvalidInput(
            _("“%(name)s” holds a character that no text has.") % {"name": title or _title(name)}
        )
    if len(text) > longest:
        raise InvalidInput(
            _("“%(name)s” has %(count)d characters; at most %(most)d are taken.")
            % {"name": title or _title(name), "count": len(text), "most": longest}
        )
    return text


def _title(name: str) -> str:
    """Of a field by its name in the form."""
    titles = {
        "reason": _("Reason"),
        "note": _("Note"),
        "title": _("Title"),
        "summary": _("Summary, as the public reads it"),
        "number": _("Number of the other case"),
        "corners": _("Corners"),
        "lon": _("Longitude"),
        "lat": _("Latitude"),
        "how": _("When and by what way it was told"),
        "text": _("Explanation, needed where you object"),
    }
    columns = {each.name: each.verbose_name for model in (Case, Party) for each in model._meta.fields}
    return str(titles.get(name) or columns.get(name) or columns.get(PRINCIPAL.get(name, "")) or name)


def other_number(request: HttpRequest) -> str:
    """Of another case."""
    if number := text_field(request, "number", 60):
        return number
    raise InvalidInput(_("Write the number of the other case."))


def revision_of(request: HttpRequest) -> int | None:
    """The state of the case that the form was made from."""
    text = text_field(request, "revision", 12)
    if text and not (text.isascii() and text.isdigit() and len(text) < 10):
        raise InvalidInput(_("The form does not say of which state of the case it is; load the page again."))
    return int(text) if text else None


def step_fields(request: HttpRequest, step: Step) -> dict[str, Any]:
    """What the form of a step was given; what was left empty is not given, a flag always is."""
    found: dict[str, Any] = {}
    for field in step.fields:
        if field.kind is FieldKind.CHOICES:
            if chosen := [text for text in request.POST.getlist(f"field-{field.name}") if text]:
                found[field.name] = chosen
            continue
        if field.kind is FieldKind.CHECKLIST:
            if looked_at := checklist_entries(field, partial(text_field, request, title=str(field.title))):
                found[field.name] = looked_at
            continue
        text = text_field(request, f"field-{field.name}", title=str(field.title))
        if field.kind is FieldKind.FEATURE:
            text = text_field(request, f"field-{field.name}.link", title=str(field.title)) or text
        if field.kind is FieldKind.FLAG:
            found[field.name] = bool(text)
        elif text:
            found[field.name] = _value(field, text, viewer_of(request))
    return found


def checklist_entries(field: Field, given: Callable[[str], str]) -> dict[str, dict[str, str]]:
    """What was entered of each row, by the names that the form has for it."""
    found = {}
    for row in field.rows:
        name = f"field-{field.name}.{row}"
        result, note = given(name), given(f"{name}.note")
        if result or note:
            found[row] = {"result": result, "note": note}
    return found


def _value(field: Field, text: str, viewer: Viewer) -> Any:
    """Of the field's kind if it can be read as such; else as it was typed, for the rules to refuse."""
    if field.kind in {FieldKind.NUMBER, FieldKind.MONEY}:
        number = amount(text)
        return text if number is None else number
    if field.kind is FieldKind.FEATURE:
        return feature_reference(text, viewer, field.keeps)
    if field.kind is FieldKind.DATE:
        try:
            return date.fromisoformat(text)
        except ValueError:
            return text
    return text


def selected_officer(request: HttpRequest, name: str) -> Officer | None:
    """The officer that was chosen from a list; None if none was."""
    text = text_field(request, name, 20)
    if not text:
        return None
    found = Officer.objects.select_related("department").filter(pk=_key(text)).first()
    if found is None:
        raise InvalidInput(_("There is no such officer; choose one from the list."))
    return found


def selected_departments(request: HttpRequest, name: str) -> list[Department]:
    codes = [code for code in request.POST.getlist(name) if code]
    found = list(Department.objects.filter(code__in=[code for code in codes if "\x00" not in code]))
    if len(found) != len(set(codes)):
        raise InvalidInput(_("There is no such department; choose from the list."))
    return found


def point(request: HttpRequest) -> Point:
    """Longitude and latitude in degrees of EPSG:4490."""
    lon, lat = (amount(text_field(request, name, 40)) for name in ("lon", "lat"))
    if lon is None or lat is None or abs(lon) > 180 or abs(lat) > MOST_NORTH:
        raise InvalidInput(_("Longitude lies between -180 and 180, latitude between -85 and 85."))
    return Point(float(lon), float(lat), srid=STORE_SRID)


def outline(request: HttpRequest) -> MultiPolygon:
    """One ring of EPSG:4490, given as a corner a line: ``longitude,latitude``; it need not be closed."""
    lines = text_field(request, "corners").split()
    corners = [tuple(amount(part) for part in line.split(",")) for line in lines]
    known = [
        (float(c[0]), float(c[1])) for c in corners if len(c) == 2 and c[0] is not None and c[1] is not None
    ]
    if not MIN_CORNERS <= len(known) == len(corners) <= MAX_CORNERS:
        raise InvalidInput(
            _("An area has three to %(most)d corners, each as longitude,latitude.") % {"most": MAX_CORNERS}
        )
    if any(abs(lon) > 180 or abs(lat) > MOST_NORTH for lon, lat in known):
        raise InvalidInput(_("Longitude lies between -180 and 180, latitude between -85 and 85."))
    return MultiPolygon(Polygon([*known, known[0]]), srid=STORE_SRID)


def _key(text: str) -> int:
    return int(text) if text.isascii() and text.isdigit() and len(text) < 18 else -1
