"""What the phone sends, read and checked; each mistake names its field."""

import json
import math
from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from django.contrib.gis.geos import Point
from django.http import HttpRequest
from django.utils.timezone import get_default_timezone
from django.utils.translation import gettext as _

from layers.agencies.models import Officer
from layers.casework.log.event_log import DeviceReport
from layers.coordinates import STORE_SRID, Position, bd09_to_wgs84, gcj02_to_wgs84
from layers.errors import InvalidInput

SYSTEMS: dict[str, Callable[[float, float], Position]] = {
    "wgs84": lambda lon, lat: (lon, lat),
    "gcj02": gcj02_to_wgs84,
    "bd09": bd09_to_wgs84,
}
WAYS = ("device", "hand", "photo")
MOST_METRES = 1e6
YEAR = 366 * 24 * 3600
YEARS = range(1970, 2200)
"""Of times that a device may say; what lies further off no database gives back."""
MOST_NORTH = 85
"""Degrees of latitude to which the web map reaches."""


@dataclass(frozen=True)
class DevicePosition:
    """A position in EPSG:4490, and how the phone gave it."""

    point: Point
    accuracy: float | None
    origin: dict[str, Any]


@dataclass(frozen=True)
class Body:
    """The fields of a request, however they came."""

    fields: Mapping[str, Any]

    @classmethod
    def of(cls, request: HttpRequest) -> "Body":
        """A JSON object, or the fields of a form with a file, where objects are JSON text."""
        if request.content_type == "multipart/form-data":
            given = {name: request.POST[name] for name in request.POST}
            if "position" in given:
                given["position"] = _parse_json(given["position"])
            return cls(given)
        found = _parse_json(request.body)
        if not isinstance(found, dict):
            raise InvalidInput(_("A JSON object must be sent."))
        return cls(found)

    def text(self, name: str, most: int, *, required: bool = False) -> str:
        value = self.fields.get(name)
        if value is None:
            value = ""
        if not isinstance(value, str) or not _is_clean(value):
            raise InvalidInput(_("“%(name)s” must be text.") % {"name": name})
        if len(value) > most:
            raise InvalidInput(
                _("“%(name)s” may have %(most)d characters at most.") % {"name": name, "most": most}
            )
        if required and not value.strip():
            raise InvalidInput(_("“%(name)s” is missing.") % {"name": name})
        return value.strip()

    def texts(self, name: str, most: int) -> list[str]:
        """A list of at most so many words."""
        found = self.fields.get(name) or []
        if not isinstance(found, list) or not all(
            isinstance(each, str) and _is_clean(each) for each in found
        ):
            raise InvalidInput(_("“%(name)s” must be a list of texts.") % {"name": name})
        if len(found) > most:
            raise InvalidInput(_("“%(name)s” has too many entries.") % {"name": name})
        return found

    def rows(self, name: str, most: int, columns: Collection[str], longest: int) -> list[dict[str, str]]:
        """A list of at most so many rows of texts by the same names, "" where one is not given."""
        found = self.fields.get(name) or []
        if not isinstance(found, list) or not all(isinstance(each, dict) for each in found):
            raise InvalidInput(_("“%(name)s” must be a list of objects.") % {"name": name})
        if len(found) > most:
            raise InvalidInput(_("“%(name)s” has too many entries.") % {"name": name})
        return [{column: Body(each).text(column, longest) for column in columns} for each in found]

    def table(
        self, name: str, most: int, columns: Collection[str], longest: int
    ) -> dict[str, dict[str, str]]:
        """At most so many rows of texts by their names."""
        found = self.fields.get(name) or {}
        if not isinstance(found, dict) or not all(isinstance(each, dict) for each in found.values()):
            raise InvalidInput(_("“%(name)s” must be an object.") % {"name": name})
        if len(found) > most:
            raise InvalidInput(_("“%(name)s” has too many entries.") % {"name": name})
        return {
            code: {column: Body(row).text(column, longest) for column in columns}
            for code, row in found.items()
        }

    def choice(self, name: str, known: Any, default: str = "") -> str:
        value = self.text(name, 80) or default
        if value not in known:
            raise InvalidInput(
                _("“%(name)s” must be one of: %(known)s.") % {"name": name, "known": ", ".join(known)}
            )
        return value

    def key(self, name: str = "key") -> UUID:
        try:
            return UUID(str(self.fields.get(name)))
        except ValueError:
            raise InvalidInput(_("“%(name)s” must be a UUID.") % {"name": name}) from None

    def whole(self, name: str, least: int = 0, most: int = 2**31 - 1) -> int | None:
        value = self.fields.get(name)
        if value is None or value == "":
            return None
        if isinstance(value, str) and value.lstrip("-").isdecimal() and len(value) < 12:
            value = int(value)
        if not isinstance(value, int) or isinstance(value, bool) or not least <= value <= most:
            raise InvalidInput(
                _("“%(name)s” must be a whole number from %(low)d to %(high)d.")
                % {"name": name, "low": least, "high": most}
            )
        return value

    def flag(self, name: str) -> bool:
        """Of JSON, or of a form, whose texts say it by true."""
        return self.fields.get(name) in (True, "true")

    def moment(self, name: str) -> datetime | None:
        text = self.text(name, 40)
        if not text:
            return None
        try:
            found = datetime.fromisoformat(text)
            if found.year not in YEARS:
                raise ValueError(text)
            return found if found.tzinfo else found.replace(tzinfo=get_default_timezone())
        except ValueError:
            raise InvalidInput(
                _("“%(name)s” must be a time such as 2026-11-24T09:30:00Z.") % {"name": name}
            ) from None

    def position(self) -> DevicePosition | None:
        given = self.fields.get("position")
        return None if given is None else parse_position(given)

    def heading(self) -> float | None:
        value = self.fields.get("heading")
        return None if value in (None, "") else _number(value, "heading", 0, 360)

    def partner(self, officer: Officer) -> Officer | None:
        wanted = self.whole("partner")
        if wanted is None:
            return None
        found = Officer.objects.filter(pk=wanted, department=officer.department, is_active=True).first()
        if found is None:
            raise InvalidInput(_("The second officer must be one of your department."))
        return found

    def device_report(self, key: UUID | None = None, **more: Any) -> DeviceReport:
        """What the device says of the act; ``clock_off`` is by how many seconds its clock is ahead."""
        given, sent = self.position(), {"key": str(key)} if key else {}
        off = self.whole("clock_off", -50 * YEAR, 50 * YEAR)
        told = {"clock_off": off, "position": given.origin if given else None, **more}
        sent |= {name: value for name, value in told.items() if value not in (None, "")}
        return DeviceReport(
            at=self.moment("device_time"),
            position=given.point if given else None,
            accuracy=given.accuracy if given else None,
            sent=sent,
        )


def parse_position(given: Any) -> DevicePosition:
    """``lon``, ``lat`` in degrees of ``system``, ``accuracy`` in metres, ``by`` device, hand or photo."""
    if not isinstance(given, Mapping):
        raise InvalidInput(_("“position” must have lon and lat."))
    system, by = given.get("system") or "wgs84", given.get("by") or "device"
    if system not in SYSTEMS or by not in WAYS:
        raise InvalidInput(
            _("The position's system must be one of: %(known)s.") % {"known": ", ".join(SYSTEMS)}
        )
    lon, lat = (
        _number(given.get("lon"), "lon", -180, 180),
        _number(given.get("lat"), "lat", -MOST_NORTH, MOST_NORTH),
    )
    accuracy = given.get("accuracy")
    x, y = SYSTEMS[system](lon, lat)
    return DevicePosition(
        Point(x, y, srid=STORE_SRID),
        None if accuracy is None else _number(accuracy, "accuracy", 0, MOST_METRES),
        {"system": system, "lon": lon, "lat": lat, "by": by},
    )


def _number(value: Any, name: str, low: float, high: float) -> float:
    try:
        found = (
            float(value) if isinstance(value, int | float | str) and not isinstance(value, bool) else math.nan
        )
    except (ValueError, OverflowError):
        found = math.nan
    if not low <= found <= high:
        raise InvalidInput(
            _("“%(name)s” must be a number from %(low)s to %(high)s.")
            % {"name": name, "low": low, "high": high}
        )
    return found


def _parse_json(text: str | bytes) -> Any:
    try:
        return json.loads(text, parse_constant=lambda _: None)
    except (ValueError, RecursionError):
        raise InvalidInput(_("What was sent is not JSON.")) from None


def _is_clean(text: str) -> bool:
    """Whether the database can keep it."""
    return text.isprintable() or not any(c == "\x00" or "\ud800" <= c <= "\udfff" for c in text)
