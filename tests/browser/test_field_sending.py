"""The officer's phone: what waits is sent once, whatever breaks and whoever else acts."""

from collections.abc import Callable
from datetime import timedelta

import pytest
from django.utils import timezone
from playwright.sync_api import expect

from layers.agencies.models import Officer
from layers.casework.access.actor import Actor
from layers.casework.cases.assignment import add_note
from layers.casework.models import Evidence
from layers.enforcement.models import PenaltyDecision
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
)
from tests.field.conftest import make_accounts
from tests.field.failing_proxy import Failing


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
    assert opening.device_time is not None
    assert opening.device_time - opening.at > timedelta(hours=1)
    assert abs(case.reported - timezone.now()) < timedelta(minutes=2)
    assert case.limits.get().started < timezone.now()


def test_the_same_matter_joins_the_case_that_is_open(visit: Begin) -> None:
    page = begin(visit(**PHONE))
    log_case(page)
    case = only_sent(page, "Exposed garbage")
    page.evaluate("location.hash = '#log'")
    page.locator("form.log input[accept='image/*']").set_input_files(picture(5))
    page.locator("#category").select_option("exposed_garbage")
    alike = page.locator("#duplicates .card")
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
    case = only_sent(page, "Trading on the street")
    offline(page)
    page.evaluate(f"location.hash = '#case/{case.pk}'")
    page.get_by_role("link", name="No penalty").click()
    page.get_by_label("Reason").fill("first offence, put right at once")
    page.get_by_role("button", name="Keep and send").click()
    on_device(page, 1)
    colleague = Officer.objects.get(code="second")
    second = Actor(colleague.name, colleague)
    add_note(case.pk, "the same stall was warned last week", second)
    offline(page, cut=False)
    versions = page.locator(".comparison section")
    expect(versions.nth(0)).to_contain_text("first offence, put right at once")
    expect(versions.nth(1)).to_contain_text("the same stall was warned last week")
    page.reload()
    expect(page.locator("#count")).to_contain_text("1 on this device")
    expect(page.get_by_role("alert")).to_contain_text(f"{second.name} acted on this case just now")
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
        page.get_by_label("Decision number").fill("Form 0001")
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
    case = only_sent(page, "Trading on the street")
    assert case.state == "execution"
    assert str(PenaltyDecision.objects.get(case=case).fine) == "100.00"
    taken = ["show_certificate", "inform", "decide", "deliver"]
    assert list(case.events.filter(kind="step").values_list("step", flat=True)) == taken
