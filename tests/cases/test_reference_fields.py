"""Officers, departments and files in the form of a step, at the desk and on the phone."""

from uuid import uuid4

import pytest
from django.contrib.gis.geos import Point
from django.core.files.uploadedfile import SimpleUploadedFile

from layers.agencies.models import Department, Officer
from layers.casework.cases.creation import CaseIntake, open_case
from layers.casework.evidence.custody import EvidenceItem, add_evidence
from layers.casework.models import Case, EventKind, PendingUpload
from layers.casework.procedures.versions import save_version, version_in_force
from layers.coordinates import STORE_SRID
from tests.cases.conftest import People, SignIn, account_of, entered, picture
from tests.district import LAT, LON
from tests.field.conftest import phone, post
from tests.room_texts import procedure_texts

pytestmark = pytest.mark.django_db

PROCEDURE = """\
extends: ordinary
code: own
fields:
  expert: {title: {zh: 鉴定人, en: Expert}, kind: person}
  unit: {title: {zh: 征求部门, en: Unit}, kind: unit}
  report: {title: {zh: 鉴定报告, en: Report}, kind: file}
steps:
  file:
    field_ready: true
    fields: {expert: required, unit: {field: expert, in: [E1]}, report: required}
"""


@pytest.fixture
def case(people: People) -> Case:
    save_version(PROCEDURE, procedure_texts(), "test", "own")
    unit = Department.objects.get(code="UM")
    for code, name, is_active in (("E1", "钱专家", True), ("E2", "离岗者", False)):
        Officer.objects.create(code=code, name=name, department=unit, is_active=is_active)
    place = Point(LON, LAT, srid=STORE_SRID)
    return open_case(CaseIntake("占地", unit, version_in_force("own"), position=place), people["first"])


def pdf(name: str = "鉴定.pdf") -> SimpleUploadedFile:
    return SimpleUploadedFile(name, b"%PDF-1.4 report", "application/pdf")


def test_a_file_that_comes_with_a_refused_form_waits_and_is_evidence_once_the_step_is_taken(
    case: Case, sign_in: SignIn
) -> None:
    client = sign_in("head")
    form = {"form": str(uuid4()), "field-expert": "E2"}
    status, page = entered(client, case, "steps/file/", {**form, "field-report.file": pdf()})
    assert (status, "“鉴定人”应为本案办理部门的在岗人员" in page) == (422, True)
    assert case.evidence.count() == 0
    waiting = PendingUpload.objects.get()
    assert f'value="waiting:{waiting.key}" selected' in " ".join(page.split())
    assert "离岗者" not in page
    form |= {"field-expert": "E1", "field-report": f"waiting:{waiting.key}"}
    status, page = entered(client, case, "steps/file/", form)
    assert (status, "须填写“征求部门”" in page) == (422, True)
    assert 'value="E1" selected' in " ".join(page.split())
    assert entered(client, case, "steps/file/", {**form, "field-unit": "UM"})[0] == 302
    piece = case.evidence.get()
    unit = Department.objects.get(code="UM")
    assert not PendingUpload.objects.exists()
    assert case.events.get(kind=EventKind.STEP).data["fields"] == {
        "expert": {"code": "E1", "name": "钱专家", "department": "UM"},
        "unit": {"code": "UM", "name": unit.name, "name_en": unit.name_en},
        "report": {"evidence": piece.pk, "title": "鉴定.pdf", "sha256": piece.sha256},
    }
    page = client.get(f"/cases/{case.pk}/").content.decode()
    for told in ("钱专家（E1）", f"<dd>\n          {unit.name}", f"鉴定.pdf（SHA-256 {piece.sha256[:12]}…）"):
        assert told in page


def test_a_step_on_a_case_that_others_changed_keeps_the_file_waiting(case: Case, sign_in: SignIn) -> None:
    client = sign_in("head")
    data = {"revision": case.revision - 1, "field-expert": "E1", "field-report.file": pdf()}
    response = client.post(f"/cases/{case.pk}/steps/file/", data)
    assert response.status_code == 409
    assert f'value="waiting:{PendingUpload.objects.get().key}" selected' in " ".join(
        response.content.decode().split()
    )
    assert case.evidence.count() == 0


def test_evidence_of_the_case_is_chosen_and_that_of_another_is_not(
    case: Case, people: People, sign_in: SignIn
) -> None:
    place = Point(LON, LAT, srid=STORE_SRID)
    unit = Department.objects.get(code="UM")
    other = open_case(CaseIntake("他案", unit, version_in_force("own"), position=place), people["first"])
    own, foreign = (
        add_evidence(each.pk, EvidenceItem("p.jpg", title="照片"), picture(color), people["first"])
        for each, color in ((case, "red"), (other, "blue"))
    )
    client = sign_in("head")
    form = {"field-expert": people["second"].officer.code}  # type: ignore[union-attr]
    status, page = entered(client, case, "steps/file/", {**form, "field-report": str(foreign.pk)})
    assert (status, "“鉴定报告”应为本案的证据" in page) == (422, True)
    assert entered(client, case, "steps/file/", {**form, "field-report": str(own.pk)})[0] == 302
    assert case.events.get(kind=EventKind.STEP).data["fields"]["report"]["evidence"] == own.pk


def test_the_phone_knows_whom_to_name_and_sends_files_by_their_key(case: Case, people: People) -> None:
    account = account_of(people["head"])
    client, key = phone(account.username), str(uuid4())
    kit = client.get("/field/api/kit/").json()
    assert {"code": "E1", "name": "钱专家"} in kit["officers"]
    assert "E2" not in {each["code"] for each in kit["officers"]}
    sent = client.post("/field/api/evidence/", {"key": key, "case": case.pk, "file": picture()})
    assert sent.status_code == 200, sent.content
    case.refresh_from_db()
    step = {"key": str(uuid4()), "case": case.pk, "step": "file", "revision": case.revision}
    assert post(client, "steps/", {**step, "fields": {"expert": ["E1"]}}).status_code == 400
    nowhere = {"expert": "E1", "report": str(uuid4())}
    assert post(client, "steps/", {**step, "fields": nowhere}).status_code == 422
    given = {"expert": "E1", "unit": "UM", "report": key}
    assert post(client, "steps/", {**step, "fields": given}).status_code == 200
    fields = case.events.get(kind=EventKind.STEP).data["fields"]
    assert fields["expert"]["name"] == "钱专家"
    assert fields["report"]["evidence"] == case.evidence.get(original=None).pk
