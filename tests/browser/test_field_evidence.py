"""The officer's phone: photos, videos and documents wait, are sent in order, and are not kept."""

import random
import re
import threading
from hashlib import sha256
from io import BytesIO

from PIL import Image
from playwright.sync_api import FilePayload, Page, expect

from layers.casework.models import Event, Evidence
from tests.browser.conftest import accessible
from tests.browser.phone import (
    LONG,
    PHONE,
    Begin,
    begin,
    log_case,
    logged,
    offline,
    on_device,
    only_sent,
    picture,
    sign_in,
    until,
    video,
)
from tests.field.conftest import make_accounts
from tests.field.failing_proxy import Failing
from tests.waiting import eventually


def test_a_video_and_a_document_wait_without_network_and_are_sent_once(
    visit: Begin, failing: Failing
) -> None:
    seen = visit(**PHONE)
    make_accounts()
    page = seen.page
    sign_in(page, failing.url)
    offline(page)
    expect(page.locator("#procedure")).to_be_visible()
    permit: FilePayload = {
        "name": "permit.pdf",
        "mimeType": "application/pdf",
        "buffer": b"%PDF-1.7 a permit",
    }
    page.locator("form.log input[accept='image/*']").set_input_files(picture(1))
    page.locator("form.log input[accept='video/*']").set_input_files(video())
    page.locator("form.log input[type=file]:not([accept])").set_input_files([permit, picture(2)])
    expect(page.locator(".thumbs img")).to_have_count(2)
    files = page.locator(".thumbs .file-sign")
    expect(files).to_have_text(["MP4", "PDF"])
    expect(page.locator(".thumbs li").nth(1)).to_contain_text("clip.mp4")
    expect(page.locator(".thumbs li").nth(1)).to_contain_text("2.5 MB")
    accessible(page)
    page.locator("#category").select_option("exposed_garbage")
    page.locator("form.log [type=submit]").click()
    on_device(page, 1)
    page.reload()
    page.evaluate("location.hash = '#device'")
    expect(page.locator("#queue .item")).to_contain_text("files: 4, 2.5 MB")
    failing.breaks = lambda number: "after" if number == 3 else ""
    offline(page, cut=False)
    on_device(page, 0, LONG)
    assert failing.broken == 1
    [case] = logged()
    kept = {piece.file_name: piece for piece in case.evidence.filter(original=None)}
    assert sorted(kept) == ["clip.mp4", "permit.pdf", "photo-1.jpg", "photo-2.jpg"]
    assert case.evidence.filter(original=None).count() == 4
    assert kept["clip.mp4"].sha256 == sha256(video()["buffer"]).hexdigest()
    assert (kept["clip.mp4"].media_type, kept["clip.mp4"].kind) == ("video/mp4", "audio_visual")
    assert (kept["permit.pdf"].media_type, kept["permit.pdf"].kind) == ("application/pdf", "document")
    assert kept["clip.mp4"].position is not None, "recorded here and now"
    assert kept["permit.pdf"].position is None, "chosen, whatever its place"
    assert page.evaluate(LEFT_OVER) == 0


def test_all_evidence_of_a_case_is_listed_and_opened_but_not_kept(visit: Begin) -> None:
    seen = visit(**PHONE)
    page = begin(seen)
    permit: FilePayload = {
        "name": "permit.pdf",
        "mimeType": "application/pdf",
        "buffer": b"%PDF-1.7 a permit",
    }
    page.locator("form.log input[type=file]:not([accept])").set_input_files([picture(1), video(), permit])
    expect(page.locator(".thumbs li")).to_have_count(3)
    page.locator("#category").select_option("exposed_garbage")
    page.locator("form.log [type=submit]").click()
    expect(page.locator("#queue")).to_be_visible()
    case = only_sent(page, "Exposed garbage")
    page.evaluate(f"location.hash = '#case/{case.pk}'")
    pieces = page.locator("#evidence li")
    expect(pieces).to_have_count(3)
    expect(page.locator("#evidence img")).to_have_count(1)
    clip, paper = pieces.filter(has_text="clip.mp4"), pieces.filter(has_text="permit.pdf")
    expect(clip).to_contain_text("2.5 MB")
    expect(clip.get_by_role("link")).to_have_text("MP4")
    expect(paper).to_contain_text(re.compile(r"Document\s*1 kB"))
    accessible(page)
    with page.context.expect_page() as opened:
        clip.get_by_role("link").click()
    until(opened.value, "document.querySelector('video') !== null")
    eventually(case.events.filter(data__act="viewed").exists)
    opened.value.close()
    with page.expect_download() as download:
        paper.get_by_role("link").click()
    assert download.value.path().read_bytes() == b"%PDF-1.7 a permit"
    acts = list(case.events.filter(data__act__isnull=False).values_list("data__act", flat=True))
    assert [act for act in acts if act in {"viewed", "downloaded"}] == ["viewed", "downloaded"]
    kept = page.evaluate(
        """async () => (await Promise.all((await caches.keys()).map(async name =>
          (await (await caches.open(name)).keys()).map(each => each.url)))).flat()"""
    )
    assert kept
    assert not [address for address in kept if "/evidence/" in address]


def test_over_a_thin_line_a_copy_goes_ahead_and_the_original_follows(visit: Begin) -> None:
    seen = visit(**PHONE)
    seen.page.add_init_script(
        """Object.defineProperty(navigator, 'connection', { get: () =>
             ({ type: localStorage['test-line'] ?? 'cellular', addEventListener() {} }) });"""
    )
    page = begin(seen)
    camera = large_photo()
    page.locator("form.log input[accept='image/*']").set_input_files(camera)
    expect(page.locator(".thumbs img")).to_have_count(1)
    page.locator("#category").select_option("exposed_garbage")
    page.locator("form.log [type=submit]").click()
    on_device(page, 1)
    expect(page.locator("#queue")).to_contain_text("waits for Wi-Fi", timeout=LONG)
    [case] = logged()
    [copy] = case.evidence.pieces()
    assert "reduced_copy" in copy.findings
    assert copy.size < len(camera["buffer"])
    page.evaluate("localStorage['test-line'] = 'wifi'")
    page.reload()
    on_device(page, 0, LONG)
    [whole] = case.evidence.pieces()
    assert (whole.copy, whole.sha256) == (copy, sha256(camera["buffer"]).hexdigest())
    assert page.evaluate(LEFT_OVER) == 0


def large_photo() -> FilePayload:
    """Of nothing but noise, which no compression makes small."""
    content = BytesIO()
    pixels = random.Random(7).randbytes(2000 * 1500 * 3)
    Image.frombytes("RGB", (2000, 1500), pixels).save(content, "JPEG", quality=90)
    assert 2_000_000 < content.tell() < 4_000_000
    return {"name": "noise.jpg", "mimeType": "image/jpeg", "buffer": content.getvalue()}


def log_video(page: Page) -> None:
    page.evaluate("location.hash = '#log'")
    expect(page.locator("#procedure")).to_be_visible()
    page.locator("form.log input[accept='image/*']").set_input_files(picture(9))
    page.locator("form.log input[accept='video/*']").set_input_files(video(6_000_000))
    expect(page.locator(".thumbs li")).to_have_count(2)
    page.locator("#category").select_option("exposed_garbage")
    page.locator("#note").fill("with a video")
    page.locator("form.log [type=submit]").click()
    expect(page.locator("#queue")).to_be_visible()


def test_a_large_video_goes_after_what_is_small_and_before_what_follows_in_its_case(visit: Begin) -> None:
    page = begin(visit(**PHONE))
    offline(page)
    log_video(page)
    page.evaluate("location.hash = '#cases/mine'")
    page.locator("#cases a").first.click()
    page.get_by_text("Add evidence or a note").click()
    page.get_by_label("Note", exact=True).fill("seen in the video")
    page.get_by_role("button", name="Keep and send").click()
    on_device(page, 2)
    for number in range(2):
        log_case(page, number)
    on_device(page, 4)
    offline(page, cut=False)
    on_device(page, 0, LONG)
    large = Evidence.objects.get(media_type="video/mp4").pk
    happened = [
        (event.case.description, "video" if event.data.get("evidence") == large else event.kind)
        for event in Event.objects.select_related("case").order_by("pk")
    ]
    assert happened == [
        ("with a video", "opened"),
        ("with a video", "evidence"),
        ("finding 0", "opened"),
        ("finding 0", "evidence"),
        ("finding 1", "opened"),
        ("finding 1", "evidence"),
        ("with a video", "video"),
        ("with a video", "note"),
    ]


def test_what_is_logged_while_a_video_is_sent_follows_by_itself(visit: Begin, failing: Failing) -> None:
    make_accounts()
    page = visit(**PHONE).page
    sign_in(page, failing.url)
    logged_meanwhile = threading.Event()
    failing.breaks = lambda number: "" if number < 3 or logged_meanwhile.wait(60) else "before"
    log_video(page)
    log_case(page, 1)
    on_device(page, 2)
    logged_meanwhile.set()
    on_device(page, 0, LONG)
    assert [case.description for case in logged()] == ["with a video", "finding 1"]


LEFT_OVER = """new Promise(done => {
  const open = indexedDB.open(`field-${JSON.parse(localStorage['field-last-account']).account}`);
  open.onsuccess = () => {
    const count = open.result.transaction('photos').objectStore('photos').count();
    count.onsuccess = () => done(count.result);
  };
})"""


def test_a_file_that_is_too_large_is_said_before_it_waits(visit: Begin, failing: Failing) -> None:
    seen = visit(**PHONE)
    make_accounts()
    failing.change = lambda path, content: (
        content.replace(b'"file_most": 200000000', b'"file_most": 1500000')
        if path.endswith("/kit/")
        else content
    )
    page = seen.page
    sign_in(page, failing.url)
    page.locator("form.log input[accept='video/*']").set_input_files(video())
    expect(page.get_by_role("alert")).to_contain_text(
        "“clip.mp4” has 2.5 MB; at most 1.5 MB can be sent from here."
    )
    expect(page.locator(".thumbs li")).to_have_count(0)
    page.locator("form.log input[type=file]:not([accept])").set_input_files(
        {"name": "nothing.txt", "mimeType": "text/plain", "buffer": b""}
    )
    expect(page.get_by_role("alert")).to_contain_text("“nothing.txt” is empty.")
    page.locator("form.log input[accept='image/*']").set_input_files(picture(1))
    expect(page.locator(".thumbs li")).to_have_count(1)
    expect(page.get_by_role("alert")).to_be_hidden()
    assert page.evaluate(LEFT_OVER) == 1
