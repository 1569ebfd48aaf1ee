"""One's own account on a narrow phone, without scripts, in both languages, by keyboard."""

from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from tests.browser.conftest import Visit, accessible
from tests.people import PASSWORD, make_person

Begin = Callable[..., Visit]
NARROW = {"width": 360, "height": 740}
NEW = "an even longer passphrase"


def sign_in(page: Page, root: str) -> None:
    page.goto(f"{root}/accounts/sign-in/?next=/accounts/me/")
    page.locator("#id_username").fill("citizen")
    page.locator("#id_password").fill(PASSWORD)
    page.keyboard.press("Enter")
    page.wait_for_url(f"{root}/accounts/me/")


def well_made(page: Page) -> None:
    assert page.evaluate("document.documentElement.scrollWidth") <= NARROW["width"]
    accessible(page)


@pytest.mark.parametrize("language", ["zh-CN", "en-GB"])
def test_axe_finds_nothing_and_all_fits_a_narrow_phone(language: str, visit: Begin) -> None:
    make_person("citizen")
    seen = visit(viewport=NARROW, locale=language)
    sign_in(seen.page, seen.root)
    for path in (
        "/accounts/me/",
        "/accounts/sessions/",
        "/accounts/second-factor/setup/",
        "/accounts/second-factor/passkeys/",
        "/accounts/password/",
    ):
        well_made(seen.open(path))
    page = seen.page
    page.locator("#id_old_password").fill("wrong")
    page.locator("#id_new_password1").fill("x")
    page.keyboard.press("Enter")
    page.locator("#id_new_password2").fill("y")
    page.keyboard.press("Enter")
    expect(page.locator(".problem").first).to_be_visible()
    well_made(page)
    page.context.clear_cookies()
    for path in (
        "/accounts/sign-in/",
        "/accounts/password/forgotten/",
        "/accounts/password/MQ/no-such-link/",
    ):
        well_made(seen.open(path))
    assert seen.complaints == []


def test_who_waits_reads_when_to_try_again_and_keeps_the_name(visit: Begin) -> None:
    seen = visit(viewport=NARROW)
    page = seen.open("/accounts/sign-in/")
    page.locator("#id_username").fill("somebody")
    problem = page.locator(".problem")
    for _ in range(12):  # the sixth waits, or on a slow machine one of those after it
        page.locator("#id_password").fill("wrong")
        page.keyboard.press("Enter")
        expect(page.locator("#id_password")).to_have_value("")
        expect(page.locator("#id_username")).to_have_value("somebody")
        if "秒" in problem.inner_text():
            break
    expect(problem).to_contain_text("秒")
    well_made(page)


def test_a_password_is_changed_without_scripts_and_the_other_browser_is_out(visit: Begin) -> None:
    make_person("citizen")
    here, there = (visit(viewport=NARROW, locale="en-GB", java_script_enabled=False) for _ in range(2))
    for each in (here, there):
        sign_in(each.page, each.root)
    here.page.get_by_role("link", name="Where I am signed in").click()
    expect(here.page.locator("section.card")).to_have_count(2)
    here.page.get_by_role("link", name="Change password").click()
    here.page.locator("#id_old_password").fill(PASSWORD)
    here.page.locator("#id_new_password1").fill(NEW)
    here.page.locator("#id_new_password2").fill(NEW)
    here.page.keyboard.press("Enter")
    expect(here.page.locator(".done")).to_be_visible()
    there.open("/accounts/me/")
    expect(there.page.locator("#id_password")).to_be_visible()


DEVICE = {
    "protocol": "ctap2",
    "transport": "internal",
    "hasResidentKey": True,
    "hasUserVerification": True,
    "isUserVerified": True,
    "automaticPresenceSimulation": True,
}


def test_a_passkey_is_added_signs_in_and_is_removed(visit: Begin) -> None:
    make_person("citizen")
    seen = visit(viewport=NARROW, locale="en-GB")
    page, root = seen.page, seen.root.replace("127.0.0.1", "localhost")  # it belongs to a name
    device = page.context.new_cdp_session(page)
    device.send("WebAuthn.enable")
    device.send("WebAuthn.addVirtualAuthenticator", {"options": DEVICE})
    sign_in(page, root)
    page.goto(f"{root}/accounts/second-factor/passkeys/")
    page.get_by_label("Name of the passkey").fill("telephone")
    page.locator("#id_password").fill(PASSWORD)
    page.get_by_role("button", name="Add").click()
    page.get_by_role("link", name="I have kept them").click()
    page.context.clear_cookies()
    page.goto(f"{root}/accounts/sign-in/?next=/accounts/sessions/")
    page.locator("#id_username").fill("citizen")
    page.locator("#id_password").fill(PASSWORD)
    page.keyboard.press("Enter")
    page.get_by_role("button", name="Sign in with a passkey").click()
    expect(page.get_by_text("Password and passkey “telephone”").first).to_be_visible()
    page.goto(f"{root}/accounts/second-factor/passkeys/")
    well_made(page)
    page.get_by_role("link", name="Remove").click()
    page.locator("#id_password").fill(PASSWORD)
    page.get_by_role("button", name="Remove").click()
    expect(page.get_by_role("status")).to_contain_text("was removed")
    assert seen.complaints == []
