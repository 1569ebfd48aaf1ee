"""Departments, files and features of layers are chosen in a step's form on the phone, without a network."""

from django.contrib.gis.geos import Point
from playwright.sync_api import expect

from layers.base.models import PointOfInterest
from layers.casework.procedures.versions import save_version
from layers.coordinates import STORE_SRID
from tests.browser.conftest import accessible
from tests.browser.phone import PHONE, Begin, offline, on_device, only_sent, picture, sign_in
from tests.field.conftest import HERE, make_accounts
from tests.room_texts import procedure_texts

OWN = """\
extends: simple
code: simple
fields:
  unit: {title: {zh: 通知部门, en: Department to be told}, kind: unit}
  photo: {title: {zh: 所附照片, en: Photograph}, kind: file}
  shop: {title: {zh: 涉及场所, en: Premises}, kind: feature, layer: pois}
steps:
  dismiss:
    field_ready: true
    fields: {unit: required, photo: required, shop: required}
subjects:
  grid: {required: lead}
  pois: {most: 2}
"""


def test_what_a_step_names_is_picked_offline_and_kept_as_what_it_is(visit: Begin) -> None:
    seen = visit(**PHONE)
    page = seen.page
    make_accounts()
    save_version(OWN, procedure_texts(), "test", "simple")
    here = Point(HERE["lon"], HERE["lat"], srid=STORE_SRID)
    shop = PointOfInterest.objects.create(name="一号店", category="超市", geom=here)
    sign_in(page, seen.root)
    page.locator("form.log input[accept='image/*']").set_input_files(picture())
    page.locator("#procedure").select_option("simple")
    page.locator("#category").select_option("street_trading")
    page.get_by_label("Points of interest").select_option(label="一号店")
    expect(page.get_by_role("button", name="Remove: 一号店")).to_be_visible()
    accessible(page)
    page.get_by_role("button", name="Keep and send").click()
    expect(page.get_by_role("alert").first).to_contain_text("Choose what it is about: Unit grid")
    page.get_by_label("Unit grid").select_option(index=1)
    page.get_by_role("button", name="Keep and send").click()
    case = only_sent(page, "Trading on the street")
    page.evaluate(f"location.hash = '#case/{case.pk}'")
    expect(page.get_by_role("link", name="No penalty")).to_be_visible()
    offline(page)
    page.get_by_role("link", name="No penalty").click()
    expect(page.get_by_label("Reason")).to_be_visible()
    accessible(page)
    page.get_by_label("Reason").fill("small")
    page.get_by_role("button", name="Keep and send").click()
    missing = "Still missing: Department to be told、Photograph、Premises"
    expect(page.get_by_role("alert").first).to_contain_text(missing)
    page.get_by_label("Department to be told").select_option("PL")
    expect(page.get_by_label("Photograph").locator("option")).to_have_count(2)
    page.get_by_label("Photograph").select_option(index=1)
    page.get_by_label("Premises").select_option(label="一号店")
    page.get_by_role("button", name="Keep and send").click()
    on_device(page, 1)
    offline(page, cut=False)
    on_device(page, 0)
    opened = case.events.get(kind="opened").data["subjects"]
    assert sorted(each["layer"] for each in opened) == ["grid", "pois"]
    given = case.events.get(kind="step").data["fields"]
    assert given["unit"]["code"] == "PL"
    assert given["photo"]["evidence"] == case.evidence.get(original=None).pk
    assert (given["shop"]["layer"], given["shop"]["feature"]) == ("pois", shop.pk)
