"""The pages of a case's documents: whose they are, what they record, and what goes wrong in words."""

import re
from http import HTTPStatus
from io import BytesIO

import pytest
from django.test import Client
from pypdf import PdfReader

from layers.casework.evidence.content_store import file_path
from layers.casework.evidence.custody import record_handling
from layers.casework.models import Case, Document, EventKind
from layers.registry.audience import Audience
from layers.registry.models import AccessLogEntry
from tests.cases.case_story import CaseStory, officer_client
from tests.people import VIEWERS, client_of

pytestmark = pytest.mark.django_db

OWN = {"officer", "administrator"}


def at(case: Case, rest: str) -> str:
    return f"/cases/{case.pk}/{rest}"


def body(response: object) -> bytes:
    parts = getattr(response, "streaming_content", None)
    return b"".join(parts) if parts else response.content  # type: ignore[attr-defined]


def made(told: CaseStory, code: str = "penalty_decision") -> Document:
    client = officer_client(told, "first")
    assert client.post(at(told.case, "documents/"), {"code": code}).status_code == HTTPStatus.CREATED
    return Document.objects.latest("pk")


def test_documents_are_the_own_department_s_and_nobody_else_s(decided: CaseStory) -> None:
    document = made(decided)
    for role in VIEWERS:
        client, expected = client_of(role), HTTPStatus.OK if role in OWN else HTTPStatus.NOT_FOUND
        for rest in (
            "documents/",
            f"documents/{document.pk}.pdf",
            "documents/penalty_decision/draft.pdf",
            "file.pdf",
        ):
            assert client.get(at(decided.case, rest)).status_code == expected, (role, rest)
        if role not in OWN:
            refused = client.post(at(decided.case, "documents/"), {"code": "penalty_decision"})
            assert refused.status_code == expected, role
    assert Document.objects.filter(code="penalty_decision").count() == 1


def test_a_joint_department_reads_and_makes_them(decided: CaseStory) -> None:
    decided.case.joint = ["PL"]
    decided.case.save()
    client = officer_client(decided, "planning")
    assert client.get(at(decided.case, "documents/")).status_code == HTTPStatus.OK
    assert client.post(at(decided.case, "documents/"), {"code": "penalty_decision"}).status_code == 201


def test_an_administrator_reads_and_makes_none(decided: CaseStory) -> None:
    response = client_of("administrator").post(at(decided.case, "documents/"), {"code": "penalty_decision"})
    assert response.status_code == HTTPStatus.FORBIDDEN
    assert "执法人员" in response.json()["error"]


def test_the_pdf_is_shown_inside_the_browser_and_not_kept_by_it(decided: CaseStory) -> None:
    document = made(decided)
    client = officer_client(decided, "first")
    response = client.get(at(decided.case, f"documents/{document.pk}.pdf"))
    assert body(response) == file_path(document.sha256).read_bytes()
    assert response["Content-Type"] == "application/pdf"
    assert response["Content-Disposition"].startswith("inline")
    assert response["X-Content-Type-Options"] == "nosniff"
    assert "no-store" in response["Cache-Control"]
    kept = client.get(at(decided.case, f"documents/{document.pk}.pdf?download=1"))
    assert kept["Content-Disposition"].startswith("attachment")


def test_every_reading_is_in_the_log_and_on_the_record_of_personal_data(decided: CaseStory) -> None:
    since = decided.case.events.latest("pk").pk
    document = made(decided)
    client, before = officer_client(decided, "first"), AccessLogEntry.objects.count()
    client.get(at(decided.case, f"documents/{document.pk}.pdf"))
    client.get(at(decided.case, f"documents/{document.pk}.pdf?download=1"))
    client.get(at(decided.case, "file.pdf"))
    client.head(at(decided.case, f"documents/{document.pk}.pdf"))
    events = decided.case.events.filter(kind=EventKind.DOCUMENT, pk__gt=since).order_by("pk")
    assert [(event.data["act"], event.who) for event in events] == [
        ("made", "officer first"),
        ("read", "officer first"),
        ("downloaded", "officer first"),
        ("file", "officer first"),
    ]
    assert AccessLogEntry.objects.count() == before + 3


def test_making_one_goes_back_to_where_it_was_asked_for(decided: CaseStory) -> None:
    client = officer_client(decided, "first")
    page = {"accept": "text/html"}
    for back, address in (("", "documents/"), ("case", "")):
        response = client.post(
            at(decided.case, "documents/"), {"code": "penalty_decision", "back": back}, headers=page
        )
        assert response.status_code == HTTPStatus.FOUND
        assert (
            response["Location"] == f"{at(decided.case, address)}#document-{Document.objects.latest('pk').pk}"
        )


def test_whoever_was_slower_is_told_and_nothing_is_made_twice(decided: CaseStory) -> None:
    client, seen = officer_client(decided, "first"), decided.case.revision
    form = {"code": "penalty_decision", "revision": str(seen)}
    assert client.post(at(decided.case, "documents/"), form).status_code == HTTPStatus.CREATED
    assert client.post(at(decided.case, "documents/"), form).status_code == HTTPStatus.CONFLICT
    page = client.post(at(decided.case, "documents/"), form, headers={"accept": "text/html"})
    assert page.status_code == HTTPStatus.CONFLICT
    assert 'role="alert"' in page.content.decode()
    assert Document.objects.filter(code="penalty_decision").count() == 1


@pytest.mark.parametrize(
    ("form", "status"),
    [
        ({}, 404),
        ({"code": "no_such"}, 404),
        ({"code": "hearing_notice"}, 403),
        ({"code": "penalty_decision", "revision": "x"}, 400),
        ({"code": "penalty_decision", "revision": "9" * 30}, 400),
    ],
)
def test_what_cannot_be_made_is_said_in_a_sentence(
    form: dict[str, str], status: int, decided: CaseStory
) -> None:
    response = officer_client(decided, "first").post(at(decided.case, "documents/"), form)
    assert response.status_code == status
    assert response.json()["error"]


def test_a_document_of_another_case_is_not_found_under_this_one(decided: CaseStory) -> None:
    document = made(decided)
    others = Case.objects.exclude(pk=decided.case.pk).filter(department=decided.case.department)
    other = others.filter(visibility=Audience.PUBLIC).first()
    assert other is not None
    client = officer_client(decided, "first")
    assert client.get(at(other, f"documents/{document.pk}.pdf")).status_code == HTTPStatus.NOT_FOUND
    for pk in (0, 10**25):
        assert client.get(at(decided.case, f"documents/{pk}.pdf")).status_code == HTTPStatus.NOT_FOUND


def test_a_case_without_a_procedure_says_so(decided: CaseStory) -> None:
    other = Case.objects.filter(
        version=None, department=decided.case.department, visibility=Audience.PUBLIC
    ).first()
    assert other is not None
    client = officer_client(decided, "first")
    assert client.get(at(other, "documents/"), headers={"accept": "text/html"}).status_code == HTTPStatus.OK
    for rest in ("documents/penalty_decision/draft.pdf", "file.pdf"):
        assert client.get(at(other, rest)).status_code == HTTPStatus.NOT_FOUND


def test_a_file_that_was_changed_is_not_handed_out(decided: CaseStory) -> None:
    document = made(decided)
    path = file_path(document.sha256)
    path.unlink()
    path.write_bytes(b"%PDF-1.7 something else")
    client = officer_client(decided, "first")
    response = client.get(at(decided.case, f"documents/{document.pk}.pdf"))
    assert response.status_code == HTTPStatus.CONFLICT
    assert response.json()["error"]
    assert not decided.case.events.filter(data__act="read").exists()


def words(content: bytes) -> list[str]:
    return [re.sub(r"\s", "", page.extract_text()) for page in PdfReader(BytesIO(content)).pages]


def test_the_file_holds_cover_catalogue_documents_and_evidence(decided: CaseStory) -> None:
    client = officer_client(decided, "first")
    codes = ("filing_approval", "scene_record", "penalty_notice", "penalty_decision")
    documents = [made(decided, code) for code in codes]
    response = client.get(at(decided.case, "file.pdf"))
    assert response["Content-Type"] == "application/pdf"
    pages = words(response.content)
    cover, catalogue = pages[0], pages[1]
    assert "行政执法案卷" in cover
    assert decided.case.number in cover
    starts = {}
    for document in documents:
        title = re.sub(r"\s", "", document.title)
        first = next(n for n, page in enumerate(pages[2:], 1) if title in page and "第1页" in page)
        starts[title] = first
        assert f"卷{first}" in pages[first + 1]
        assert title in catalogue
        row = catalogue[catalogue.index(title) :]
        assert re.match(rf".*?日{first}", row), (title, first, row[:60])
    assert list(starts.values()) == sorted(starts.values())
    last = "".join(pages[-2:])
    for piece in decided.case.evidence.filter(original=None):
        assert piece.sha256 in last
        assert re.sub(r"\s", "", piece.title) in last
    for document in documents:
        assert document.sha256 in last
    reader = PdfReader(BytesIO(response.content))
    assert str(reader.outline[0].title) == "封面及目录"  # type: ignore[union-attr]
    assert len(reader.outline) == 9
    names = [image.name for page in reader.pages[-2:] for image in page.images]
    thumbnails = [name for name in names if name.endswith(".jpg")]
    assert len(thumbnails) == 2


def test_a_document_that_is_gone_leaves_a_page_that_says_so(decided: CaseStory) -> None:
    document = made(decided)
    file_path(document.sha256).unlink()
    pages = words(officer_client(decided, "first").get(at(decided.case, "file.pdf")).content)
    assert any("缺失或已被改动" in page for page in pages)


def test_the_page_names_what_is_called_for_in_both_languages(decided: CaseStory) -> None:
    client = officer_client(decided, "first")
    for language, title in (("zh-hans", "行政处罚决定书"), ("en", "Penalty decision")):
        headers = {"accept": "text/html", "accept-language": language}
        page = client.get(at(decided.case, "documents/"), headers=headers).content.decode()
        assert title in page
    listed = client.get(at(decided.case, "documents/")).json()
    assert "penalty_decision" in [row["code"] for row in listed["wanting"]]
    assert all(row["after"] for row in listed["others"])


def test_reading_does_not_push_anybody_aside(decided: CaseStory) -> None:
    """A reading in the log is no action on the case: who acts meanwhile is not told that somebody was faster."""
    document, piece = made(decided), decided.case.evidence.first()
    decided.case.refresh_from_db()
    seen = decided.case.revision
    client = officer_client(decided, "first")
    client.get(at(decided.case, f"documents/{document.pk}.pdf"))
    assert piece is not None
    record_handling(piece, "viewed", decided.people["first"])
    decided.case.refresh_from_db()
    assert decided.case.revision == seen


def test_without_signing_in_nothing_is_said(decided: CaseStory) -> None:
    assert Client().get(at(decided.case, "documents/")).status_code == HTTPStatus.NOT_FOUND
