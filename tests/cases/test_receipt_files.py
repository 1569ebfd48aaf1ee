"""Files of people outside: taken with a step of their own, told apart by content, pictures without their place."""

from io import BytesIO
from uuid import uuid4

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.utils import timezone
from PIL import Image, PngImagePlugin

from layers.casework.cases.receipts import issue_receipt
from layers.casework.evidence.content_store import file_path
from layers.casework.evidence.image_metadata import read_metadata
from layers.casework.evidence.outside_files import MOST_FILES
from layers.casework.models import Evidence, PendingUpload
from tests.cases.case_story import CaseStory, story
from tests.cases.conftest import SignIn
from tests.cases.test_receipts import browser, content, enter, page
from tests.district import LAT, LON
from tests.photographs import photograph

pytestmark = pytest.mark.django_db
__all__ = ["story"]
STEP = "/receipts/steps/state_defence/"


@pytest.fixture
def noticed(story: CaseStory) -> CaseStory:
    story.to_notice()
    return story


@pytest.fixture
def holder(noticed: CaseStory) -> Client:
    return entered_by(noticed)


def entered_by(noticed: CaseStory) -> Client:
    made = issue_receipt(noticed.case.pk, "party", noticed.people["first"])
    client = browser()
    assert enter(client, made.receipt.number, made.secret) == 302
    return client


def taken_here() -> bytes:
    return photograph(taken=timezone.now(), position=(LON, LAT), heading=90)


def sent(client: Client, data: bytes, name: str, **words: object) -> tuple[int, str]:
    form = {"revision": content(client)["revision"], "form": str(uuid4()), **words}
    answer = client.post(STEP, {**form, "field-defence_file.file": SimpleUploadedFile(name, data)})
    return answer.status_code, answer.content.decode()


def own(noticed: CaseStory) -> Evidence:
    return noticed.case.evidence.get(outside="party", original=None)


def test_a_photograph_becomes_evidence_with_the_step_and_nobody_learns_where_it_was_taken(
    holder: Client, noticed: CaseStory, sign_in: SignIn
) -> None:
    assert sent(holder, taken_here(), "现场.jpg", **{"field-defence": "见照片"})[0] == 302
    piece = own(noticed)
    kept = read_metadata(file_path(piece.sha256))
    assert kept.media_type == "image/jpeg"
    assert (kept.position, kept.device, kept.heading) == (None, "", None)
    assert kept.taken is not None
    assert (piece.position, piece.device, piece.officer, piece.file_name) == (None, "", None, "现场.jpg")
    assert piece.captured == kept.taken
    event = noticed.case.events.get(step="state_defence")
    assert event.data["fields"]["defence_file"] == {
        "evidence": piece.pk, "title": "现场.jpg", "sha256": piece.sha256,
    }  # fmt: skip
    desk = sign_in("first")
    shown = desk.get(f"/cases/{noticed.case.pk}/", headers={"accept": "application/json"}).json()
    (row,) = [each for each in shown["evidence"] if each["id"] == piece.pk]
    assert (row["officers"], row["lon"], row["custody"][0]["who"]) == (
        "当事人（凭回执）",
        None,
        "当事人（凭回执）",
    )
    for address in (row["original"], row["thumbnail"]):
        whole = b"".join(desk.get(address).streaming_content)  # type: ignore[attr-defined]
        assert not Image.open(BytesIO(whole)).getexif().get_ifd(0x8825)
    told = content(holder)["events"][0]["facts"]
    assert [fact["value"].split("（")[0] for fact in told] == ["见照片", "现场.jpg"]


def test_what_else_a_picture_says_goes_too(holder: Client, noticed: CaseStory) -> None:
    said, out = PngImagePlugin.PngInfo(), BytesIO()
    said.add_text("Comment", "taken at my house")
    Image.new("RGBA", (80, 60), "#7a8b5c80").save(out, "PNG", pnginfo=said)
    assert sent(holder, out.getvalue(), "a.png", **{"field-defence": "x"})[0] == 302
    stored = file_path(own(noticed).sha256).read_bytes()
    assert b"my house" not in stored
    assert Image.open(BytesIO(stored)).getpixel((5, 5)) == (0x7A, 0x8B, 0x5C, 0x80)


def test_a_jpeg_loses_its_comments_and_what_follows_its_end(holder: Client, noticed: CaseStory) -> None:
    out = BytesIO()
    Image.open(BytesIO(taken_here())).save(out, "JPEG", comment=b"my house", xmp=b"<x>my house</x>")
    assert sent(holder, out.getvalue() + b"my house", "a.jpg", **{"field-defence": "x"})[0] == 302
    assert b"my house" not in file_path(own(noticed).sha256).read_bytes()


def test_a_file_of_a_refused_form_waits_for_its_sender_alone(
    holder: Client, noticed: CaseStory, sign_in: SignIn
) -> None:
    status, shown = sent(holder, b"%PDF-1.4 contract", "合同.pdf")
    assert (status, noticed.case.evidence.filter(outside="party").count()) == (422, 0)
    waiting = PendingUpload.objects.get()
    assert (waiting.outside, waiting.officer) == ("party", None)
    value = f"waiting:{waiting.key}"
    assert f'value="{value}" selected' in " ".join(shown.split())
    assert "合同.pdf" not in sign_in("first").get(f"/cases/{noticed.case.pk}/").content.decode()
    form = {"revision": content(holder)["revision"], "field-defence": "见合同", "field-defence_file": value}
    assert holder.post(STEP, form).status_code == 302
    assert (own(noticed).media_type, PendingUpload.objects.count()) == ("application/pdf", 0)


def test_who_holds_a_new_receipt_finds_nothing_of_the_old_one_s(holder: Client, noticed: CaseStory) -> None:
    sent(holder, b"%PDF-1.4 contract", "合同.pdf")
    assert "合同.pdf" in page(holder)
    assert "合同.pdf" not in page(entered_by(noticed))


@pytest.mark.parametrize(
    ("data", "name", "sentence"),
    [
        (b"<html><script>alert(1)</script>", "现场.jpg", "“现场.jpg”不是可接收的文件"),
        (b"PK\x03\x04 and more", "材料.docx", "“材料.docx”不是可接收的文件"),
        (taken_here()[: len(taken_here()) * 2 // 3], "坏.jpg", "图片“坏.jpg”已损坏"),
        (b"", "空.pdf", "“空.pdf”是空文件"),
    ],
)
def test_what_is_no_picture_and_no_pdf_is_refused_in_a_sentence(
    holder: Client, data: bytes, name: str, sentence: str
) -> None:
    status, shown = sent(holder, data, name, **{"field-defence": "我的意见"})
    assert (status, sentence in shown, "我的意见" in shown) == (422, True, True), shown
    assert not PendingUpload.objects.exists()


def test_large_and_many_files_are_refused(holder: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("layers.casework.evidence.outside_files.MOST_BYTES", 100)
    status, shown = sent(holder, b"%PDF-" + b"x" * 200, "大.pdf")
    assert (status, "“大.pdf”" in shown, PendingUpload.objects.count()) == (422, True, 0)
    for number in range(MOST_FILES):
        sent(holder, f"%PDF-1.4 {number}".encode(), f"{number}.pdf")
    assert PendingUpload.objects.count() == MOST_FILES
    assert "您最多可提交" in sent(holder, b"%PDF-1.4 more", "more.pdf")[1]
    assert PendingUpload.objects.count() == MOST_FILES


def test_files_come_only_with_a_step_of_one_s_own_that_asks_for_one(
    holder: Client, noticed: CaseStory
) -> None:
    for code, field in (("request_hearing", "requested_on"), ("hear_defence", "answer"), ("nothing", "x")):
        file = SimpleUploadedFile("a.pdf", b"%PDF-1.4")
        form = {"revision": content(holder)["revision"], f"field-{field}.file": file}
        holder.post(f"/receipts/steps/{code}/", form)
    assert not PendingUpload.objects.exists()
    assert not noticed.case.evidence.filter(outside="party").exists()


def test_nobody_outside_names_files_of_the_officers(holder: Client, noticed: CaseStory) -> None:
    piece = noticed.case.evidence.filter(original=None).first()
    assert piece is not None
    form = {"revision": content(holder)["revision"], "field-defence": "x", "field-defence_file": piece.pk}
    assert holder.post(STEP, form).status_code == 422
    assert str(piece) not in page(holder)
