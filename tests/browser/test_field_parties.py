"""Who takes part in a case is entered on the phone without a network, waits with it, and is sent in order."""

from django.templatetags.static import static
from playwright.sync_api import expect

from tests.browser.conftest import accessible
from tests.browser.phone import PHONE, Begin, begin, logged, offline, on_device, picture, until

DRAFT_PARTIES = """(async () => {
    const { Store } = await import('STORE');
    const kept = (await indexedDB.databases()).find(({ name }) => /^field-(?!accounts)/.test(name));
    return (await (await Store.of(kept.name.slice(6))).value('draft'))?.parties;
})()""".replace("STORE", static("field/storage/store.js"))


def test_parties_wait_with_the_case_and_what_is_refused_is_put_right(visit: Begin) -> None:
    page = begin(visit(**PHONE))
    offline(page)
    page.locator("form.log input[accept='image/*']").set_input_files(picture(1))
    page.locator("#procedure").select_option("simple")
    page.locator("#category").select_option("street_trading")
    principal = page.get_by_role("group", name="Party", exact=True)
    principal.get_by_label("Person or organisation").select_option("organisation")
    principal.get_by_label("Name").fill("北仑演示有限公司")
    page.get_by_role("button", name="Add: Witness").click()
    page.get_by_role("button", name="Add: Reporter").click()
    witness = page.get_by_role("group", name="Witness")
    page.get_by_role("group", name="Reporter").get_by_role("button", name="Remove").click()
    accessible(page)
    page.get_by_role("button", name="Keep and send").click()
    expect(page.get_by_role("alert").first).to_have_text("Enter the name: Witness.")
    witness.get_by_label("Name").fill("王证人")
    witness.get_by_label("Telephone").fill("1380000123")
    until(page, f"{DRAFT_PARTIES}.then(rows => rows?.[0].phone === '1380000123')")
    page.reload()
    expect(witness.get_by_label("Name")).to_have_value("王证人")
    page.get_by_role("button", name="Keep and send").click()
    on_device(page, 1)
    assert logged() == []
    offline(page, cut=False)
    expect(page.get_by_role("alert")).to_contain_text("“1380000123” is no telephone number")
    page.get_by_role("link", name="Change it").click()
    expect(witness.get_by_label("Name")).to_have_value("王证人")
    witness.get_by_label("Telephone").fill("13800001234")
    page.get_by_role("button", name="Keep and send").click()
    on_device(page, 0)
    [case] = logged()
    assert (case.party_kind, case.party_name) == ("organisation", "北仑演示有限公司")
    others = case.parties.filter(is_principal=False)
    assert list(others.values_list("role", "name", "phone")) == [("witness", "王证人", "13800001234")]
    assert case.evidence.filter(original=None).count() == 1
