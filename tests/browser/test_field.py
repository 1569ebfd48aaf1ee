"""The officer's phone with the network cut, the browser closed, the clock shifted and the portal out of order."""

import re
import threading
from collections.abc import Callable, Iterator
from datetime import timedelta
from hashlib import sha256
from pathlib import Path

import pytest
from axe_playwright_python.sync_playwright import Axe
from django.contrib.sessions.models import Session
from django.utils import timezone
from playwright.sync_api import Browser, BrowserContext, FilePayload, Page, expect

from geoportal.accounts.models import User
from layers.casework.acting import Acting
from layers.casework.handing import note
from layers.casework.models import Case, Event, Evidence
from layers.casework.photos import look
from layers.coordinates import wgs84_to_bd09, wgs84_to_gcj02
from tests.browser.conftest import CHROMIUM, FLAGS, STEP, Visit
from tests.browser.phone import PHONE, begin, log_case, on_device, picture, sign_in, until, video
from tests.district import SmallDistrict
from tests.field.conftest import HERE, make_accounts
from tests.field.failing_proxy import Failing, failing_proxy
from tests.people import PASSWORD
from tests.portal_server import PortalServer

Begin = Callable[..., Visit]
LONG = 60_000  # milliseconds


def logged() -> list[Case]:
    return list(Case.objects.filter(key__isnull=False).order_by("pk"))


def offline(page: Page, *, cut: bool = True) -> None:
    page.context.set_offline(cut)


def test_a_case_is_logged_photo_first_and_sent_by_itself(visit: Begin, portal: PortalServer) -> None:
    seen = visit(**PHONE)
    page = begin(seen)
    on_device(page, 0)
    began = timezone.now()
    log_case(page)
    on_device(page, 0)
    expect(page.locator("#sent")).to_contain_text("Exposed garbage UM-")
    assert timezone.now() - began < timedelta(seconds=30)
    [case] = logged()
    assert case.geom is not None
    assert (case.geom.x, case.geom.y) == pytest.approx((HERE["lon"], HERE["lat"]), abs=1e-6)
    assert (case.accuracy, case.description, case.category) == (12.0, "finding 0", "暴露垃圾")
    [piece] = case.evidence.filter(original=None)
    assert piece.accuracy == 12.0
    assert piece.device
    assert piece.captured is not None
    assert timezone.localtime(piece.captured).isoformat() == "2026-11-24T08:00:00+08:00"
    kept = look(portal.data / "evidence" / piece.sha256[:2] / piece.sha256)
    assert kept.exif["Orientation"] == "1", "the pixels are upright already"
    assert (kept.device, kept.taken) == ("Maker Phone 7", piece.captured)
    assert kept.position is not None
    assert seen.foreign == []
    assert seen.complaints == []


def test_three_on_this_device_survive_the_closing_of_the_browser(
    browser: Browser, portal: PortalServer, committed_district: SmallDistrict, tmp_path: Path
) -> None:
    make_accounts()
    context = opened(browser, tmp_path)
    page = context.new_page()
    sign_in(page, portal.url)
    context.set_offline(True)
    for number in range(3):
        log_case(page, number)
    on_device(page, 3)
    context.close()
    context = opened(browser, tmp_path)
    try:
        context.set_offline(True)
        page = context.new_page()
        page.goto(f"{portal.url}/field/", timeout=STEP)
        on_device(page, 3)
        expect(page.locator("#offline")).to_have_text("no network")
        page.evaluate("location.hash = '#device'")
        expect(page.locator("#queue .item")).to_have_count(3)
        page.reload()
        on_device(page, 3)
        assert logged() == []
        context.set_offline(False)
        on_device(page, 0, LONG)
        assert [case.description for case in logged()] == ["finding 0", "finding 1", "finding 2"]
    finally:
        context.close()


def opened(browser: Browser, folder: Path) -> BrowserContext:
    return browser.browser_type.launch_persistent_context(
        folder, executable_path=CHROMIUM, args=FLAGS, timeout=LONG, **PHONE
    )


def test_twenty_cases_with_photos_are_sent_once_each(visit: Begin) -> None:
    page = begin(visit(**PHONE))
    offline(page)
    for number in range(20):
        log_case(page, number)
    on_device(page, 20)
    offline(page, cut=False)
    page.evaluate("dispatchEvent(new Event('online')); dispatchEvent(new Event('online'))")
    on_device(page, 0, LONG)
    assert [case.description for case in logged()] == [f"finding {number}" for number in range(20)]
    assert len({case.key for case in logged()}) == 20
    for case in logged():
        assert case.evidence.filter(original=None).count() == 1
    assert page.evaluate("indexedDB.databases().then(all => all.length)") == 1


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
    files = page.locator(".thumbs .file")
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
    on_device(page, 0)
    expect(page.locator("#sent")).to_contain_text("UM-")
    [case] = logged()
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
    opened.value.wait_for_timeout(1000)
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
    page.get_by_label("Note").fill("seen in the video")
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


@pytest.fixture
def failing(portal: PortalServer) -> Iterator[Failing]:
    with failing_proxy(portal.url) as state:
        yield state


@pytest.mark.parametrize("how", ["before", "after"])
def test_a_portal_that_breaks_half_way_gets_everything_once(visit: Begin, failing: Failing, how: str) -> None:
    """Whether it did nothing or did it and could not say so."""
    seen = visit(**PHONE)
    make_accounts()
    page = seen.page
    sign_in(page, failing.url)
    offline(page)
    for number in range(4):
        log_case(page, number)
    failing.breaks = lambda number: how if number >= 4 else ""
    offline(page, cut=False)
    expect(page.get_by_text("The portal is out of order").first).to_be_visible(timeout=LONG)
    expect(page.locator("#count")).not_to_contain_text("sending", timeout=LONG)
    assert failing.broken >= 1
    left = page.locator("#queue .item").count()
    assert 0 < left < 4
    page.reload()
    on_device(page, left)
    failing.breaks = lambda number: ""
    on_device(page, 0, LONG)
    assert sorted(case.description for case in logged()) == [f"finding {number}" for number in range(4)]
    assert Evidence.objects.filter(original=None).count() == 4
    assert all(list(c.events.values_list("kind", flat=True)) == ["opened", "evidence"] for c in logged())


def test_a_forced_repeat_makes_no_duplicate(visit: Begin) -> None:
    page = begin(visit(**PHONE))
    offline(page)
    log_case(page)
    kept = "new Promise(done => { const open = indexedDB.open(`field-${JSON.parse(localStorage['field-last-account']).account}`); open.onsuccess = () => done(open.result) })"
    item = page.evaluate(
        f"{kept}.then(db => new Promise(done => {{ const all = db.transaction('items').objectStore('items').getAll(); all.onsuccess = () => done(all.result[0]) }}))"
    )
    offline(page, cut=False)
    on_device(page, 0)
    page.evaluate(
        f"item => {kept}.then(db => new Promise(done => {{ const put = db.transaction('items', 'readwrite').objectStore('items').put(item); put.onsuccess = () => done(true) }}))",
        item,
    )
    page.reload()
    on_device(page, 0)
    expect(page.locator("#count")).not_to_contain_text("sending")
    assert len(logged()) == 1


def test_a_clock_two_hours_ahead_is_told_and_recorded_and_never_counts(visit: Begin) -> None:
    seen = visit(**PHONE)
    seen.page.add_init_script(
        """const True = Date; const AHEAD = 7_200_000;
        globalThis.Date = class extends True {
          constructor(...given) { if (given.length) super(...given); else super(True.now() + AHEAD); }
          static now() { return True.now() + AHEAD; }
        };"""
    )
    page = begin(seen)
    expect(page.get_by_text("This device's clock is 120 minutes ahead.")).to_be_visible()
    log_case(page)
    on_device(page, 0)
    expect(page.locator("#sent")).to_contain_text("wrong clock")
    [case] = logged()
    opening = case.events.get(kind="opened")
    assert 7100 < opening.data["sent"]["clock_off"] < 7300
    assert opening.said_at is not None
    assert opening.said_at - opening.at > timedelta(hours=1)
    assert abs(case.reported - timezone.now()) < timedelta(minutes=2)
    assert case.limits.get().started < timezone.now()


def test_the_same_matter_joins_the_case_that_is_open(visit: Begin) -> None:
    page = begin(visit(**PHONE))
    log_case(page)
    on_device(page, 0)
    expect(page.locator("#sent")).to_contain_text("UM-")
    [case] = logged()
    page.evaluate("location.hash = '#log'")
    page.locator("form.log input[accept='image/*']").set_input_files(picture(5))
    page.locator("#category").select_option("exposed_garbage")
    alike = page.locator("#alike .card")
    expect(alike).to_contain_text(case.number)
    expect(alike).to_contain_text("finding 0")
    expect(alike.locator("img")).to_have_js_property("complete", True)
    assert alike.locator("img").evaluate("image => image.naturalWidth") > 0
    page.locator("#note").fill("there again")
    alike.get_by_role("button").click()
    on_device(page, 0)
    expect(page.locator("#sent")).to_contain_text(f"Joined to {case.number}")
    assert len(logged()) == 1
    said = case.events.get(kind="note")
    assert (said.data["note"], said.data["sent"]["joins"]) == ("there again", True)
    assert case.evidence.filter(original=None).count() == 2


def test_a_step_taken_without_network_meets_another_officers(visit: Begin) -> None:
    page = begin(visit(**PHONE))
    log_case(page, category="street_trading", procedure="simple")
    on_device(page, 0)
    expect(page.locator("#sent")).to_contain_text("UM-")
    [case] = logged()
    offline(page)
    page.evaluate(f"location.hash = '#case/{case.pk}'")
    page.get_by_role("link", name="No penalty").click()
    page.get_by_label("Reason").fill("first offence, put right at once")
    page.get_by_role("button", name="Keep and send").click()
    on_device(page, 1)
    second = Acting("officer second", case.handler)
    note(case.pk, "the same stall was warned last week", second)
    offline(page, cut=False)
    versions = page.locator(".versions section")
    expect(versions.nth(0)).to_contain_text("first offence, put right at once")
    expect(versions.nth(1)).to_contain_text("the same stall was warned last week")
    page.reload()
    expect(page.locator("#count")).to_contain_text("1 on this device")
    expect(page.get_by_role("alert")).to_contain_text("Somebody else has just acted")
    accessible(page)
    page.get_by_role("button", name="Take my step on the case as it is now").click()
    on_device(page, 0)
    case.refresh_from_db()
    assert case.state == "dismissed"
    assert case.events.get(kind="step").data["reason"] == "first offence, put right at once"


def test_the_simple_procedure_is_walked_without_network(visit: Begin) -> None:
    page = begin(visit(**PHONE))
    offline(page)
    log_case(page, category="street_trading", procedure="simple")
    page.evaluate("location.hash = '#cases/mine'")
    page.locator("#cases a").first.click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Trading on the street")
    key = page.evaluate("location.hash.split('/')[1]")

    def take(name: str, fill: Callable[[], None]) -> None:
        page.evaluate(f"location.hash = '#case/{key}'")
        page.get_by_role("link", name=name, exact=True).click()
        expect(page.locator(".step-form")).to_be_visible()
        partner = page.get_by_label("Second officer")
        if partner.count():
            partner.select_option(label="officer second")
        fill()
        page.get_by_role("button", name="Keep and send").click()
        expect(page.locator("#queue")).to_be_visible()

    take(
        "Show certificates and inquire on the spot",
        lambda: page.get_by_label("Certificates shown").check(),
    )

    def inform() -> None:
        page.get_by_label("Facts, reasons, basis and right of defence explained").check()
        page.get_by_label("Facts", exact=True).fill("stall on the pavement")

    take("Explain facts, reasons, basis and rights", inform)

    def decide() -> None:
        page.get_by_label("The facts are clear and have a legal basis").check()
        page.get_by_label("Kind of penalty").select_option("fine")
        page.get_by_label("Fine in yuan").fill("5000")
        page.get_by_label("Content of the decision").fill("a fine")

    take("Decide on the spot", decide)
    take("Hand over the decision on the spot", lambda: None)
    on_device(page, 5)
    offline(page, cut=False)
    refused = page.locator('[data-state="refused"]')
    expect(refused).to_contain_text("On the spot only a warning")
    on_device(page, 2)
    page.reload()
    expect(refused).to_contain_text("On the spot only a warning")
    refused.get_by_role("link", name="Change it").click()
    expect(page.get_by_label("Fine in yuan")).to_have_value("5000")
    page.get_by_label("Fine in yuan").fill("100")
    page.get_by_role("button", name="Keep and send").click()
    on_device(page, 0)
    expect(page.locator("#sent")).to_contain_text("UM-")
    [case] = logged()
    assert (case.state, str(case.fine)) == ("execution", "100.00")
    taken = ["show_certificate", "inform", "decide", "deliver"]
    assert list(case.events.filter(kind="step").values_list("step", flat=True)) == taken


def test_who_is_signed_out_is_asked_to_sign_in_and_loses_nothing(visit: Begin) -> None:
    seen = visit(**PHONE)
    page = begin(seen)
    offline(page)
    log_case(page)
    Session.objects.all().delete()
    offline(page, cut=False)
    expect(page.get_by_text("You are signed out. What is on this device stays here")).to_be_visible(
        timeout=STEP
    )
    on_device(page, 1)
    page.locator("#notices a").click()
    page.locator("[name=username]").fill("first")
    page.locator("[name=password]").fill("a long enough password")
    page.locator("main [type=submit]").click()
    on_device(page, 0)
    assert len(logged()) == 1


def test_signing_out_takes_everything_along_and_asks_before_it_loses_anything(visit: Begin) -> None:
    page = begin(visit(**PHONE))
    log_case(page)
    on_device(page, 0)
    offline(page)
    log_case(page, 1)
    page.get_by_role("button", name="Sign out").click()
    expect(page.get_by_role("dialog")).to_contain_text("Never sent, on this device only: 1")
    page.get_by_role("button", name="Cancel").click()
    on_device(page, 1)
    offline(page, cut=False)
    on_device(page, 0)
    page.get_by_role("button", name="Sign out").click()
    page.wait_for_url(re.compile(r"/$"), timeout=STEP)
    assert page.evaluate("indexedDB.databases()") == []
    assert page.evaluate("caches.has('field-photos')") is False
    assert Session.objects.count() == 0


def kept_here(page: Page, name: str = "first") -> tuple[int, int]:
    """How many pictures of cases and how many told cases of an account are on the phone."""
    account = User.objects.get(username=name).pk
    pictures, cases = page.evaluate(KEPT_HERE, account)
    return pictures, cases


KEPT_HERE = """async account => {
  const kept = await caches.has('field-photos') ? await (await caches.open('field-photos')).keys() : [];
  const database = await new Promise(done => {
    const open = indexedDB.open(`field-${account}`);
    open.onsuccess = () => done(open.result);
  });
  const cases = await new Promise(done => {
    const all = database.transaction('cases').objectStore('cases').getAll();
    all.onsuccess = () => done(all.result.filter(each => !each.local));
  });
  database.close();
  return [kept.length, cases.length];
}"""


def one_sent_and_one_waiting(page: Page, failing: Failing) -> None:
    log_case(page)
    on_device(page, 0)
    page.reload()
    page.evaluate("location.hash = '#cases/mine'")
    expect(page.locator("#cases .case").first).to_be_visible()
    page.evaluate(f"location.hash = '#case/{logged()[0].pk}'")
    until(page, "[...document.images].some(i => i.naturalWidth > 100)")
    until(page, "caches.open('field-photos').then(kept => kept.keys()).then(all => all.length > 0)")
    failing.breaks = lambda number: "before"
    log_case(page, 1)
    on_device(page, 1)
    pictures, cases = kept_here(page)
    assert pictures >= 1
    assert cases >= 1


def test_signing_out_by_the_portals_menu_takes_pictures_along_and_leaves_what_waits(
    visit: Begin, failing: Failing
) -> None:
    make_accounts()
    page = visit(**PHONE).page
    sign_in(page, failing.url)
    one_sent_and_one_waiting(page, failing)
    other = page.context.new_page()
    other.goto(f"{failing.url}/services/", timeout=STEP)
    other.get_by_role("button", name="Sign out").click()
    expect(other.get_by_role("link", name="Sign in")).to_be_visible()
    page.reload()
    expect(page.get_by_text("You are signed out. What is on this device stays here")).to_be_visible(
        timeout=STEP
    )
    on_device(page, 1)
    assert kept_here(page) == (0, 0)
    failing.breaks = lambda number: ""
    sign_in(page, failing.url)
    on_device(page, 0)
    assert len(logged()) == 2


def test_a_session_that_ends_while_the_pages_are_open_takes_pictures_along(
    visit: Begin, failing: Failing
) -> None:
    make_accounts()
    page = visit(**PHONE).page
    sign_in(page, failing.url)
    one_sent_and_one_waiting(page, failing)
    Session.objects.all().delete()
    page.evaluate("dispatchEvent(new Event('online'))")
    expect(page.get_by_text("You are signed out. What is on this device stays here")).to_be_visible(
        timeout=STEP
    )
    until(page, "caches.has('field-photos').then(has => !has)")
    on_device(page, 1)


@pytest.mark.parametrize("name", ["planning", "citizen"])
def test_another_account_finds_no_pictures_of_the_first(visit: Begin, failing: Failing, name: str) -> None:
    """An officer of another department, and somebody who is no officer."""
    make_accounts()
    User.objects.create_user("citizen", password=PASSWORD)
    page = visit(**PHONE).page
    sign_in(page, failing.url)
    one_sent_and_one_waiting(page, failing)
    page.goto("about:blank")
    page.context.clear_cookies()
    page.goto(f"{failing.url}/accounts/sign-in/?next=/field/", timeout=STEP)
    page.locator("[name=username]").fill(name)
    page.locator("[name=password]").fill(PASSWORD)
    page.locator("main [type=submit]").click()
    shown = "#category" if name == "planning" else "main .card"
    expect(page.locator(shown).first).to_be_attached()
    assert kept_here(page) == (0, 0)
    page.goto("about:blank")
    page.context.clear_cookies()
    failing.breaks = lambda number: ""
    sign_in(page, failing.url)
    on_device(page, 0)
    assert len(logged()) == 2


def test_another_account_on_the_same_phone_sees_and_sends_nothing_of_the_first(visit: Begin) -> None:
    seen = visit(**PHONE)
    page = begin(seen)
    offline(page)
    log_case(page)
    page.goto("about:blank")
    page.context.clear_cookies()
    offline(page, cut=False)
    sign_in(page, seen.root, "second")
    on_device(page, 0)
    page.evaluate("location.hash = '#device'")
    expect(page.get_by_text("1 more on this device are officer first's")).to_be_visible()
    expect(page.locator("#queue .item")).to_have_count(0)
    assert logged() == []
    page.goto("about:blank")
    page.context.clear_cookies()
    sign_in(page, seen.root)
    on_device(page, 0)
    assert len(logged()) == 1


def test_a_newer_version_waits_until_the_officer_takes_it(visit: Begin, failing: Failing) -> None:
    seen = visit(**PHONE)
    make_accounts()
    page = seen.page
    sign_in(page, failing.url)
    old = page.evaluate("document.body.dataset.version")

    def newer(path: str, content: bytes) -> bytes:
        return content.replace(old.encode(), b"0123456789abcdef") if path.startswith("/field/") else content

    failing.change = newer
    page.locator("#note").fill("half written")
    # Asked again and again: a question joins the one that the page asked just before, when all was old.
    until(
        page,
        "navigator.serviceWorker.getRegistration().then(found => found.update())"
        ".then(() => document.body.innerText.includes('A newer version of these pages is ready.'))",
        LONG,
    )
    page.get_by_role("button", name="Use it").click()
    until(page, "document.body.dataset.version === '0123456789abcdef'", LONG)
    expect(page.locator("#note")).to_have_value("half written")
    assert (
        page.evaluate("caches.keys().then(all => all.filter(name => name.startsWith('field-shell')).length)")
        == 1
    )


def test_a_poor_position_is_warned_of_and_the_pin_is_moved_by_hand(visit: Begin) -> None:
    seen = visit(**{**PHONE, "geolocation": {**PHONE["geolocation"], "accuracy": 80}})
    page = begin(seen)
    said = page.locator("#pin-said")
    expect(said).to_contain_text("Accuracy ± 80 m is worse than 50 m")
    offline(page)
    page.locator("#pin-map").focus()
    page.keyboard.press("ArrowRight")
    expect(said).to_contain_text("The pin was put by hand.")
    expect(page.locator("#pin-map canvas").first).to_be_attached()
    page.locator("#note").fill("no photo, a word")
    page.locator("#category").select_option("parking")
    page.locator("form.log [type=submit]").click()
    on_device(page, 1)
    offline(page, cut=False)
    on_device(page, 0)
    expect(page.locator("#sent")).to_contain_text("UM-")
    [case] = logged()
    assert case.geom is not None
    assert case.geom.x - HERE["lon"] > 0.0001
    assert case.accuracy is None
    assert case.events.get(kind="opened").data["sent"]["position"]["by"] == "hand"


def test_the_draft_of_a_problem_does_not_take_the_party_out_of_a_penalty(visit: Begin) -> None:
    page = begin(visit(**PHONE))
    page.locator("#note").fill("begun as a problem")
    page.reload()
    expect(page.locator("#note")).to_have_value("begun as a problem")
    page.locator("#procedure").select_option("simple")
    expect(page.get_by_label("The party is")).to_have_value("person")


def test_a_device_with_offset_positions_is_set_once_and_converted(visit: Begin) -> None:
    lon, lat = wgs84_to_gcj02(HERE["lon"], HERE["lat"])
    seen = visit(**{**PHONE, "geolocation": {"longitude": lon, "latitude": lat, "accuracy": 9}})
    page = begin(seen)
    page.evaluate("location.hash = '#device'")
    page.get_by_label("My device's positions are").select_option("gcj02")
    page.reload()
    page.evaluate("location.hash = '#log'")
    expect(page.locator("#pin-said")).to_contain_text("offset taken back")
    expect(page.locator("#pin-said")).to_contain_text(f"{HERE['lon']:.5f}, {HERE['lat']:.5f}")
    log_case(page)
    on_device(page, 0)
    expect(page.locator("#sent")).to_contain_text("UM-")
    [case] = logged()
    assert case.geom is not None
    assert (case.geom.x, case.geom.y) == pytest.approx((HERE["lon"], HERE["lat"]), abs=1e-6)
    assert case.events.get(kind="opened").data["sent"]["position"]["system"] == "gcj02"
    for system, offset in (("gcj02", wgs84_to_gcj02), ("bd09", wgs84_to_bd09)):
        shown = page.evaluate(
            "([x, y, system]) => import('/static/field/offset.js').then(m => m.trueposition(x, y, system))",
            [*offset(HERE["lon"], HERE["lat"]), system],
        )
        assert shown == pytest.approx([HERE["lon"], HERE["lat"]], abs=1e-7)


def test_lists_stay_readable_without_network(visit: Begin) -> None:
    page = begin(visit(**PHONE))
    log_case(page)
    on_device(page, 0)
    expect(page.locator("#sent")).to_contain_text("UM-")
    [case] = logged()
    Case.objects.filter(pk=case.pk).update(due=timezone.now() - timedelta(hours=1))
    page.reload()
    page.evaluate("location.hash = '#cases/overdue'")
    card = page.locator("#cases .case", has_text=case.number)
    expect(card).to_be_visible()
    expect(page.locator("#list-map path").first).to_be_attached()
    offline(page)
    page.reload()
    expect(card).to_be_visible()
    expect(page.locator("#as-of")).to_contain_text("As the portal knew it")
    for name in ("Mine", "Near me"):
        page.get_by_role("link", name=re.compile(name)).click()
        expect(card).to_be_visible()
    card.get_by_role("link").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("暴露垃圾")
    expect(page.get_by_text("Verify the report on the spot")).to_be_visible()
    until(page, "[...document.images].some(i => i.naturalWidth > 100)")


@pytest.mark.parametrize(("locale", "width"), [("zh-CN", 390), ("en-US", 390), ("en-US", 1280)])
def test_the_pages_fit_and_can_be_used_by_everybody(visit: Begin, locale: str, width: int) -> None:
    seen = visit(**{**PHONE, "locale": locale, "viewport": {"width": width, "height": 844}})
    page = begin(seen)
    log_case_in(page)
    [case] = logged()
    for address in ("log", "cases/mine", f"case/{case.pk}", f"step/{case.pk}/verify_lead", "device"):
        page.evaluate(f"location.hash = '#{address}'")
        expect(page.get_by_role("heading", level=1)).to_be_visible()
        page.wait_for_timeout(500)
        assert page.evaluate("document.documentElement.scrollWidth") <= width, address
        accessible(page)
    assert seen.complaints == []
    assert seen.foreign == []


def log_case_in(page: Page) -> None:
    page.locator("form.log input[accept='image/*']").set_input_files(picture(1))
    expect(page.locator(".thumbs img")).to_have_count(1)
    page.locator("#category").select_option("exposed_garbage")
    page.locator("form.log [type=submit]").click()
    expect(page.locator("#sent li")).to_have_count(1)


def accessible(page: Page) -> None:
    found = Axe().run(page).response["violations"]
    assert found == [], [(each["id"], [node["html"] for node in each["nodes"]]) for each in found]
