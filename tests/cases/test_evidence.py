"""Evidence at the desk: taken in whole, shown small, handed out safely, with a log of who had it."""

import os
import re
from datetime import datetime, timedelta
from io import BytesIO
from typing import Any
from uuid import uuid4

import pytest
from django.http.response import HttpResponseBase
from django.test import Client
from django.utils import timezone

from layers.casework.access.actor import Actor
from layers.casework.evidence.content_store import file_path, store_file
from layers.casework.evidence.custody import damaged_files
from layers.casework.evidence.pending_uploads import delete_expired, pending_uploads
from layers.casework.models import Case, Evidence, PendingUpload
from tests.cases.conftest import Open, People, SignIn, account_of, entered, picture
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
    assert read(original) == file_path(piece.sha256).read_bytes()
    page = sign_in("first").get(f"/cases/{case.pk}/").content.decode()
    assert "officer second 查看" in " ".join(page.split())
    handled = {"act": "lent", "note": "送检"}
    assert entered(sign_in("first"), case, f"evidence/{piece.pk}/custody/", handled)[0] == 302
    assert "送检" in sign_in("first").get(f"/cases/{case.pk}/").content.decode()
    for refused in ({"act": "burn"}, {"act": "explained", "note": " "}):
        assert entered(sign_in("first"), case, f"evidence/{piece.pk}/custody/", refused)[0] == 422
    assert not case.events.filter(data__act="explained").exists()


def test_looking_at_thumbnails_is_no_entry_in_the_custody_log(open_ordinary: Open, sign_in: SignIn) -> None:
    case = open_ordinary()
    piece = added(sign_in, case)
    before = case.events.count()
    small = case.evidence.get(original=piece)
    answer = sign_in("first").get(f"/cases/{case.pk}/evidence/{small.pk}/smaller/")
    assert answer["Content-Type"] == "image/jpeg"
    assert read(answer) == file_path(small.sha256).read_bytes()
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
    assert answer["Content-Security-Policy"] == "default-src 'none'; sandbox"
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


def refused(
    sign_in: SignIn, case: Case, file: BytesIO | None = None, **given: object
) -> tuple[str, PendingUpload]:
    """The page after a form was refused that came with a file, and the file."""
    status, page = entered(
        sign_in("first"), case, "evidence/", {"file": file or picture(), "kind": "no such", **given}
    )
    assert status == 422
    return page, PendingUpload.objects.latest("pk")


def test_a_chosen_file_outlives_the_refusal_of_its_form(open_ordinary: Open, sign_in: SignIn) -> None:
    case = open_ordinary()
    page, waiting = refused(sign_in, case, title="保留的标题")
    assert "现场 照片.jpg" in page
    assert f"{file_path(waiting.sha256).stat().st_size} 字节" in page.replace("\xa0", " ")
    assert file_path(waiting.sha256).read_bytes() == picture().read()
    assert f'value="{waiting.key}" checked' in " ".join(page.split())
    assert not case.evidence.exists()
    given = {"waiting": waiting.key, "kind": "audio_visual", "title": "保留的标题"}
    assert entered(sign_in("first"), case, "evidence/", given)[0] == 302
    piece = case.evidence.get(original=None)
    assert (piece.file_name, piece.title, piece.sha256) == ("现场 照片.jpg", "保留的标题", waiting.sha256)
    assert not PendingUpload.objects.exists()
    assert list(case.events.values_list("kind", flat=True)) == ["opened", "evidence"]


def test_what_is_sent_again_is_the_same_evidence(open_ordinary: Open, sign_in: SignIn) -> None:
    case, form = open_ordinary(), str(uuid4())
    given = {"kind": "audio_visual", "form": form}
    for _time in range(2):
        assert entered(sign_in("first"), case, "evidence/", {**given, "file": picture()})[0] == 302
    _, waiting = refused(sign_in, case, picture("teal"), form=form)
    for _time in range(2):
        again = {**given, "waiting": str(waiting.key), "file": picture("teal")}
        assert entered(sign_in("first"), case, "evidence/", again)[0] == 302
    assert case.evidence.filter(original=None).count() == 2
    assert not PendingUpload.objects.exists()


def test_nobody_else_sees_or_claims_what_waits(open_ordinary: Open, sign_in: SignIn) -> None:
    case, other = open_ordinary(), open_ordinary()
    _, waiting = refused(sign_in, case)
    claim = {"kind": "audio_visual", "waiting": waiting.key}
    assert "现场 照片.jpg" not in sign_in("second").get(f"/cases/{case.pk}/").content.decode()
    assert entered(sign_in("second"), case, "evidence/", claim)[0] == 422
    assert entered(sign_in("second"), case, "evidence/", {"remove": waiting.key})[0] == 422
    assert entered(sign_in("first"), other, "evidence/", claim)[0] == 422
    assert not Evidence.objects.exists()
    assert "现场 照片.jpg" in sign_in("first").get(f"/cases/{case.pk}/").content.decode()


def test_what_waits_is_added_only_when_it_is_ticked_and_can_be_removed(
    open_ordinary: Open, sign_in: SignIn
) -> None:
    case = open_ordinary()
    _, waiting = refused(sign_in, case)
    added(sign_in, case, picture("teal"))
    assert case.evidence.filter(original=None).count() == 1
    given = {"remove": waiting.key, "kind": "document", "title": "写了一半", "file": picture("red")}
    status, page = entered(sign_in("first"), case, "evidence/", given)
    assert status == 200
    assert "“现场 照片.jpg”已移除" in page
    assert "写了一半" in page
    [left] = pending_uploads(case, Actor("first", waiting.officer))
    assert left.sha256 != waiting.sha256
    assert case.evidence.filter(original=None).count() == 1


def test_what_waited_too_long_is_forgotten_but_never_what_is_evidence(
    open_ordinary: Open, sign_in: SignIn
) -> None:
    case = open_ordinary()
    _, kept = refused(sign_in, case)
    _, dropped = refused(sign_in, case, picture("teal"))
    _, shared = refused(sign_in, case, picture("red"))
    entered(sign_in("first"), case, "evidence/", {"remove": dropped.key})
    piece = added(sign_in, open_ordinary(), picture("red"))
    assert piece.sha256 == shared.sha256
    for each in (kept, dropped, shared):
        os.utime(file_path(each.sha256), (0, 0))
    assert delete_expired(timezone.now()) == 0
    assert delete_expired(timezone.now() + timedelta(hours=2)) == 1
    assert not file_path(dropped.sha256).exists()
    assert file_path(kept.sha256).exists()
    assert delete_expired(timezone.now() + timedelta(days=8)) == 2
    assert not file_path(kept.sha256).exists()
    assert file_path(piece.sha256).exists()
    assert list(damaged_files()) == []


def test_a_file_that_was_just_stored_again_is_not_taken_away(open_ordinary: Open, sign_in: SignIn) -> None:
    """As between another officer's storing and the row that refers to it."""
    _, waiting = refused(sign_in, open_ordinary())
    os.utime(file_path(waiting.sha256), (0, 0))
    later = timezone.now() + timedelta(days=8)
    store_file(iter([picture().read()]))
    os.utime(file_path(waiting.sha256), (later.timestamp(), later.timestamp()))
    assert delete_expired(later) == 1
    assert file_path(waiting.sha256).exists()


def test_what_is_refused_for_what_it_is_does_not_wait(
    open_ordinary: Open, sign_in: SignIn, monkeypatch: pytest.MonkeyPatch
) -> None:
    case = open_ordinary()
    monkeypatch.setattr("geoportal.cases.case.pending_uploads.MOST_BYTES", 100)
    status, page = entered(sign_in("first"), case, "evidence/", {"file": picture(), "kind": "document"})
    assert status == 422
    assert "未保存；每个文件最多" in page
    assert not PendingUpload.objects.exists()


def test_what_is_too_large_for_the_portal_is_stopped_in_words_and_the_form_stays(
    open_ordinary: Open, people: People, settings: object
) -> None:
    """With the check for forgeries on, as a browser meets it: that one reads the form first."""
    settings.IMPORT_MAX_BYTES = 2000  # type: ignore[attr-defined]
    case = open_ordinary()
    client = Client(enforce_csrf_checks=True, headers={"accept-language": "zh"})
    client.force_login(account_of(people["first"]), "django.contrib.auth.backends.ModelBackend")
    page = client.get(f"/cases/{case.pk}/").content.decode()
    [token] = set(re.findall('name="csrfmiddlewaretoken" value="(.+?)"', page)[-1:])
    file = BytesIO(bytes(4000))
    file.name = "录像.mp4"
    given = {"csrfmiddlewaretoken": token, "title": "写好的标题", "kind": "document", "file": file}
    answer = client.post(f"/cases/{case.pk}/evidence/", given)
    assert answer.status_code == 422
    assert "未保存；每个文件最多" in answer.content.decode()
    assert "写好的标题" in answer.content.decode()


def test_a_file_that_is_gone_is_missed_in_words(open_ordinary: Open, sign_in: SignIn) -> None:
    case = open_ordinary()
    piece = added(sign_in, case)
    file_path(piece.sha256).unlink()
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


WHOLE = bytes(range(200))


@pytest.fixture
def recording(open_ordinary: Open, sign_in: SignIn) -> Evidence:
    file = BytesIO(b"\0\0\0\x18ftypmp42\0\0\0\0mp42isom" + WHOLE)
    file.name = "clip.mp4"
    return added(sign_in, open_ordinary(), file)


def asked(sign_in: SignIn, piece: Evidence, part: str = "", name: str = "first", method: str = "get") -> Any:
    headers = {"range": part} if part else {}
    return getattr(sign_in(name), method)(f"/cases/{piece.case_id}/evidence/{piece.pk}/", headers=headers)


@pytest.mark.parametrize(
    ("part", "first", "last"),
    [
        ("bytes=0-1", 0, 1),
        ("bytes=0-0", 0, 0),
        ("bytes=0-", 0, 223),
        ("bytes=100-", 100, 223),
        ("bytes=223-223", 223, 223),
        ("bytes=-10", 214, 223),
        ("bytes=-1000", 0, 223),
        ("bytes=200-5000", 200, 223),
    ],
)
def test_a_part_of_a_recording_is_given(
    recording: Evidence, sign_in: SignIn, part: str, first: int, last: int
) -> None:
    whole = file_path(recording.sha256).read_bytes()
    assert len(whole) == 224
    answer = asked(sign_in, recording, part)
    assert answer.status_code == 206
    assert answer["Content-Range"] == f"bytes {first}-{last}/224"
    assert int(answer["Content-Length"]) == last - first + 1
    assert (answer["Accept-Ranges"], answer["Content-Type"]) == ("bytes", "video/mp4")
    assert answer["Cache-Control"] == "private, no-store"
    assert read(answer) == whole[first : last + 1]


@pytest.mark.parametrize("part", ["", "bytes=0-1,5-6", "bytes=", "bytes=-", "bytes=a-b", "lines=1-2"])
def test_what_is_no_single_part_is_answered_with_the_whole(
    recording: Evidence, sign_in: SignIn, part: str
) -> None:
    answer = asked(sign_in, recording, part)
    assert (answer.status_code, answer["Accept-Ranges"]) == (200, "bytes")
    assert int(answer["Content-Length"]) == 224
    assert "Content-Range" not in answer
    assert read(answer) == file_path(recording.sha256).read_bytes()


def test_a_part_beyond_the_end_is_refused_and_no_viewing(recording: Evidence, sign_in: SignIn) -> None:
    before = recording.case.events.count()
    answer = asked(sign_in, recording, "bytes=224-")
    assert (answer.status_code, answer["Content-Range"]) == (416, "bytes */224")
    assert read(answer) == b""
    assert recording.case.events.count() == before


def looks(piece: Evidence) -> list[str]:
    return [event.who for event in piece.case.events.filter(data__act="viewed").order_by("pk")]


def test_a_recording_that_is_sought_is_viewed_once(recording: Evidence, sign_in: SignIn) -> None:
    """As browsers ask: the page, then a probe, the beginning, and wherever the officer seeks."""
    for part in ("", "bytes=0-1", "bytes=0-", "bytes=100-", "bytes=0-"):
        read(asked(sign_in, recording, part))
    assert looks(recording) == ["officer first"]
    read(asked(sign_in, recording, "bytes=100-", "second"))
    read(asked(sign_in, recording, "bytes=0-", "second"))
    assert looks(recording) == ["officer first", "officer second"], "nobody gets a part unseen"
    read(asked(sign_in, recording))
    assert looks(recording) == ["officer first", "officer second", "officer first"]


def test_a_part_that_is_asked_for_much_later_is_another_viewing(
    recording: Evidence, sign_in: SignIn, monkeypatch: pytest.MonkeyPatch
) -> None:
    read(asked(sign_in, recording, "bytes=0-"))
    monkeypatch.setattr("layers.casework.evidence.custody.VIEWING", timedelta(0))
    read(asked(sign_in, recording, "bytes=0-"))
    assert looks(recording) == ["officer first"] * 2


def test_asking_about_a_recording_is_no_viewing(recording: Evidence, sign_in: SignIn) -> None:
    for part in ("", "bytes=0-1"):
        answer = asked(sign_in, recording, part, method="head")
        assert (answer.status_code, answer["Accept-Ranges"]) == (200, "bytes")
        assert int(answer["Content-Length"]) == 224
        assert read(answer) == b""
    assert looks(recording) == []
