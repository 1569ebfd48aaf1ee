"""Evidence: what a file says of itself, what does not fit the case, and originals that nobody changes."""

import struct
import zlib
from datetime import timedelta
from io import BytesIO, StringIO
from uuid import uuid4

import pytest
from django.contrib.gis.geos import Point
from django.core.management import CommandError, call_command
from django.db import DatabaseError, connection, transaction
from django.utils import timezone
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image

from layers.casework.access.actor import NotAllowed
from layers.casework.cases.transitions import take_step
from layers.casework.evidence.content_store import file_path, store_file
from layers.casework.evidence.custody import (
    EvidenceItem,
    add_evidence,
    confirm_evidence,
    damaged_files,
    record_handling,
)
from layers.casework.evidence.image_metadata import SIDE, make_thumbnail, read_metadata
from layers.casework.log.case_as_of import case_as_of
from layers.casework.log.case_snapshots import case_snapshot
from layers.casework.log.event_log import DeviceReport, log_flaws
from layers.casework.models import Case, Document, EventKind, Evidence
from layers.casework.procedures.versions import procedure_of
from layers.coordinates import STORE_SRID
from tests.casework.conftest import Open, People
from tests.casework.sealing import seal
from tests.district import LAT, LON
from tests.effort import tries
from tests.photographs import photograph

pytestmark = pytest.mark.django_db

HERE = (LON + 0.0003, LAT + 0.0003)


def received(case: Case, people: People, content: bytes, **said: object) -> Evidence:
    piece = EvidenceItem(**{"file_name": "IMG_0001.jpg", **said})  # type: ignore[arg-type]
    return add_evidence(case.pk, piece, iter([content]), people["first"])


def test_what_a_photograph_says_is_read_and_fits(open_ordinary: Open, people: People) -> None:
    case, now = open_ordinary(), timezone.now().replace(microsecond=0)
    kept = received(case, people, photograph(now, HERE, heading=271.5), partner=people["second"].officer)
    assert kept.captured == now
    assert kept.position is not None
    assert kept.position.coords == pytest.approx(HERE, abs=1e-6)
    assert (kept.heading, kept.device, kept.media_type) == (271.5, "Demo Phone 9", "image/jpeg")
    assert kept.findings == []
    assert kept.exif["Model"] == "Phone 9"
    assert kept.partner == people["second"].officer


def test_what_the_device_says_goes_before_what_the_file_says(open_ordinary: Open, people: People) -> None:
    case, now = open_ordinary(), timezone.now()
    there = Point(HERE[0] + 0.0001, HERE[1], srid=STORE_SRID)
    kept = received(
        case,
        people,
        photograph(now, HERE, heading=10),
        captured=now,
        heading=90.0,
        device="own camera",
        report=DeviceReport(now, there, 12.0),
    )
    assert kept.position is not None
    assert kept.position.coords == pytest.approx(there.coords)
    assert (kept.heading, kept.device, kept.accuracy) == (90.0, "own camera", 12.0)
    assert kept.received >= now


@pytest.mark.parametrize(
    ("days", "east", "findings"),
    [
        (0, 0.0, []),
        (0, 0.0018, []),  # 174 m
        (0, 0.0025, ["file_far_from_the_case"]),  # 241 m
        (-5, 0.0, ["file_time_long_before_the_case"]),
        (1, 0.0, ["file_time_in_the_future"]),
        (-5, 0.01, ["file_time_long_before_the_case", "file_far_from_the_case"]),
    ],
)
def test_what_does_not_fit_place_or_time_is_flagged(
    days: int, east: float, findings: list[str], open_ordinary: Open, people: People
) -> None:
    case = open_ordinary()
    content = photograph(timezone.now() + timedelta(days=days), (HERE[0] + east, HERE[1]))
    assert received(case, people, content).findings == findings


def test_a_device_whose_time_and_place_differ_from_the_file_s_is_flagged(
    open_ordinary: Open, people: People
) -> None:
    case, now = open_ordinary(), timezone.now()
    far = Point(HERE[0] + 0.02, HERE[1], srid=STORE_SRID)
    kept = received(
        case,
        people,
        photograph(now - timedelta(hours=2), HERE),
        captured=now,
        report=DeviceReport(now, far, 5.0),
    )
    assert kept.findings == ["times_differ", "device_far_from_the_case"]


def test_a_photograph_without_time_is_kept_and_flagged(open_ordinary: Open, people: People) -> None:
    kept = received(open_ordinary(), people, photograph())
    assert (kept.captured, kept.findings) == (None, ["file_without_time"])


def test_the_original_is_what_was_sent_and_read_only(open_ordinary: Open, people: People) -> None:
    content = photograph(timezone.now(), HERE)
    kept = received(open_ordinary(), people, content)
    path = file_path(kept.sha256)
    assert path.read_bytes() == content
    assert path.stat().st_mode & 0o777 == 0o400
    assert path.parent.stat().st_mode & 0o077 == 0


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE casework_evidence SET sha256 = repeat('0', 64)",
        "UPDATE casework_evidence SET findings = '{}'",
        "DELETE FROM casework_evidence",
    ],
)
def test_the_database_refuses_to_change_evidence(statement: str, open_ordinary: Open, people: People) -> None:
    received(open_ordinary(), people, photograph())
    seal()
    with pytest.raises(DatabaseError, match="is kept"), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(statement)


def test_the_picture_for_screens_is_apart_smaller_and_says_nothing(
    open_ordinary: Open, people: People
) -> None:
    kept = received(open_ordinary(), people, photograph(timezone.now(), HERE, size=(4000, 3000)))
    [derived] = kept.derivatives.all()
    assert derived.sha256 != kept.sha256
    with Image.open(file_path(derived.sha256)) as image:
        assert max(image.size) == SIDE
        assert not image.getexif()
    assert (derived.position, derived.captured, derived.exif) == (None, None, {})


def test_every_touch_is_in_the_custody_log(open_ordinary: Open, people: People) -> None:
    case = open_ordinary()
    kept = received(case, people, photograph(timezone.now(), HERE))
    record_handling(kept, "viewed", people["leader"])
    record_handling(kept, "handed out", people["archivist"], note="移交法院")
    log = [(e.data["act"], e.who, e.data["sha256"]) for e in case.events.filter(kind=EventKind.EVIDENCE)]
    assert log == [
        ("received", "officer first", kept.sha256),
        ("viewed", "officer leader", kept.sha256),
        ("handed out", "officer archivist", kept.sha256),
    ]
    seal()
    assert not list(log_flaws())


def test_the_same_file_counts_once_and_the_log_tells_that_it_came_again(
    open_ordinary: Open, people: People
) -> None:
    case, content, key = open_ordinary(), photograph(timezone.now(), HERE), uuid4()
    first = received(case, people, content)
    for _ in range(2):
        assert received(case, people, content, key=key, file_name="other.jpg") == first
    case.refresh_from_db()
    assert case.revision == case.events.latest("pk").data["revision"], "what is sent twice changes nothing"
    assert case.evidence.pieces().count() == 1
    assert file_path(first.sha256).read_bytes() == content
    acts = [event.data["act"] for event in case.events.filter(kind=EventKind.EVIDENCE)]
    assert acts == ["received", "received_again"]
    assert not [file for file in file_path(first.sha256).parent.parent.iterdir() if file.name.startswith(".")]


def test_the_same_file_in_another_case_is_a_piece_of_its_own(open_ordinary: Open, people: People) -> None:
    content = photograph(timezone.now(), HERE)
    assert len({received(open_ordinary(), people, content).pk for _ in range(2)}) == 2


def test_the_original_that_comes_later_stands_for_the_copy_that_was_sent_ahead(
    open_ordinary: Open, people: People
) -> None:
    """What was made in between lists what was there then."""
    case, key, now = open_ordinary(), uuid4(), timezone.now()
    copy = received(case, people, photograph(now, HERE, color="#101010"), key=key, reduced=True)
    assert copy.findings == ["reduced_copy"]
    assert case_snapshot(case).inventory.evidence == {"audio_visual": 1}  # type: ignore[union-attr]
    take_step(case.pk, "file", people["head"])
    then = case.events.latest("pk")
    content = photograph(now, HERE, color="#202020")
    whole = received(case, people, content, key=uuid4(), of=key)
    assert (whole.copy, whole.findings) == (copy, [])
    assert file_path(whole.sha256).read_bytes() == content
    assert list(case.evidence.pieces()) == [whole]
    assert case_snapshot(case).inventory.evidence == {"audio_visual": 1}  # type: ignore[union-attr]
    assert case_as_of(case, procedure_of(case), then).evidence == [copy]
    assert case_as_of(case, procedure_of(case), None).evidence == [whole]


def test_nothing_but_a_reduced_copy_is_replaced(open_ordinary: Open, people: People) -> None:
    case, key, now = open_ordinary(), uuid4(), timezone.now()
    first = received(case, people, photograph(now, HERE, color="#101010"), key=key)
    second = received(case, people, photograph(now, HERE, color="#202020"), key=uuid4(), of=key)
    assert second.copy is None
    assert set(case.evidence.pieces()) == {first, second}


@pytest.mark.parametrize(
    ("name", "kind", "content", "is_flagged"),
    [
        ("clip.mp4", "audio_visual", b"only words", True),
        ("clip.mp4", "audio_visual", b"\0\0\0\x18ftypmp42", False),
        ("voice.mp4", "audio_visual", b"\0\0\0\x18ftypM4A ", False),
        ("photo.jpg", "document", b"%PDF-1.7", True),
        ("words.txt", "audio_visual", b"only words", True),
        ("words.txt", "document", b"only words", False),
        ("permit.pdf", "document", b"%PDF-1.7", False),
    ],
)
def test_content_that_is_not_what_it_says_is_flagged(
    name: str, kind: str, content: bytes, is_flagged: bool, open_ordinary: Open, people: People
) -> None:
    kept = received(open_ordinary(), people, content, file_name=name, kind=kind)
    assert ("content_is_not_what_it_says" in kept.findings) is is_flagged


def test_a_position_that_is_none_is_asked_about(open_ordinary: Open, people: People) -> None:
    report = DeviceReport(timezone.now(), Point(0, 0, srid=STORE_SRID), 5.0)
    kept = received(open_ordinary(), people, photograph(timezone.now(), HERE), report=report)
    assert kept.findings == ["device_position_is_zero"]


def test_the_second_officer_confirms_once_and_nobody_else_can(open_ordinary: Open, people: People) -> None:
    case = open_ordinary()
    kept = received(case, people, photograph(timezone.now(), HERE), partner=people["second"].officer)
    [notice] = case.notices.filter(kind="confirm", channel="portal")
    assert notice.officer == people["second"].officer
    for who in ("first", "leader"):
        with pytest.raises(NotAllowed, match="只有协办人"):
            confirm_evidence(kept, people[who])
    for _ in range(2):
        confirm_evidence(kept, people["second"])
    assert case.events.filter(data__act="confirmed", officer=people["second"].officer).count() == 1


def test_a_piece_that_is_sent_again_is_the_one_that_is_there(open_ordinary: Open, people: People) -> None:
    case, key, content = open_ordinary(), uuid4(), photograph(timezone.now(), HERE)
    first, again = (received(case, people, content, key=key) for _ in range(2))
    assert first.pk == again.pk
    assert case.evidence.filter(original=None).count() == 1
    assert case.events.filter(kind=EventKind.EVIDENCE).count() == 1


def bomb(side: int = 60_000) -> bytes:
    """A small PNG that says it is side × side pixels."""

    def chunk(kind: bytes, body: bytes) -> bytes:
        return struct.pack(">I", len(body)) + kind + body + struct.pack(">I", zlib.crc32(kind + body))

    head = struct.pack(">IIBBBBB", side, side, 8, 2, 0, 0, 0)
    rows = zlib.compress(b"\0" * 1000)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", head) + chunk(b"IDAT", rows) + chunk(b"IEND", b"")


def broken() -> bytes:
    whole = photograph(timezone.now(), HERE)
    return whole[: len(whole) // 3]


@pytest.mark.parametrize(
    ("content", "kind"),
    [
        (b"%PDF-1.7\n%\xe2\xe3\n", "application/pdf"),
        (b"\0\0\0\x18ftypmp42\0\0\0\0", "video/mp4"),
        (b"\0\0\0\x14ftypqt  \0\0\0\0", "video/quicktime"),
        (b"\0\0\0\x18ftyp3gp4\0\0\0\0", "video/3gpp"),
        (b"\0\0\0\x18ftypheic\0\0\0\0", "image/heic"),
        (b"\x1aE\xdf\xa3\x01\0\0\0", "video/webm"),
        (b"RIFF\x24\0\0\0AVI LIST", "video/x-msvideo"),
        (b"RIFF\x24\0\0\0WAVEfmt ", "audio/wav"),
        (b"MZ\x90\0" * 8, "application/octet-stream"),
        (b"", "application/octet-stream"),
        (bomb(), "application/octet-stream"),
    ],
    ids=["pdf", "mp4", "mov", "3gp", "heic", "webm", "avi", "wav", "program", "empty", "bomb"],
)
def test_content_tells_what_a_file_is_whatever_its_name(
    content: bytes, kind: str, open_ordinary: Open, people: People
) -> None:
    now = timezone.now()
    kept = received(open_ordinary(), people, content, file_name="photo.jpg", captured=now)
    assert (kept.media_type, kept.captured) == (kind, now)
    is_recorded = kind.startswith(("image/", "video/", "audio/"))
    other = [] if kind.startswith("image/") else ["content_is_not_what_it_says"]
    assert kept.findings == [*other, *(["file_not_read"] if is_recorded else [])], (
        "it is no photograph, its own time is not read, and it says so"
    )
    assert not kept.derivatives.exists()
    assert file_path(kept.sha256).read_bytes() == content


def test_a_picture_that_is_cut_off_is_kept_as_it_came(open_ordinary: Open, people: People) -> None:
    """What is left of it may be shown."""
    content = broken()
    kept = received(open_ordinary(), people, content)
    assert file_path(kept.sha256).read_bytes() == content
    assert kept.media_type == "image/jpeg"


def test_a_picture_with_senseless_metadata_is_kept(open_ordinary: Open, people: People) -> None:
    exif = Image.Exif()
    exif[0x0132] = "not a time"
    exif.get_ifd(0x8825)[2] = (400.0, 99.0, 99.0)
    exif.get_ifd(0x8825)[4] = (999.0, 0.0, 0.0)
    out = BytesIO()
    Image.new("RGB", (40, 40)).save(out, "JPEG", exif=exif)
    kept = received(open_ordinary(), people, out.getvalue())
    assert (kept.captured, kept.position, kept.findings) == (None, None, ["file_without_time"])


def test_what_cameras_fill_up_their_texts_with_is_left_out(open_ordinary: Open, people: People) -> None:
    """Such as the zeros after a maker's name, which no database keeps, and the year in which time begins."""
    exif = Image.Exif()
    exif[0x010F], exif[0x0110], exif[0x0132] = "NIKON\0\0\0\0", "D\x00\x00 850", "0001:01:01 00:00:00"
    exif.get_ifd(0x8825)[17] = 9999.0
    out = BytesIO()
    Image.new("RGB", (40, 40)).save(out, "JPEG", exif=exif)
    kept = Evidence.objects.get(pk=received(open_ordinary(), people, out.getvalue()).pk)
    assert (kept.device, kept.exif["Make"], kept.captured) == ("NIKON D 850", "NIKON", None)
    assert kept.heading is None


@pytest.mark.parametrize("kind", ["JPEG", "WEBP"])
@pytest.mark.filterwarnings("ignore::UserWarning")
@given(st.lists(st.tuples(st.integers(0, 200), st.integers(0, 255)), min_size=1, max_size=12))
@settings(max_examples=tries(400), derandomize=True)
def test_no_damaged_metadata_hides_that_it_is_a_picture(kind: str, damage: list[tuple[int, int]]) -> None:
    out = BytesIO()
    with Image.open(BytesIO(photograph(timezone.now(), HERE, heading=10, size=(40, 30)))) as image:
        image.save(out, kind, exif=image.getexif())
    content = bytearray(out.getvalue())
    head = content.index(b"MM\x00*") if b"MM\x00*" in content else content.index(b"II*\x00")
    for place, sign in damage:
        content[head + place] = sign
    file = store_file(iter([bytes(content)])).path
    assert (read_metadata(file).media_type, read_metadata(file).is_picture) == (f"image/{kind.lower()}", True)
    assert make_thumbnail(file)


def test_a_picture_too_large_to_unfold_is_kept_without_one_for_screens(
    open_ordinary: Open, people: People
) -> None:
    kept = received(open_ordinary(), people, bomb(9_000))
    assert kept.media_type == "image/png"
    assert not kept.derivatives.exists()


def kept_files(case: Case, people: People) -> tuple[Evidence, Document]:
    piece = received(case, people, photograph(timezone.now(), HERE))
    stored = store_file(iter([b"%PDF-1.7 a document"]))
    document = Document.objects.create(
        case=case,
        code="lead_register",
        title="案件来源登记表",
        sha256=stored.sha256,
        size=stored.size,
        template="lead_register 1",
        made_at=timezone.now(),
    )
    return piece, document


def test_whole_files_are_proved(open_ordinary: Open, people: People) -> None:
    kept_files(open_ordinary(), people)
    out = StringIO()
    call_command("verify_evidence", stdout=out)
    assert "All 3 files are as they were received." in out.getvalue()


@pytest.mark.parametrize("which", [0, 1], ids=["evidence", "document"])
@pytest.mark.parametrize("is_gone", [False, True], ids=["a flipped bit", "a missing file"])
def test_a_file_that_is_not_what_it_was_is_found(
    which: int, is_gone: bool, open_ordinary: Open, people: People
) -> None:
    case = open_ordinary()
    victim = kept_files(case, people)[which]
    path = file_path(victim.sha256)
    content = bytearray(path.read_bytes())
    path.unlink()
    if not is_gone:
        content[len(content) // 2] ^= 1
        path.write_bytes(content)
    [damage] = damaged_files()
    assert (damage.what, damage.is_gone) == (victim, is_gone)
    said = StringIO()
    with pytest.raises(CommandError, match="1 file"):
        call_command("verify_evidence", stderr=said)
    assert f"case {case.pk}" in said.getvalue()
    assert ("is gone" if is_gone else "was changed") in said.getvalue()
