"""Evidence at the desk: taken in whole, shown small, handed out safely, with a log of who had it."""

from datetime import datetime
from io import BytesIO

import pytest
from django.http.response import HttpResponseBase

from layers.casework.files import path_of
from layers.casework.models import Case, Evidence
from tests.cases.conftest import Open, SignIn, entered, picture
from tests.people import client_of

pytestmark = pytest.mark.django_db


def read(response: HttpResponseBase) -> bytes:
    return b"".join(response.streaming_content) if response.streaming else response.content  # type: ignore[attr-defined]


def added(sign_in: SignIn, case: Case, file: BytesIO | None = None) -> Evidence:
    given = {"file": file or picture(), "kind": "audio_visual", "title": "现场照片"}
    status, page = entered(sign_in("first"), case, "evidence/", given)
    assert status == 302, page
    return case.evidence.filter(original=None).latest("pk")


def test_a_file_is_kept_shown_and_its_custody_logged(open_ordinary: Open, sign_in: SignIn) -> None:
    case = open_ordinary()
    piece = added(sign_in, case)
    page = sign_in("second").get(f"/cases/{case.pk}/").content.decode()
    assert "现场照片" in page
    assert piece.sha256 in page
    assert "图片没有时间信息" in page
    small = case.evidence.get(original=piece)
    assert f"/evidence/{small.pk}/smaller/" in page
    original = sign_in("second").get(f"/cases/{case.pk}/evidence/{piece.pk}/")
    assert read(original) == path_of(piece.sha256).read_bytes()
    page = sign_in("first").get(f"/cases/{case.pk}/").content.decode()
    assert "officer second 查看" in " ".join(page.split())
    handled = {"act": "lent", "note": "送检"}
    assert entered(sign_in("first"), case, f"evidence/{piece.pk}/custody/", handled)[0] == 302
    assert "送检" in sign_in("first").get(f"/cases/{case.pk}/").content.decode()
    assert entered(sign_in("first"), case, f"evidence/{piece.pk}/custody/", {"act": "burn"})[0] == 422


def test_looking_at_thumbnails_is_no_entry_in_the_custody_log(open_ordinary: Open, sign_in: SignIn) -> None:
    case = open_ordinary()
    piece = added(sign_in, case)
    before = case.events.count()
    small = case.evidence.get(original=piece)
    answer = sign_in("first").get(f"/cases/{case.pk}/evidence/{small.pk}/smaller/")
    assert answer["Content-Type"] == "image/jpeg"
    assert read(answer) == path_of(small.sha256).read_bytes()
    assert case.events.count() == before
    assert sign_in("first").get(f"/cases/{case.pk}/evidence/{piece.pk}/smaller/").status_code == 404


@pytest.mark.parametrize(
    ("content", "name"),
    [
        (b"<script>alert(1)</script>", 'x".html'),
        (b'<svg xmlns="http://www.w3.org/2000/svg"><script>alert(1)</script></svg>', "x.svg"),
        (b"%PDF-1.4 x", "../../etc/passwd\r\nX: y.pdf"),
    ],
)
def test_what_a_browser_could_run_is_only_ever_downloaded(
    open_ordinary: Open, sign_in: SignIn, content: bytes, name: str
) -> None:
    case = open_ordinary()
    file = BytesIO(content)
    file.name = name
    piece = added(sign_in, case, file)
    answer = sign_in("first").get(f"/cases/{case.pk}/evidence/{piece.pk}/")
    assert answer["Content-Type"] == "application/octet-stream"
    assert answer["Content-Disposition"].startswith("attachment")
    assert "/" not in answer["Content-Disposition"]
    assert answer["X-Content-Type-Options"] == "nosniff"
    assert "sandbox" in answer["Content-Security-Policy"]
    assert read(answer) == content
    assert case.events.latest("pk").data["act"] == "downloaded"


def test_evidence_leaves_the_store_to_nobody_else(open_ordinary: Open, sign_in: SignIn) -> None:
    case, other = open_ordinary(), open_ordinary()
    piece = added(sign_in, case)
    addresses = [f"/cases/{case.pk}/evidence/{e.pk}/" for e in case.evidence.all()]
    addresses += [f"{address}smaller/" for address in addresses]
    for client in (sign_in("planning"), client_of("public"), client_of("citizen"), client_of("planner")):
        for address in addresses:
            assert client.get(address).status_code == 404
    assert sign_in("first").get(f"/cases/{other.pk}/evidence/{piece.pk}/").status_code == 404
    assert entered(sign_in("planning"), case, "evidence/", {"file": picture(), "kind": "document"})[0] == 404


def test_a_file_that_makes_no_sense_gets_a_sentence(open_ordinary: Open, sign_in: SignIn) -> None:
    case = open_ordinary()
    empty = BytesIO(b"")
    empty.name = "empty.jpg"
    for given in (
        {"kind": "audio_visual", "title": "保留的标题"},
        {"kind": "audio_visual", "title": "保留的标题", "file": empty},
        {"kind": "no such", "title": "保留的标题", "file": picture()},
    ):
        status, page = entered(sign_in("first"), case, "evidence/", given)
        assert status == 422
        assert "保留的标题" in page
    assert not case.evidence.exists()


def test_a_file_that_is_gone_is_missed_in_words(open_ordinary: Open, sign_in: SignIn) -> None:
    case = open_ordinary()
    piece = added(sign_in, case)
    path_of(piece.sha256).unlink()
    answer = sign_in("first").get(f"/cases/{case.pk}/evidence/{piece.pk}/")
    assert answer.status_code == 404
    assert "verify_evidence" in answer.content.decode()


def test_the_time_of_a_photograph_is_compared(open_ordinary: Open, sign_in: SignIn) -> None:
    from PIL import ExifTags, Image

    case = open_ordinary()
    exif = Image.Exif()
    exif[ExifTags.Base.DateTime] = datetime(2019, 1, 1).strftime("%Y:%m:%d %H:%M:%S")
    out = BytesIO()
    Image.new("RGB", (8, 8)).save(out, "JPEG", exif=exif)
    out.seek(0)
    out.name = "old.jpg"
    added(sign_in, case, out)
    assert "文件内时间比发现时间早数日" in sign_in("first").get(f"/cases/{case.pk}/").content.decode()
