"""The officer's phone: signing out and other accounts on the same device."""

import re

import pytest
from playwright.sync_api import Page, expect

from geoportal.accounts.models import Session, User
from tests.browser.conftest import STEP
from tests.browser.phone import (
    PHONE,
    Begin,
    begin,
    log_case,
    logged,
    offline,
    on_device,
    sign_in,
    until,
)
from tests.field.conftest import make_accounts
from tests.field.failing_proxy import Failing
from tests.people import PASSWORD


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


def kept_here(page: Page, name: str = "first") -> tuple[int, int]:
    """How many pictures of cases and how many told cases of an account are on the phone."""
    account = User.objects.get(username=name).pk
    pictures, cases = page.evaluate(KEPT_HERE, account)
    return pictures, cases


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
    other.get_by_role("button", name="Menu").click()
    other.get_by_role("button", name="Sign out").click()
    other.wait_for_url(re.compile(rf"{failing.url}/(#.*)?$"), timeout=STEP)
    other.get_by_role("button", name="Menu").click()
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
