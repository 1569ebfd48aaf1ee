"""The door for people without an account: on a narrow phone, without scripts, in both languages."""

from collections.abc import Callable

import pytest
from django.contrib.gis.geos import Point
from django.utils import timezone
from playwright.sync_api import Page, expect

from layers.agencies.models import Department
from layers.casework.access.actor import Actor
from layers.casework.cases.creation import CaseIntake, open_case
from layers.casework.cases.receipts import IssuedReceipt, issue_receipt
from layers.casework.evidence.custody import EvidenceItem, add_evidence
from layers.casework.models import Case
from layers.casework.procedures.versions import version_in_force
from layers.casework.room_texts import ship_room_texts
from layers.coordinates import STORE_SRID
from tests.browser.conftest import Visit, accessible
from tests.cases.case_story import CaseStory
from tests.cases.conftest import picture
from tests.district import LAT, LON, SmallDistrict
from tests.officers import make_officers

Begin = Callable[..., Visit]
NARROW = {"width": 360, "height": 740}
WORDS = {
    "zh-CN": ("回执号", "口令", "查询", "当事人提交陈述、申辩"),
    "en-GB": ("Receipt number", "Secret", "Look up", "The party states its defence"),
}


@pytest.fixture
def noticed(committed_district: SmallDistrict) -> CaseStory:
    ship_room_texts()
    people = make_officers()
    told = CaseStory(opened(people["first"]), people)
    for name, color in (("a.jpg", "orange"), ("b.jpg", "green")):
        item = EvidenceItem(name, title="现场", partner=people["second"].officer)
        add_evidence(told.case.pk, item, picture(color), people["first"])
    told.to_notice()
    return told


def opened(actor: Actor) -> Case:
    return open_case(
        CaseIntake(
            "占道经营",
            Department.objects.get(code="UM"),
            version_in_force("ordinary-um"),
            category="street_trading",
            position=Point(LON + 0.0003, LAT + 0.0003, srid=STORE_SRID),
            party={"party_kind": "organisation", "party_name": "北仑演示餐饮有限公司"},
        ),
        actor,
    )


@pytest.fixture
def issued(noticed: CaseStory) -> IssuedReceipt:
    return issue_receipt(noticed.case.pk, "party", noticed.people["first"])


def fits(page: Page) -> None:
    assert page.evaluate("document.documentElement.scrollWidth") <= NARROW["width"]


def test_a_party_states_its_defence_without_scripts_on_a_narrow_phone(
    issued: IssuedReceipt, noticed: CaseStory, visit: Begin
) -> None:
    number, secret, look_up, step = WORDS["zh-CN"]
    seen = visit(viewport=NARROW, java_script_enabled=False)
    page = seen.open("/receipts/")
    page.get_by_label(number).fill(issued.receipt.number)
    page.get_by_label(secret).fill(issued.secret.lower())
    page.get_by_role("button", name=look_up, exact=True).click()
    page.get_by_text(step, exact=True).first.click()
    page.get_by_label("陈述、申辩意见").fill("桌椅在自家门廊内")
    page.get_by_role("button", name=step).click()
    expect(page.get_by_text("本人提交")).to_be_visible()
    expect(page.get_by_text("桌椅在自家门廊内")).to_be_visible()
    assert noticed.case.events.get(step="state_defence").at <= timezone.now()
    assert issued.secret.lower() not in page.url.lower()


@pytest.mark.parametrize("language", WORDS)
def test_axe_finds_nothing_and_all_fits_a_narrow_phone(
    language: str, issued: IssuedReceipt, visit: Begin
) -> None:
    number, secret, look_up, step = WORDS[language]
    seen = visit(viewport=NARROW, locale=language)
    page = seen.open("/receipts/")
    accessible(page)
    fits(page)
    page.get_by_label(number).fill(issued.receipt.number)
    page.get_by_label(secret).fill(issued.secret)
    page.get_by_role("button", name=look_up, exact=True).click()
    page.get_by_text(step, exact=True).first.click()
    accessible(page)
    fits(page)
    assert seen.complaints == []
