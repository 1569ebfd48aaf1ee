"""The officer's lists: my cases, due today, overdue, near me; with everything the phone needs without a network."""

from datetime import datetime, time, timedelta
from typing import Any

from django.contrib.gis.db.models.functions import Distance
from django.contrib.gis.geos import Point
from django.db.models import Q, QuerySet
from django.utils import timezone

from layers.casework.access.permissions import department_cases
from layers.casework.log.case_snapshots import case_snapshots
from layers.casework.models import OPEN, Case, ProcedureVersion
from layers.casework.procedures.versions import procedures_by_version
from layers.coordinates import WEB_SRID, lonlat_to_web

from .auth import FieldUser
from .serializers import case_json, prefetch_cases, procedure_json, server_time

MOST = 60
"""Cases of one list that are kept on the phone."""
NEAR = 1500.0
"""Metres around the officer, in the web projection's units of the district, which are longer."""


def case_lists(visitor: FieldUser, here: Point | None) -> dict[str, Any]:
    chosen = {name: found for name, found in _lists(visitor, here).items() if found is not None}
    ids = {name: list(found.values_list("pk", flat=True)[:MOST]) for name, found in chosen.items()}
    wanted = {pk for each in ids.values() for pk in each}
    cases = list(prefetch_cases(Case.objects.filter(pk__in=wanted)))
    snapshots = case_snapshots(cases)
    return {
        "at": server_time(),
        "lists": ids,
        "counts": {name: found.count() for name, found in chosen.items()},
        "cases": [case_json(case, visitor.officer, snapshots.get(case.pk)) for case in cases],
        "procedures": procedures_json({case.version_id for case in cases if case.version_id}),
    }


def procedures_json(versions: set[int]) -> dict[str, Any]:
    """The field steps of procedure versions, by the version's key."""
    known = ProcedureVersion.objects.filter(pk__in=versions)
    return {str(pk): procedure_json(each) for pk, each in procedures_by_version(known).items()}


def _lists(visitor: FieldUser, here: Point | None) -> "dict[str, QuerySet[Case] | None]":
    present, tonight = timezone.now(), _end_of_day(timezone.localtime())
    running = department_cases(visitor.viewer).filter(OPEN, joined_to=None)
    mine = Q(handler=visitor.officer) | Q(partner=visitor.officer)
    soonest = running.order_by("due", "pk")
    return {
        "mine": soonest.filter(mine),
        "today": soonest.filter(due__gte=present, due__lt=tonight),
        "overdue": soonest.filter(due__lt=present),
        "near": _near(running, here) if here else None,
    }


def _near(running: "QuerySet[Case]", here: Point) -> "QuerySet[Case]":
    web = Point(*lonlat_to_web(here.x, here.y), srid=WEB_SRID)
    return running.filter(geom_3857__dwithin=(web, NEAR)).order_by(Distance("geom_3857", web), "pk")


def _end_of_day(local: datetime) -> datetime:
    return timezone.make_aware(datetime.combine(local.date() + timedelta(days=1), time()))
