"""The officer's phone, `/field/api/…`: JSON for officers in service, nothing that their department may not see.

Every answer of a mistake has `error`, one sentence in the language asked for. 400 bad input, 401 signed out, 403 no
officer, 404 not there or not own, 409 somebody was faster (`case` as it is now, `since` what happened), 422 refused by
rule (`refusals` in both languages), 503 try again. Texts of the district are `{zh, en}`.

Reading:

- `token/`: `account`, `officer`, `csrf`, `now` (the server's clock).
- `kit/`: what is needed to log without a network: `kinds`, `matters`, `procedures`, `departments`, `bodies`,
  `officers`, `colleagues`, `file_most`.
- `cases/?lon=&lat=&system=`: `lists` mine, today, overdue, near as numbers of `cases`; `procedures` by version.
- `cases/<id>/`: one case, with its procedure.
- `suggestion/?category=&procedure=&lon=&lat=&system=`: `department`, `rule`, `sentence`, `features`: [address,
  title] of what is there that the case can be about, by layer, and `alike`: own open cases of the category within its
  radius, with photos.
- `photos/<id>/`: the picture of a piece of evidence for screens.

Acts are sent with POST, `X-CSRFToken` of `token/` and a `key` (UUID) of the phone; the same key again is answered alike
and does nothing. All take `device_time` (the device's time), `clock_off` (seconds it is ahead of the server) and `position`
`{lon, lat, system: wgs84|gcj02|bd09, accuracy, by: device|hand|photo}`: offsets are taken back here and the origin is
kept in the log. Acts on a case name it by `case` (id) or `case_key`. Answers have `case`, `was` and `revision`: the
revision before and after.

- `cases/`: `category`, `procedure` (one of the kit's `kinds`), `department` ("" as suggested), `title`, `note`, `address`,
  `party_kind`, `party_name`, `party_id`, `party_phone`, `party_address`, `party_head`,
  `party_representative`, `parties` (others, each `role`, `kind`, `name`, `identity`, `phone`,
  `address`), `subjects` (what it is about, each `feature`: `layer/number` or the address of a place), `partner`.
- `evidence/` (form with `file`): `kind`, `title`, `taken` (the file's own time), `heading`, `device`, `partner`, `reduced`
  (true of a copy that was made smaller), `of` (key of the copy of which this is the original). `is_known` in the answer:
  the case had the same file already.
- `confirmations/`: `evidence`, a piece that names the officer as the second one.
- `steps/`: `step`, `revision` (that the officer saw), `fields`, `reason`, `note`, `partner`.
- `notes/`: `note`, `joins` (true when a finding was joined to this case).
"""

from django.http import FileResponse, HttpRequest, JsonResponse
from django.http.response import HttpResponseBase
from django.middleware.csrf import get_token
from django.utils.translation import gettext as _

from layers.casework.access.permissions import department_cases
from layers.casework.cases import routing
from layers.casework.evidence.content_store import file_path
from layers.casework.models import Evidence
from layers.casework.procedures.versions import procedures_in_force
from layers.errors import NotFound

from . import commands
from .auth import FieldUser, api
from .case_lists import case_lists, procedures_json
from .offline_bundle import offline_bundle as kit_of
from .request_body import Body, DevicePosition, parse_position
from .serializers import bilingual, case_json, nearby_features, photo_json, prefetch_cases, server_time


@api("GET", "HEAD")
def token(request: HttpRequest, visitor: FieldUser) -> HttpResponseBase:
    return JsonResponse(
        {
            "account": str(visitor.user.pk),
            "user": visitor.user.get_username(),
            "officer": visitor.officer.name,
            "csrf": get_token(request),
            "now": server_time(),
        }
    )


@api("GET", "HEAD")
def kit(request: HttpRequest, visitor: FieldUser) -> HttpResponseBase:
    return JsonResponse(kit_of(visitor))


@api("GET", "HEAD", "POST")
def cases(request: HttpRequest, visitor: FieldUser) -> HttpResponseBase:
    if request.method == "POST":
        return JsonResponse(commands.create_case(Body.of(request), visitor).to_json(visitor))
    here = _here(request)
    return JsonResponse(case_lists(visitor, here.point if here else None))


@api("GET", "HEAD")
def case(request: HttpRequest, visitor: FieldUser, pk: int) -> HttpResponseBase:
    found = prefetch_cases(department_cases(visitor.viewer)).filter(pk=pk).first() if pk < 2**63 else None
    if found is None:
        raise NotFound(_("There is no such case, or it is not your department's."))
    versions = {found.version_id} if found.version_id else set()
    return JsonResponse(
        {
            "case": case_json(found, visitor.officer),
            "procedures": procedures_json(versions),
            "at": server_time(),
        }
    )


@api("GET", "HEAD")
def suggestion(request: HttpRequest, visitor: FieldUser) -> HttpResponseBase:
    known, own = procedures_in_force(), visitor.officer.department.code
    matter = commands.find_matter(
        request.GET.get("category", ""), request.GET.get("procedure", ""), known, own
    )
    here = _here(request)
    found = routing.suggest_department_at(matter, here.point if here else None, known, own)
    alike = routing.similar_open_cases(visitor.viewer, matter.category, here.point) if here else []
    return JsonResponse(
        {
            "department": found.department,
            "rule": found.rule,
            "sentence": bilingual(found.sentence),
            "follows": routing.procedure_code(matter.procedure, found.department, known),
            "radius": matter.category.join_radius,
            "features": nearby_features(here.point, known[matter.procedure].subjects, visitor.viewer)
            if here
            else {},
            "alike": [
                {
                    **case_json(each.case),
                    "metres": round(each.metres),
                    "note": each.case.description,
                    "photos": [photo_json(picture) for picture in each.pictures],
                }
                for each in alike
            ],
        }
    )


@api("GET", "HEAD")
def picture(request: HttpRequest, visitor: FieldUser, pk: int) -> HttpResponseBase:
    found = Evidence.objects.filter(
        original=pk if pk < 2**63 else 0, media_type="image/jpeg", case__in=department_cases(visitor.viewer)
    ).first()
    path = file_path(found.sha256) if found else None
    if path is None or not path.is_file():
        raise NotFound(_("There is no such picture, or it is not your department's."))
    return FileResponse(path.open("rb"), content_type="image/jpeg")


@api("POST")
def evidence(request: HttpRequest, visitor: FieldUser) -> HttpResponseBase:
    return JsonResponse(commands.receive_evidence(request, Body.of(request), visitor).to_json(visitor))


@api("POST")
def confirmations(request: HttpRequest, visitor: FieldUser) -> HttpResponseBase:
    return JsonResponse(commands.confirm_evidence(Body.of(request), visitor).to_json(visitor))


@api("POST")
def steps(request: HttpRequest, visitor: FieldUser) -> HttpResponseBase:
    return JsonResponse(commands.take_field_step(Body.of(request), visitor).to_json(visitor))


@api("POST")
def notes(request: HttpRequest, visitor: FieldUser) -> HttpResponseBase:
    return JsonResponse(commands.add_note(Body.of(request), visitor).to_json(visitor))


def _here(request: HttpRequest) -> DevicePosition | None:
    asked = {name: request.GET.get(name) for name in ("lon", "lat", "system", "accuracy")}
    if not (asked["lon"] or asked["lat"]):
        return None
    return parse_position({name: value for name, value in asked.items() if value})
