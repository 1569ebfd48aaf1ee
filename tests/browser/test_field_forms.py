"""What a step's form asks on the phone besides texts: checklists, officers, files and areas, without a network."""

import pytest
from playwright.sync_api import expect

from layers.casework.models import ProcedureVersion
from layers.casework.procedures.versions import save_version
from tests.browser.conftest import accessible
from tests.browser.phone import PHONE, Begin, begin, log_case, offline, on_device, only_sent
from tests.room_texts import procedure_texts

OWN = """\
extends: simple
tables:
  points:
    exits: {title: {zh: 出口畅通, en: Exits are free}, points: 10, key: true}
    signs: {title: {zh: 标识齐全, en: Signs are there}, points: 5}
fields:
  site: {title: {zh: 现场检查, en: Site}, kind: checklist, table: points}
  why: {title: {zh: 原因, en: Cause}, kind: choice, choices: {age: {zh: 老化, en: Age}}}
  expert: {title: {zh: 鉴定人, en: Expert}, kind: person}
  plot: {title: {zh: 占道范围, en: Plot}, kind: area}
steps:
  dismiss:
    field_ready: true
    fields: {site: required, why: {field: site.failed_key, over: 0}, expert: required, plot: required}
"""


@pytest.fixture
def own_form() -> None:
    kept = ProcedureVersion.objects.get(code="simple", is_current=True)
    save_version(OWN.replace("extends: simple", "extends: simple\ncode: simple"), procedure_texts(), "test")
    assert ProcedureVersion.objects.get(code="simple", is_current=True) != kept


def test_a_form_with_all_kinds_is_filled_in_and_sent_later(visit: Begin, own_form: None) -> None:
    page = begin(visit(**PHONE))
    log_case(page, category="street_trading", procedure="simple")
    case = only_sent(page, "Trading on the street")
    offline(page)
    page.evaluate(f"location.hash = '#case/{case.pk}'")
    page.get_by_role("link", name="No penalty").click()
    exits = page.get_by_role("group", name="Exits are free (key item)")
    exits.get_by_label("failed").check()
    exits.get_by_label("Note: Exits are free").fill("boxes in the way")
    expect(page.locator("#field-site [role=status]")).to_have_text("Points: 0 of 10 Failed: 1")
    accessible(page)
    page.get_by_role("button", name="Keep and send").click()
    missing = "Still missing: Signs are there、Cause、Expert、Plot"
    expect(page.get_by_role("alert").first).to_contain_text(missing)
    page.get_by_role("group", name="Signs are there").get_by_label("not applicable").check()
    page.get_by_label("Cause").select_option("age")
    page.get_by_label("Expert").select_option(label="officer second")
    plot = page.locator(".area-input .small-map")
    for x, y in ((60, 60), (160, 60), (160, 140)):
        plot.click(position={"x": x, "y": y})
    page.get_by_role("button", name="Corner at my position").click()
    expect(page.locator("#field-plot")).to_have_value(
        "\n".join(page.locator("#field-plot").input_value().split())
    )
    page.get_by_role("button", name="Take the last corner back").click()
    page.get_by_label("Reason").fill("small")
    page.get_by_role("button", name="Keep and send").click()
    on_device(page, 1)
    offline(page, cut=False)
    on_device(page, 0)
    given = case.events.get(kind="step").data["fields"]
    assert [(each["row"], each["result"], each["note"]) for each in given["site"]["rows"]] == [
        ("exits", "fail", "boxes in the way"),
        ("signs", "na", ""),
    ]
    assert (given["why"], given["expert"]["name"]) == ("age", "officer second")
    assert len(given["plot"]["coordinates"][0]) == 4
