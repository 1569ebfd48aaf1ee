"""The officer's phone: logging, positions, lists, versions, with the network cut or the browser closed."""

import re
from datetime import timedelta
from itertools import product
from pathlib import Path

import pytest
from django.templatetags.static import static
from django.utils import timezone
from playwright.sync_api import Browser, BrowserContext, Page, expect

from layers.casework.evidence.image_metadata import read_metadata
from layers.casework.models import Case
from layers.coordinates import wgs84_to_gcj02
from tests import effort
from tests.browser.conftest import AXE_WIDTHS, CHROMIUM, FLAGS, STEP, WIDTHS, accessible, resize
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
)
from tests.district import SmallDistrict
from tests.field.conftest import HERE, make_accounts
from tests.field.failing_proxy import Failing
from tests.offsets import wgs84_to_bd09
from tests.portal_server import PortalServer


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
    kept = read_metadata(portal.data / "evidence" / piece.sha256[:2] / piece.sha256)
    assert kept.exif["Orientation"] == "6", "the original, as the camera made it"
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


def test_many_cases_with_photos_are_sent_once_each(visit: Begin) -> None:
    many = 20 if effort.LONG else 6
    page = begin(visit(**PHONE))
    offline(page)
    for number in range(many):
        log_case(page, number)
    on_device(page, many)
    offline(page, cut=False)
    page.evaluate("dispatchEvent(new Event('online')); dispatchEvent(new Event('online'))")
    on_device(page, 0, LONG)
    assert [case.description for case in logged()] == [f"finding {number}" for number in range(many)]
    assert len({case.key for case in logged()}) == many
    for case in logged():
        assert case.evidence.filter(original=None).count() == 1
    assert page.evaluate("indexedDB.databases().then(all => all.length)") == 1


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
    expect(page.get_by_text("A newer version of these pages is ready.")).to_be_visible()
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
    said = page.locator("#pin-status")
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
    case = only_sent(page, "Illegal parking")
    assert case.geom is not None
    assert case.geom.x - HERE["lon"] > 0.0001
    assert case.accuracy is None
    assert case.events.get(kind="opened").data["sent"]["position"]["by"] == "hand"


DRAFT_NOTE = """(async () => {
    const { Store } = await import('STORE');
    const kept = (await indexedDB.databases()).find(({ name }) => /^field-(?!accounts)/.test(name));
    return (await (await Store.of(kept.name.slice(6))).value('draft'))?.note;
})()""".replace("STORE", static("field/storage/store.js"))


def test_the_draft_of_a_problem_does_not_take_the_party_out_of_a_penalty(visit: Begin) -> None:
    page = begin(visit(**PHONE))
    page.locator("#note").fill("begun as a problem")
    until(page, f"{DRAFT_NOTE}.then(note => note === 'begun as a problem')")
    page.reload()
    expect(page.locator("#note")).to_have_value("begun as a problem")
    page.locator("#procedure").select_option("simple")
    expect(page.get_by_label("Person or organisation")).to_have_value("person")


def test_a_device_with_offset_positions_is_set_once_and_converted(visit: Begin) -> None:
    lon, lat = wgs84_to_gcj02(HERE["lon"], HERE["lat"])
    seen = visit(**{**PHONE, "geolocation": {"longitude": lon, "latitude": lat, "accuracy": 9}})
    page = begin(seen)
    page.evaluate("location.hash = '#device'")
    handbook = page.get_by_role("link", name="Help")
    expect(handbook).to_have_attribute("href", "/help/officer/#record-a-case-on-the-spot")
    page.get_by_label("My device's positions are").select_option("gcj02")
    page.reload()
    page.evaluate("location.hash = '#log'")
    expect(page.locator("#pin-status")).to_contain_text("offset taken back")
    expect(page.locator("#pin-status")).to_contain_text(f"{HERE['lon']:.5f}, {HERE['lat']:.5f}")
    log_case(page)
    case = only_sent(page, "Exposed garbage")
    assert case.geom is not None
    assert (case.geom.x, case.geom.y) == pytest.approx((HERE["lon"], HERE["lat"]), abs=1e-6)
    assert case.events.get(kind="opened").data["sent"]["position"]["system"] == "gcj02"
    for system, offset in (("gcj02", wgs84_to_gcj02), ("bd09", wgs84_to_bd09)):
        shown = page.evaluate(
            "([module, x, y, system]) => import(module).then(m => m.truePosition(x, y, system))",
            [static("geography/coordinates.js"), *offset(HERE["lon"], HERE["lat"]), system],
        )
        assert shown == pytest.approx([HERE["lon"], HERE["lat"]], abs=1e-7)


def test_lists_stay_readable_without_network(visit: Begin) -> None:
    page = begin(visit(**PHONE))
    log_case(page)
    case = only_sent(page, "Exposed garbage")
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


@pytest.mark.parametrize("locale", ["zh-CN", "en-US"])
def test_the_pages_fit_and_can_be_used_by_everybody(visit: Begin, locale: str) -> None:
    seen = visit(**{**PHONE, "locale": locale})
    page = begin(seen)
    log_case_in(page)
    [case] = logged()
    addresses = ("log", "cases/mine", f"case/{case.pk}", f"step/{case.pk}/verify_lead", "device")
    for width, address in product(WIDTHS, addresses):
        resize(page, width)
        page.evaluate(f"location.hash = '#{address}'")
        expect(page.get_by_role("heading", level=1)).to_be_visible()
        seen.settle()
        assert page.evaluate("document.documentElement.scrollWidth") <= width, address
        if width == AXE_WIDTHS[locale]:
            accessible(page)
    assert seen.complaints == []
    assert seen.foreign == []


def log_case_in(page: Page) -> None:
    page.locator("form.log input[accept='image/*']").set_input_files(picture(1))
    expect(page.locator(".thumbs img")).to_have_count(1)
    page.locator("#category").select_option("exposed_garbage")
    page.locator("form.log [type=submit]").click()
    expect(page.locator("#sent li")).to_have_count(1)
